"""Some rows of a data set as a source's reading, with their accounts."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from tracer.dataset.data_set_reader import DataSet
from tracer.dataset.holdings_and_events import events_of, stated_holdings
from tracer.dataset.layout import LIMB
from tracer.dataset.parquet_row_groups import at, limbs, row_groups
from tracer.ledger import NOBODY
from tracer.model import NO_TERMS, Account, Basis, Coverage, Memo, Reading, Transfer, row_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN = ("height", "position", "time", "kind", "basis", "verified", "memo", "memo_kind", "attributes")
"""The columns of a row that are what they are in a transfer, but for memo and attributes."""


def reading(data: DataSet, rows: NDArray[Any], full: NDArray[Any], named: Sequence[str]) -> Reading:
    """Those rows, their accounts and those `named`; the accounts true in `full` have all the rows among them that the data set holds,
    and the coverage that it claims.

    The others are at the boundary and open with the least that keeps them from going below zero: what they held is in the data set,
    but not in the rows.
    """
    import numpy as np

    columns = _columns(data, rows)
    data.addresses.look_up(named)
    known = [number for number in map(data.addresses.number, named) if number is not None]
    sides = [np.array(columns[side], np.int64) for side in ("sender", "recipient")]
    accounts = np.unique(np.concatenate([*sides, np.flatnonzero(full), np.array(known, np.int64)]))
    address = data.addresses.at(accounts[accounts != NOBODY])
    whole = _stated(data, {number: name for number, name in address.items() if full[number]})
    found = [whole.get(number) or Account(name, None, "modelled", "boundary") for number, name in address.items()]
    columns |= {side: [address.get(number) for number in columns[side]] for side in ("sender", "recipient")}
    said = data.held.recorded
    return Reading(
        _transfers(data, rows, columns),
        events_of(data.event_files),
        found,
        list(data.held.rejections),
        said.tip if said else None,
        complete=False,
        cut_from=None if len(rows) == data.rows else data.rows,
        terms=said.terms if said else NO_TERMS,
        placed=data.held.placed,
        notes=data.notes,
        nodes=said.nodes if said else (),
        tip_hash=said.tip_hash if said else None,
    )


def _stated(data: DataSet, accounts: Mapping[int, str]) -> dict[int, Account]:
    """Accounts as the table or the recording that rows were made from states them."""
    if data.held.recorded:
        return stated_holdings(data.holding_files, accounts)
    openings = _openings(data, accounts)
    basis: Basis = "reported" if data.held.openings else "modelled"
    return {
        number: Account(name, openings.get(number, 0) if data.held.openings else None, basis, _coverage(data, name))
        for number, name in accounts.items()
    }


def _coverage(data: DataSet, address: str) -> Coverage:
    return "full" if address in data.whole else data.held.coverage


def _openings(data: DataSet, accounts: Collection[int]) -> Mapping[int, int]:
    """What some accounts open with, of those of which it was stated."""
    found: dict[int, int] = {}
    for path, columns in data.opening_files:
        for group in row_groups(path):
            table = group.read(["account", *columns])
            upper, lower = limbs(path, table, "opening")
            stated = zip(table.column("account").to_pylist(), upper.tolist(), lower.tolist(), strict=True)
            found |= {account: (high << LIMB) + low for account, high, low in stated if account in accounts}
    return found


def _columns(data: DataSet, rows: NDArray[Any]) -> dict[str, list[Any]]:
    """All columns at some rows, which ascend; amounts as integers, nobody as -1."""
    columns: dict[str, list[Any]] = {name: [] for name in (*PLAIN, "tx_hash", "sender", "recipient", "amount", "fee")}
    for each in data.row_files:
        wanted = rows[(rows >= each.first) & (rows < each.last)] - each.first
        names = [*PLAIN, "tx_hash", *each.columns_of("amount"), *each.columns_of("fee")]
        for group, places, table in at(each.path, wanted, names):
            for name in ("amount", "fee"):
                upper, lower = data.amounts(each, places, table, name)
                columns[name] += [(high << LIMB) + low for high, low in zip(upper.tolist(), lower.tolist(), strict=True)]
            for name, side in zip(("sender", "recipient"), data.sides(each, group), strict=True):
                columns[name] += side[places - group.start].tolist()
            for name in PLAIN:
                columns[name] += table.column(name).to_pylist()
            columns["tx_hash"] += [_hash(raw, each.file.hashes) for raw in table.column("tx_hash").to_pylist()]
    return columns


def _hash(raw: bytes | None, form: str) -> str | None:
    """A hash as the table wrote it."""
    if raw is None:
        return None
    return raw.decode(errors="replace") if form == "text" else f"{form.removesuffix('hex')}{raw.hex()}"


def _transfers(data: DataSet, rows: NDArray[Any], columns: Mapping[str, list[Any]]) -> list[Transfer]:
    made: dict[str, Iterable[Any]] = {
        **columns,
        "row_key": map(row_key, columns["height"], columns["position"], repeat(data.position_bits)) if data.by_height else rows.tolist(),
        "memo": [Memo(kind, raw) if kind else None for kind, raw in zip(columns["memo_kind"], columns["memo"], strict=True)],
        "attributes": [json.loads(text) if text else {} for text in columns["attributes"]],
        "source": repeat(data.name),
        "asset": repeat(0),
    }
    return list(map(Transfer, *(made[name] for name in Transfer._fields if name != "row")))
