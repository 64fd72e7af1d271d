"""`tracer labels`: who is who according to whom, where sources disagree, and what was marked on chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_csv, as_json, folder_argument, opened, wide
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.cli.own_labels import add_command, get_command
from tracer.errors import InputError
from tracer.labels.book import OWN, author_of
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Label, Marking

NAMES = ("address", "label", "actor", "category", "confidence", "dated", "source", "remark")
SPANS = ("marker", "address", "marked by", "from block", "to block", "ended", "transaction")


class _Labels(click.Group):
    """`tracer labels DIR` is short for `tracer labels show DIR`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if not args or args[0] in own else ["show", *args])


@click.group("labels", cls=_Labels)
def labels_command() -> None:
    """Show who each address is and who says so, or add labels: `tracer labels DIR` is short for `tracer labels show DIR`."""


@labels_command.command("show")
@folder_argument
@click.option("--all", "every", is_flag=True, help="Also show labels of addresses that are not in the ledger.")
@click.option("--conflicts", is_flag=True, help="Show only the addresses whose labels disagree.")
@click.option(
    "--markers",
    is_flag=True,
    help="Show when addresses held a marker mosaic (a token that marks them), and compare them with the traced accounts.",
)
@click.option(
    "--tagpack", is_flag=True, help="Print the labels as a TagPack; with --markers, print the marks as tags of the source ledger_immanent."
)
@click.option("--creator", default="tracer", show_default=True, help="The name that the TagPack gives as its creator.")
@as_csv
@as_json
@wide
def show_labels(
    folder: Path, every: bool, conflicts: bool, markers: bool, tagpack: bool, creator: str, as_csv: bool, as_json: bool
) -> None:
    """Show who each address is, and who says so: every label with its source, day and confidence. Labels that disagree are all kept,
    and marked.

    If a label is dated after the last transfer to or from its address, the table says so. With --markers the command shows which addresses
    were marked on the chain, by whom, and between which blocks.
    """
    if tagpack and (as_csv or as_json):
        raise InputError("--tagpack prints YAML, as TagPacks are: leave --json and --csv out")
    case = opened(folder)
    if tagpack:
        _print_tagpack(case, creator, markers)
    elif markers:
        _print_markings(case, as_csv, as_json)
    else:
        _print_labels(case, every, conflicts, as_csv, as_json)


labels_command.add_command(add_command)
labels_command.add_command(get_command)


def _print_labels(case: CaseFolder, every: bool, conflicts: bool, as_csv: bool, as_json: bool) -> None:
    book = case.labels if every else case.labels.among(case.ledger.index)
    disagree = book.conflicts
    shown = [label for label in book if not conflicts or label.address in disagree]
    younger = set(case.labels.younger(case.ledger.last_times(label.address for label in shown)))
    if as_json:
        more = ({"conflict": label.address in disagree, "younger": label in younger} for label in shown)
        print_json([{**label._asdict(), **remarks} for label, remarks in zip(shown, more, strict=True)])
        return
    lines = [_line(case, label, label.address in disagree, label in younger) for label in sorted(shown, key=lambda label: label.address)]
    if as_csv:
        print_csv(NAMES, lines)
        return
    if lines:
        print_table("", NAMES, lines)
    of_case = "" if every else " of addresses of the case"
    others = len(case.labels.labels) - len(book.labels)
    say(
        f"{counted(len(shown), 'label')}{of_case}, {counted(len(disagree), 'address', 'addresses')} whose labels disagree"
        + (f"; {others:,} of others: --all shows them" if others else "")
    )


def _line(case: CaseFolder, label: Label, conflict: bool, younger: bool) -> list[Any]:
    remarks = {
        "labels disagree": conflict,
        f"made in this case by {author_of(label) or 'nobody named'}": label.pack == OWN,
        "younger than the last transfer": younger,
        "not in the ledger": label.address not in case.ledger.index,
        "below min_confidence": label.level < case.labels.min_confidence,
    }
    remarked = "; ".join(remark for remark, holds in remarks.items() if holds)
    return [label.address, label.label, label.actor, label.category, label.confidence, (label.lastmod or "")[:10], label.source, remarked]


def _print_markings(case: CaseFolder, as_csv: bool, as_json: bool) -> None:
    from tracer.evidence.marked_on_chain_and_traced import marked_of

    spans, rule = case.context.markings, case.flow.leading_rule
    marked = marked_of(case.ledger, case.trace, spans, rule)
    if as_json:
        print_json({"rule": rule, "markings": [marking._asdict() for marking in spans], **marked._asdict()})
        return
    lines = [
        [marking.marker, marking.address, marking.marked_by, marking.first, marking.last, _ended(marking), marking.tx_hash]
        for marking in spans
    ]
    if as_csv:
        print_csv(SPANS, lines)
        return
    if lines:
        print_table("", SPANS, lines, numeric=[3, 4])
    if not case.question.labels.markers:
        say('the case names no marker: [labels] markers = ["namespace:name"]')
    elif not spans:
        say("no marker moved in what was read")
    rows = [
        ["marked when stolen value had come, or later", len(marked.both), *marked.both[:3]],
        ["traced and never marked then", len(marked.missed), *marked.missed[:3]],
        ["marked, and money could have come, but no traced value did", len(marked.touched), *marked.touched[:3]],
        ["marked only while no stolen value could have come", len(marked.innocent), *marked.innocent[:3]],
    ]
    print_table(f"Marked beside traced ({rule}); services and drained accounts left out", ["accounts", "", "such as"], _joined(rows), [1])


def _joined(rows: list[list[Any]]) -> list[list[Any]]:
    return [[what, count, ", ".join(some)] for what, count, *some in rows]


def _ended(span: Marking) -> str:
    return (span.ended or "still marked").replace("_", " ")


def _print_tagpack(case: CaseFolder, creator: str, markers: bool) -> None:
    from tracer.labels import written

    labels = map(_of_marking, case.context.markings) if markers else case.labels.labels
    what = "Markings on chain" if markers else "Labels"
    click.echo(written(labels, case.ledger.asset.symbol.upper(), f"{what} of case {case.question.name}", creator), nl=False)


def _of_marking(span: Marking) -> Label:
    """A marking as a tag read from the ledger itself: it says that the address was marked, not that the marker was right."""
    import json

    from tracer.labels.tagpack import CONFIDENCE
    from tracer.model import Label
    from tracer.wording import utc

    held = {"marker": span.marker, "first_block": span.first, "last_block": span.last, "ended": span.ended}
    return Label(
        address=span.address,
        label=f"marked with {span.marker}",
        category=None,
        concepts=(),
        source=f"transaction {span.tx_hash}, block {span.first}",
        confidence="ledger_immanent",
        level=CONFIDENCE["ledger_immanent"],
        lastmod=utc(span.first_time)[:10],
        actor=None,
        pack="chain",
        context=json.dumps(held),
        tag_type="attribute",
    )
