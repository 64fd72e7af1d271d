"""What a cell of a table says: exact, or refused with the reason and the mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from tracer.chains import kinds
from tracer.errors import AddressError
from tracer.model import BASES, POSITION_BITS, Asset, Memo

KINDS = tuple(kind.name for kind in kinds())  # of every chain that is part of tracer
DIGITS = 78  # of the largest 256-bit integer: no chain has longer amounts
HEIGHT_BITS = 63 - POSITION_BITS  # what a row key, an int64, has room for beside a position
FLOAT_BITS = 53  # of a whole number that a double holds exactly

CellReader = Callable[[str], Any]
"""The value of a cell without spaces around it. Raises ValueError or AddressError saying what is wrong with it."""


class CellError(Exception):
    """A row that cannot be read: its place in the part of the table, the column, and why."""

    def __init__(self, row: int, column: str, why: str) -> None:
        super().__init__(why)
        self.row, self.column, self.why = row, column, why


class Once(dict[str, Any]):
    """Text -> its value, read once, so that equal values are one object in memory."""

    def __init__(self, read: CellReader) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, text: str) -> Any:
        self[text] = value = self.read(text)
        return value


def read_columns(
    cells: Mapping[str, Sequence[str]], readers: Mapping[str, CellReader | Once], integers: Collection[str]
) -> dict[str, list[Any]]:
    """Every column read by its reader. Raises the CellError of the first row that has one.

    The columns `integers` hold whole numbers and, where nothing else stands in them, need no reader.
    """
    columns: dict[str, list[Any]] = {}
    faults: list[CellError] = []
    for column, texts in cells.items():
        reader = readers[column]
        if reader is text_or_none:  # hashes, of which hardly two are equal
            columns[column] = [text.strip() or None for text in texts]
            continue
        values = reader if isinstance(reader, Once) else Once(reader)
        try:
            columns[column] = (column in integers and _integers(texts)) or list(map(values.__getitem__, texts))
        except (ValueError, AddressError):
            faults.append(_first_fault(column, texts, values))
    if faults:
        raise min(faults, key=lambda fault: fault.row)
    return columns


def _integers(texts: Sequence[str]) -> list[int] | None:
    """The texts as integers if all have ASCII digits and nothing else: three times as fast as one by one. Where many are equal, as fees
    are, they share one object: of a million fees that saves 28 MB."""
    together, distinct = "".join(texts), set(texts)
    if not (together.isascii() and together.isdigit()) or "" in distinct or max(map(len, distinct)) > DIGITS:
        return None
    if 2 * len(distinct) > len(texts):
        return list(map(int, texts))
    numbers = dict(zip(distinct, map(int, distinct), strict=True))
    return list(map(numbers.__getitem__, texts))


def _first_fault(column: str, texts: Sequence[str], values: Once) -> CellError:
    for row, text in enumerate(texts):
        try:
            values[text]
        except (ValueError, AddressError) as error:
            return CellError(row, column, str(error))
    raise AssertionError(f"{column} was refused once, and now is not")


def whole(text: str) -> int:
    """A non-negative integer in decimal digits. Raises ValueError saying what it is instead."""
    text = text.strip()
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
    text = text.strip()
    if not text:
        raise ValueError("is empty: write 0 where nothing moved")
    before, _, after = text.partition(".") if unit == "coin" else (text, "", "")
    digits, after = before + after, after.rstrip("0")
    if unit != "coin" and "." in text and (whole_float := _whole_float(text)) is not None:
        return whole_float
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"is no {'decimal' if unit == 'coin' else 'whole'} number: {_mend(text, unit)}")
    if unit != "coin":
        return whole(text)
    if len(after) > asset.decimals:
        raise ValueError(f"has more than the {asset.decimals} digits after the point that {asset.symbol} has")
    return whole((before or "0") + after.ljust(asset.decimals, "0"))


def _mend(text: str, unit: str) -> str:
    if re.fullmatch(r"-\d[\d.]*", text):
        return "no payment is less than 0; one that goes back swaps sender and recipient"
    if re.fullmatch(r"(?i)[+-]?([\d.]+e[+-]?\d+|nan|inf|infinity)", text):
        return "a float has already rounded it; export it as text or integer"
    if re.fullmatch(r"\d{1,3}([,'_ \u00a0\u202f]\d{3})+(\.\d*)?", text):
        return 'write it without thousands separators, or say with decimal_mark = "." or "," which mark stands before the fraction'
    if re.fullmatch(r"(?i)0x[0-9a-f]*", text):
        return "it is hexadecimal or bytes, and nothing says in which order the bytes stand; export it as decimal text"
    if re.fullmatch(r"\d+,\d*", text):
        return 'write decimal_mark = "," in the source if the comma stands before the fraction'
    if not text.isascii():
        return "write it in the digits 0 to 9"
    if unit == "coin":
        return "write coins as 12.5, in the digits 0 to 9"
    return 'amounts are whole smallest units, or write unit = "coin" in the source'


def _whole_float(text: str) -> int | None:
    """The integer of `21000.0`, which a float wrote; None of other text. Raises ValueError above 2^53, where a float has rounded it."""
    if not (digits := re.fullmatch(r"([0-9]+)\.0+", text)):
        return None
    if (number := whole(digits[1])) >> FLOAT_BITS:
        raise ValueError("was written by a float, which rounds above 2^53; export it as text or integer")
    return number


def fee_of(text: str, asset: Asset, unit: str) -> int:
    """Like an amount; an empty cell is no fee."""
    return amount_of(text, asset, unit) if text.strip() else 0


def height_of(text: str) -> int | None:
    if not text.strip():
        return None
    height = number_of(text)
    if height >> HEIGHT_BITS:
        raise ValueError(f"is 2^{HEIGHT_BITS} or more, and no chain is that long: name the column of block numbers, not of times or ids")
    return height


def number_of(text: str) -> int:
    """A whole number, also as a program wrote it that had read it as a float (1514764800.0)."""
    number = _whole_float(text.strip())
    return whole(text) if number is None else number


def position_of(text: str) -> int | None:
    if not text.strip():
        return None
    position = number_of(text)
    if position >> POSITION_BITS:
        raise ValueError(f"is 2^{POSITION_BITS} or more, and no block has so many rows: number the rows within their block")
    return position


def kind_of(text: str) -> str:
    return _one_of(text.strip() or "transfer", KINDS)


def basis_of(text: str, otherwise: str) -> str:
    return _one_of(text.strip() or otherwise, BASES)


def _one_of(text: str, known: Sequence[str]) -> str:
    if text not in known:
        raise ValueError(f"is not one of {', '.join(known)}")
    return known[known.index(text)]


def memo_of(text: str) -> Memo | None:
    """The text as it stands, spaces and all."""
    return Memo("plain", text.encode()) if text else None


def text_or_none(text: str) -> str | None:
    return text.strip() or None
