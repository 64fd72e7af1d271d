"""Exact amounts out of a scaled graph: a query of the book, rewritten to read the texts that stand beside the scaled amounts.

Where the amounts of a case pass 64 bits, the graph keeps each as 10^scale smallest units, rounded down, and the whole as a text beside
it (`amount`, `amount_exact`). The files of the book are written for the numbers; a graph that is not scaled is asked as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

SUFFIX = "_exact"
"""What the name of an exact text ends with, after the name of its amount."""

_HELD = r"(\w+)(?:\.(\w+)|\[\$rule\])"
_RETURNED = re.compile(rf"(?:(?:RETURN|,)\s+){_HELD} AS (\w+)")
_SUMMED = re.compile(rf"sum\({_HELD}\)(?: END)? AS (\w+)")
_NOTHING = re.compile(r"(\w+)\[\$rule\] (=|>) 0\b")
_AT_LEAST = re.compile(rf"{_HELD} >= \$(\w+)")
_BY_NAME = re.compile(r"(?:^|(?<=,\s))(\w+)(?=,|\s*$)")
_UNION = "\nUNION ALL\n"


def exactly(cypher: str, columns: Collection[str], parameters: Collection[str] = ()) -> str:
    """The query, with exact texts as `NAME_exact` beside each of the amounts `columns` that is a property, or a sum of a property.

    It compares whole amounts with 0, and with the amounts `parameters`, which it takes as texts. All else that it computes stays
    rounded down.

    >>> exactly("MATCH (h:Theft) WHERE h[$rule] > 0 RETURN h.amount AS amount", ["amount"])
    "MATCH (h:Theft) WHERE h[$rule + '_exact'] <> '0' RETURN h.amount AS amount, h.amount_exact AS amount_exact"
    >>> exactly("MATCH (h:Theft) RETURN sum(h.amount) AS amount", ["amount"])
    'MATCH (h:Theft) RETURN sum(h.amount) AS amount, collect(h.amount_exact) AS amount_exact'
    """
    return _UNION.join(_compared(_beside(part, columns), parameters) for part in cypher.split(_UNION))


def exact_amount(row: Mapping[str, Any], column: str) -> int | None:
    """The amount of a column by the text, or the texts to add up, that `exactly` put beside it; None where there is none."""
    texts = row.get(column + SUFFIX)
    return sum(map(int, texts)) if isinstance(texts, list) else None if texts is None else int(texts)


def _beside(cypher: str, columns: Collection[str]) -> str:
    """One part of a union with the texts of its columns; sums are handed on by name from the clause that makes them."""
    summed = {column for _, _, column in _SUMMED.findall(cypher) if column in columns}

    def as_it_stands(found: re.Match[str]) -> str:
        holder, name, column = found.groups()
        return f"{found[0]}, {_text(holder, name)} AS {column}{SUFFIX}" if column in columns else found[0]

    def added_up(found: re.Match[str]) -> str:
        holder, name, column = found.groups()
        return f"{found[0]}, collect({_text(holder, name)}) AS {column}{SUFFIX}" if column in summed else found[0]

    def handed_on(found: re.Match[str]) -> str:
        return f"{found[0]}, {found[1]}{SUFFIX}" if found[1] in summed else found[0]

    cypher = _SUMMED.sub(added_up, _RETURNED.sub(as_it_stands, cypher))
    before, returning, rest = cypher.rpartition("RETURN ")
    returned, order, last = rest.partition("\nORDER BY ")
    return before + returning + _BY_NAME.sub(handed_on, returned) + order + last


def _compared(cypher: str, parameters: Collection[str]) -> str:
    """One part of a union, comparing texts where it compared amounts."""

    def with_nothing(found: re.Match[str]) -> str:
        return f"{_text(found[1], None)} {'=' if found[2] == '=' else '<>'} '0'"

    def with_the_least(found: re.Match[str]) -> str:
        holder, name, least = found.groups()
        text = _text(holder, name)  # of two whole numbers the one with more digits is greater
        longer, as_long = (f"size({text}) {sign} size(${least})" for sign in (">", "="))
        return f"({longer} OR {as_long} AND {text} >= ${least})" if least in parameters else found[0]

    return _AT_LEAST.sub(with_the_least, _NOTHING.sub(with_nothing, cypher))


def _text(holder: str, name: str | None) -> str:
    """Where the exact text of an amount is; without a name it is the one that $rule names."""
    return f"{holder}.{name}{SUFFIX}" if name else f"{holder}[$rule + '{SUFFIX}']"
