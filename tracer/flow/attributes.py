"""The attributes of the flow graph's addresses and transfers: their one definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from tracer.model import Basis, Coverage, Label, Marking, Memo, Reason


class NodeAttributes(TypedDict):
    """What the graph says of an address. Amounts are integers of the smallest unit.

    `label` is its name, `labels` are all of them, `conflict` says whether they disagree, `younger` of each whether it is dated after
    the address's last transfer. `role` is victim, recipient (of a theft), service, boundary or account. Under each rule, `traced` is
    the stolen value that arrived, counted at each arrival, `endpoint` what ended here, `fees` what it paid as fees. `tags` are the
    names of what it does, according to heuristics.
    """

    label: str | None
    labels: tuple[Label, ...]
    younger: tuple[bool, ...]
    conflict: bool
    marked: tuple[Marking, ...]
    service: str | None
    role: str
    coverage: Coverage
    stop: str | None
    balance: int
    touched: bool
    traced: Mapping[str, int]
    endpoint: Mapping[str, int]
    fees: Mapping[str, int]
    tags: tuple[str, ...]


class EdgeAttributes(TypedDict):
    """What the graph says of a transfer, a row of the ledger. It also has one attribute a rule: the stolen value it carried.

    `time` is in UNIX seconds, None where no source states it; `amount` and `fee` are integers of the smallest unit. `theft` is the
    theft's number from 1, None for any other transfer; `cut` is why the trail stops with it, None where it goes on. `tags` are the names
    of the tags that name it; `tie` is what ties it to its block where its chain says so row by row, else None.
    """

    row: int
    height: int | None
    position: int
    time: int | None
    tx_hash: str | None
    amount: int
    fee: int
    kind: str
    memo: Memo | None
    basis: Basis
    verified: bool
    tie: str | None
    provisional: bool
    theft: int | None
    cut: Reason | None
    tags: tuple[str, ...]
