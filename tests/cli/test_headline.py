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
    assert where.startswith("Where the trail of the stolen xem ends, under fifo (the declared rule): ")
    parts = re.findall(r"([\d,.]+) (?:received|still|returned|not followed|too small|paid as fees)", where)
    all_of_it = re.match(r"Taken: ([\d,.]+) xem in 11 thefts \(one payment each\)", taken)[1]
    assert sum(map(units, parts)) == rehearsal.outcome.stolen["fifo"] == units(all_of_it)
    spread = r"under the 5 compared rules, services received between ([\d,.]+) and ([\d,.]+) xem of stolen value[.;]"
    least, most = map(units, re.search(spread, sure).groups())
    at_services = [sum(e.amounts[rule] for e in rehearsal.outcome.endpoints if e.reason == "service") for rule in rehearsal.outcome.rules]
    assert (least, most) == (min(at_services), max(at_services))


def test_the_range_of_the_compared_rules_is_not_taken_for_the_floor(rehearsal):
    assert not rehearsal.bounds.endpoints
    said = f' That is the range of these rules only: "tracer bounds {rehearsal.folder}" computes the floor'
    assert said in answer_lines(rehearsal)[2]


@pytest.mark.parametrize(
    ("basis", "said"), [("chain", "every payment on the way was read from the chain"), ("reported", "7 xem of the stolen value rests on")]
)
def test_the_basis_is_said_of_what_the_endpoints_rest_on(rehearsal, basis, said):
    end = rehearsal.outcome.endpoints[0]
    some = end._replace(basis=basis, amounts=dict.fromkeys(end.amounts, 7_000_000))

    class Case:
        question, asset, bounds, folder = rehearsal.question, rehearsal.asset, rehearsal.bounds, rehearsal.folder
        ledger, trace = rehearsal.ledger, rehearsal.trace
        outcome = rehearsal.outcome._replace(endpoints=(some,))

    line = answer_lines(Case)[2]
    assert line.startswith("Basis and range: " if end.reason == "service" else "Basis: ")
    assert said in line
