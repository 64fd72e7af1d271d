"""Lines of a file that repeat another: one row that stands twice, or two that are alike."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from itertools import compress, repeat
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.ingest.table.file_as_text_columns import place
from tracer.ingest.table.order_of_lines import Order
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_rows import TableRows, Values
from tracer.wording import counted

MAKE_A_ROW: Mapping[str, Any] = {"height": None, "time": None, "sender": None, "recipient": None, "amount": 0, "fee": 0, "kind": "transfer"}
"""What two lines have in common, besides hash and place, that are the same row; and what stands where a table has no such column."""


def without_doubles(path: Path, format: TableFormat, order: Order, rows: TableRows, lines: array[int]) -> tuple[array[int], str]:
    """Leaves out of `rows` the lines that repeat another; gives the lines that remain, and the sentence that says so, if there is one.

    Two alike are one row where a transaction stands once in such a table, and where both carry its fee: it is paid once. Else the source
    says what they are. Raises InputError naming both lines where it does not. Lines that state one place in their block are left to
    `check_places`.
    """
    repeated = _repeated(rows.columns, order, format.tx_hash) if format.doubles != "each" else {}
    if not repeated:
        return lines, ""
    fees, hashes = (rows.columns.get(name) or [None] * len(rows) for name in ("fee", "tx_hash"))
    doubles = {}
    for row, first in repeated.items():
        if format.doubles == "once" or (hashes[row] and (format.dialect.hash_once or fees[row])):
            doubles[row] = first
        elif not order.placed:
            raise doubted(path, lines[row], lines[first])
    if not doubles:
        return lines, ""
    row, first = next(iter(doubles.items()))
    said = left_out(format, lines[row], lines[first], len(doubles))
    kept = [row not in doubles for row in range(len(rows))]
    rows.keep(kept)
    order.count_anew(rows.columns)
    return array("q", compress(lines, kept)), said


def doubted(path: Path, line: int, first: int) -> InputError:
    """The question where nothing says whether a line repeats another or is a payment of its own."""
    return InputError(
        f"{place(path, line)}: the same payment as line {first}: is it one that stands twice, or are they two? Write "
        'doubles = "once" or doubles = "each" in the source'
    )


def left_out(format: TableFormat, line: int, first: int, count: int) -> str:
    """The sentence on `count` lines that repeat another, of which the first is `line`."""
    more = f", and {counted(count - 1, 'more line repeats', 'more lines repeat')} another" if count > 1 else ""
    return f"{format.source}: line {line} repeats line {first}{more}; such a row counts once: {_why(format)}"


def _why(format: TableFormat) -> str:
    if format.doubles == "once":
        return 'doubles = "once" says so.'
    return "a transaction stands once in such a table." if format.dialect.hash_once else "both carry the fee of the transaction."


def _repeated(columns: Values, order: Order, form: Callable[[str], str]) -> dict[int, int]:
    """Each row that repeats an earlier one -> the first of those it repeats."""
    count = len(columns.get("amount", ()))
    places = columns["row_key"] if order.placed else columns.get("height" if order.by_height else "time", ())
    if count < 2 or len(set(places)) == count:
        return {}
    hashes = [text and form(text) for text in columns.get("tx_hash", ())]
    if hashes and None not in hashes and len(set(hashes)) == count:
        return {}
    said = [columns.get(name) or repeat(otherwise, count) for name, otherwise in MAKE_A_ROW.items()]
    stated = columns["position"] if order.placed else repeat(0, count)
    first: dict[tuple[Any, ...], int] = {}
    alike = ((row, first.setdefault(key, row)) for row, key in enumerate(zip(hashes or repeat(None, count), stated, *said, strict=True)))
    return {row: before for row, before in alike if row != before}
