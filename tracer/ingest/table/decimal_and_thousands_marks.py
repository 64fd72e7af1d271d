"""How a file writes its numbers: which mark stands before the fraction, and whether marks stand between thousands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from tracer.casefile import Source
from tracer.ingest.table.dialects import Dialect
from tracer.ingest.table.file_as_text_columns import delimiter_of

APART = "'_ \u00a0\u202f"  # between thousands, beside the mark that is not the decimal one


class Marks(NamedTuple):
    """`decimal`: what stands before the fraction, "." or ","; empty where nobody said so: then it is a point, and marks between
    thousands are refused. `doubted`: the file is one in which a comma as often does: then a mark is a question."""

    decimal: str = ""
    doubted: bool = False

    def plain(self, text: str) -> str:
        """The number with a point before its fraction, and nothing between its thousands. Raises ValueError of one that is not written
        so; what is no number at all stays as it is.

        >>> Marks(",").plain("1.500,25"), Marks(".").plain("1,500.25"), Marks().plain("1500.25")
        ('1500.25', '1500.25', '1500.25')
        """
        text = text.strip()
        if text.isascii() and text.isdigit():
            return text
        if self.doubted and re.fullmatch(r"[\d.,]+", text):
            raise ValueError(
                "has a mark in it, and where semicolons stand between cells it may be either: "
                'write decimal_mark = "," or decimal_mark = "." in the source'
            )
        if not self.decimal or not re.fullmatch(rf"[\d.,{APART}]+", text):
            return text
        other = re.escape("." if self.decimal == "," else ",")
        whole, mark, fraction = text.partition(self.decimal)
        if not re.fullmatch(rf"\d*|\d{{1,3}}(?P<apart>[{APART}{other}])\d{{3}}((?P=apart)\d{{3}})*", whole) or re.search(r"\D", fraction):
            raise ValueError(f"is no number whose decimal mark is {self.decimal!r} and whose thousands stand apart three digits at a time")
        return re.sub(r"\D", "", whole) + ("." + fraction if mark else "")


AS_IT_STANDS = Marks()


def marks_of(path: Path, source: Source, dialect: Dialect) -> Marks:
    """Decimal marks as the case file states them; a question in a file of semicolons, which a spreadsheet may have written anew; else
    as the dialect writes them."""
    if source.decimal_mark:
        return Marks(source.decimal_mark)
    doubted = delimiter_of(path, source.delimiter) == ";"
    return Marks("." if dialect.thousands and not doubted else "", doubted)
