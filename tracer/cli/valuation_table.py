"""The table of a whole answer in one currency, over all assets that have a price."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracer.cli.output import print_table, say
from tracer.evidence.valuation_all_assets import head_sentences, to_the_cent

if TYPE_CHECKING:
    from tracer.evidence.valuation_all_assets import HeadTable
    from tracer.tracing import Outcome


def print_head_table(table: HeadTable, names: Sequence[str], outcome: Outcome) -> None:
    """The table, where any asset has a price, and which prices it takes; what has none is named."""
    rules = outcome.rules
    if table.summed:
        rows = [[line.called, *(to_the_cent(line.worth[rule]) for rule in rules)] for line in table.lines]
        print_table(table.title, ["what", *rules], rows, numeric=range(1, 1 + len(rules)), final=False)
    for sentence in head_sentences(table, names, outcome.thefts):
        say(f"- {sentence}")
