"""`tracer trace`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.options import as_json
from tracer.cli.text import print_json, progress, say, warn

if TYPE_CHECKING:
    from tracer.casefile import CaseFile
    from tracer.casefolder import CaseFolder


@click.command("trace")
@click.argument("what", metavar="WHAT", nargs=-1, required=True)
@click.option("-o", "--output", "folder", type=click.Path(path_type=Path), help="Case folder to make; default: the name in the case file.")
@click.option("--source", "sources", multiple=True, type=click.Path(path_type=Path), help="For a wallet or hashes: a recording or a CSV.")
@click.option("--chain", default="nem", show_default=True, help="For a wallet or hashes: the chain.")
@click.option("--yes", is_flag=True, help="Take the candidate thefts without asking.")
@click.option("--allow-gaps", is_flag=True, help="Trace although the ledger does not add up; the gaps are in every report.")
@as_json
def trace_command(
    what: tuple[str, ...], folder: Path | None, sources: tuple[Path, ...], chain: str, yes: bool, allow_gaps: bool, as_json: bool
) -> None:
    """Trace a case: from its sources to the picture.

    WHAT is a case.toml; or a wallet address, or theft transaction hashes: then a case file is written first and the
    candidate thefts are shown for confirmation. An interrupted run goes on where it was.

    \b
    tracer trace case.toml -o my-case
    tracer trace TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4 --source recording.jsonl.gz -o my-case
    """
    from tracer import trace
    from tracer.casefile import CaseFile
    from tracer.stages import unused_of

    if len(what) == 1 and (what[0].endswith(".toml") or Path(what[0]).is_file()):
        case = CaseFile.load(what[0])
    else:
        case = _written(what, folder, sources, chain, yes)
    for name in unused_of(case):
        warn(f"{name} is kept in the folder and not used by this version")
    with progress() as advance:
        done = trace(case, folder or Path(case.name), allow_gaps=allow_gaps, progress=advance)
    report(done, as_json)


def report(done: CaseFolder, as_json: bool) -> None:
    """Prints the summary, or the result as data."""
    from tracer.cli.rules import as_data
    from tracer.cli.summary import print_summary

    if as_json:
        print_json(
            {
                **as_data(done),
                "folder": str(done.folder),
                "html": str(done.folder / "case.html"),
                "results_digest": done.manifest["results_digest"],
            }
        )
    else:
        print_summary(done)
        say(f"results digest {done.manifest['results_digest']}")


def _written(what: tuple[str, ...], folder: Path | None, sources: tuple[Path, ...], chain: str, yes: bool) -> CaseFile:
    """The case file for a wallet or hashes, written into the folder once the thefts are confirmed."""
    from tracer.cli.new import confirmed, draft

    place = folder or Path(f"case-{what[0][:8].lower()}")
    target = place.with_name(f"{place.name}.toml")
    case = draft(what, target, sources, chain)
    confirmed(case, yes)
    target.write_text(case.text, encoding="utf-8")
    warn(f"the case file is {target}")
    return case
