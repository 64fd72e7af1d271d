"""The test vectors in fixtures/rules: every engine says what is written there, and what is written there adds up."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest
from conftest import ROOT
from support.engines import ENGINES
from support.ledgers import COIN, theft, transfer

from tracer.ledger import assemble
from tracer.model import Account, Reading, row_key
from tracer.tracing import RULES, Stops, follow


def lines(name):
    """ledger -> its lines in a file of the vectors."""
    found = defaultdict(list)
    with (ROOT / "fixtures" / "rules" / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        for line in csv.DictReader(file):
            found[line["ledger"]].append(line)
    return found


LEDGERS, ACCOUNTS, TRANSFERS, EXPECTED = map(lines, ("ledgers", "accounts", "transfers", "expected"))


def read(name):
    """A ledger of the vectors with its thefts and stops."""
    transfers = []
    for row, line in enumerate(TRANSFERS[name]):
        assert int(line["row"]) == row + 1
        block, position = int(line["block"]), int(line["position"])
        made = transfer(row, line["sender"] or "mint", line["recipient"] or "burn", int(line["amount"]), int(line["fee"]))
        transfers.append(made._replace(height=block, position=position, row_key=row_key(block, position)))
    accounts = [
        Account(line["account"], int(line["opening"]), "chain", "boundary" if line["stop"] == "not_read" else "full")
        for line in ACCOUNTS[name]
    ]
    ledger = assemble(COIN, [Reading(transfers[::-1], [], accounts, [], tip=len(transfers), complete=False)])
    declared = sorted((int(line["theft"]), int(line["row"]) - 1) for line in TRANSFERS[name] if line["theft"])
    services = {line["account"]: "service" for line in ACCOUNTS[name] if line["stop"] == "service"}
    stops = Stops(services=services, dust=int(LEDGERS[name][0]["dust"]))
    return ledger, [theft(ledger, row, f"theft {number}") for number, row in declared], stops


def expected(name, rule, what, *keys):
    """(keys and theft) -> amount, of the lines of a ledger and rule."""
    found = {}
    for line in EXPECTED[name]:
        if (line["rule"], line["what"]) == (rule, what):
            found[*(int(line[key]) - 1 if key == "row" else line[key] for key in keys), int(line["theft"]) - 1] = int(line["amount"])
    return found


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", LEDGERS)
def test_every_engine_says_what_the_vectors_say(name, engine):
    if engine == "compiled":
        pytest.importorskip("numba", reason="NOT RUN, no numba: pip install numba")
    ledger, thefts, stops = read(name)
    told = ENGINES[engine](ledger, thefts, stops)
    assert set(told) == set(RULES)
    for rule, said in told.items():
        assert dict(enumerate(said["taken"])) == {theft: units for (theft,), units in expected(name, rule, "taken").items()}
        assert said["hops"] == expected(name, rule, "hop", "row")
        assert said["fees"] == expected(name, rule, "fee", "row")
        ends = expected(name, rule, "end", "account", "reason").items()
        assert said["held"] == {(account, theft): units for (account, reason, theft), units in ends if reason == "unspent"}


@pytest.mark.parametrize("name", LEDGERS)
def test_the_endpoints_of_a_trace_are_those_of_the_vectors(name):
    trace = follow(*read(name), RULES)
    for rule in RULES:
        found = {
            (endpoint.address, endpoint.reason, number): units
            for endpoint in trace.endpoints
            for number, units in enumerate(endpoint.by_theft[rule])
            if units
        }
        assert found == expected(name, rule, "end", "account", "reason")


@pytest.mark.parametrize("name", LEDGERS)
def test_what_the_vectors_say_adds_up(name):
    for rule in RULES:
        for (number,), units in expected(name, rule, "taken").items():
            ends = expected(name, rule, "end", "account", "reason")
            fees = expected(name, rule, "fee", "row")
            assert units == sum(amount for key, amount in [*ends.items(), *fees.items()] if key[-1] == number)
