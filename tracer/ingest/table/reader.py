"""A table of any account chain, CSV or Parquet -> a Reading: every line a row of the ledger, or refused with line and value."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import compress, islice
from pathlib import Path
from typing import NamedTuple

from tracer.errors import AddressError, InputError
from tracer.ingest.table.files import Part, header, parts, place
from tracer.ingest.table.parse import (
    CellError,
    Once,
    Reader,
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
from tracer.ingest.table.presets import PRESETS, Preset
from tracer.ingest.table.rows import Order, Rows, Values, check_places, check_sides
from tracer.model import Account, Asset, Basis, Coverage, Reading, Rejection
from tracer.wording import hint, shortened

NEEDED = ("sender", "recipient", "amount")
OPTIONAL = ("height", "position", "time", "tx_hash", "fee", "kind", "memo", "basis")
OUR_NAMES = Preset(columns={name: name for name in (*NEEDED, *OPTIONAL)})
SHOWN, RECORD = 40, 4096  # characters of a value in an error, of a record in a rejection


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
    preset: str | None = None,
    token: str | None = None,
    coverage: Coverage = "full",
    advance: Callable[[int], None] = lambda _: None,
) -> Reading:
    """Every line of the table as a row of the ledger, in the order of the file.

    `columns` names the file's header where it differs from ours or from the preset's, `unit` is "smallest" (integers) or
    "coin" (decimal text), `token` chooses one where the preset has several, `openings` is a table of address and opening:
    an address it does not name opens at 0, and without it what accounts open with stays unknown. `coverage` is "boundary" where
    the table holds some payments of its accounts only.
    Raises InputError naming file, line, column and value.
    """
    rows, lines = Rows(source, basis), array("q")
    rejections: list[Rejection] = []
    for portion in portions(path, asset, source, columns=columns, unit=unit, basis=basis, check=check, preset=preset, token=token):
        rows.extend(portion.values, len(portion.lines))
        lines.extend(portion.lines)
        rejections += portion.rejections
        advance(lines[-1] if lines else 1)
    check_places(path, rows, lines)
    accounts = accounts_of(rows.addresses(), openings, asset, unit_of(unit, preset), check, coverage)
    return Reading(rows, [], accounts, rejections, None, complete=False)


class Portion(NamedTuple):
    """Some rows of a table, read: columns by our names with row keys (none where the table has no heights), the line each row
    stands on, and what was not understood among them."""

    values: Values
    lines: Sequence[int]
    rejections: Sequence[Rejection]


def portions(
    path: Path,
    asset: Asset,
    source: str,
    *,
    columns: Mapping[str, str],
    unit: str,
    basis: Basis,
    check: Callable[[str], str],
    preset: str | None,
    token: str | None,
) -> Iterator[Portion]:
    """The rows of a table a part at a time, in the order of the file. Raises as `read_table` does."""
    known = PRESETS[preset] if preset else OUR_NAMES
    unit = unit_of(unit, preset)
    names = _names(path, known, columns)
    wanted = set(names.values())
    chosen = _OneToken(path, names.pop("token", None), token)
    readers = _readers(asset, unit, basis, known, check)
    integers = () if unit == "coin" else ("amount", "fee")
    order = Order()
    for part in map(chosen, parts(path, wanted)):
        try:
            values = read_columns({ours: part.columns[theirs] for ours, theirs in names.items()}, readers, integers)
            rejected = known.arrange(values)
            rejections = [_rejection(path, source, part, row, why) for row, why in rejected.items()]
            part, values = _without(part, values, rejected)
            check_sides(values)
            order.settle(values)
        except CellError as fault:
            raise _refusal(path, part, names[fault.column], fault) from fault
        yield Portion(values, part.lines, rejections)
    chosen.check_found()


def unit_of(unit: str, preset: str | None) -> str:
    """What amounts are stated in: the preset may know better than the source."""
    return "coin" if preset and PRESETS[preset].unit == "coin" else unit


def _names(path: Path, known: Preset, columns: Mapping[str, str]) -> dict[str, str]:
    """Our names -> the file's, of the columns that are there. Raises InputError where one is missing that must be."""
    possible = [*NEEDED, *OPTIONAL, *(name for name in known.columns if name not in NEEDED + OPTIONAL)]
    for ours in columns.keys() - set(possible):
        raise InputError(f"{path}: columns = {{{ours} = ...}} of the source: no column is called {ours!r} here: {hint(ours, possible)}")
    there = header(path)
    names = {**known.columns, **columns}
    must = {*NEEDED, *known.needs, *columns}
    missing = [f"{ours} (column {theirs!r})" for ours, theirs in names.items() if ours in must and theirs not in there]
    if not {names.get("height"), names.get("time")} & set(there):
        missing.append("height or time")
    if missing:
        shown = " ".join(", ".join(there)[:400].split())
        mend = "separate the cells by commas" if len(there) == 1 else "name it in columns = {...} of the source"
        raise InputError(f"{place(path, 1)}: no {', no '.join(missing)}: {mend}; the file has {shown}")
    return {ours: theirs for ours, theirs in names.items() if theirs in there}


def _readers(asset: Asset, unit: str, basis: Basis, known: Preset, check: Callable[[str], str]) -> dict[str, Reader | Once]:
    address = Once(lambda text: check(text) if text.strip() else None)
    return {
        "sender": address,
        "recipient": address,
        "amount": partial(amount_of, asset=asset, unit=unit),
        "fee": partial(fee_of, asset=asset, unit=unit),
        "height": height_of,
        "position": position_of,
        "time": partial(moment_or_none, utc=known.utc),
        "tx_hash": text_or_none,
        "kind": kind_of,
        "memo": memo_of,
        "basis": partial(basis_of, otherwise=basis),
        **known.readers,
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
    return Rejection(source, f"{source}{where}", why, record[:RECORD])


def accounts_of(
    named: set[str],
    openings: Path | None,
    asset: Asset,
    unit: str,
    check: Callable[[str], str],
    coverage: Coverage = "full",
) -> list[Account]:
    if openings is None:
        return [Account(address, None, "modelled", coverage) for address in sorted(named)]
    stated: dict[str, int] = {}
    for line, address, opening in _openings(openings):
        try:
            found, amount = check(address), amount_of(opening, asset, unit)
        except (ValueError, AddressError) as error:
            raise InputError(f"{place(openings, line)}: {address[:60]!r}, {opening[:40]!r}: {error}") from error
        if stated.setdefault(found, amount) != amount:
            raise InputError(
                f"{place(openings, line)}: {address[:60]!r} opened with {stated[found]} in a line before: leave one of the two"
            )
    return [Account(address, stated.get(address, 0), "reported", "full") for address in sorted(named | stated.keys())]


def _openings(path: Path) -> Iterator[tuple[int, str, str]]:
    if missing := {"address", "opening"} - set(header(path)):
        raise InputError(f"{place(path, 1)}: no column {', '.join(sorted(missing))}: it needs address,opening")
    for part in parts(path, ("address", "opening")):
        yield from zip(part.lines, part.columns["address"], part.columns["opening"], strict=True)
