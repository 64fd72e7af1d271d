"""One answer of a case of several assets in money: every asset that has a price, at the time of each theft."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.casefolder.valuation import head_tables
from tracer.evidence.both_answers import SeveralAssets
from tracer.evidence.valuation_all_assets import HeadLine, head_sentences, to_the_cent
from tracer.model import REASONS, Answer
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


def _called(pen: Pen, line: HeadLine) -> Text:
    if line.what == "ended":
        return pen.say(f"reasons.{line.place}") if line.place in REASONS else pen.quoted(line.place)
    return pen.say(f"answers.{line.what}")
