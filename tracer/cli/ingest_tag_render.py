"""`tracer ingest`, `tracer tag` and `tracer render`: one stage again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.issued_files_log import beside, issued
from tracer.cli.options import as_it_leaves, as_json, as_name, folder_argument, opened, redact, wide
from tracer.cli.output import print_json, print_table, say
from tracer.cli.progress import progress, quiet_option
from tracer.errors import StoreError
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


@click.command("ingest")
@folder_argument
@quiet_option
@as_json
def ingest_command(folder: Path, quiet: bool, as_json: bool) -> int:
    """Read the sources of a case again, and audit what they give; the exit code is 2 if that does not add up.

    The results of the last trace stay as they are. If the sources now give a different ledger, run tracer trace: it starts from the
    ledger read here.
    """
    from tracer.casefolder import CaseFolder
    from tracer.pipeline.rerun_stage import read_again

    with progress(quiet) as advance:
        ledger, verdict, same = read_again(CaseFolder.open(folder), advance)
    if as_json:
        print_json(
            {
                "same": same,
                "adds_up": verdict.adds_up,
                "rows": verdict.rows,
                "accounts": verdict.accounts,
                "rejections": len(ledger.rejections),
            }
        )
    else:
        say(f"{counted(verdict.rows, 'row')}, {counted(verdict.accounts, 'account')}, {counted(len(ledger.rejections), 'rejection')}")
        say("the ledger adds up" if verdict.adds_up else f"THE LEDGER DOES NOT ADD UP: {counted(len(verdict.gaps), 'gap')}")
        say("the same ledger as was traced" if same else "another ledger than was traced: run tracer trace again")
    return 0 if verdict.adds_up else 2


@click.command("tag")
@folder_argument
@click.option(
    "--all", "everywhere", is_flag=True, help="Examine every address that stolen value could have reached, however many there are."
)
@as_name
@as_json
@wide
def tag_command(folder: Path, everywhere: bool, by: str | None, as_json: bool) -> None:
    """Tag the case again, with the thresholds that its case file states now, without tracing it again.

    If stolen value could have reached more than 5,000 addresses, only those that received most of it are examined, unless you give
    --all.

    For each tag and each preset, the command prints how many addresses have the tag, and how many accounts have the same shape although
    no stolen value could have reached them. A tag says what an address does, never who it is.
    """
    from tracer.model import ERROR_RATE, NO_BASE_RATE, UNRELATED
    from tracer.pipeline.trace import tag
    from tracer.tagging import HEURISTICS, PRESETS

    case = tag(folder, by, everywhere=everywhere)
    named = {
        name: {preset: len({tag.subject for tag in case.tags if tag.name == name and preset in tag.presets}) for preset in PRESETS}
        for name in HEURISTICS
    }
    if as_json:
        print_json(
            {
                "tags": named,
                "error_rate": ERROR_RATE,
                "base_rates": [rate._asdict() for rate in case.base_rates],
                "results_digest": case.manifest["results_digest"],
                "tags_digest": case.manifest["tags_digest"],
            }
        )
        return
    outside = {rate.tag: f"{rate.tagged:,} of {rate.looked_at:,}" for rate in case.base_rates if rate.preset == "default"}
    lines = [
        [name, *(counts[preset] for preset in reversed(PRESETS)), outside.get(name, "")]
        for name, counts in named.items()
        if any(counts.values())
    ]
    columns = ["tag", *reversed(PRESETS), "unrelated (default)"]
    print_table("Addresses that each tag names, by preset", columns, lines, numeric=range(1, 5))
    silent = [name for name, counts in named.items() if not any(counts.values())]
    if silent:
        say(f"none: {', '.join(silent)}")
    say(ERROR_RATE)
    say(UNRELATED if outside else NO_BASE_RATE)
    say(f"results digest {case.manifest['results_digest']}")
    say(f"tags digest {case.manifest['tags_digest']}")


@click.command("render")
@folder_argument
@click.option("--format", "kind", type=click.Choice(["html", "pdf", "png", "pyvis", "gexf", "graphml"]), default="html", show_default=True)
@click.option(
    "--top", "most", type=click.IntRange(1, 150), default=60, show_default=True, help="For pyvis: how many aggregated flows to draw."
)
@click.option(
    "--view", "view", metavar="NAME", help="For pdf and png: draw this view, which you saved on the page; give its file with --annotations."
)
@click.option("--annotations", "notes", type=click.Path(path_type=Path), help="The file that the page saved; only the view in it is used.")
@click.option(
    "--unmasked",
    is_flag=True,
    help="For html, pdf and png: do not mask IP addresses, e-mail addresses and third parties; the page is then called case-unmasked.html.",
)
@redact
@click.option("-o", "--output", "target", type=click.Path(path_type=Path), help="The file to write; default: a file in DIR.")
@as_name
@as_json
def render_command(
    folder: Path,
    kind: str,
    most: int,
    view: str | None,
    notes: Path | None,
    unmasked: bool,
    redact: str | None,
    target: Path | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Draw the case again: as the page to work with, as an exhibit on numbered pages (PDF), as a picture (PNG), as a small pyvis
    network, or as the flow graph for other programs (GEXF, GraphML).

    You can pass the page on: it masks IP addresses, e-mail addresses and evidence about third parties, unless you give --unmasked. The
    installed Chromium makes the PDF and the PNG from the page.
    """
    from tracer.pipeline.rerun_stage import draw_again

    state = _kept(kind, view, notes)
    case = as_it_leaves(opened(folder), redact)
    if kind == "html" and not unmasked and not redact and target is None and case.as_of is None:
        _say_drawn(draw_again(case, by).folder / "case.html", 0, as_json)
        return
    content, hidden = _content(case, kind, most, unmasked, state)
    shown = unmasked and kind in ("html", "pdf", "png")
    stem = f"{'pyvis' if kind == 'pyvis' else 'case'}{'-unmasked' * shown}{'-redacted' * bool(redact)}"
    target = target or beside(case, f"{stem}.{'html' if kind == 'pyvis' else kind}")
    try:
        target.write_bytes(content)
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror}): name another file with -o") from error
    issued(case, f"render --format {kind}{' --view' * bool(view)}{' --unmasked' * unmasked}{' --redact' * bool(redact)}", by, [target])
    _say_drawn(target, hidden, as_json)


def _kept(kind: str, view: str | None, notes: Path | None) -> str:
    """The view that was asked for; "" for the first."""
    if view is None and notes is None:
        return ""
    if view is None or notes is None or kind not in ("pdf", "png"):
        raise click.UsageError("--view NAME and --annotations FILE go together, with --format pdf or png")
    from tracer.render.kept_views import kept_view

    return kept_view(notes, view)


def _content(case: CaseFolder, kind: str, most: int, unmasked: bool, view: str) -> tuple[bytes, int]:
    """The file of a format, and how many flows it leaves out."""
    if kind == "pyvis":
        from tracer.render.pyvis import MOST, pyvis_page

        if most > MOST:
            say(f"{most} flows cannot be read side by side: at most {MOST} are drawn")
        text, hidden = pyvis_page(case.flow, min(most, MOST))
        return text.encode(), hidden
    if kind in ("gexf", "graphml"):
        from tracer.flow.gexf_and_graphml import FORMATS

        return FORMATS[kind](case.flow).encode(), 0
    from tracer.casefolder.page_inputs_of_case import drawing_of_case
    from tracer.render import page, payload
    from tracer.render.chromium import pictured

    text = page(payload(drawing_of_case(case, case.unmasked_columns if unmasked else case.flow_columns)))
    return (text.encode() if kind == "html" else pictured(text, kind, view)), 0


def _say_drawn(path: Path, hidden: int, as_json: bool) -> None:
    """Where the picture is, and how many flows it leaves out."""
    if as_json:
        print_json({"file": str(path), "flows_not_drawn": hidden})
        return
    if hidden:
        say(f"{hidden:,} smaller flows are not drawn")
    say(str(path))
