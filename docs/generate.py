"""Writes the pages that are made from the code: `docs/cli.md`. A test compares them."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tracer.cli.main import COMMANDS, tracer

HEAD = """# Command line

Made from the commands themselves (`make docs`).

Results go to stdout, progress and notes to stderr; progress shows on a terminal only. Exit codes: 0 done; 1 something you can mend,
said in one line; 2 the numbers do not add up. Ctrl-C leaves a folder that the same command goes on from. In JSON, amounts are
decimal strings of the smallest unit.
"""


def cli_page() -> str:
    """The help of every command."""
    parts = [HEAD]
    group = tracer.make_context("tracer", [*COMMANDS][:1], max_content_width=100)
    for name in COMMANDS:
        command = tracer.get_command(group, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=group, max_content_width=100, terminal_width=100)
        parts.append(f"## tracer {name}\n\n```\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


PAGES = {"cli.md": cli_page}


def readme_with_summary(readme: str, folder: Path) -> str:
    """The README with the summary that the demo prints."""
    from click.testing import CliRunner

    printed = CliRunner().invoke(tracer, ["demo", "-o", str(folder)], catch_exceptions=False).stdout
    summary = printed[: printed.index(str(folder))].rstrip()
    return re.sub(r"(<!-- summary -->\n```\n).*?```", lambda found: f"{found[1]}{summary}\n```", readme, flags=re.DOTALL)


if __name__ == "__main__":
    readme = Path(__file__).parents[1] / "README.md"
    with TemporaryDirectory() as place:
        readme.write_text(readme_with_summary(readme.read_text(encoding="utf-8"), Path(place) / "rehearsal"), encoding="utf-8")
    for page, make in PAGES.items():
        (Path(__file__).parent / page).write_text(make(), encoding="utf-8")
