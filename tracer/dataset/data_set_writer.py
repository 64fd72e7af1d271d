"""Settled rows as the files of a data set: accounts numbered, rows in ledger order."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tracer.dataset.account_numbers import number_accounts
from tracer.dataset.arrow_files import vouched, write_file
from tracer.dataset.duckdb_session import quoted
from tracer.dataset.layout import (
    DIGITS,
    LIMB,
    LOWER,
    AccountsFile,
    Amounts,
    Description,
    OpeningsFile,
    RowsFile,
    amount_columns,
    digits_for,
)
from tracer.dataset.order_and_duplicates import ordering
from tracer.dataset.parquet_row_groups import ROW_GROUP
from tracer.dataset.staging_line_by_line import AMOUNT_OF
from tracer.ingest.table.order_of_lines import Order

Hashes = Literal["hex", "0xhex", "text"]

HASHES: Mapping[Hashes, tuple[str, str]] = {
    "hex": ("([0-9a-f]{2})+", "unhex(tx_hash)"),
    "0xhex": ("0x([0-9a-f]{2})+", "unhex(substr(tx_hash, 3))"),
    "text": (".*", "encode(tx_hash)"),
}
"""What all hashes of a file must look like for its bytes to be those, and how SQL makes them; the first that fits."""


KEY = "hash({})"
"""How SQL makes 64 bits of an address. Twelve million accounts are looked up by these within 2 GB. By their addresses they are not: rows
wait on disk, which takes twice the time."""

SORTED_TOGETHER = 1 << 23
"""Rows, about: they are sorted in memory. A hundred million at once spilled more than 16 GB to disk."""


class Written(NamedTuple):
    """The files of one conversion."""

    rows: RowsFile
    accounts: AccountsFile
    openings: OpeningsFile | None


def write_rows(
    database: Any,
    folder: Path,
    place: Path,
    known: Description | None,
    asset: str,
    order: Order,
    openings: Mapping[str, int] | None,
    named: Iterable[str] = (),
) -> Written:
    """Writes the rows of the view `kept` into `folder`, numbered on from what is `known` of the data set in `place`. Accounts that are
    `named` get a number too."""
    number = f"{len(known.rows) if known else 0:05d}.parquet"
    for name in ("rows", "accounts", *(["openings"] if openings is not None else [])):
        (folder / name).mkdir(exist_ok=True)
    _open(database, folder, dict.fromkeys(named, 0) if openings is None else openings)
    accounts = _accounts(database, folder, place, known, f"accounts/{number}")
    stated = None
    if openings is not None:
        stated = _openings(database, folder, asset, f"openings/{number}")
    return Written(_rows(database, folder, known, asset, order, f"rows/{number}"), accounts, stated)


def _open(database: Any, folder: Path, openings: Mapping[str, int]) -> None:
    """Makes the view `opened`: what accounts open with."""
    pa, parquet = importlib.import_module("pyarrow"), importlib.import_module("pyarrow.parquet")
    staged = folder.parent / "opened.parquet"
    amounts = list(openings.values())
    columns = {
        "address": pa.array(list(openings), pa.string()),
        "opening_high": pa.array([amount >> LIMB for amount in amounts], pa.int64()),
        "opening_low": pa.array([amount & LOWER for amount in amounts], pa.uint64()),
    }
    parquet.write_table(pa.table(columns), staged)
    opening = AMOUNT_OF.format(name="opening")
    database.execute(f"CREATE VIEW opened AS SELECT address, {opening} AS opening FROM read_parquet({quoted(staged)})")


def _accounts(database: Any, folder: Path, place: Path, known: Description | None, name: str) -> AccountsFile:
    """Numbers the addresses that are new; makes the table `account` of all that the rows name."""
    first = number_accounts(database, place, known)
    rows = _write(database, [f"SELECT number, address FROM account WHERE number >= {first} ORDER BY number"], folder / name)
    return AccountsFile(name, first, rows, *vouched(folder / name))


def _openings(database: Any, folder: Path, asset: str, name: str) -> OpeningsFile:
    (widest,) = database.execute("SELECT coalesce(max(opening), 0) FROM opened").fetchone()
    amounts = _amounts(widest)
    opening = _amount("opening", amounts, widest)
    query = f"SELECT {quoted(asset)} AS asset, number AS account, {opening} FROM opened JOIN account USING (address) ORDER BY number"
    _write(database, [query], folder / name)
    return OpeningsFile(name, asset, amounts, *vouched(folder / name))


def _amounts(widest: int) -> Amounts:
    return "decimal" if widest < 10**DIGITS else "limbs"


def _amount(name: str, amounts: Amounts, widest: int) -> str:
    """An amount as the files hold it, `widest` being the greatest of the column."""
    if amounts == "decimal":
        return f"{name}::DECIMAL({digits_for(widest)}, 0) AS {name}"
    high, low = amount_columns(name, amounts)
    return f"({name} >> {LIMB})::BIGINT AS {high}, ({name} & {LOWER}::HUGEINT)::UBIGINT AS {low}"


def _rows(database: Any, folder: Path, known: Description | None, asset: str, order: Order, name: str) -> RowsFile:
    place = "height" if order.by_height else "time"
    count, first, last, amount, fee = database.execute(
        f"SELECT count(*), min({place}), max({place}), max(amount), max(fee) FROM kept"
    ).fetchone()
    held = known.held(asset) if known else None
    hashes, length = _hashes(database)
    amounts = _amounts(max(amount, fee))
    _narrow(database, HASHES[hashes][1])
    columns: Sequence[str] = (
        f"{quoted(asset)} AS asset", "height", "position", "time", "tx_hash", "sender", "recipient", _amount("amount", amounts, amount),
        _amount("fee", amounts, fee), "kind", "basis", "verified", "memo", "memo_kind", "attributes",
    )  # fmt: skip
    start, queries = held.rows if held else 0, []
    for least, most, rows in _spans(database, place):
        ordered = f"FROM narrow WHERE {place} BETWEEN {least} AND {most} ORDER BY {ordering(order)}"
        queries.append(f"SELECT {start} - 1 + row_number() OVER () AS row, {', '.join(columns)} FROM ({ordered})")
        start += rows
    _write(database, queries, folder / name, length)
    return RowsFile(name, asset, count, first, last, hashes, amounts, *vouched(folder / name))


def _narrow(database: Any, tx_hash: str) -> None:
    """Makes the table `narrow` of the rows as they are written, but for their order: hashes as bytes, accounts by number.

    An address is looked up by its KEY, or as it is where two addresses share one.
    """
    shared = database.execute(f"SELECT 1 FROM account GROUP BY {KEY.format('address')} HAVING count(*) > 1 LIMIT 1").fetchone()
    key = "{}" if shared else KEY
    columns = "n, height, position::INTEGER AS position, time, amount, fee, kind, basis, verified, memo, memo_kind, attributes"
    sides = "payer.number AS sender, payee.number AS recipient"
    joins = " ".join(
        f"LEFT JOIN account {side} ON {key.format(f'{side}.address')} = CASE WHEN {column} IS NOT NULL THEN {key.format(column)} END"
        for side, column in (("payer", "kept.sender"), ("payee", "kept.recipient"))
    )
    database.execute(f"CREATE TABLE narrow AS SELECT {columns}, {tx_hash} AS tx_hash, {sides} FROM kept {joins}")


def _spans(database: Any, place: str) -> Sequence[tuple[int, int, int]]:
    """Heights (or times) from and up to which some SORTED_TOGETHER rows lie, and how many these are."""
    counted = f"SELECT {place} AS place, count(*) AS rows FROM narrow GROUP BY {place}"
    summed = f"SELECT place, rows, (sum(rows) OVER (ORDER BY place) - 1) // {SORTED_TOGETHER} AS part FROM ({counted})"
    found: Sequence[tuple[int, int, int]] = database.execute(
        f"SELECT min(place), max(place), sum(rows)::BIGINT FROM ({summed}) GROUP BY part ORDER BY part"
    ).fetchall()
    return found


def _hashes(database: Any) -> tuple[Hashes, int | None]:
    """What the bytes of hashes are, and how many each has; None where they differ, or a row has none."""
    (first,) = database.execute("SELECT any_value(tx_hash) FROM kept").fetchone()
    form: Hashes = "0xhex" if (first or "").startswith("0x") else "hex"
    fits, lacking, least, most = database.execute(
        f"SELECT bool_and(regexp_full_match(tx_hash, {quoted(HASHES[form][0])})), count(*) - count(tx_hash), min(strlen(tx_hash)), "
        "max(strlen(tx_hash)) FROM kept"
    ).fetchone()
    if fits is False or lacking or least != most:
        return "text" if fits is False else form, None
    return form, len(bytes.fromhex(first.removeprefix("0x")))


def _write(database: Any, queries: Sequence[str], path: Path, length: int | None = None) -> int:
    """Writes what queries give, one after the other, and gives how many rows that are."""

    def found(query: str) -> Any:
        database.complete()  # whatever was asked before, of which a row was read
        return database.sql(query)

    schema = found(f"FROM ({queries[0]}) LIMIT 0").to_arrow_table().schema
    batches = (batch for query in queries for batch in found(query).to_arrow_reader(ROW_GROUP))  # `execute` would make all of it first
    return write_file(path, schema, batches, length)
