"""The rows of a ledger as columns: one list a field. Only the ledger and the tracing kernels see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tracer.model import Basis, Memo
from tracer.model.columnar import compact
from tracer.model.hashes import compact_hashes

NOBODY = -1
"""The sender of coins that a block pays or makes, the recipient of burnt coins."""


class Columns(NamedTuple):
    """One list per field of a row, all of one length, in ledger order. Accounts are indices into `Ledger.accounts`. What is of its own in
    each row and looked at least often is kept in less memory: row keys as an array, hashes as bytes (`model/hashes.py`)."""

    row_key: Sequence[int]
    height: list[int | None]
    position: list[int]
    time: list[int | None]
    tx_hash: Sequence[str | None]
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


def in_less_memory(columns: Columns) -> Columns:
    """The same columns, row keys and hashes in the form that takes least memory: of a million rows, 120 MB less."""
    return columns._replace(row_key=compact(columns.row_key), tx_hash=compact_hashes(columns.tx_hash))
