"""`tracer demo`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.options import as_json, wide
from tracer.cli.progress import progress, quiet_option
from tracer.errors import InputError

CASES = ("rehearsal", "coincheck")
"""In this order: what can be traced to its end, and what is only reported."""


@click.command("demo")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("rehearsal"),
    show_default=True,
    help="Case folder to make of the rehearsal; the one of Coincheck stands beside it.",
)
@quiet_option
@as_json
@wide
def demo_command(folder: Path, quiet: bool, as_json: bool) -> None:
    """Trace the two cases that come with the package.

    The rehearsal, the eleven payments of the Coincheck theft played on a real node; then the theft itself, as reported: thefts,
    claims and evidence, and nothing traced beyond what is known. Each ends with its summary and the path of its HTML.
    """
    from tracer.casefile import CaseFile
    from tracer.cli.output import print_json, say
    from tracer.cli.trace import as_result, report
    from tracer.pipeline.trace import trace

    folders = dict(zip(CASES, (folder, folder.with_name("coincheck")), strict=True))
    if folder.name == "coincheck":
        raise InputError(f"{folder}: the folder of the second case is called so: name another one with -o")
    results = {}
    for name, place in folders.items():
        with progress(quiet) as advance:
            results[name] = trace(CaseFile.load(cases() / name / "case.toml"), place, progress=advance)
    if as_json:
        print_json({name: as_result(done) for name, done in results.items()})
        return
    report(results["rehearsal"], False)
    say()
    report(results["coincheck"], False)
    say()
    say(f"Open {folder / 'case.html'} in a browser. Every endpoint: tracer rules {folder}. An address: tracer explain {folder} TB7W.")


def cases() -> Path:
    """The cases that come with the package: inside it when installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "fixtures" / "cases"
    return inside if inside.exists() else package.parent / "fixtures" / "cases"
