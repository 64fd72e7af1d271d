"""A table of any account chain, CSV or Parquet -> a Reading: every line a row of the ledger, or refused with line and value."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

from tracer.errors import AddressError, InputError
from tracer.ingest.table.dialects import CHOOSING, DIRECTIONS, NEEDED, OPTIONAL
from tracer.ingest.table.doubles import without_doubles
from tracer.ingest.table.doubts import Doubts, check_directions
from tracer.ingest.table.files import Part, header, parts, place
from tracer.ingest.table.format import TableFormat
from tracer.ingest.table.parse import (
    CellError,
    CellReader,
    Once,
    amount_of,
    basis_of,
    fee_of,
    height_of,
    kind_of,
    memo_of,
    moment_or_none,
    position_of,
    read_columns,
    text_or_none,
)
from tracer.ingest.table.rows import Order, TableRows, Values, check_places, check_sides, check_told, fail, one_amount
from tracer.model import RECORD_CHARS, Account, Coverage, Reading, Rejection
from tracer.wording import counted, hint, shortened

SHOWN = 40  # characters of a value in an error


def read_table(path: Path, format: TableFormat, advance: Callable[[int], None] = lambda _: None) -> Reading:
    """Every line of the table as a row of the ledger, in the order of the file.

    `advance` is told the line reached. Raises InputError naming file, line, column and value.
    """
    rows, lines = TableRows(format.source, format.basis), array("q")
    rejections: list[Rejection] = []
    order, failed = Order(format.order), 0
    for portion in portions(path, format, order):
        rows.extend(portion.values, len(portion.lines))
        lines.extend(portion.lines)
        rejections += portion.rejections
        failed += portion.failed
        advance(lines[-1] if lines else 1)
    lines, doubles = without_doubles(path, format, order, rows, lines)
    check_places(path, rows, lines)
    if order.newest_first:
        order.turn(rows.columns)
    elif order.mixed:
        check_told(path, rows.columns, lines, "height" if order.by_height else "time")
    owner = owner_of(format, in_every_row(None, rows.columns))
    accounts = accounts_of(rows.addresses(), format, owner)
    notes = (*notes_of(format, order, failed, owner), *filter(None, [doubles]))
    return Reading(rows, [], accounts, rejections, None, complete=False, terms=format.terms, placed=order.placed, notes=notes, owner=owner)


def in_every_row(common: set[str] | None, values: Values) -> set[str] | None:
    """Of the addresses `common` to all rows so far (None: there were none yet) those that these rows name too."""
    for pair in zip(values.get("sender", ()), values.get("recipient", ()), strict=True):
        common = {address for address in pair if address} if common is None else common.intersection(pair)
        if not common:
            break
    return common


def owner_of(format: TableFormat, common: set[str] | None) -> str | None:
    """Whose export a table is that says nothing of whole histories: the one address that stands in every row."""
    owners = list(common or ()) if format.coverage == "partial" and format.whole is None else []
    return owners[0] if len(owners) == 1 else None


def notes_of(format: TableFormat, order: Order, failed: int, owner: str | None = None) -> tuple[str, ...]:
    """How a table was read, a sentence each, where one would not take it for granted."""
    notes = []
    if order.newest_first:
        notes.append(f"{format.source} stands newest first and was read from its end, rows of one block or second too.")
    if owner:
        notes.append(
            f"{format.source}: {owner} stands in every row, so it was read as the export of that wallet, with all its payments; "
            "if it is not, write whole = []."
        )
    if failed:
        said = ", ".join(format.status)
        notes.append(f"{format.source}: {counted(failed, 'row')} failed, as {said} has it, and moved nothing; their fees were paid.")
    return tuple(notes)


class Portion(NamedTuple):
    """Some rows of a table, read: columns by our names with row keys (none where the table has no heights), the line each row
    stands on, what was not understood among them, and how many failed and moved nothing."""

    values: Values
    lines: Sequence[int]
    rejections: Sequence[Rejection]
    failed: int = 0


def portions(path: Path, format: TableFormat, order: Order) -> Iterator[Portion]:
    """The rows of a table a part at a time, in the order of the file; `order` gives them their places. Raises as `read_table` does."""
    there = header(path)
    names = _names(path, format, there)
    read = {*names.values(), *format.status}
    unread = [column for column in there if column not in read | {*format.ignore}]
    doubts = Doubts(path, unread, token_chosen="token" in names, status_named="status" in names or bool(format.status))
    chosen = _OneToken(path, names.pop("token", None), format.token)
    readers = _readers(format, names)
    integers = () if format.stated_in == "coin" else ("amount", "fee", *DIRECTIONS)
    for part in map(chosen, parts(path, read | doubts.columns)):
        doubts.look(part)
        try:
            values = read_columns({ours: part.columns[theirs] for ours, theirs in names.items()}, readers, integers)
            one_amount(values)
            failed = fail(values, part.columns, format.status)
            rejected = format.dialect.arrange(values)
            rejections = [_rejection(path, format.source, part, row, why) for row, why in rejected.items()]
            part, values = _without(part, values, rejected)
            check_sides(values)
            order.settle(values)
        except CellError as fault:
            raise _refusal(path, part, names[fault.column], fault) from fault
        yield Portion(values, part.lines, rejections, failed)
    chosen.check_found()


def _names(path: Path, format: TableFormat, there: Sequence[str]) -> dict[str, str]:
    """Our names -> the file's, of the columns that are there. Raises InputError where one is missing that must be."""
    dialect, columns = format.dialect, format.columns
    possible = list(dict.fromkeys([*NEEDED, *OPTIONAL, *CHOOSING, *dialect.columns]))
    for ours in columns.keys() - set(possible):
        raise InputError(f"{path}: columns = {{{ours} = ...}} of the source: no column is called {ours!r} here: {hint(ours, possible)}")
    names = {ours: _as_written(theirs, there) for ours, theirs in {**dialect.columns, **columns}.items()}
    if columns.keys() & set(DIRECTIONS):
        names.pop("amount", None)
    must = {*(NEEDED if "amount" in names else ("sender", "recipient", *DIRECTIONS)), *dialect.needs, *columns}
    missing = [f"{ours} (column {names.get(ours, ours)!r})" for ours in possible if ours in must and names.get(ours) not in there]
    missing += [f"column {column!r}, which status or ignore names" for column in (*format.status, *format.ignore) if column not in there]
    if not {names.get("height"), names.get("time")} & set(there):
        missing.append("height or time")
    if missing:
        shown = " ".join(", ".join(there)[:400].split())
        mend = "separate the cells by commas" if len(there) == 1 else "name it in columns = {...} of the source"
        raise InputError(f"{place(path, 1)}: no {', no '.join(missing)}: {mend}; the file has {shown}")
    if "amount" in names:
        check_directions(path, names["amount"], there, format.ignore)
    return {ours: theirs for ours, theirs in names.items() if theirs in there}


def _as_written(name: str, there: Sequence[str]) -> str:
    """The name as the file writes it, whose capitals may be others; as it is where two columns differ in capitals alone."""
    alike = [each for each in there if each.casefold() == name.casefold()]
    return alike[0] if name not in there and len(alike) == 1 else name


def _says_utc(header: str) -> bool:
    """Whether the name of a column says that its times are in UTC: `Time(UTC)`, `DateTime (UTC)`, `timestamp_utc`, `Date GMT`."""
    return bool(re.search(r"(?i)(?<![a-z])(utc|gmt)(?![a-z+-])", header))


def _readers(format: TableFormat, names: Mapping[str, str]) -> dict[str, CellReader | Once]:
    address = Once(lambda text: format.address(text) if text.strip() else None)
    return {
        "sender": address,
        "recipient": address,
        "amount": partial(amount_of, asset=format.asset, unit=format.stated_in),
        **dict.fromkeys(DIRECTIONS, partial(fee_of, asset=format.asset, unit=format.stated_in)),
        "fee": partial(fee_of, asset=format.asset, unit=format.stated_in),
        "height": height_of,
        "position": position_of,
        "time": partial(moment_or_none, utc=format.utc or format.dialect.utc or _says_utc(names.get("time", ""))),
        "tx_hash": text_or_none,
        "kind": kind_of,
        "memo": memo_of,
        "basis": partial(basis_of, otherwise=format.basis),
        **format.dialect.readers,
    }


class _OneToken:
    """Keeps of every part the rows of one token: the one asked for, else the only one there is."""

    def __init__(self, path: Path, column: str | None, token: str | None) -> None:
        self.path, self.column, self.token = path, column, token
        self.seen: dict[str, None] = {}

    def __call__(self, part: Part) -> Part:
        if self.column is None:
            return part
        tokens = [text.strip().lower() for text in part.columns[self.column]]
        self.seen |= dict.fromkeys(tokens)
        if self.token is not None:
            return _kept(part, [each == self.token.lower() for each in tokens])
        if len(self.seen) > 1:
            first, second, *_ = self.seen
            raise InputError(
                f"{place(self.path, part.lines[tokens.index(second)])}: {self.column} {_shown(second)} is another token than "
                f'{_shown(first)} before: a ledger has one; choose it with token = "..." in the source'
            )
        return part

    def check_found(self) -> None:
        if self.token is not None and self.token.lower() not in self.seen:
            some = ", ".join(map(_shown, islice(self.seen, 3)))
            raise InputError(f"{self.path}: no row has {self.column} {self.token!r}: choose another token; it has {some or 'no rows'}")


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


def accounts_of(named: set[str], format: TableFormat, owner: str | None = None) -> list[Account]:
    """The accounts that a table names, by address, with what they open with where its table of openings says so.

    `owner` is whose export it is. Raises InputError for one that is called whole and stands in no row.
    """
    whole = {*(format.whole or ()), *filter(None, [owner])}
    if strangers := sorted(whole - named):
        raise InputError(f"{format.source}: whole names {strangers[0]}, which stands in no row: check the address")

    def coverage(address: str) -> Coverage:
        return "full" if address in whole else format.coverage

    if format.openings is None:
        return [Account(address, None, "modelled", coverage(address)) for address in sorted(named)]
    openings = format.openings
    stated: dict[str, int] = {}
    for line, address, opening in _openings(openings):
        try:
            found, amount = format.address(address), amount_of(opening, format.asset, format.stated_in)
        except (ValueError, AddressError) as error:
            raise InputError(f"{place(openings, line)}: {address[:60]!r}, {opening[:40]!r}: {error}") from error
        if stated.setdefault(found, amount) != amount:
            raise InputError(
                f"{place(openings, line)}: {address[:60]!r} opened with {stated[found]} in a line before: leave one of the two"
            )
    return [Account(address, stated.get(address, 0), "reported", coverage(address)) for address in sorted(named | stated.keys())]


def _openings(path: Path) -> Iterator[tuple[int, str, str]]:
    if missing := {"address", "opening"} - set(header(path)):
        raise InputError(f"{place(path, 1)}: no column {', '.join(sorted(missing))}: it needs address,opening")
    for part in parts(path, ("address", "opening")):
        yield from zip(part.lines, part.columns["address"], part.columns["opening"], strict=True)
