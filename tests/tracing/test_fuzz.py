"""Random ledgers: all engines say the same, transfer by transfer and theft by theft.

TRACER_FUZZ says how many (`make fuzz`: 10,000). A ledger is made from its number, so one that fails is found again.
"""

from __future__ import annotations

import os
import random

import pytest
from support.engines import ENGINES, OURS, differences
from support.ledgers import COIN, theft, transfer

from tracer.errors import LedgerError
from tracer.ledger import assemble
from tracer.model import Account, Reading, row_key
from tracer.tracing import Stops

LEDGERS = int(os.environ.get("TRACER_FUZZ", "300"))
BATCH = 50
WIDEST = (1 << 126) - 1


def ledger_of(number):
    """A ledger of 2 to 6 accounts and up to 60 rows, up to five thefts, and stops.

    Amounts are small, or of 52, 64, 70, 87 or 126 bits; accounts spend all, half, a few units or more than they hold; rows share
    blocks; some pay themselves, nobody, or nothing; thefts are often of one amount, so that their parts tie.
    """
    pick = random.Random(number)
    people = "abcdef"[: pick.randint(2, 6)]
    largest = pick.choice((3, 12, 100, 1 << 52, (1 << 64) - 1, 1 << 70, (1 << 87) - 1, WIDEST))
    openings = {name: pick.choice((0, pick.randint(0, largest), largest)) for name in people}
    if largest >> 120:  # one account has most of it: two such balances together would be refused
        openings = {name: opening >> (0 if name == "a" else 10) for name, opening in openings.items()}
    balance = dict(openings)
    transfers = []
    height = 1
    for row in range(pick.randint(1, 60)):
        height += pick.random() < 0.6
        sender = "mint" if pick.random() < 0.04 else pick.choice(people)
        recipient = "burn" if pick.random() < 0.04 and sender != "mint" else pick.choice(people)
        has = balance.get(sender, largest)
        fee = pick.choice((0, 0, 1, min(has, 3))) if sender != "mint" else 0
        amount = max(0, pick.choice((has, has // 2, has // 3, pick.randint(0, 5), pick.randint(0, max(has, 1)), 0, largest // 2)) - fee)
        if pick.random() < 0.8:
            amount, fee = min(amount, max(0, has - fee)), min(fee, has)
        amount = min(amount, WIDEST)
        balance[sender] = max(0, has - amount - fee)
        balance[recipient] = balance.get(recipient, 0) + amount
        place = row_key(height, row)
        transfers.append(transfer(row, sender, recipient, amount, fee)._replace(height=height, position=row, row_key=place))
    coverage = {name: pick.choice(("full",) * 9 + ("boundary",)) for name in people}
    accounts = [Account(name, openings[name], "chain", coverage[name]) for name in people]
    ledger = assemble(COIN, [Reading(transfers, [], accounts, [], tip=height, complete=False)])
    payments = [row for row, t in enumerate(transfers) if t.sender and t.recipient and t.sender != t.recipient and t.amount]
    declared = sorted(pick.sample(payments, min(len(payments), pick.randint(1, 5))))
    stops = Stops(
        services={name: "service" for name in people if pick.random() < 0.07},
        dust=pick.choice((0, 0, 2)),
        until=pick.choice((None, None, 1000 + pick.randint(0, 60))),
    )
    return ledger, [theft(ledger, row, f"theft {row}") for row in declared], stops


@pytest.mark.parametrize("first", range(0, LEDGERS, BATCH))
def test_all_engines_say_the_same_of_random_ledgers(first):
    pytest.importorskip("numba", reason="NOT RUN, no numba: pip install numba")
    for number in range(first, min(first + BATCH, LEDGERS)):
        case = ledger_of(number)
        try:
            found = differences(*case)
        except LedgerError as refusal:  # a sum passes 2^127
            found = accepted(case, str(refusal))
        assert not found, f"ledger_of({number}): " + "\n".join(found)


def accepted(case, refusal):
    """Of our engines those that do not refuse a case with these words; all do if money enough for it is there."""
    ledger, _, _ = case
    found = [] if sum(ledger.openings) + sum(t.amount + t.fee for t in ledger) >> 127 else ["no sum can pass 2^127"]
    for name in OURS:
        try:
            ENGINES[name](*case)
            found.append(name)
        except LedgerError as error:
            found += [] if str(error) == refusal else [f"{name}: {error}"]
    return found


def unless_refused(case):
    try:
        return ENGINES["interpreted"](*case)
    except LedgerError:
        return None


def test_the_random_ledgers_have_in_them_what_is_difficult():
    cases = [ledger_of(number) for number in range(200)]
    cases, told = zip(*((case, said) for case in cases if (said := unless_refused(case))), strict=True)
    assert len(cases) > 180
    assert sum(len(thefts) > 1 for _, thefts, _ in cases) > 100
    assert sum(any(t.sender == t.recipient for t in ledger) for ledger, _, _ in cases) > 50
    assert sum(any(t.recipient is None for t in ledger) for ledger, _, _ in cases) > 50
    for bits, least in ((50, 100), (63, 70), (80, 30), (125, 5)):
        assert sum(any(t.amount >> bits for t in ledger) for ledger, _, _ in cases) > least
    assert sum(bool(each["fifo"]["topped_up"]) for each in told) > 30
    assert sum(bool(each["haircut"]["fees"]) for each in told) > 50
    assert sum(each["haircut"]["taken"] != each["lifo"]["taken"] for each in told) > 20
    assert sum(len({theft for _, theft in each["haircut"]["hops"]}) > 1 for each in told) > 50
