"""The coverage statement says what is printed beside it."""

from __future__ import annotations

from support.ledgers import written

from tracer.evidence.coverage import coverage_of, to_one_service
from tracer.labels import LabelBook
from tracer.ledger import audit
from tracer.model import Label
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


def test_a_letter_to_one_service_names_no_other_in_its_coverage_statement():
    ledger, thefts = written("opens victim 100\nvictim -> anna 100 theft\nanna -> bob 60")
    labels = LabelBook(
        Label(address, name, "exchange", (), "A. Source", "service_data", 50, "2030-01-01", None, "pack")
        for address, name in (("anna", "One. Exchange"), ("anna", "Two (for example)."), ("nowhere", "Three"))
    )
    whole = coverage_of(ledger, audit(ledger), follow(ledger, thefts, Stops(services={"bob": "Four"}), ["fifo"]), labels)
    letter = list(to_one_service(whole))
    for name in ("One. Exchange", "Two (for example).", "nowhere", "Four"):
        assert name in "\n".join(whole)
        assert name not in "\n".join(letter)
    assert "1 labelled address does not occur in the ledger." in letter
    assert '1 address has labels that disagree, and all are kept. "tracer labels" lists them.' in letter
    assert (
        "2 labels are dated after the last transfer to or from their address. tracer assumes that the owner named on the label already "
        "held the address when the transfers were made."
    ) in letter
