"""Every bound is proven: verify.py adds up its cut and plays its allocation, without any flow, and finds one unit that is off.

TRACER_FUZZ says on how many random ledgers (`make fuzz`: 10,000). A ledger is made from its number, so one that fails is found again.
"""

from __future__ import annotations

import os
import random

import pytest
from support.every_row import by_networkx, every_row
from support.ledgers import COIN, theft, transfer, written
from support.rival import case_of, differences

from tracer.errors import BoundsError
from tracer.ledger import assemble, audit
from tracer.model import Account, Bound, Bounded, Customer, Memo, Reading, bounded_by, row_key
from tracer.tracing import RULES, Stops, follow
from tracer.tracing.bounds_network import FEES, Ending
from tracer.tracing.bounds_of_case import figures_of, proven_of

LEDGERS = int(os.environ.get("TRACER_FUZZ", "60"))
BATCH = 20
PEOPLE = "abcdef"
MEMOS = (None, Memo("plain", b"alice"), Memo("plain", b"bob"), Memo("hex", b"\xfe\x01"))


def ledger_of(number):
    """A ledger that adds up: up to 40 rows in blocks, two victims, fees, coins made and burnt, memos, services, an account not read."""
    pick = random.Random(number)
    largest = pick.choice((3, 12, 100, 1 << 40, 1 << 64, 1 << 100))
    held = {name: pick.choice((0, 0, pick.randint(0, largest))) for name in PEOPLE} | dict.fromkeys("vw", largest * 3)
    openings, unread = dict(held), pick.choice((None, None, *PEOPLE))
    transfers, declared, height = [], [], 1
    for row in range(pick.randint(2, pick.choice((8, 40)))):
        height += pick.random() < 0.5
        sender = pick.choice((*PEOPLE, *PEOPLE, "v", "w", "mint"))
        recipient = pick.choice((*PEOPLE, *PEOPLE, "v", "burn") if sender != "mint" else PEOPLE)
        rich = largest if sender in ("mint", unread) else held[sender]
        fee = pick.randint(0, min(3, rich)) if sender != "mint" else 0
        amount = pick.choice((rich - fee, (rich - fee) // 2, pick.randint(0, rich - fee)))
        if sender != "mint":
            held[sender] -= fee + (amount if recipient != sender else 0)
        if recipient not in (sender, "burn"):
            held[recipient] += amount
        if sender in "vw" and recipient not in (sender, "burn") and amount and pick.random() < 0.7:
            declared.append(row)
        made = transfer(row, sender, recipient, amount, fee)
        transfers.append(made._replace(height=height, position=row, row_key=row_key(height, row), memo=pick.choice(MEMOS)))
    accounts = [Account(name, openings[name], "chain", "boundary" if name == unread else "full") for name in sorted(openings)]
    ledger = assemble(COIN, [Reading(transfers, [], accounts, [], tip=height, complete=False)])
    stops = Stops(
        services={name: f"service {n % 2}" for n, name in enumerate(pick.sample(PEOPLE, pick.randint(0, 3)))}, dust=pick.choice((0, 0, 2))
    )
    return ledger, [theft(ledger, row, f"theft {row}") for row in declared], stops


def proven(number):
    """A random case with its bounds; None where it has no theft, or bounds are refused."""
    ledger, thefts, stops = ledger_of(number)
    if not thefts:
        return None
    trace = follow(ledger, thefts, stops, RULES)
    ends = [(end.address, end.reason) for end in trace.endpoints]
    try:
        return ledger, trace, proven_of(ledger, audit(ledger), trace, ends, [("fees", "a")])
    except BoundsError:
        return None


@pytest.mark.parametrize("first", range(0, LEDGERS, BATCH))
def test_verify_proves_every_bound_of_random_ledgers_by_its_cut_and_its_allocation(first):
    for number in range(first, min(first + BATCH, LEDGERS)):
        if case := proven(number):
            ledger, trace, found = case
            rival = case_of(*case)
            assert differences(rival) == [], f"ledger_of({number})"
            one_unit_is_found(rival, number)
            sums_hold(ledger, trace, found.bounds)
            if len(ledger) <= 12:
                the_rival_network_says_the_same(ledger, trace, found.bounds)


def one_unit_is_found(rival, number):
    """One unit more or less in a figure, and in a row that stolen value can have moved by."""
    pick = random.Random(-number)
    spoiled = pick.choice(rival.bounds)
    figure = pick.choice([name for name in ("least", "most", "least_any_order", "most_any_order") if spoiled.text(name)])
    at, said = spoiled.names[figure], spoiled.text(figure)
    spoiled.cells[at] = str(int(said) + 1)
    assert differences(rival), f"ledger_of({number}): {figure} of {spoiled.place}"
    spoiled.cells[at] = said
    row = pick.choice([row for row in rival.stolen if row < rival.followed])
    rival.rows[row] = rival.rows[row]._replace(amount=rival.rows[row].amount - 1)
    assert differences(rival), f"ledger_of({number}): row {row}"


def there(trace, rule, bounded):
    """What a rule puts at what is bounded."""
    if bounded.kind == "endpoint":
        ends = [e for e in trace.endpoints if (e.address, e.reason) == (bounded.address, bounded.reason)]
    else:
        names = bounded.names or (bounded.service,)
        ends = [e for e in trace.endpoints if e.reason == "service" and e.service in names]
    return sum(e.amounts[rule] if bounded.theft is None else e.by_theft[rule][bounded.theft] for e in ends)


def sums_hold(ledger, trace, bounds):
    """Customers' floors add up to no more than their service's; every rule lies between least and most, of all
    services together too; in any order both lie wider."""
    for service, bound in bounds.services.items():
        floors = [b.least for customer, b in bounds.customers.items() if trace.stops.services[customer.address] == service]
        assert sum(floors) <= bound.least
    assert sum(bound.least for bound in bounds.services.values()) <= min(
        (b.least for names, b in bounds.unions.items() if "fees" not in names), default=1 << 200
    )
    for bounded, bound in bounded_by(bounds):
        if bounded.kind in ("endpoint", "service") or (bounded.names and set(bounded.names) <= bounds.services.keys()):
            assert all(bound.least <= there(trace, rule, bounded) <= bound.most for rule in RULES), bounded
        if free := bounds.any_order.get(bounded):
            assert free.least <= bound.least <= bound.most <= free.most, bounded
        alone = [bounds.alone[each] for n in range(len(trace.thefts)) if (each := bounded._replace(theft=n)) in bounds.alone]
        if bounded.theft is None and len(trace.thefts) > 1:
            assert sum(b.least for b in alone) <= bound.least, bounded
            assert bound.most <= sum(b.most for b in alone), bounded


def the_rival_network_says_the_same(ledger, trace, bounds):
    graph, places, stolen = every_row(ledger, trace.thefts, trace.stops)
    for bounded, bound in bounded_by(bounds):
        if bounded.kind in ("endpoint", "service", "customer") and bounded.theft is None:
            services = trace.stops.services
            some = {
                place
                for place in places
                if place != FEES
                and (address := ledger.accounts[place.account].address)
                and (bounded.address in (None, address) and bounded.reason in (None, place.reason))
                and (bounded.kind != "customer" or place.memo == bounded.memo)
                and (bounded.kind != "service" or (place.reason == "service" and services[address] == bounded.service))
            }
            assert bound == by_networkx(graph, places, stolen, some), bounded


MEMO = """
    opens victim 100, bob 50
    victim -> bob 100 theft
    bob -> exchange 60
    bob -> exchange 70
    bob -> carol 20
"""


def memoed():
    ledger, thefts = written(MEMO)
    memos = [None, None, None, None]
    memos[1:3] = Memo("plain", b"anna"), Memo("plain", b"bert")
    columns = ledger.columns._replace(memo=memos)
    return type(ledger)(**{**vars(ledger), "columns": columns, "index": {}}), thefts, Stops(services={"exchange": "E"})


def test_a_customer_is_whoever_has_the_same_memo_at_the_same_address():
    ledger, thefts, stops = memoed()
    bounds = figures_of(ledger, audit(ledger), follow(ledger, thefts, stops, RULES))
    assert {customer.memo.text: tuple(bound) for customer, bound in bounds.customers.items()} == {"anna": (10, 60), "bert": (20, 70)}
    assert bounds.services == {"E": (80, 100)}


def test_a_customer_to_whom_no_compared_rule_traces_anything_has_a_ceiling_too():
    ledger, thefts = written("""
        opens victim 10, bob 10
        victim -> bob 10 theft
        bob -> exchange 4
    """)
    by_fifo = follow(ledger, thefts, Stops(services={"exchange": "E"}), ["fifo"])
    assert 1 not in by_fifo.carrying
    found = proven_of(ledger, audit(ledger), by_fifo, [])
    assert dict(found.bounds.customers) == {Customer("exchange"): (0, 4)}
    assert (Bounded("customer", "exchange", "service"), "most") in found.proofs.by_figure
    assert figures_of(ledger, audit(ledger), by_fifo).customers == found.bounds.customers


def test_a_customer_whom_stolen_value_reaches_only_in_another_order_of_the_block_has_a_ceiling_in_any_order():
    ledger, thefts = written("""
        opens victim 10, bob 10
        bob -> exchange 10
        victim -> bob 10 theft
    """)
    columns = ledger.columns._replace(height=[1, 1])
    ledger = type(ledger)(**{**vars(ledger), "columns": columns, "index": {}})
    case = ledger, follow(ledger, thefts, Stops(services={"exchange": "E"}), RULES)
    found = proven_of(ledger, audit(ledger), case[1], [])
    for each in (Bounded("customer", "exchange", "service"), Bounded("service", service="E")):
        assert (dict(bounded_by(found.bounds))[each], found.bounds.any_order[each]) == ((0, 0), (0, 10))
    assert differences(case_of(*case, found)) == []


def test_what_one_theft_brought_is_bounded_as_if_the_others_had_taken_clean_money():
    ledger, thefts = written("""
        opens victim 60, mary 40
        victim -> bob 60 theft
        mary -> bob 40 theft
        bob -> exchange 70
        bob -> carol 30
    """)
    trace = follow(ledger, thefts, Stops(services={"exchange": "E"}), RULES)
    bounds = proven_of(ledger, audit(ledger), trace, []).bounds
    assert bounds.services == {"E": (70, 70)}
    assert {each.theft: bound for each, bound in bounds.alone.items()} == {0: (30, 60), 1: (10, 40)}


def test_one_theft_alone_is_bounded_at_every_endpoint_customer_and_union_it_can_reach():
    ledger, thefts = written("""
        opens victim 60, mary 40
        victim -> bob 60 theft
        mary -> carol 40 theft
        bob -> exchange 50
        carol -> kiosk 40
    """)
    trace = follow(ledger, thefts, Stops(services={"exchange": "E", "kiosk": "K"}), RULES)
    ends = [(end.address, end.reason) for end in trace.endpoints]
    found = proven_of(ledger, audit(ledger), trace, ends, [("E", "bob")])
    first = {each._replace(theft=None): bound for each, bound in found.bounds.alone.items() if each.theft == 0}
    assert first == {
        Bounded("endpoint", "exchange", "service"): (50, 50),
        Bounded("endpoint", "bob", "unspent"): (10, 10),
        Bounded("service", service="E"): (50, 50),
        Bounded("customer", "exchange", "service"): (50, 50),
        Bounded("union", names=("E", "K")): (50, 50),
        Bounded("union", names=("E", "bob")): (60, 60),
    }
    assert all((each, "least_any_order") in found.proofs.by_figure for each in found.bounds.alone)


def test_one_theft_alone_is_bounded_in_any_order_even_where_another_takes_what_it_took():
    """In some order Bob is drained of what Dave took: all thefts together have no bound then, each alone has."""
    ledger, thefts = written("""
        opens victim 10, dave 10
        dave -> bob 10
        victim -> dave 10 theft
        bob -> carol 10 theft
    """)
    columns = ledger.columns._replace(height=[1, 1, 1])
    ledger = type(ledger)(**{**vars(ledger), "columns": columns, "index": {}})
    trace = follow(ledger, thefts, Stops(services={"carol": "C"}), RULES)
    bounds = proven_of(ledger, audit(ledger), trace, []).bounds
    assert Bounded("service", service="C") not in bounds.any_order
    assert bounds.any_order[Bounded("service", service="C", theft=1)] == (10, 10)


def test_a_harvester_who_orders_the_rows_of_a_block_can_widen_a_bound():
    ledger, thefts = written("""
        opens victim 10, bob 10
        bob -> carol 10
        victim -> bob 10 theft
    """)
    together = [1] * len(ledger)
    columns = ledger.columns._replace(height=together)
    ledger = type(ledger)(**{**vars(ledger), "columns": columns, "index": {}})
    trace = follow(ledger, thefts, Stops(services={"carol": "C"}), RULES)
    bounds = proven_of(ledger, audit(ledger), trace, [("bob", "unspent")]).bounds
    assert bounds.endpoints == {("bob", "unspent"): (10, 10)}
    assert bounds.any_order[Bounded("endpoint", "bob", "unspent")] == Bound(0, 10)


def test_a_proof_lists_the_side_with_fewer_lines():
    ledger, thefts, stops = memoed()
    trace = follow(ledger, thefts, stops, RULES)
    proofs = proven_of(ledger, audit(ledger), trace, []).proofs
    least = proofs.by_figure[Bounded("service", service="E"), "least"]
    assert len(least.cut.sides) <= 1


def test_the_random_ledgers_have_in_them_what_is_difficult():
    found = [case for case in map(proven, range(100)) if case]
    assert len(found) > 40
    assert sum(len(trace.thefts) > 1 for _, trace, _ in found) > 10
    assert sum(bool(each.proofs.allocations) for _, _, each in found) > 5
    assert sum(any(free != dict(bounded_by(each.bounds))[of] for of, free in each.bounds.any_order.items()) for _, _, each in found) > 2
    assert sum(any(b.least < b.most for b in each.bounds.customers.values()) for _, _, each in found) > 2
    assert Ending(0, "service", MEMOS[1]) != Ending(0, "service")
