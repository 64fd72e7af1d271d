"""Hostile text made inert, for one line of a terminal and for a cell of a spreadsheet. Texts from chains, labels and files are hostile."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
"""A spreadsheet runs a cell that begins with one of these (OWASP, CSV injection); the wide ones in East Asian settings."""


def plain(text: str) -> str:
    """One line a terminal shows as it is: control characters, line ends and direction overrides are written out.

    >>> plain("\\x1b[2J")
    '\\\\x1b[2J'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def cell(value: Any) -> Any:
    """What a spreadsheet shows and does not run: text that would be a formula, or has an apostrophe in front, is led by one more.

    Drop the leading apostrophe to recover the text. None is empty; true and false are small words.

    >>> cell("=1+1"), cell("'=1+1"), cell("-12"), cell(None), cell(True)
    ("'=1+1", "''=1+1", '-12', '', 'true')
    """
    if isinstance(value, str):
        text = plain(value)
        risky = text.startswith((*FORMULA, "'")) and not re.fullmatch(r"-[0-9]+", text)
        return f"'{text}" if risky else text
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else value


def write_csv(file: TextIO, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """CSV with one header line, ready for a spreadsheet."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(cell(name) for name in names)
    writer.writerows([cell(each) for each in row] for row in rows)
