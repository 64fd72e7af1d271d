"""Exact amounts out of a scaled graph: a query of the book, rewritten to read the texts that stand beside the scaled amounts.

Where the amounts of a case pass 64 bits, the graph keeps each as 10^scale smallest units, rounded down, and the whole as a text beside
it (`amount`, `amount_exact`). The files of the book are written for the numbers; a graph that is not scaled is asked as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Collection

SUFFIX = "_exact"
"""What the name of an exact text ends with, after the name of its amount."""

_HELD = r"(\w+)(?:\.(\w+)|\[\$rule\])"
_RETURNED = re.compile(rf"((?:RETURN|,)\s+){_HELD} AS (\w+)")
_NOTHING = re.compile(r"(\w+)\[\$rule\] (=|>) 0\b")
_AT_LEAST = re.compile(rf"{_HELD} >= \$(\w+)")


def exactly(cypher: str, columns: Collection[str], parameters: Collection[str] = ()) -> str:
    """The query, with the exact text beside each of the amounts `columns` that is a property as it stands, as `NAME_exact`.

    It compares whole amounts with 0, and with the amounts `parameters`, which it takes as texts. Sums and all else that it computes
    stay rounded down.

    >>> exactly("MATCH (h:Theft) WHERE h[$rule] > 0 RETURN h.amount AS amount", ["amount"])
    "MATCH (h:Theft) WHERE h[$rule + '_exact'] <> '0' RETURN h.amount AS amount, h.amount_exact AS amount_exact"
    """

    def returned(found: re.Match[str]) -> str:
        _, holder, name, column = found.groups()
        return f"{found[0]}, {_text(holder, name)} AS {column}{SUFFIX}" if column in columns else found[0]

    def nothing(found: re.Match[str]) -> str:
        holder, sign = found.groups()
        return f"{_text(holder, None)} {'=' if sign == '=' else '<>'} '0'"

    def at_least(found: re.Match[str]) -> str:
        holder, name, least = found.groups()
        text = _text(holder, name)  # of two whole numbers the one with more digits is greater
        longer, as_long = (f"size({text}) {sign} size(${least})" for sign in (">", "="))
        return f"({longer} OR {as_long} AND {text} >= ${least})" if least in parameters else found[0]

    for pattern, rewritten in ((_RETURNED, returned), (_NOTHING, nothing), (_AT_LEAST, at_least)):
        cypher = pattern.sub(rewritten, cypher)
    return cypher


def _text(holder: str, name: str | None) -> str:
    """Where the exact text of an amount is; without a name it is the one that $rule names."""
    return f"{holder}.{name}{SUFFIX}" if name else f"{holder}[$rule + '{SUFFIX}']"
