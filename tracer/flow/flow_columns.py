"""Transfers and addresses of a flow graph as columns: what the page and frames read, and the graph's own dicts are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol, TypeAlias

from tracer.flow.case_attributes import About
from tracer.model import Basis, Coverage, Label, Marking, Memo, Reason

ByRule: TypeAlias = Mapping[str, int]

Edge: TypeAlias = tuple[str, str, int, dict[str, Any]]
"""Sender, recipient, row key, and `EdgeAttributes` with the stolen value by rule."""


class FlowTransfers(NamedTuple):
    """Transfers in ledger order, each field as in `EdgeAttributes`; `stolen` by rule."""

    key: Sequence[int]
    sender: Sequence[str]
    recipient: Sequence[str]
    row: Sequence[int]
    height: Sequence[int | None]
    position: Sequence[int]
    time: Sequence[int | None]
    tx_hash: Sequence[str | None]
    amount: Sequence[int]
    fee: Sequence[int]
    kind: Sequence[str]
    memo: Sequence[Memo | None]
    basis: Sequence[Basis]
    verified: Sequence[bool]
    tie: Sequence[str | None]
    provisional: Sequence[bool]
    theft: Sequence[int | None]
    cut: Sequence[Reason | None]
    tags: Sequence[tuple[str, ...]]
    stolen: Mapping[str, Sequence[int]]

    def edges(self) -> Iterator[Edge]:
        """Each transfer as an edge of the graph."""
        names = [*ATTRIBUTES, *self.stolen]
        values = zip(*(getattr(self, name) for name in ATTRIBUTES), *self.stolen.values(), strict=True)
        attributes = (dict(zip(names, each, strict=True)) for each in values)
        return zip(self.sender, self.recipient, self.key, attributes, strict=True)

    def beside(self, others: FlowTransfers) -> FlowTransfers:
        """These and others, together in ledger order."""
        rows = [*self.row, *others.row]
        order = sorted(range(len(rows)), key=rows.__getitem__)

        def merged(mine: Sequence[Any], theirs: Sequence[Any]) -> list[Any]:
            return list(map([*mine, *theirs].__getitem__, order))

        columns = {name: merged(getattr(self, name), getattr(others, name)) for name in (*ENDS, *ATTRIBUTES)}
        return FlowTransfers(**columns, stolen={rule: merged(self.stolen[rule], others.stolen[rule]) for rule in self.stolen})


ENDS = ("key", "sender", "recipient")
ATTRIBUTES = tuple(name for name in FlowTransfers._fields if name not in (*ENDS, "stolen"))
"""The fields of a transfer that its edge has as attributes, under the same names."""


class FlowAddresses(NamedTuple):
    """Addresses, each field as in `NodeAttributes`."""

    address: Sequence[str]
    label: Sequence[str | None]
    labels: Sequence[tuple[Label, ...]]
    younger: Sequence[tuple[bool, ...]]
    conflict: Sequence[bool]
    marked: Sequence[tuple[Marking, ...]]
    service: Sequence[str | None]
    role: Sequence[str]
    coverage: Sequence[Coverage]
    stop: Sequence[str | None]
    balance: Sequence[int]
    touched: Sequence[bool]
    traced: Sequence[ByRule]
    endpoint: Sequence[ByRule]
    fees: Sequence[ByRule]
    tags: Sequence[tuple[str, ...]]

    def nodes(self) -> dict[str, dict[str, Any]]:
        """Each address as a node of the graph."""
        names = self._fields[1:]
        return {address: dict(zip(names, values, strict=True)) for address, *values in zip(*self, strict=True)}

    def sorted(self) -> FlowAddresses:
        """The same addresses by their text."""
        order = sorted(range(len(self.address)), key=self.address.__getitem__)
        return FlowAddresses._make(list(map(column.__getitem__, order)) for column in self)

    def followed_by(self, others: FlowAddresses) -> FlowAddresses:
        """These, then others."""
        return FlowAddresses._make([*mine, *theirs] for mine, theirs in zip(self, others, strict=True))


class FlowColumns(NamedTuple):
    """What the flow graph of a case is made of. Whoever only draws it or prints what `about` says takes these, and networkx, which takes
    0.07 s to import, stays away."""

    about: About
    transfers: FlowTransfers
    addresses: FlowAddresses


class Drawable(Protocol):
    """The flow graph of a case, or its columns."""

    @property
    def about(self) -> About: ...

    @property
    def transfers(self) -> FlowTransfers: ...

    @property
    def addresses(self) -> FlowAddresses: ...


def transfers_in(edges: Iterable[Edge], rules: Iterable[str]) -> FlowTransfers:
    """The columns of edges, in ledger order."""
    ordered = sorted(edges, key=lambda edge: edge[3]["row"])
    attributes = [attributes for *_, attributes in ordered]
    columns: dict[str, list[Any]] = {name: [each[name] for each in attributes] for name in ATTRIBUTES}
    columns["sender"], columns["recipient"], columns["key"] = ([edge[place] for edge in ordered] for place in range(3))
    return FlowTransfers(**columns, stolen={rule: [each[rule] for each in attributes] for rule in rules})


def addresses_in(nodes: Mapping[str, Mapping[str, Any]]) -> FlowAddresses:
    """The columns of nodes, in their order."""
    return FlowAddresses._make([list(nodes), *([node[name] for node in nodes.values()] for name in FlowAddresses._fields[1:])])


NO_TRANSFERS = transfers_in([], [])
NO_ADDRESSES = addresses_in({})
