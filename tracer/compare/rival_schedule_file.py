"""Somebody else's schedule of who received what, read from a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tracer.casefile import CaseFile
from tracer.errors import AddressError, InputError
from tracer.ingest.chain_and_asset_of_case import checked_address, hash_form
from tracer.ingest.table.cells import amount_of
from tracer.ingest.table.file_as_text_columns import header, parts, place
from tracer.model import Asset
from tracer.terminal_and_csv_escaping import plain

Unit = Literal["coin", "smallest"]

NAMES: Mapping[str, tuple[str, ...]] = {
    "address": ("address", "recipient", "to", "account", "deposit_address", "deposit address"),
    "hash": ("tx_hash", "hash", "txid", "transaction", "transaction hash", "tx hash"),
    "amount": ("amount", "value", "traced", "received"),
    "memo": ("memo", "memo_text", "message", "payment id", "tag"),
}
"""What the columns of such files are usually called, whatever their capitals; the first that is there counts."""


class Scheduled(NamedTuple):
    """One line: so much, in smallest units, was received at an address, by a transaction and with a memo where it names them."""

    line: int
    address: str
    tx_hash: str | None
    amount: int
    memo: str | None = None


def read_schedule(path: Path, question: CaseFile, asset: Asset, unit: Unit, columns: Mapping[str, str]) -> list[Scheduled]:
    """The lines of a schedule, in the order of the file. `columns` names those that are called otherwise.

    Raises InputError naming file and line: a column that is missing, an address that is none, an amount that cannot be one.
    """
    names = _columns(path, header(path), columns)
    found = []
    for part in parts(path, list(names.values())):
        for at, line in enumerate(part.lines):
            cells = {ours: part.columns[theirs][at].strip() for ours, theirs in names.items()}
            found.append(_line(path, line, cells, question, asset, unit))
    if not found:
        raise InputError(f"{path}: has no lines, so there is nothing to check")
    return found


def _columns(path: Path, header_: Sequence[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Our names of the columns -> those of the file."""
    found = {}
    by_lower = {name.lower(): name for name in header_}
    for ours, usual in NAMES.items():
        if ours in columns:
            if columns[ours] not in header_:
                raise InputError(f"{path}:1: has no column {columns[ours]!r}: it has {', '.join(header_)}")
            found[ours] = columns[ours]
        elif theirs := next((by_lower[name] for name in usual if name in by_lower), None):
            found[ours] = theirs
    for needed in ("address", "amount"):
        if needed not in found:
            raise InputError(f"{path}:1: which column is the {needed}? It has {', '.join(header_)}: name it with --{needed}")
    return found


def _line(path: Path, line: int, cells: Mapping[str, str], question: CaseFile, asset: Asset, unit: Unit) -> Scheduled:
    where = place(path, line)
    try:
        address = checked_address(question, cells["address"])
    except AddressError as error:
        raise InputError(f"{where}: {error}") from error
    try:
        amount = amount_of(cells["amount"], asset, unit)
    except ValueError as error:
        raise InputError(f"{where}: amount {plain(cells['amount'])[:60]!r} {error}") from error
    tx_hash = hash_form(question)(cells["hash"]) if cells.get("hash") else None
    return Scheduled(line, address, tx_hash, amount, cells.get("memo") or None)
