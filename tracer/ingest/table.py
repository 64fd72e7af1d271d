"""A CSV of any account chain -> a Reading. pandas reads the file as text, so that no number passes through a float."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from tracer.errors import AddressError, InputError
from tracer.model import BASES, Account, Asset, Basis, Memo, Reading, Transfer, row_key

if TYPE_CHECKING:
    import pandas

NEEDED = ("sender", "recipient", "amount")
OPTIONAL = ("height", "position", "time", "tx_hash", "fee", "kind", "memo", "basis")
KINDS = ("transfer", "levy", "rental", "creation", "fee", "harvest", "mint", "burn")
CHUNK = 100_000
DIGITS = 78  # of the largest 256-bit integer: no chain has longer amounts


def read_table(
    path: Path,
    asset: Asset,
    source: str,
    *,
    columns: Mapping[str, str],
    unit: str,
    basis: Basis,
    openings: Path | None,
    check: Callable[[str], str],
    advance: Callable[[int], None] = lambda _: None,
) -> Reading:
    """Every line of the table as a row of the ledger.

    `columns` names the file's header where it differs, `unit` is "smallest" (integers) or "coin" (decimal text),
    `openings` a CSV of address and opening; an address it does not name opens at 0, and without it what accounts open
    with stays unknown. Raises InputError naming file, line and value.
    """
    transfers: list[Transfer] = []
    for line, record in _records(path, columns):
        transfers.append(_row(path, line, record, asset, source, unit, basis, check))
        if line % CHUNK == 0:
            advance(line)
    if len({t.height is None for t in transfers}) > 1:
        raise InputError(f"{path}: some rows have a height and some have not: give all of them one, or only a time")
    named = {address for t in transfers for address in (t.sender, t.recipient) if address}
    return Reading(transfers, [], _accounts(named, openings, asset, unit, check), [], None, complete=False)


def _records(path: Path, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Line numbers (the header is line 1) and cells by our names; absent cells are ""."""
    line = 1
    for frame in _frames(path):
        named = _renamed(path, frame, columns)
        for cells in zip(*(frame[theirs] for theirs in named), strict=True):
            line += 1
            yield line, dict(zip(named.values(), cells, strict=True))


def _frames(path: Path) -> Iterator[pandas.DataFrame]:
    import pandas

    try:
        yield from pandas.read_csv(
            path, dtype=str, keep_default_na=False, na_filter=False, chunksize=CHUNK, encoding="utf-8", skip_blank_lines=False
        )
    except pandas.errors.EmptyDataError:
        raise InputError(f"{path}:1: the file is empty: its first line must name the columns {', '.join(NEEDED)}") from None
    except (pandas.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no CSV: {' '.join(str(error).split())}") from error


def _renamed(path: Path, frame: pandas.DataFrame, columns: Mapping[str, str]) -> dict[str, str]:
    named = {columns.get(ours, ours): ours for ours in (*NEEDED, *OPTIONAL)}
    missing = [f"{ours} (column {columns.get(ours, ours)!r})" for ours in NEEDED if columns.get(ours, ours) not in frame.columns]
    if columns.get("height", "height") not in frame.columns and columns.get("time", "time") not in frame.columns:
        missing.append("height or time")
    if missing:
        raise InputError(
            f"{path}:1: no {', no '.join(missing)}: name it in columns = {{...}} of the source; the file has {', '.join(frame.columns)}"
        )
    return {theirs: ours for theirs, ours in named.items() if theirs in frame.columns}


def _row(
    path: Path, line: int, record: dict[str, str], asset: Asset, source: str, unit: str, basis: Basis, check: Callable[[str], str]
) -> Transfer:
    def fail(column: str, why: str) -> InputError:
        value = record[column] if len(record[column]) <= 40 else f"{record[column][:20]}... ({len(record[column])} characters)"
        return InputError(f"{path}:{line}: {column} {value!r} {why}")

    def read(column: str, reader: Callable[[str], Any], absent: Any = None) -> Any:
        try:
            return reader(record[column]) if record.get(column) else absent
        except (ValueError, AddressError) as error:
            raise fail(column, str(error)) from error

    if not record["amount"]:
        raise fail("amount", "is empty: write 0 where nothing moved")
    height, position = read("height", whole), read("position", whole, 0)
    stated = cast(Basis, record.get("basis") or basis)
    if stated not in BASES:
        raise fail("basis", f"is not one of {', '.join(BASES)}")
    kind = record.get("kind") or "transfer"
    if kind not in KINDS:
        raise fail("kind", f"is not one of {', '.join(KINDS)}")
    memo = record.get("memo")
    return Transfer(
        row_key=row_key(height, position) if height is not None else -1,
        height=height,
        position=position,
        time=read("time", moment, 0),
        tx_hash=record.get("tx_hash") or None,
        sender=read("sender", check),
        recipient=read("recipient", check),
        amount=read("amount", lambda text: amount_of(text, asset, unit)),
        fee=read("fee", lambda text: amount_of(text, asset, unit), 0),
        kind=kind,
        memo=Memo("plain", memo.encode()) if memo else None,
        basis=stated,
        source=source,
        verified=False,
        attributes={},
    )


def whole(text: str) -> int:
    """A non-negative integer in decimal digits. Raises ValueError saying what it is instead."""
    if not (text.isascii() and text.isdigit()):
        raise ValueError("is no whole number")
    if len(text) > DIGITS:
        raise ValueError(f"has {len(text)} digits, and no chain has amounts of more than {DIGITS}")
    return int(text)


def amount_of(text: str, asset: Asset, unit: str) -> int:
    """Smallest units. In coins the decimal text is exact: more digits after the point than the asset has are refused.

    >>> amount_of("1.25", Asset("nem", "xem", 6), "coin")
    1250000
    """
    if unit != "coin":
        try:
            return whole(text)
        except ValueError as error:
            raise ValueError(f'{error}: amounts are whole smallest units, or write unit = "coin" in the source') from None
    before, _, after = text.partition(".")
    if len(after.rstrip("0")) > asset.decimals:
        raise ValueError(f"has more than the {asset.decimals} digits after the point that {asset.symbol} has")
    return whole((before or "0") + after.rstrip("0").ljust(asset.decimals, "0"))


def moment(text: str) -> int:
    """UNIX seconds of a moment given so, or in ISO 8601 with its offset from UTC."""
    if text.isascii() and text.isdigit():
        return whole(text)
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("is no time: write UNIX seconds or 2018-01-26T00:04:56Z") from None
    if stated.tzinfo is None:
        raise ValueError("has no offset from UTC: write 2018-01-26T00:04:56Z")
    return int(stated.astimezone(UTC).timestamp())


def _accounts(named: set[str], openings: Path | None, asset: Asset, unit: str, check: Callable[[str], str]) -> list[Account]:
    if openings is None:
        return [Account(address, None, "modelled", "full") for address in sorted(named)]
    stated: dict[str, int] = {}
    for line, record in _opening_records(openings):
        try:
            stated[check(record["address"])] = amount_of(record["opening"], asset, unit)
        except (ValueError, AddressError) as error:
            raise InputError(f"{openings}:{line}: {record['address'][:60]!r}, {record['opening'][:40]!r}: {error}") from error
    return [Account(address, stated.get(address, 0), "reported", "full") for address in sorted(named | stated.keys())]


def _opening_records(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    line = 1
    for frame in _frames(path):
        if missing := {"address", "opening"} - set(frame.columns):
            raise InputError(f"{path}:1: no column {', '.join(sorted(missing))}: it needs address,opening")
        for address, opening in zip(frame["address"], frame["opening"], strict=True):
            line += 1
            yield line, {"address": address, "opening": opening}
