"""One answer of a case of several assets in money: every asset that has a price, at the time of each theft."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.casefolder.valuation import head_tables
from tracer.evidence.both_answers import SeveralAssets
from tracer.evidence.valuation_all_assets import HeadLine, head_sentences, to_the_cent
from tracer.model import Answer, Reason
from tracer.report.court.blocks import Block, Items, Say, TableLine, Text, tabular
from tracer.report.court.cited_figures import Pen


def in_money(pen: Pen, several: SeveralAssets, answer: Answer) -> Iterator[Block]:
    """The table, where any asset has a price, and which prices it takes; what has none is named."""
    table = head_tables(pen.case)[answer]
    if table.summed:
        lines = [
            TableLine(
                [_called(pen, line), *(pen.setting(to_the_cent(line.worth[rule])) for rule in pen.rules)], strong=line.what == "stolen"
            )
            for line in table.lines
        ]
        head = [pen.say("column.where"), *pen.rule_heads()]
        yield Say(pen.say("answers.money", currency=pen.quoted(table.currency or "")))
        yield tabular(head, lines, range(1, len(head)), f"money-{answer}", small=True)
    yield Items([pen.quoted(each) for each in head_sentences(table, several.names, pen.case.trace.thefts)], "quoted")


def place_said(pen: Pen, reason: Reason, service: str | None) -> Text:
    """Where stolen value is: the service by its name, else why the trail ends there."""
    return pen.quoted(service) if service else pen.say(f"reasons.{reason}")


def _called(pen: Pen, line: HeadLine) -> Text:
    return pen.say(f"answers.{line.what}") if line.reason is None else place_said(pen, line.reason, line.service)
