"""The first three lines of a result: each figure in them is computed on the case below."""

from __future__ import annotations

import re

import pytest

from tracer.cli.headline import answer_lines


def units(text, decimals=6):
    whole, _, part = text.replace(",", "").rstrip(".").partition(".")
    return int(whole) * 10**decimals + int(part.ljust(decimals, "0"))


def test_where_it_is_adds_up_to_what_was_taken(rehearsal):
    taken, where, sure = answer_lines(rehearsal)
    parts = re.findall(r"([\d,.]+) (?:received|still|returned|not followed|too small|paid as fees)", where)
    assert sum(map(units, parts)) == rehearsal.outcome.stolen["fifo"] == units(re.match(r"Taken: ([\d,.]+) xem in 11 thefts", taken)[1])
    least, most = map(units, re.search(r"under the 5 compared rules, services received between ([\d,.]+) and ([\d,.]+)[.;]", sure).groups())
    at_services = [sum(e.amounts[rule] for e in rehearsal.outcome.endpoints if e.reason == "service") for rule in rehearsal.outcome.rules]
    assert (least, most) == (min(at_services), max(at_services))


def test_the_range_of_the_compared_rules_is_not_taken_for_the_floor(rehearsal):
    assert not rehearsal.bounds.endpoints
    assert ' That is the range of these rules only: "tracer bounds" computes the floor' in answer_lines(rehearsal)[2]


@pytest.mark.parametrize(
    ("basis", "said"), [("chain", "every payment on the way was read from the chain"), ("reported", "7 xem of it rests on")]
)
def test_the_basis_is_said_of_what_the_endpoints_rest_on(rehearsal, basis, said):
    end = rehearsal.outcome.endpoints[0]
    some = end._replace(basis=basis, amounts=dict.fromkeys(end.amounts, 7_000_000))

    class Case:
        question, asset, bounds = rehearsal.question, rehearsal.asset, rehearsal.bounds
        ledger, trace = rehearsal.ledger, rehearsal.trace
        outcome = rehearsal.outcome._replace(endpoints=(some,))

    line = answer_lines(Case)[2]
    assert line.startswith("Basis and range: ")
    assert said in line
