"""The theorem of bounds as it is stated, written apart from the product: every account is a node after every row that names it."""

from __future__ import annotations

import networkx

from tracer.model import CLEAN, Bound
from tracer.tracing.bounds_network import FEES, Ending
from tracer.tracing.followed_rows import flows_of
from tracer.tracing.stops import cuts, horizon


def every_row(ledger, thefts, stops):
    """The network, its places, and what was stolen; a customer is a place of his own."""
    rows = horizon(ledger, stops)
    reasons = cuts(ledger, thefts, stops, rows)
    flows = flows_of(ledger, thefts, rows, reasons)
    graph = networkx.DiGraph()
    held = [account.opening for account in ledger.accounts]
    node = [(n, -1) for n in range(len(held))]
    places = {FEES}

    def keep(account, row):
        graph.add_edge(node[account], (account, row), capacity=max(0, held[account]))
        node[account] = (account, row)

    for row, (sender, recipient, amount, fee, cut) in enumerate(zip(*flows[:5], strict=True)):
        number = flows.thefts.index(row) if row in flows.thefts else CLEAN
        amount = 0 if sender == recipient else amount
        payer = ("theft", row)
        if number != CLEAN:
            graph.add_edge("source", payer, capacity=amount)
        if sender >= 0:
            paying = node[sender]
            held[sender] -= amount + fee
            keep(sender, (row, "paid"))
            graph.add_edge(paying, ("fee", row), capacity=fee)
            graph.add_edge(("fee", row), FEES)
            payer = payer if number != CLEAN else paying
        end = (
            Ending(sender, "destroyed")
            if recipient < 0
            else Ending(recipient, reasons[row], ledger.columns.memo[row] if reasons[row] == "service" else None)
            if cut
            else None
        )
        if end:
            places.add(end)
            graph.add_edge(payer, ("row", row), capacity=amount)
            graph.add_edge(("row", row), end)
        if recipient >= 0 and recipient != sender:
            before = node[recipient]
            keep(recipient, (row, "received"))
            if end is None:
                graph.add_edge(payer, node[recipient], capacity=amount)
            graph[before][node[recipient]]["capacity"] = max(0, held[recipient])
            held[recipient] += amount
    for account in range(len(held)):
        places.add(Ending(account, "unspent"))
        graph.add_edge(node[account], Ending(account, "unspent"), capacity=max(0, held[account]))
    return graph, places, sum(flows.amount[each.row] for each in thefts)


def by_networkx(graph, places, stolen, some):
    def largest(ends):
        whole = graph.copy()
        whole.add_edges_from((end, "sink") for end in ends if end in graph)
        return networkx.maximum_flow_value(whole, "source", "sink") if "sink" in whole else 0

    return Bound(stolen - largest(places - set(some)), largest(some))
