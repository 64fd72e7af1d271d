"""The coverage statement says what is printed beside it."""

from __future__ import annotations

from support.ledgers import written

from tracer.evidence.coverage import coverage_of
from tracer.labels import LabelBook
from tracer.ledger import audit
from tracer.tracing import Stops, follow


def said(text, part):
    ledger, thefts = written(text)
    trace = follow(ledger, thefts, Stops(), ["fifo", "haircut"])
    return [sentence for sentence in coverage_of(ledger, audit(ledger), trace, LabelBook(())) if part in sentence]


def test_money_that_is_stolen_twice_explains_why_less_is_stolen_than_the_thefts_come_to():
    story = """
        opens victim 100
        victim -> anna 100 theft
        anna -> bob 60 theft
    """
    assert said(story, "twice") == [
        (
            "The thefts come to 160 coin together. An earlier theft had already stolen part of that (fifo 60, haircut 60): "
            "that money was stolen twice, and is counted once."
        )
    ]


def test_where_no_money_is_stolen_twice_nothing_is_said_of_it():
    assert said("opens victim 100\nvictim -> anna 60 theft\nvictim -> bob 40 theft", "twice") == []
