"""A table of any account chain, CSV or Parquet -> a Reading: every line a row of the ledger, or refused with line and value."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

from tracer.errors import AddressError, InputError
from tracer.ingest.table.batches_of_rows import Part
from tracer.ingest.table.cells import (
    CellError,
    CellReader,
    Once,
    amount_of,
    basis_of,
    fee_of,
    height_of,
    kind_of,
    memo_of,
    position_of,
    read_columns,
    text_or_none,
    whole,
)
from tracer.ingest.table.column_names import as_written, columns_there, success_columns
from tracer.ingest.table.dialects import DIRECTIONS
from tracer.ingest.table.duplicate_rows import without_doubles
from tracer.ingest.table.failed_rows import fail
from tracer.ingest.table.file_as_text_columns import header, parts, place
from tracer.ingest.table.notes import Tally, notes_of
from tracer.ingest.table.order_of_lines import Order, check_places, check_told
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_rows import TableRows, Values, check_decimals, check_sides, one_amount
from tracer.ingest.table.times import moment_or_none
from tracer.ingest.table.unread_columns import Doubts
from tracer.ingest.table.whose_export import in_every_row, owner_of
from tracer.model import RECORD_CHARS, Account, Coverage, Reading, Rejection
from tracer.wording import shortened

SHOWN = 40  # characters of a value in an error


def read_table(path: Path, format: TableFormat, advance: Callable[[int], None] = lambda _: None, earlier: int = 0) -> Reading:
    """Every line of the table as a row of the ledger, in the order of the file.

    `advance` is told the line reached; `earlier` rows of it were read before, and are counted among its rows. Raises InputError naming
    file, line, column and value.
    """
    rows, lines = TableRows(format.source, format.basis), array("q")
    rejections: list[Rejection] = []
    order, tally = Order(format.order), Tally(earlier)
    for portion in portions(path, format, order, tally):
        rows.extend(portion.values, len(portion.lines))
        lines.extend(portion.lines)
        rejections += portion.rejections
        advance(lines[-1] if lines else 1)
    lines, doubles = without_doubles(path, format, order, rows, lines)
    check_places(path, rows, lines)
    if order.newest_first:
        order.turn(rows.columns)
    elif order.mixed:
        check_told(path, rows.columns, lines, "height" if order.by_height else "time")
    owner = owner_of(format, in_every_row(None, rows.columns))
    accounts = accounts_of(rows.addresses(), format, owner)
    notes = (*notes_of(format, order, tally, owner), *filter(None, [doubles]))
    return Reading(
        rows.transfers, [], accounts, rejections, None, complete=False, terms=format.terms, placed=order.placed, notes=notes, owner=owner
    )


class Portion(NamedTuple):
    """Some rows of a table, read: columns by our names with row keys (none where the table has no heights), the line each row
    stands on, and what was not understood among them."""

    values: Values
    lines: Sequence[int]
    rejections: Sequence[Rejection]


def portions(path: Path, format: TableFormat, order: Order, tally: Tally) -> Iterator[Portion]:
    """The rows of a table a part at a time, in the order of the file; `order` gives them their places. Raises as `read_table` does."""
    there = header(path, format.delimiter)
    names = columns_there(path, format, there)
    status = success_columns(format, there)
    read = {*names.values(), *status, *format.ignore, *(as_written(column, there) for column in format.dialect.ignore)}
    doubts = Doubts(
        path,
        [column for column in there if column not in read],
        amount=names.get("amount"),
        asset=format.asset,
        unit=format.stated_in,
        token_chosen="token" in names,
        status_named="status" in names or bool(status),
    )
    tally.unread = tuple(dict.fromkeys(doubt.column for doubt in doubts.doubts))
    chosen = _OneToken(path, names.pop("token", None), format.token)
    readers = _readers(format, names)
    integers = () if format.stated_in == "coin" else ("amount", "fee", *DIRECTIONS)
    for whole_part in parts(path, {*names.values(), *status, *chosen.columns} | doubts.columns, format.delimiter):
        tally.rows += len(whole_part.lines)
        part = chosen(whole_part)
        doubts.look(part)
        try:
            values = read_columns({ours: part.columns[theirs] for ours, theirs in names.items()}, readers, integers)
            check_decimals(values, format.asset)
            one_amount(values)
            tally.failed += fail(values, part.columns, status)
            rejected = format.dialect.arrange(values)
            rejections = [_rejection(path, format.source, part, row, why) for row, why in rejected.items()]
            part, values = _without(part, values, rejected)
            check_sides(values)
            order.settle(values)
        except CellError as fault:
            raise _refusal(path, part, names[fault.column], fault) from fault
        yield Portion(values, part.lines, rejections)
    chosen.check_found()


def _says_utc(header: str) -> bool:
    """Whether the name of a column says that its times are in UTC: `Time(UTC)`, `DateTime (UTC)`, `timestamp_utc`, `Date GMT`."""
    return bool(re.search(r"(?i)(?<![a-z])(utc|gmt)(?![a-z+-])", header))


def _readers(format: TableFormat, names: Mapping[str, str]) -> dict[str, CellReader | Once]:
    address = Once(lambda text: format.address(text) if text.strip() else None)
    fee = _plainly(format, partial(fee_of, asset=format.asset, unit=format.stated_in))
    return {
        "sender": address,
        "recipient": address,
        "contract": address,
        "amount": _plainly(format, partial(amount_of, asset=format.asset, unit=format.stated_in)),
        **dict.fromkeys((*DIRECTIONS, "fee"), fee),
        "decimals": whole,
        "height": height_of,
        "position": position_of,
        "time": partial(moment_or_none, utc=format.utc or format.dialect.utc or _says_utc(names.get("time", ""))),
        "tx_hash": text_or_none,
        "kind": kind_of,
        "memo": memo_of,
        "basis": partial(basis_of, otherwise=format.basis),
        **format.dialect.readers,
    }


def _plainly(format: TableFormat, read: CellReader) -> CellReader:
    """Reads an amount as the file writes its numbers."""
    return lambda text: read(format.marks.plain(text))


class NoSuchTokenError(InputError):
    """The token asked for stands in no row of the table."""


class _OneToken:
    """Keeps of every part the rows of one token: the one asked for, else the only one there is."""

    def __init__(self, path: Path, column: str | None, token: str | None) -> None:
        self.path, self.column, self.token = path, column, token
        self.seen: dict[str, None] = {}
        self.columns = () if column is None else (column,)

    def __call__(self, part: Part) -> Part:
        if self.column is None:
            return part
        tokens = [text.strip().lower() for text in part.columns[self.column]]
        self.seen |= dict.fromkeys(tokens)
        if self.token is not None:
            return _kept(part, [token == self.token.lower() for token in tokens])
        if len(self.seen) > 1:
            first, second, *_ = self.seen
            raise InputError(
                f"{place(self.path, part.lines[tokens.index(second)])}: {self.column} {_shown(second)} is another token than "
                f"{_shown(first)} before: a ledger has one; choose it with token = {json.dumps(shortened(first, 100))} in the source"
            )
        return part

    def check_found(self) -> None:
        if self.token is not None and self.token.lower() not in self.seen:
            some = ", ".join(map(_shown, islice(self.seen, 3)))
            raise NoSuchTokenError(
                f"{self.path}: no row has {self.column} {self.token!r}: choose another token; it has {some or 'no rows'}"
            )


def _kept(part: Part, keep: Sequence[bool]) -> Part:
    return Part({name: list(compress(cells, keep)) for name, cells in part.columns.items()}, list(compress(part.lines, keep)))


def _without(part: Part, values: Values, rejected: Mapping[int, str]) -> tuple[Part, Values]:
    if not rejected:
        return part, values
    keep = [row not in rejected for row in range(len(part.lines))]
    return _kept(part, keep), {name: list(compress(column, keep)) for name, column in values.items()}


def _refusal(path: Path, part: Part, column: str, fault: CellError) -> InputError:
    return InputError(f"{place(path, part.lines[fault.row])}: {column} {_shown(part.columns[column][fault.row])} {fault.why}")


def _shown(value: str) -> str:
    return repr(shortened(value, SHOWN))


def _rejection(path: Path, source: str, part: Part, row: int, why: str) -> Rejection:
    record = ", ".join(f"{name}={cells[row]}" for name, cells in sorted(part.columns.items()))
    where = place(path, part.lines[row]).removeprefix(str(path))
    return Rejection(source, f"{source}{where}", why, record[:RECORD_CHARS])


def accounts_of(named: set[str], format: TableFormat, owner: str | None = None, stated: Mapping[str, int] | None = None) -> list[Account]:
    """The accounts that a table names, by address, with what they open with where its table of openings says so.

    `owner` is whose export it is; `stated` what the table of openings says, where it was read before. Raises InputError for one that is
    called whole and stands in no row.
    """
    whole = {*(format.whole or ()), *filter(None, [owner])}
    if strangers := sorted(whole - named):
        raise InputError(f"{format.source}: whole names {strangers[0]}, which stands in no row: check the address")

    def coverage(address: str) -> Coverage:
        return "full" if address in whole else format.coverage

    if format.openings is None:
        return [Account(address, None, "modelled", coverage(address)) for address in sorted(named)]
    stated = stated_openings(format, format.openings, named) if stated is None else stated
    return [Account(address, stated.get(address, 0), "reported", coverage(address)) for address in sorted(named | stated.keys())]


def stated_openings(format: TableFormat, table: Path, known: Collection[str] = ()) -> dict[str, int]:
    """What accounts open with, as a table of address and opening says; `known` addresses are not checked again. Raises InputError naming
    the line of one that says it twice."""
    stated: dict[str, int] = {}
    for line, address, opening in _openings(table):
        try:
            account = address if address in known else format.address(address)
            amount = amount_of(opening, format.asset, format.stated_in)
        except (ValueError, AddressError) as error:
            raise InputError(f"{place(table, line)}: {address[:60]!r}, {opening[:40]!r}: {error}") from error
        if stated.setdefault(account, amount) != amount:
            raise InputError(f"{place(table, line)}: {address[:60]!r} opened with {stated[account]} in a line before: leave one of the two")
    return stated


def _openings(path: Path) -> Iterator[tuple[int, str, str]]:
    if missing := {"address", "opening"} - set(header(path)):
        raise InputError(f"{place(path, 1)}: no column {', '.join(sorted(missing))}: it needs address,opening")
    for part in parts(path, ("address", "opening")):
        yield from zip(part.lines, part.columns["address"], part.columns["opening"], strict=True)
