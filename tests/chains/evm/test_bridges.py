"""What bridges are asked for, as their own events say."""

from __future__ import annotations

import pytest

from tracer.chains.evm.bridge_events import LAYOUTS, requests_in, with_requests
from tracer.model import Transfer

ANN, BRIDGE, DOLLAR, FAR = ("0x" + digit * 40 for digit in "abdf")
ACROSS, CCTP, CCTP2 = LAYOUTS


def word(value):
    return f"{value:064x}" if isinstance(value, int) else value[2:].rjust(64, "0")


def log(topics, *words, name):
    return {"address": BRIDGE, "topics": [name, *("0x" + word(each) for each in topics)], "data": "0x" + "".join(map(word, words))}


LOGS = {
    "across": log((42161, 7, ANN), DOLLAR, DOLLAR, 500, 499, 1, 2, 3, FAR, ANN, 384, 0, name=ACROSS),
    "cctp": log((7, DOLLAR, ANN), 500, FAR, 3, 0, 0, name=CCTP),
    "cctp 2": log((DOLLAR, ANN, 1000), 500, FAR, 3, 0, 0, 0, 320, 0, name=CCTP2),
}
SAID = {"across": ("chain 42161", 7), "cctp": ("domain 3 of CCTP", 7), "cctp 2": ("domain 3 of CCTP", None)}


def row(recipient, amount, kind="transfer"):
    return Transfer(1, 1, 1, 1, "aa", ANN, recipient, amount, 0, kind, None, "chain", "recording", True, {"tie": "signed"})


@pytest.mark.parametrize("bridge", LOGS)
def test_an_event_of_a_bridge_names_token_amount_and_the_other_side(bridge):
    (found,) = requests_in([LOGS[bridge]])
    assert (found.bridge, found.asset, found.amount, found.far_address) == (BRIDGE, DOLLAR, 500, FAR)
    assert (found.far_chain, found.number) == SAID[bridge]


def test_an_event_that_is_cut_off_says_nothing():
    assert list(requests_in([{**LOGS["cctp"], "data": "0x" + word(500)}])) == []


def test_only_the_row_that_gave_the_bridge_as_much_has_the_far_side():
    rows = [row(BRIDGE, 499), row(FAR, 500), row(BRIDGE, 500), row(BRIDGE, 500)]
    told = [each.attributes.get("far_address") for each in with_requests(rows, [LOGS["across"]], DOLLAR)]
    assert told == [None, None, FAR, None]


def test_a_bridge_that_burns_what_it_is_given_has_the_far_side_on_the_row_that_burns():
    rows = [row(None, 500, "burn")]
    (found,) = with_requests(rows, [LOGS["cctp 2"]], DOLLAR)
    assert found.attributes == {"tie": "signed", "far_chain": "domain 3 of CCTP", "far_address": FAR}
