"""Markers: who marked whom, between which blocks; the marked beside the traced."""

from __future__ import annotations

import csv

import pytest
from conftest import REHEARSAL

from tracer.chains.nem.markers import LIFETIME, markings
from tracer.labels import compare_markings
from tracer.model import Event, Marking

MARKER = "ts:warning"


def event(height, kind, subject, to=None, **attributes):
    return Event(height, 0, 1000 + height, f"tx{height}", kind, subject, to, attributes)


def sent(height, sender, recipient, amount=1, marker=MARKER):
    return event(height, "mosaic_moved", sender, recipient, mosaic=marker, amount=str(amount))


BEGUN = [event(1, "namespace_rented", "police", namespace="ts"), event(2, "mosaic_defined", "police", mosaic=MARKER)]


def spans(*events, tip=1000):
    return [(m.address, m.marked_by, m.first, m.last, m.ended) for m in markings([*BEGUN, *events], [MARKER], tip)]


def test_who_is_sent_a_marker_is_marked_from_that_block_on():
    assert spans(sent(10, "police", "anna")) == [("anna", "police", 10, None, None)]


def test_a_marker_sent_back_ends_the_span_and_marks_nobody():
    assert spans(sent(10, "police", "anna"), sent(20, "anna", "police")) == [("anna", "police", 10, 20, "returned")]


def test_a_marker_sent_on_marks_the_next_one():
    found = spans(sent(10, "police", "anna"), sent(20, "anna", "bob"))
    assert found == [("anna", "police", 10, 20, "moved_on"), ("bob", "anna", 20, None, None)]


def test_who_keeps_one_of_two_is_still_marked():
    assert spans(sent(10, "police", "anna", 2), sent(20, "anna", "police", 1)) == [("anna", "police", 10, None, None)]


def test_who_is_marked_again_has_two_spans():
    found = spans(sent(10, "police", "anna"), sent(20, "anna", "police"), sent(30, "police", "anna"))
    assert [each[2:4] for each in found] == [(10, 20), (30, None)]


def test_a_namespace_that_is_no_longer_paid_for_takes_its_markers_with_it():
    assert spans(sent(10, "police", "anna"), tip=1 + LIFETIME) == [("anna", "police", 10, 1 + LIFETIME, "definition_gone")]
    assert spans(sent(10, "police", "anna"), tip=LIFETIME) == [("anna", "police", 10, None, None)]


def test_a_namespace_rented_again_in_time_keeps_them():
    renewed = event(LIFETIME, "namespace_rented", "police", namespace="ts")
    assert spans(sent(10, "police", "anna"), renewed, tip=1 + LIFETIME) == [("anna", "police", 10, None, None)]


@pytest.mark.parametrize(
    "harmless", [sent(10, "police", "anna", 0), sent(10, "police", "anna", marker="ts:other"), sent(10, "anna", "anna")]
)
def test_nothing_sent_marks_nobody(harmless):
    assert spans(harmless) == []


def test_who_hands_markers_out_is_not_marked_by_one_that_comes_back_even_if_nobody_read_its_definition():
    assert [m.address for m in markings([sent(10, "helper", "anna"), sent(20, "anna", "helper")], [MARKER], 100)] == ["anna"]


def marked(address, first, last=None):
    return Marking(MARKER, address, "police", None, first, 0, last)


def test_the_marked_beside_the_traced_are_four_groups_and_nobody_is_in_two():
    found = compare_markings(
        [marked("both", 5), marked("before", 5, 9), marked("touched", 5), marked("stranger", 5)],
        traced={"both": 10, "before": 10, "missed": 10},
        touched={"both": 10, "before": 10, "missed": 10, "touched": 10},
    )
    assert found == (("both",), ("before", "missed"), ("touched",), ("before", "stranger"))


def test_the_rehearsals_markers_are_read_as_they_were_sent(rehearsal):
    with (REHEARSAL / "truth" / "transactions.csv").open() as file:
        rows = list(csv.DictReader(file))
    sends = {(row["to_address"], int(row["height"])) for row in rows if row["pattern"] in ("tag.send", "tag.move")}
    erased = {(row["from_address"], int(row["height"])) for row in rows if row["pattern"] == "tag.erase"}
    found = rehearsal.context.markings
    assert {(m.address, m.first) for m in found} == sends
    assert {(m.address, m.last) for m in found if m.ended == "returned"} == erased
    assert len(found) == 22


def test_the_flow_graph_knows_who_was_marked_and_when(rehearsal):
    spans = {address: node["marked"] for address, node in rehearsal.flow.nodes(data=True) if node["marked"]}
    assert sorted(m for each in spans.values() for m in each) == sorted(rehearsal.context.markings)
    assert len(rehearsal.flow.about.markers) == 3
