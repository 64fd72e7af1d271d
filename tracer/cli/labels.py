"""`tracer labels`: who is who according to whom, where sources disagree, and what was marked on chain."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_csv, as_json, folder_argument, opened, wide
from tracer.cli.output import print_csv, print_json, print_table, say
from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Label, Marking

NAMES = ("address", "label", "actor", "category", "confidence", "dated", "source", "remark")
SPANS = ("marker", "address", "marked by", "from block", "to block", "ended", "transaction")


@click.command("labels")
@folder_argument
@click.option("--conflicts", is_flag=True, help="Only the addresses whose labels disagree.")
@click.option("--markers", is_flag=True, help="The spans in which addresses held a marker mosaic, beside the traced accounts.")
@click.option("--tagpack", is_flag=True, help="Print the labels as a TagPack; with --markers, the markings as ledger_immanent tags.")
@click.option("--creator", default="tracer", show_default=True, help="Who the TagPack names as its creator.")
@as_csv
@as_json
@wide
def labels_command(folder: Path, conflicts: bool, markers: bool, tagpack: bool, creator: str, as_csv: bool, as_json: bool) -> None:
    """Who an address is, according to whom: every label with source, day and confidence; conflicts are kept, and said.

    A label dated after the last transfer of its address says so. --markers shows who was marked on chain by whom, between which blocks.
    """
    if tagpack and (as_csv or as_json):
        raise InputError("--tagpack prints YAML, as TagPacks are: leave --json and --csv out")
    case = opened(folder)
    if tagpack:
        _print_tagpack(case, creator, markers)
    elif markers:
        _print_markings(case, as_csv, as_json)
    else:
        _print_labels(case, conflicts, as_csv, as_json)


def _print_labels(case: CaseFolder, conflicts: bool, as_csv: bool, as_json: bool) -> None:
    disagree = case.labels.conflicts
    shown = [label for label in case.labels.labels if not conflicts or label.address in disagree]
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
    say(f"{len(shown):,} labels, {len(disagree):,} addresses whose labels disagree")


def _line(case: CaseFolder, label: Label, conflict: bool, younger: bool) -> list[Any]:
    remarks = {
        "labels disagree": conflict,
        "younger than the last transfer": younger,
        "not in the ledger": label.address not in case.ledger.index,
        "below min_confidence": label.level < case.labels.min_confidence,
    }
    remarked = "; ".join(remark for remark, holds in remarks.items() if holds)
    return [label.address, label.label, label.actor, label.category, label.confidence, (label.lastmod or "")[:10], label.source, remarked]


def _print_markings(case: CaseFolder, as_csv: bool, as_json: bool) -> None:
    from tracer.evidence.coverage import marked_of

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
    print_table(f"Marked beside traced ({rule}); services and robbed accounts left out", ["accounts", "", "such as"], _joined(rows), [1])


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
