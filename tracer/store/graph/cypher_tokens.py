"""Cypher as words and signs, and what its brackets open: just as much of the language as names must be told apart by."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/)|(?P<text>'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")|(?P<quoted>`(?:[^`]|``)+`)|(?P<parameter>\$\w+)"""
    r"""|(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|(?P<word>\w+)|(?P<sign>\.\.|<-|->|<=|>=|<>|.)""",
    re.DOTALL,
)
KEYWORDS = frozenset(
    "MATCH OPTIONAL WHERE AND OR NOT XOR IN WITH RETURN DISTINCT WHEN THEN ELSE CASE CREATE MERGE BY UNWIND AS ON SET DELETE UNION ALL "
    "EXISTS CALL".split()
)
COMPARISONS = frozenset({"=", "<", ">", "<=", ">=", "<>"})
BRACES, CLOSING = ("(", "[", "{"), (")", "]", "}")


class CypherToken(NamedTuple):
    kind: str
    text: str


def tokenised(cypher: str) -> Iterator[CypherToken]:
    """The words and signs of a query, without comments."""
    for found in TOKEN.finditer(cypher):
        kind = str(found.lastgroup)
        if kind == "quoted":
            yield CypherToken("word", found[0][1:-1].replace("``", "`"))
        elif kind != "skip":
            yield CypherToken(kind, found[0])


def opens(tokens: Sequence[CypherToken], n: int) -> Literal["node", "relation", ""]:
    """What the bracket at `n` opens: the pattern of a node or of a relation; "" for anything else."""
    before = tokens[n - 1] if n else CypherToken("sign", "")
    if tokens[n].kind != "sign":
        return ""
    if tokens[n].text == "(":
        called = before.kind == "word" and before.text.upper() not in KEYWORDS
        return "" if called else "node"
    return "relation" if tokens[n].text == "[" and before.text in ("-", "<-") else ""


def opened_at(tokens: Sequence[CypherToken], n: int) -> int:
    """Where the innermost bracket opens that stands open before `n`; -1 where none does."""
    depth = 0
    for place in range(n - 1, -1, -1):
        if tokens[place].kind == "sign" and tokens[place].text in CLOSING:
            depth += 1
        elif tokens[place].kind == "sign" and tokens[place].text in BRACES:
            if not depth:
                return place
            depth -= 1
    return -1
