"""`tracer challenge`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from tracer.cli.options import as_json, wide
from tracer.cli.output import print_json, print_table, say
from tracer.wording import counted


@click.command("challenge")
@click.argument("folder", metavar="CHALLENGE", type=click.Path(path_type=Path))
@as_json
@wide
def challenge_command(folder: Path, as_json: bool) -> None:
    """Score tags and rules on a sealed challenge: a set of cases of which it is known where the money went (docs/challenge.md says what
    CHALLENGE holds).

    For each tag and preset the command prints what share it finds of the accounts it should name, and how many of 1,000 unrelated
    accounts have the same shape, with 95 % intervals over the cases. For each rule it prints what share of the stolen value the rule
    places where the thief did not send it.
    """
    from tracer.validation.challenge import challenge

    figures = challenge(folder)
    if as_json:
        print_json(figures)
        return
    _say_about(figures)
    _print_tags(figures["tags"])
    _print_kinds(figures["tags"])
    rules = [[rule, at["cases"], at["elsewhere"], " to ".join(at["range"])] for rule, at in figures["rules"].items()]
    title = "The share of the stolen value that a rule places where the thief did not send it: what happened is not what a rule says"
    print_table(title, ["rule", "cases", "mean (95 %)", "least to most"], rules, numeric=[1])
    rows = [[method, *_cells(at)] for method, at in figures["methods"].items()]
    title = "Whom rules and other methods name: the thief's accounts and whom the thief paid, and unrelated accounts"
    print_table(title, ["method", "found", "recall (95 %)", "unrelated", "per 1,000 unrelated (95 %)"], rows)


def _cells(at: dict[str, Any]) -> list[Any]:
    """Recall and false positives, each as counts and as a rate."""
    recall, false = at["recall"], at["false_positives"]
    found = f"{recall['hits']:,} of {recall['of']:,}" if recall["of"] else "the truth names nobody"
    return [found, recall["share"], f"{false['hits']:,} of {false['of']:,}", false["per_1000"]]


def _say_about(figures: dict[str, Any]) -> None:
    """What was measured, and on whom."""
    least, most = figures["thefts"]
    thefts = counted(most, "theft") if least == most else f"{least} to {most} thefts"
    say(f"{figures['title']}: {counted(figures['cases'], 'case')} of {thefts}, {figures['accounts']:,} accounts.")
    say(f"Made by {figures['generator']}.")
    say(f"Population: {figures['population']}.")
    say(f"Note: {figures['note']}.")
    say(f"Roles: {_counts(figures['roles'])}; a trace reached {figures['reached']:,} of the unrelated.")
    say(f"Unrelated accounts by kind: {_counts(figures['kinds'])}.")
    say(f"Seal {figures['seal']}")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items())


def _print_tags(tags: dict[str, Any]) -> None:
    """A line a tag and preset, strictest first; tags that name nobody and should name nobody are told below."""
    rows, silent = list[list[Any]](), list[str]()
    for tag, presets in tags.items():
        if not any(at["recall"]["of"] or at["false_positives"]["hits"] for at in presets.values()):
            silent.append(tag)
            continue
        rows += [[tag, preset, *_cells(at)] for preset, at in presets.items()]
    names = ["tag", "preset", "found", "recall (95 %)", "unrelated", "per 1,000 unrelated (95 %)"]
    print_table("Whom tags name: those they should, and unrelated accounts", names, rows)
    if silent:
        say(f"They name nobody, and the truth has nobody for them: {', '.join(silent)}.")


def _print_kinds(tags: dict[str, Any]) -> None:
    """Of the default preset, the kinds on which a tag is false."""
    rows = [
        [tag, kind, f"{of['hits']:,} of {of['of']:,}", of["per_1000"]]
        for tag, presets in tags.items()
        for kind, of in sorted(presets["default"]["by_kind"].items(), key=lambda each: (-each[1]["hits"] / each[1]["of"], each[0]))
        if of["hits"]
    ]
    print_table("Default preset, by kind of unrelated account", ["tag", "kind", "unrelated", "per 1,000 of the kind (95 %)"], rows)
