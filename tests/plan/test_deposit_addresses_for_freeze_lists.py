"""Who only forwards to one exchange is likely a deposit address of it; nobody else is said to be."""

from __future__ import annotations

import pytest
from support.ledgers import written

from tracer.labels import LabelBook
from tracer.ledger import assemble
from tracer.model import Account, Label, Memo, Reading
from tracer.plan.deposit_addresses_for_freeze_lists import deposit_addresses

FORWARDS = """
opens ann 10, kasse 5
ann -> door 4
door -> kasse 3
door -> kasse 1
"""
SERVICES = {"kasse": "Kasse", "safe": "Kasse", "boerse": "Boerse", "mixer": "Mixer"}


def label(address, name):
    category = "mixing_service" if name == "Mixer" else "exchange"
    return Label(address, name, category, (), "us", "ownership", 90, None, None, "pack")


def found(text, *more):
    ledger, _ = written(text)
    return inferred(ledger, *more)


def inferred(ledger, *more):
    return deposit_addresses(ledger, SERVICES, LabelBook([*(label(*each) for each in SERVICES.items()), *more]))


def test_an_account_that_only_forwards_to_one_exchange_is_named_with_deposits_and_sweeps():
    each = found(FORWARDS)["door"]
    assert (each.service, each.deposits, each.sweeps) == ("Kasse", (0,), (1, 2))
    assert each.said == "deposit address, probably of Kasse (inferred)"


def test_two_addresses_of_one_service_are_one_service():
    assert set(found(FORWARDS + "ann -> door 1\ndoor -> safe 1")) == {"door"}


def test_what_the_service_pays_for_gas_is_no_deposit():
    assert found(FORWARDS.replace("ann -> door 4", "kasse -> door 1\nann -> door 3"))["door"].deposits == (1,)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("it pays somebody else too", FORWARDS + "ann -> door 2\ndoor -> bob 1"),
        ("it pays another service too", FORWARDS + "ann -> door 2\ndoor -> boerse 1"),
        ("nobody but the service ever paid it", "opens kasse 5\nkasse -> door 2\ndoor -> kasse 1"),
        ("its history was not read whole", FORWARDS + "partial door"),
        ("no customer has an address at a mixer", "opens ann 10\nann -> door 4\ndoor -> mixer 4"),
        ("it holds what it got", "opens ann 10\nann -> door 4"),
    ],
)
def test_nobody_else_is_named(why, text):
    assert "door" not in found(text), why


def test_whom_a_label_names_is_not_inferred():
    assert found(FORWARDS, label("door", "Dora")) == {}


def test_who_pays_with_a_memo_is_the_customer_himself():
    ledger, _ = written(FORWARDS)
    rows = [t._replace(memo=Memo("plain", b"customer 7")) if t.sender == "door" else t for t in ledger]
    accounts = [Account(a.address, a.opening, "chain", "full") for a in ledger.accounts]
    assert inferred(assemble(ledger.asset, [Reading(rows, [], accounts, [], 3, False)])) == {}
