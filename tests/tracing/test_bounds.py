"""Least and most: every rule lies inside, some flow attains each, and the small network is the large one."""

from __future__ import annotations

import random
import re
import sys
from itertools import product

import networkx
import numpy
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from support.every_row import by_networkx, every_row
from support.ledgers import COIN, theft, transfer, written

from tracer.errors import BoundsError, InputError
from tracer.ledger import assemble, audit
from tracer.model import CLEAN, Account, Reading
from tracer.tracing import RULES, Stops, follow, maxflow_start
from tracer.tracing.bounds_by_max_flow import bound, extreme
from tracer.tracing.bounds_network import FEES, Ending
from tracer.tracing.bounds_of_case import proven_of
from tracer.tracing.bounds_preconditions import network_of, places_named
from tracer.tracing.followed_rows import flows_of
from tracer.tracing.maxflow import SINK, SOURCE, exact, greatest
from tracer.tracing.min_cuts import allocation_of, cut_of
from tracer.tracing.stops import cuts, horizon

PEOPLE = "abcdef"
VICTIMS = "vw"


@st.composite
def cases(draw, most_rows=20, largest=12):
    """A ledger that adds up, with fees, payments to oneself, coins made and burnt, thefts by two victims, and stops."""
    held = {name: draw(st.integers(0, largest)) for name in PEOPLE}
    held |= {name: draw(st.integers(1, 3 * largest)) for name in VICTIMS}
    openings = dict(held)
    unread = draw(st.sampled_from([None, None, None, *PEOPLE]))
    transfers, declared = [], []
    for _ in range(draw(st.integers(1, most_rows))):
        sender = draw(st.sampled_from([*PEOPLE, *PEOPLE, *VICTIMS, "mint"]))
        recipient = draw(st.sampled_from([*PEOPLE, *PEOPLE, *VICTIMS, "burn"] if sender != "mint" else [*PEOPLE]))
        if sender == "mint":
            amount, fee = draw(st.integers(0, largest)), 0
        else:
            rich = held[sender] if sender != unread else largest
            fee = draw(st.integers(0, min(3, rich)))
            amount = draw(st.integers(0, rich - fee))
            held[sender] -= fee + (amount if recipient != sender else 0)
        if recipient not in (sender, "burn"):
            held[recipient] += amount
        if sender in VICTIMS and recipient not in (sender, "burn") and amount and draw(st.booleans()):
            declared.append(len(transfers))
        transfers.append(transfer(len(transfers), sender, recipient, amount, fee))
    accounts = [Account(name, openings[name], "chain", "boundary" if name == unread else "full") for name in sorted(openings)]
    ledger = assemble(COIN, [Reading(transfers, [], accounts, [], tip=len(transfers), complete=False)])
    stops = Stops(
        services={name: f"service {n % 2}" for n, name in enumerate(sorted(draw(st.sets(st.sampled_from(PEOPLE), max_size=3))))},
        dust=draw(st.integers(0, 3)),
        until=draw(st.none() | st.integers(1000, 1000 + most_rows)),
    )
    last = horizon(ledger, stops)
    return ledger, [theft(ledger, n, f"theft {n}") for n in declared if n < last], stops


def bounded(case):
    """The network of a case; None where it is refused or has no theft."""
    ledger, thefts, stops = case
    if not thefts:
        return None
    try:
        return network_of(ledger, audit(ledger), thefts, stops)
    except BoundsError as refused:
        if "money of an earlier theft" not in str(refused):
            raise
        return None


def at_places(ledger, trace, rule):
    """What a rule says of each place."""
    found = {Ending(ledger.index[e.address], e.reason): e.amounts[rule] for e in trace.endpoints}
    return found | {FEES: trace.rules[rule].burnt}


@settings(deadline=None, max_examples=150)
@given(st.sampled_from([1 << 40, 1 << 62, 1 << 87, 1 << 121]).flatmap(lambda largest: cases(most_rows=30, largest=largest)), st.data())
def test_every_rule_lies_between_least_and_most_at_every_place_and_union_of_places(case, data):
    made = bounded(case)
    if made is None:
        return
    ledger, thefts, stops = case
    trace = follow(ledger, thefts, stops, RULES)
    some = data.draw(st.sets(st.sampled_from(sorted(made.places))))
    for places in [*([place] for place in made.places), some]:
        found = bound(made, places)
        for rule in RULES:
            assert set(at_places(ledger, trace, rule)) <= {FEES, *made.places}
            there = sum(at_places(ledger, trace, rule).get(place, 0) for place in places)
            assert found.least <= there <= found.most, (rule, places)


@settings(deadline=None)
@given(cases())
def test_what_is_stolen_is_somewhere_whatever_the_rule(case):
    made = bounded(case)
    if made is None:
        return
    each = [bound(made, [place]) for place in made.places]
    assert bound(made, list(made.places)) == (made.stolen, made.stolen)
    assert sum(b.least for b in each) <= made.stolen <= sum(b.most for b in each)
    assert all(0 <= b.least <= b.most <= made.stolen for b in each)


@settings(deadline=None)
@given(cases(), st.data())
def test_a_union_and_all_the_rest_make_what_was_stolen(case, data):
    made = bounded(case)
    if made is None:
        return
    some = data.draw(st.sets(st.sampled_from(sorted(made.places))))
    found, rest = bound(made, some), bound(made, set(made.places) - some)
    assert found == (made.stolen - rest.most, made.stolen - rest.least)
    assert found.most <= sum(bound(made, [place]).most for place in some)
    assert found.least >= sum(bound(made, [place]).least for place in some)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from([12, 1 << 62, 1 << 87, 1 << 121]).flatmap(lambda largest: cases(largest=largest)), st.data())
def test_the_merged_network_says_what_the_network_of_every_single_row_says(case, data):
    made = bounded(case)
    if made is None:
        return
    graph, places, stolen = every_row(*case)
    assert {place for place, b in ((p, bound(made, [p])) for p in places) if b.most} <= set(made.places)
    for some in [*([place] for place in places), data.draw(st.sets(st.sampled_from(sorted(places))))]:
        assert bound(made, some) == by_networkx(graph, places, stolen, some), some


@settings(deadline=None, max_examples=150)
@given(st.sampled_from([3, 12, 1 << 58]).flatmap(lambda largest: cases(most_rows=40, largest=largest)), st.data())
def test_waves_decide_how_long_a_bound_takes_and_not_what_it_is(case, data):
    pytest.importorskip("numba")
    made = bounded(case)
    if made is None:
        return
    ledger = case[0]
    some = data.draw(st.sets(st.sampled_from(sorted(made.places))))
    most_waves = data.draw(st.sampled_from([1, 2, maxflow_start.MOST_WAVES]))
    for places, away in product([*([place] for place in made.places), some], (True, False)):
        plain = extreme(made, places, away=away)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(maxflow_start, "WAVES_FROM", 0)
            patch.setattr(maxflow_start, "MOST_WAVES", most_waves)
            found = extreme(made, places, away=away)
        assert found.value == plain.value
        assert cut_of(made, ledger, found), "the cut adds up to the flow"
        _, totals = allocation_of(made, found)
        there = sum(totals[place] for place in made.places if place in places)
        assert there == (made.stolen - found.value if away else found.value)


@settings(max_examples=40, deadline=None)
@given(cases(most_rows=5, largest=2))
def test_least_and_most_are_attained_by_some_way_to_tell_the_coins_apart(case):
    made = bounded(case)
    if made is None:
        return
    told = list(all_tellings(*case))
    for place in [*made.places, Ending(0, "unspent")]:
        values = [telling.get(place, 0) for telling in told]
        assert bound(made, [place]) == (min(values), max(values)), place


@settings(max_examples=40, deadline=None)
@given(cases(most_rows=5, largest=2), st.sampled_from([10**18, (1 << 80) + 1, 1 << 120]))
def test_least_and_most_are_attained_whatever_the_unit_is(case, unit):
    made = bounded(in_unit(case, unit))
    if made is None:
        return
    told = list(all_tellings(*case))
    for place in [*made.places, Ending(0, "unspent")]:
        values = [unit * telling.get(place, 0) for telling in told]
        assert bound(made, [place]) == (min(values), max(values)), place


def in_unit(case, unit):
    """The same case counted in a smaller unit."""
    ledger, thefts, stops = case
    transfers = [t._replace(amount=t.amount * unit, fee=t.fee * unit, attributes={}, row=-1) for t in ledger]
    accounts = [account._replace(opening=account.opening * unit) for account in ledger.accounts]
    finer = assemble(COIN, [Reading(transfers, [], accounts, [], tip=len(transfers), complete=False)])
    return finer, [each._replace(amount=each.amount * unit) for each in thefts], stops._replace(dust=stops.dust * unit)


@pytest.mark.parametrize("bits", [8, 62, 63, 64, 87, 127, 200])
def test_the_greatest_flow_is_exact_whatever_its_width(bits):
    pick = random.Random(bits)
    for _ in range(60):
        pairs = {(pick.randrange(9), pick.randrange(9)) for _ in range(pick.randint(3, 40))}
        arcs = [(tail, head, pick.getrandbits(pick.randint(1, bits))) for tail, head in pairs if tail != head]
        graph = networkx.DiGraph()
        graph.add_nodes_from([SOURCE, SINK])
        graph.add_weighted_edges_from(arcs, weight="capacity")
        total = sum(capacity for tail, _, capacity in arcs if tail == SOURCE)
        tails, heads, capacities = zip(*arcs, strict=True) if arcs else ((), (), ())
        found = greatest(numpy.array(tails), numpy.array(heads), exact([*capacities, total])[:-1], total)
        assert found.value == networkx.maximum_flow_value(graph, SOURCE, SINK)


def all_tellings(ledger, thefts, stops):
    """Every admissible rule, by trying every stolen part of every fee and amount."""
    rows = horizon(ledger, stops)
    reasons = cuts(ledger, thefts, stops, rows)
    flows = flows_of(ledger, thefts, rows, reasons)
    openings = [account.opening for account in ledger.accounts]
    states = {(tuple([0] * len(openings)), ())}
    held = list(openings)
    for row, (sender, recipient, amount, fee, cut) in enumerate(zip(*flows[:5], strict=True)):
        number = flows.thefts.index(row) if row in flows.thefts else CLEAN
        amount = 0 if sender == recipient else amount
        if sender >= 0:
            held[sender] -= amount + fee
        after = set()
        for stolen, ends in states:
            have = stolen[sender] if sender >= 0 else 0
            for burnt, moved in product(range(min(fee, have) + 1), range(min(amount, have) + 1)):
                if sender >= 0 and not 0 <= have - burnt - moved <= max(0, held[sender]):
                    continue
                now, at = list(stolen), dict(ends)
                if sender >= 0:
                    now[sender] -= burnt + moved
                moved = amount if number != CLEAN else moved
                at[FEES] = at.get(FEES, 0) + burnt
                if recipient < 0 or cut:
                    end = Ending(sender, "destroyed") if recipient < 0 else Ending(recipient, reasons[row])
                    at[end] = at.get(end, 0) + moved
                else:
                    now[recipient] += moved
                after.add((tuple(now), tuple(sorted(at.items()))))
        states = after
        if recipient >= 0 and recipient != sender:
            held[recipient] += amount
    for stolen, ends in states:
        yield dict(ends) | {Ending(account, "unspent"): amount for account, amount in enumerate(stolen) if amount}


def found(text, *names, **stops):
    """Least and most of a place, "address reason", or of a name."""
    ledger, thefts = written(text)
    made = network_of(ledger, audit(ledger), thefts, Stops(**stops))
    return [
        tuple(bound(made, places_named(made, ledger, Stops(**stops), name)))
        if " " not in name
        else tuple(bound(made, [Ending(ledger.index[name.split()[0]], name.split()[1])]))
        for name in names
    ]


MIXED = """
    opens victim 100, bob 50, carol 20
    victim -> bob 50 theft      # bob: 50 clean, then 50 stolen
    carol -> bob 20             # and 20 clean
    bob -> dave 60
    bob -> erin 30
"""


def test_money_mixed_with_clean_money_can_be_anywhere_the_balance_allows():
    assert found(MIXED, "dave", "erin", "bob") == [(0, 50), (0, 30), (0, 30)]


def test_an_account_without_clean_money_passes_everything_on():
    assert found("opens victim 9\n victim -> bob 9 theft\n bob -> carol 4\n bob -> dave 5", "carol", "dave") == [(4, 4), (5, 5)]


def test_what_was_kept_back_bounds_what_can_leave_later():
    text = """
        opens victim 100, frank 100
        victim -> bob 100 theft
        bob -> carol 70           # at most 30 of what is left can be stolen
        frank -> bob 100
        bob -> dave 100
    """
    assert found(text, "carol", "dave") == [(70, 70), (0, 30)]


def test_money_that_came_after_a_payment_cannot_have_left_with_it():
    assert found("opens victim 9, bob 9\n bob -> carol 9\n victim -> bob 9 theft", "carol", "bob") == [(0, 0), (9, 9)]


def test_a_union_is_narrower_than_the_sum_of_its_parts():
    text = "opens victim 10, bob 10\n victim -> bob 10 theft\n bob -> x 10\n bob -> y 10"
    assert found(text, "x", "y", services={"x": "X", "y": "Y"}) == [(0, 10), (0, 10)]
    assert found(text, "Z", services={"x": "Z", "y": "Z"}) == [(10, 10)]


def test_bounds_of_a_case_are_those_of_its_endpoints_and_of_every_service_within_reach():
    ledger, thefts = written("opens victim 10, bob 10\n victim -> bob 10 theft\n bob -> x 10\n bob -> y 9\n bob -> y 1")
    stops = Stops(services={"x": "X", "y": "Y", "bystander": "B"})
    told = []
    trace = follow(ledger, thefts, stops, RULES)
    bounds = proven_of(ledger, audit(ledger), trace, [("x", "service")], advance=told.append).bounds
    assert bounds.endpoints == {("x", "service"): (0, 10)}
    assert bounds.services == {"X": (0, 10), "Y": (0, 10)}
    assert [advance.done for advance in told] == list(range(len(told)))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("opens victim 9\n victim -> bob 9 theft\n bob -> carol 12", r"does not add up: bob is 3 short at row 1"),
        (
            "opens victim 9\n victim -> bob 9 theft\n bob -> carol 9 reported",
            r"can have passed through bob, and one of the rows of that account \(.*row 1.* is reported",
        ),
        (
            "opens victim 9, erin 2\n erin -> bob 2 modelled\n victim -> bob 9 theft",
            r"can have passed through bob, and one of the rows of that account \(.*row 0.* is modelled",
        ),
        ("opens victim 9\n victim -> bob 9 reported theft", r"row 0.* is reported"),
        (
            "opens victim 9\n partial bob\n victim -> bob 9 theft\n bob -> carol 3",
            r"passes through bob, and no source claims to have all its payments",
        ),
        (
            "opens victim 9, mary 9\n victim -> bob 5 theft\n bob -> mary 5\n mary -> carol 9 theft",
            r"theft at row 2 .* takes from mary, which can hold money of an earlier theft",
        ),
    ],
)
def test_bounds_are_refused_where_what_they_rest_on_is_not_known(text, why):
    with pytest.raises(BoundsError, match=why) as refused:
        found(text, "bob")
    assert refused.value.exit_code == (2 if "add up" in why else 1)


def test_bounds_of_812_and_a_half_ether_are_exact():
    wei = 812_500_000_000_000_000_000
    text = f"""
        opens victim {wei}, bob 33066915805160912601
        victim -> bob {wei} theft
        bob -> dave {wei}
    """
    left = 33066915805160912601
    assert found(text, "dave", "bob") == [(wei - left, wei), (0, left)]


def test_an_opening_that_was_inferred_is_refused_only_where_the_flow_passes():
    ledger, thefts = written("opens victim 9, bob 1, zoe 4\n victim -> bob 9 theft\n zoe -> yan 2")

    def opened(basis, name):
        accounts = tuple(a._replace(opening_basis=basis) if a.address == name else a for a in ledger.accounts)
        changed = type(ledger)(**{**vars(ledger), "accounts": accounts, "index": {}})
        return network_of(changed, audit(changed), thefts, Stops())

    assert opened("modelled", "zoe").passed
    assert opened("reported", "bob").passed
    with pytest.raises(BoundsError, match="bob, whose opening balance of 1 is modelled"):
        opened("modelled", "bob")


def test_a_reported_row_elsewhere_or_after_the_horizon_does_not_matter():
    text = "opens victim 9, zoe 4\n victim -> bob 9 theft\n zoe -> yan 2 reported\n bob -> carol 9 reported"
    assert found(text, "bob", until=1001) == [(9, 9)]


def test_a_victim_that_passed_all_stolen_money_on_can_be_drained_later():
    text = "opens victim 9, mary 9\n victim -> bob 5 theft\n bob -> mary 5\n mary -> zoe 14\n mint -> mary 9\n mary -> carol 9 theft"
    assert found(text, "zoe", "carol") == [(5, 5), (9, 9)]


def test_a_name_that_means_nothing_is_said():
    with pytest.raises(InputError, match="'nobody' is no address of the ledger and no service"):
        found(MIXED, "nobody")


def test_the_worked_example_of_the_docs_is_what_is_found():
    page = (ROOT / "docs" / "bounds.md").read_text().split("## Worked example")[1]
    text = re.search(r"```\n(.*?)```", page, re.DOTALL)[1]
    ledger, thefts = written(text)
    trace = follow(ledger, thefts, Stops(), RULES)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if re.match(r"\| (dave|erin|bob)", line)]
    assert len(rows) == 4
    for name, *figures in rows:
        places = [Ending(ledger.index[each], "unspent") for each in name.split(", ")]
        told = [sum(at_places(ledger, trace, rule).get(place, 0) for place in places) for rule in RULES]
        assert [int(figure) for figure in figures] == [*told, *bound(network_of(ledger, audit(ledger), thefts, Stops()), places)]


def test_without_the_flow_library_a_bound_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "ortools.graph.python.max_flow", None)
    with pytest.raises(InputError, match=r"a bound needs the extra bounds: in a checkout of tracer, .* -m pip install '\.\[bounds\]'"):
        found(MIXED, "dave")
