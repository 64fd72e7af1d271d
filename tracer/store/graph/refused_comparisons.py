"""What free Cypher must not do with the amounts of a scaled graph: compare them, since they are not in smallest units and are rounded down.

An amount that is returned, or added up, is exact; one that is computed says its unit. A comparison would say nothing of either.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tracer.errors import QueryError
from tracer.store.graph.cypher_tokens import BRACES, CLOSING, COMPARISONS, CypherToken, opened_at, opens, tokenised
from tracer.terminal_and_csv_escaping import plain

ENDS = frozenset(
    "AND OR XOR NOT WHERE WHEN THEN ELSE END CASE RETURN WITH DISTINCT MATCH OPTIONAL UNWIND CALL UNION ALL ORDER BY SKIP LIMIT AS "
    "IN".split()
)
"""Words at which the side of a comparison ends."""


def refuse_scaled(cypher: str, amounts: Collection[str], scale: int) -> None:
    """Raises QueryError where the query compares one of the properties `amounts`, or something that is computed of one."""
    tokens = list(tokenised(cypher))
    computed = _computed_of(tokens, amounts)
    for n, token in enumerate(tokens):
        word = token.text.upper()
        if token.kind == "sign" and token.text in COMPARISONS and not _binds_a_path(tokens, n):
            named = _named(_before(tokens, n), computed, amounts) or _named(_behind(tokens, n), computed, amounts)
        elif token.kind == "word" and word == "IN" and tokens[n - 1].text in amounts and tokens[n - 2].text == ".":
            named = tokens[n - 1].text
        elif token.text in amounts and n + 1 < len(tokens) and tokens[n + 1].text == ":" and _in_a_pattern(tokens, n):
            named = token.text
        else:
            continue
        if named:
            raise QueryError(
                f"the amounts of this graph pass 64 bits and are kept in units of 10^{scale} smallest units, rounded down, so "
                f"{plain(named)!r} cannot be compared here: ask a query of the book (tracer list queries), or compare the exact text "
                "beside it, such as t.amount_exact: of two the longer is greater, of equally long ones the later in the alphabet"
            )


def _computed_of(tokens: Sequence[CypherToken], amounts: Collection[str]) -> set[str]:
    """The names that stand for an amount, or for something that is computed of one: behind AS, and what runs through a list of such."""
    found: set[str] = set()
    grown = True
    while grown:
        before = len(found)
        for n, token in enumerate(tokens[:-1]):
            word = token.text.upper() if token.kind == "word" else ""
            if word == "AS" and _named(_before(tokens, n), found, amounts):
                found.add(tokens[n + 1].text)
            elif word == "IN" and n and _named(_behind(tokens, n), found, amounts):
                found.add(tokens[n - 1].text)
        grown = len(found) > before
    return found


def _named(tokens: Sequence[CypherToken], computed: Collection[str], amounts: Collection[str]) -> str:
    """The first amount, or name that is computed of one, among some tokens; "" where there is none."""
    for n, token in enumerate(tokens):
        behind_a_point = n > 0 and tokens[n - 1].text == "."
        if token.kind == "word" and (token.text in amounts if behind_a_point else token.text in computed):
            return token.text
    return ""


def _before(tokens: Sequence[CypherToken], n: int) -> Sequence[CypherToken]:
    """The side of a comparison, or the item of a list, that ends before `n`."""
    depth, begun = 0, n
    while begun:
        token = tokens[begun - 1]
        if token.kind == "sign" and token.text in CLOSING:
            depth += 1
        elif token.kind == "sign" and token.text in BRACES:
            if not depth:
                break
            depth -= 1
        elif not depth and _ends(token):
            break
        begun -= 1
    return tokens[begun:n]


def _behind(tokens: Sequence[CypherToken], n: int) -> Sequence[CypherToken]:
    """The side of a comparison that begins behind `n`."""
    depth, end = 0, n + 1
    while end < len(tokens):
        token = tokens[end]
        if token.kind == "sign" and token.text in BRACES:
            depth += 1
        elif token.kind == "sign" and token.text in CLOSING:
            if not depth:
                break
            depth -= 1
        elif not depth and _ends(token):
            break
        end += 1
    return tokens[n + 1 : end]


def _ends(token: CypherToken) -> bool:
    if token.kind == "word":
        return token.text.upper() in ENDS
    return token.kind == "sign" and (token.text in COMPARISONS or token.text in (",", "|", ";"))


def _binds_a_path(tokens: Sequence[CypherToken], n: int) -> bool:
    """Whether the sign at `n` is the `=` of `MATCH p = (...)`, or of `reduce(total = ...)`, which compares nothing."""
    if n < 2 or tokens[n].text != "=" or tokens[n - 1].kind != "word":
        return False
    before, behind = tokens[n - 2].text.upper(), tokens[n + 1].text.upper() if n + 1 < len(tokens) else ""
    if before == "(":
        return tokens[n - 3].text.upper() == "REDUCE"
    return before in ("MATCH", ",") and behind in ("(", "SHORTESTPATH", "ALLSHORTESTPATHS")


def _in_a_pattern(tokens: Sequence[CypherToken], n: int) -> bool:
    """Whether the key at `n` stands in the map of a pattern, where it is compared."""
    brace = opened_at(tokens, n)
    around = opened_at(tokens, brace) if brace > 0 else -1
    return brace > 0 and tokens[brace].text == "{" and around >= 0 and opens(tokens, around) in ("node", "relation")
