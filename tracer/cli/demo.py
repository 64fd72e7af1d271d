"""`tracer demo`."""

from __future__ import annotations

from pathlib import Path

import click

from tracer.cli.options import as_json


@click.command("demo")
@click.option(
    "-o", "--output", "folder", type=click.Path(path_type=Path), default=Path("rehearsal"), show_default=True, help="Case folder to make."
)
@as_json
def demo_command(folder: Path, as_json: bool) -> None:
    """Trace the rehearsal that comes with the package: the eleven payments of the Coincheck theft, played on a real node.

    Ends with the summary and the path of the HTML.
    """
    from tracer import trace
    from tracer.casefile import CaseFile
    from tracer.cli.text import progress
    from tracer.cli.trace import report

    with progress() as advance:
        done = trace(CaseFile.load(cases() / "rehearsal" / "case.toml"), folder, progress=advance)
    report(done, as_json)


def cases() -> Path:
    """The cases that come with the package: inside it when installed, beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "fixtures" / "cases"
    return inside if inside.exists() else package.parent / "fixtures" / "cases"
