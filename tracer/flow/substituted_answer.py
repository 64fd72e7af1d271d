"""The answer that substitutes, an asset at a time, as far as a picture needs it: what of the asset moved, came and went."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tracer.flow.flow_columns import FlowAddresses, FlowTransfers
from tracer.flow.flow_graph_of_trace import transfers_of
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Conversion, Endpoint, Leg, holding_of
from tracer.tracing import BothAnswers, Trace, role_of, stop_of

ByRule = Mapping[str, int]


class HeldThere(NamedTuple):
    """What an address is and holds in one asset. `balance` is None where its history was not read; `touched_only`: stolen value may have
    come there, and none did under any rule; `fees`: stolen value it paid as fees, by rule."""

    role: str
    balance: int | None
    touched_only: bool
    fees: ByRule


class InAsset(NamedTuple):
    """The answer that substitutes in one asset, which adds up by itself: stolen + received in conversions = endpoints + fees + exchanged.

    The rows of `transfers` are counted among those of the asset. `taken`: by theft, what it newly took of it. `came`: by address, what was
    received in conversions, at whoever paid it, or at whoever got it where it was made then; `went`: what was given and is followed in what
    was received, at whoever got it, or at whoever gave it where it was destroyed then. `given` and `received`: by the number of a
    conversion, the first of its rows, as the number of a transfer.
    """

    asset: int
    transfers: FlowTransfers
    holdings: Mapping[str, HeldThere]
    endpoints: tuple[Endpoint, ...]
    stolen: ByRule
    taken: tuple[ByRule, ...]
    fees: ByRule
    came: Mapping[str, ByRule]
    went: Mapping[str, ByRule]
    given: Mapping[int, int]
    received: Mapping[int, int]


def in_each_asset(whole: Ledger, trace: Trace, answers: BothAnswers) -> Iterator[InAsset]:
    """The assets that stolen value came to in the answer that substitutes. `trace` is that answer's, on the ledger of all assets."""
    reconciled = answers.reconciliation["substituted"]
    for each in reconciled:
        if any(any(parts) for sums in (each.stolen, each.converted_in) for parts in sums.values()):
            stolen = {rule: sum(parts) for rule, parts in each.stolen.items()}
            fees = {rule: sum(parts) for rule, parts in each.fees.items()}
            yield _in_asset(each.asset, whole, trace, answers, stolen, fees)


def _in_asset(asset: int, whole: Ledger, trace: Trace, answers: BothAnswers, stolen: ByRule, fees: ByRule) -> InAsset:
    own = [row for row in range(len(whole)) if whole.asset_of(row) == asset]
    place = {row: number for number, row in enumerate(own)}
    wanted = trace.carrying | set(trace.touched.values())
    transfers = transfers_of([row for row in own if row in wanted], whole, trace)
    edge_of_key = {key: edge for edge, key in enumerate(transfers.key)}
    endpoints = tuple(end for end in answers.endpoints["substituted"] if end.asset == asset)
    addresses = dict.fromkeys((*transfers.sender, *transfers.recipient, *(end.address for end in endpoints)))
    row_of = {key: row for row, key in enumerate(whole.columns.row_key)}
    conversions = answers.exchanges.through
    return InAsset(
        asset=asset,
        transfers=transfers._replace(row=[place[row] for row in transfers.row]),
        holdings=_holdings(addresses, asset, whole, trace, transfers),
        endpoints=endpoints,
        stolen=stolen,
        taken=tuple({rule: by.taken[n] for rule, by in trace.rules.items()} for n in range(0 if asset else len(trace.thefts))),
        fees=fees,
        came=_exchanged(whole, trace, (row_of[key] for key in _keys((each.received for each in conversions), asset)), came=True),
        went=_exchanged(whole, trace, (row_of[key] for key in _keys((each.given for each in conversions), asset)), came=False),
        given=_first_edges(answers.exchanges.conversions, "given", asset, edge_of_key),
        received=_first_edges(answers.exchanges.conversions, "received", asset, edge_of_key),
    )


def _keys(legs: Iterable[Leg], asset: int) -> Iterator[int]:
    return (key for leg in legs if leg.asset == asset for key in leg.rows)


def _exchanged(whole: Ledger, trace: Trace, rows: Iterable[int], *, came: bool) -> dict[str, dict[str, int]]:
    """What rows of conversions carried, at the far end of the exchange, or where there is none at the near one."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        t = whole.transfer(row)
        far, near = (t.sender, t.recipient) if came else (t.recipient, t.sender)
        at = found.setdefault(str(far or near), dict.fromkeys(trace.rules, 0))
        for rule, units in trace.carried(row).items():
            at[rule] += units
    return {address: amounts for address, amounts in found.items() if any(amounts.values())}


def _holdings(addresses: Iterable[str], asset: int, whole: Ledger, trace: Trace, transfers: FlowTransfers) -> dict[str, HeldThere]:
    arrived = {
        recipient
        for carried in transfers.stolen.values()
        for recipient, units in zip(transfers.recipient, carried, strict=True)
        if units
    }  # fmt: skip
    paid = _fees(asset, whole, trace)
    found = {}
    for address in addresses:
        holding = holding_of(address, asset)
        number = whole.index[holding]
        role = role_of(address, stop_of(holding, whole, trace), trace)
        found[address] = HeldThere(
            role=role,
            balance=whole.balances[number] if whole.accounts[number].coverage == "full" else None,
            touched_only=holding in trace.touched and role != "victim" and address not in arrived,
            fees=paid.get(address, dict.fromkeys(trace.rules, 0)),
        )
    return found


def _fees(asset: int, whole: Ledger, trace: Trace) -> dict[str, dict[str, int]]:
    """Stolen value that addresses paid as fees in an asset, by rule."""
    paid: dict[str, dict[str, int]] = {}
    for rule, stolen in trace.rules.items():
        for row, units in stolen.fees_by_row.items():
            if whole.asset_of(row) == asset:
                address = whole.accounts[whole.columns.sender[row]].address
                paid.setdefault(address, dict.fromkeys(trace.rules, 0))[rule] += units
    return paid


def _first_edges(conversions: Iterable[Conversion], side: str, asset: int, edge_of_key: Mapping[int, int]) -> dict[int, int]:
    legs: Iterable[tuple[int, Leg]] = ((number, getattr(each, side)) for number, each in enumerate(conversions))
    edges = ((number, [edge_of_key[key] for key in leg.rows if key in edge_of_key]) for number, leg in legs if leg.asset == asset)
    return {number: of[0] for number, of in edges if of}


def elsewhere_of(found: Sequence[InAsset], known: Collection[str], labels: LabelBook, trace: Trace) -> FlowAddresses:
    """The addresses that are not `known`, as they stand in the first asset: nothing of it came there. Sorted."""
    addresses = sorted({address for each in found for address in each.holdings} - {*known})
    own = [tuple(labels.of(address)) for address in addresses]
    services = [trace.stops.services.get(address) for address in addresses]
    none: list[ByRule] = [dict.fromkeys(trace.rules, 0)] * len(addresses)
    return FlowAddresses(
        address=addresses,
        label=list(map(labels.name, addresses)),
        labels=own,
        younger=[(False,) * len(each) for each in own],
        conflict=[address in labels.conflicts for address in addresses],
        marked=[()] * len(addresses),
        service=services,
        role=["service" if service else "account" for service in services],
        coverage=["boundary"] * len(addresses),
        stop=["service" if service else None for service in services],
        balance=[0] * len(addresses),
        touched=[False] * len(addresses),
        traced=none,
        endpoint=none,
        fees=none,
        tags=[()] * len(addresses),
    )
