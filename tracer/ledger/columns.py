"""The rows of a ledger as columns: one list a field. Only the ledger and the tracing kernels see them."""

from __future__ import annotations

from typing import NamedTuple

from tracer.model import Basis, Memo

NOBODY = -1
"""The sender of coins that a block pays or makes, the recipient of burnt coins."""


class Columns(NamedTuple):
    """One list per field of a row, all of one length, in ledger order. Accounts are indices into `Ledger.accounts`."""

    row_key: list[int]
    height: list[int | None]
    position: list[int]
    time: list[int | None]
    tx_hash: list[str | None]
    sender: list[int]
    recipient: list[int]
    amount: list[int]
    fee: list[int]
    kind: list[str]
    memo: list[Memo | None]
    basis: list[Basis]
    source: list[str]
    verified: list[bool]
    attributes: list[str]
