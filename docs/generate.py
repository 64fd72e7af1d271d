"""Writes the pages that are made from the code: `docs/cli.md`, `docs/tags.md`. A test compares them."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from tracer import stages, tagging
from tracer.casefile import CaseFile
from tracer.cli.main import COMMANDS, tracer
from tracer.ingest import read_ledger
from tracer.tagging import HEURISTICS, PRESETS, THRESHOLDS
from tracer.tracing import follow
from tracer.validation.rehearsal import TRUTH, Score, read_story, scores

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


TAGS_HEAD = """# Tags

Made from the heuristics themselves and from what they find in the rehearsal (`make docs`).

A tag says what an address, or one hop to it, does: never who somebody is. Its *status* is `fact` (it stands in the ledger), `pattern` (a
shape under stated thresholds) or `lead` (a hint to look further). It has *measures*, each a number against a threshold with the rows it
was read from, and *look-alikes* that were checked: one that fits explains the same rows innocently. Every tag has three presets; the more
of them fire, the more stable it is. `tracer explain DIR ADDRESS` says what held and what did not, with numbers.

Tagged are the accounts that stolen value could have reached, without the robbed ones; a labelled service is asked only whether it is a hub.
Looked at is what an account did from its first touch on. Payments below the dust limit, to oneself, and fees make no shape. A threshold
that a case file states under `[thresholds.NAME]` holds in every preset ([case files](case-files.md)).

No error rate is known on any real chain. What is measured here is one story of our own: **the rehearsal**
([its truth](../fixtures/cases/rehearsal/README.md)), 192 accounts on a real node. The story was played before the tags were written, but by
people who knew the same catalogue of shapes, so recall here is easy; the false tags, on thieves and bystanders alike, are the harder half.
Thresholds are those of the sources that each page names, or ours; one measure was added after false tags had been seen here (that what
fan_in gathers is stolen under every rule), so its figure is no test. Each tag is told against those whose pattern it is; a shape that is
there but played by somebody else counts as false. Accounts that are never looked at (services, accounts that stolen value could not
reach) are not counted.

| tag | should name | strict: right / should, false | default | loose |
|---|---|---|---|---|
"""

REHEARSAL = Path(__file__).parents[1] / "fixtures" / "cases" / "rehearsal"


def measured() -> dict[str, dict[str, Score]]:
    """What every tag finds in the rehearsal."""
    case = CaseFile.load(REHEARSAL / "case.toml")
    ledger, names = read_ledger(case), stages.book_of(case, stages.labels_of(case))
    trace = follow(ledger, stages.thefts_of(case, ledger), stages.stops_of(case, names), case.trace.rules)
    tags = stages.tagged(case, ledger, names, trace)
    return scores(tags, stages.view_of(ledger, names, trace), read_story(REHEARSAL))


def tags_page() -> str:
    """Every tag: its page, its thresholds, and what it finds in the rehearsal, with the exact sets."""
    found = measured()
    lines = [
        f"| [{name}](#{name}) | {TRUTH[name][0]} | " + " | ".join(_short(found[name][preset]) for preset in reversed(PRESETS)) + " |"
        for name in HEURISTICS
    ]
    parts = [_section(name, found[name]) for name in HEURISTICS]
    return TAGS_HEAD + "\n".join(lines) + "\n\n" + "\n\n".join(parts) + "\n"


def _short(score: Score) -> str:
    should = len(score.right) + len(score.missed)
    return f"{len(score.right)} / {should}, {len(score.wrong)}"


def _section(name: str, found: dict[str, Score]) -> str:
    sets = []
    for preset in reversed(PRESETS):
        score = found[preset]
        should = len(score.right) + len(score.missed)
        recall = f"recall {len(score.right)} of {should}" if should else "nobody to find"
        told = [f"- **{preset}**: {recall}, {len(score.wrong)} false."]
        told += [f"  {what}: {', '.join(names)}." for what, names in zip(("Right", "Missed", "False"), score, strict=True) if names]
        sets.append("\n".join(told))
    page = tagging.page(HEURISTICS[name], THRESHOLDS[name])
    return f"## {name}\n\n```\n{page}\n```\n\nIn the rehearsal it should name: {TRUTH[name][0]}.\n\n" + "\n".join(sets)


PAGES = {"cli.md": cli_page, "tags.md": tags_page}


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
