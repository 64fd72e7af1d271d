"""The flow graph: what is in it, its strongest paths, its reduction."""

from __future__ import annotations

import networkx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ledgers import COIN, drawn, theft, transfer, written

from tracer.flow import aggregate, strongest_path, strongest_paths, top
from tracer.ledger import assemble
from tracer.model import Account, Reading
from tracer.tracing import Stops, follow


def graph(text, **stops):
    ledger, thefts = written(text)
    return drawn(ledger, follow(ledger, thefts, Stops(**stops), ["fifo", "haircut"]))


STORY = """
    opens victim 100
    victim -> bob 100 theft
    bob -> carol 60
    bob -> dave 30
    carol -> exchange 20
    dave -> exchange 30
    bob -> carol 5
    carol -> exchange 45
"""


def test_the_flow_graph_is_a_networkx_multidigraph_of_the_traced_transfers():
    flow = graph(STORY, services={"exchange": "Exchange"})
    assert isinstance(flow, networkx.MultiDiGraph)
    assert flow.number_of_edges() == 7
    assert flow.nodes["exchange"]["service"] == "Exchange"
    assert flow.nodes["exchange"]["endpoint"] == {"fifo": 95, "haircut": 95}
    assert [flow.nodes[name]["role"] for name in ("victim", "bob", "exchange", "carol")] == ["victim", "recipient", "service", "account"]


def test_an_address_that_is_only_touched_is_in_it_with_nothing_traced():
    flow = graph("opens victim 1, bob 9\n victim -> bob 1 theft\n bob -> carol 5")
    assert flow.nodes["carol"]["touched"]
    assert flow.nodes["carol"]["traced"] == {"fifo": 0, "haircut": 0}
    assert [edge["fifo"] for _, _, edge in flow.edges(data=True)] == [1, 0]


def test_pandas_has_one_line_per_transfer():
    frame = graph(STORY).to_pandas()
    assert list(frame["amount"]) == [100, 60, 30, 20, 30, 5, 45]
    assert frame["fifo"].sum() == 290


def test_pandas_of_nothing_is_empty():
    flow = graph("opens victim 1\n victim -> bob 1 theft", until=0)
    assert len(flow.to_pandas()) == 0


def test_the_strongest_path_is_the_one_whose_weakest_transfer_carries_most():
    flow = graph(STORY, services={"exchange": "Exchange"})
    path = strongest_path(flow, "victim", "exchange", "fifo")
    assert path.bottleneck == 45
    assert [(s, r, edge["row"]) for s, r, edge in path.hops] == [("victim", "bob", 0), ("bob", "carol", 1), ("carol", "exchange", 6)]


def test_a_path_never_goes_back_in_time():
    flow = graph("opens victim 9, bob 9\n victim -> carol 3 theft\n carol -> dave 3\n victim -> carol 6 theft")
    assert strongest_path(flow, "victim", "dave", "fifo").bottleneck == 3
    assert strongest_path(flow, "dave", "victim", "fifo") is None


def test_a_path_ends_where_the_trail_stops():
    flow = graph("opens victim 600\n victim -> bob 100 theft\n bob -> victim 70\n victim -> carol 500 theft")
    assert strongest_path(flow, "bob", "victim", "fifo").bottleneck == 70
    assert strongest_path(flow, "bob", "carol", "fifo") is None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(1, 9)), min_size=1, max_size=9))
def test_the_strongest_path_is_as_strong_as_the_best_of_all_paths(rows):
    rows = [("v", "a", 20), *[row for row in rows if row[0] != row[1]]]
    accounts = [Account(name, 20, "chain", "full") for name in "vabcd"]
    ledger = assemble(COIN, [Reading([transfer(n, s, r, a) for n, (s, r, a) in enumerate(rows)], [], accounts, [], 99, False)])
    flow = drawn(ledger, follow(ledger, [theft(ledger, 0, "t")], Stops(), ["dirty_first"]))
    carried = [(s, r, edge["dirty_first"]) for s, r, edge in flow.carried("dirty_first")]
    for target in "bcd":
        found = strongest_path(flow, "a", target, "dirty_first")
        assert (found.bottleneck if found else 0) == best_of_all(carried, "a", target)


def best_of_all(carried, source, target, after=0):
    """The best bottleneck over all time-respecting walks, by trying them all."""
    best = 0
    for n in range(after, len(carried)):
        sender, recipient, amount = carried[n]
        if sender == source:
            rest = amount if recipient == target else min(amount, best_of_all(carried, recipient, target, n + 1))
            best = max(best, rest)
    return best


def test_the_next_strongest_path_avoids_the_weakest_transfer_of_the_one_before():
    flow = graph(STORY, services={"exchange": "Exchange"})
    found = strongest_paths(flow, ["victim"], ["exchange"], "fifo", 9)
    assert [(path.bottleneck, [edge["row"] for _, _, edge in path.hops]) for path in found] == [
        (45, [0, 1, 6]),
        (30, [0, 2, 4]),
        (20, [0, 1, 3]),
    ]


def test_paths_go_from_any_source_to_any_target():
    flow = graph("opens victim 9, bob 9\n victim -> bob 9 theft\n bob -> x1 4\n bob -> x2 6", services={"x1": "X", "x2": "X"})
    found = strongest_paths(flow, ["victim", "bob"], ["x1", "x2"], "haircut", 3)
    assert [[edge["row"] for _, _, edge in path.hops] for path in found] == [[2], [1]]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(1, 4)), min_size=1, max_size=8), st.integers(1, 4))
def test_each_further_path_is_the_best_of_all_that_avoid_the_weakest_transfers_before(rows, most):
    rows = [("v", "a", 20), *[row for row in rows if row[0] != row[1]]]
    accounts = [Account(name, 20, "chain", "full") for name in "vabcd"]
    ledger = assemble(COIN, [Reading([transfer(n, s, r, a) for n, (s, r, a) in enumerate(rows)], [], accounts, [], 99, False)])
    flow = drawn(ledger, follow(ledger, [theft(ledger, 0, "t")], Stops(), ["dirty_first"]))
    carried = {edge["row"]: (s, r, edge["dirty_first"]) for s, r, edge in flow.carried("dirty_first")}
    found = strongest_paths(flow, ["a"], ["d"], "dirty_first", most)
    for path in found:
        way = [edge["row"] for _, _, edge in path.hops]
        assert path.bottleneck == best_of_all(list(carried.values()), "a", "d") == min(carried[row][2] for row in way)
        assert way == sorted(set(way))
        assert [carried[row][0] for row in way] == ["a", *(carried[row][1] for row in way[:-1])]
        assert carried[way[-1]][1] == "d"
        del carried[next(row for row in way if carried[row][2] == path.bottleneck)]
    if len(found) < most:
        assert best_of_all(list(carried.values()), "a", "d") == 0


def test_parallel_transfers_are_added_up_largest_first():
    flows = aggregate(graph(STORY, services={"exchange": "Exchange"}), "fifo")
    assert [(f.sender, f.recipient, f.amount, f.transfers) for f in flows[:3]] == [
        ("victim", "bob", 100, 1), ("bob", "carol", 65, 2), ("carol", "exchange", 65, 2),
    ]  # fmt: skip


@pytest.mark.parametrize("most", [1, 2, 3, 9])
def test_the_top_flows_hang_together_and_nothing_is_lost(most):
    flow = graph(STORY, services={"exchange": "Exchange"})
    shown, hidden = top(flow, "fifo", most)
    assert len(shown) == min(most, 5)
    assert sorted(shown + hidden) == sorted(aggregate(flow, "fifo"))
    reached = {"victim"}
    for each in shown:
        assert each.sender in reached
        reached.add(each.recipient)
