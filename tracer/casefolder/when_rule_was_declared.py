"""When the rule was declared, and what had been seen by then: read from the audit log, and said only as far as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile
from tracer.casefolder.log import UNLOGGED, Act, Entry, read_log
from tracer.wording import counted, utc

UNKNOWN = "This folder held results before its audit log began, so nothing shows what had been seen when a rule was declared."


class Declaration(NamedTuple):
    """The declared rule as it became at `time`; `seen` results had been made before."""

    before: str | None
    rule: str | None
    time: str
    seen: int

    @property
    def sentence(self) -> str:
        """What is printed of it."""
        after = f"after {counted(self.seen, 'result')}" if self.seen else "before any result"
        if self.before is None:
            return f"Primary {self.rule} was declared on {self.time}, {after}."
        if self.rule is None:
            return f"Primary {self.before} was taken back on {self.time}, {after}."
        return f"Primary changed from {self.before} to {self.rule} on {self.time}, {after}."


class Declared(NamedTuple):
    """The history of the declared rule. `unlogged`: there were results that no entry tells of, so what had been seen is unknown."""

    steps: tuple[Declaration, ...]
    unlogged: bool

    @property
    def beforehand(self) -> bool:
        """Whether the rule was declared before there was any result, and has not changed since."""
        return not self.unlogged and [step.seen for step in self.steps] == [0]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What must be said beside the rule; nothing where it was declared beforehand, or never."""
        changed = () if self.beforehand else tuple(step.sentence for step in self.steps)
        return (UNKNOWN, *changed) if self.unlogged else changed


def declared_of(entries: Sequence[Entry], primary: str | None, at: int, *, results: bool) -> Declared:
    """Each change of the declared rule, the first declaration too, oldest first.

    `primary` is the rule that stands now, since `at` (UNIX seconds) where no entry has it yet; `results`: the folder holds some. A result
    counts once however often it was made; so does each list that was issued before there was any.
    """
    first = entries[0] if entries else None
    unlogged = UNLOGGED in first.more if first else results
    seen = {first.before.results_digest} if first and first.before else set()
    rule = (first.after.primary if first and first.after else primary) if unlogged else None
    steps = []
    for entry in entries:
        said = entry.after.primary if entry.after else entry.more.get("primary")  # a list issued before the first result, not final
        if said != rule:
            steps.append(Declaration(rule, said, entry.time, len(seen)))
        rule = said
        seen.add(entry.after.results_digest if entry.after else entry.hash)
    if primary != rule:
        steps.append(Declaration(rule, primary, utc(at), len(seen)))
    return Declared(tuple(steps), unlogged)


def declared_now(folder: Path, question: CaseFile, done: Act) -> Declared:
    """When the rule of a case was declared that an act is about to put into a folder, and what had been seen by then."""
    return declared_of(read_log(folder), question.trace.primary, done.time, results=(folder / "manifest.json").exists())
