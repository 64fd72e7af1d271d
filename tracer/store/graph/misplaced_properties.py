"""Properties in somebody's Cypher on the wrong label: `theft.address` finds nothing, though addresses have an address.

A variable has the kinds that its first pattern names. One without labels, or that is renamed, or runs through a list, may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from tracer.store.graph.cypher_tokens import BRACES, CLOSING, CypherToken, opened_at, opens
from tracer.store.graph.schema import GRAPH_KINDS, NODES, RELATIONS, WALLET, name_of, properties_of

OF_KIND: Mapping[str, frozenset[str]] = {
    **{name_of(kind): frozenset(properties_of(kind)) for kind in (*GRAPH_KINDS, WALLET)},
    **{role: frozenset(properties_of(node)) for node in NODES for role in (node.roles or {}).values()},
}
"""Label or type -> its properties; those of a role are those of what has it."""

TYPES = frozenset(relation.type for relation in RELATIONS)


class Owned(NamedTuple):
    """A property that a query reads of something that is of one of these kinds."""

    name: str
    kinds: tuple[str, ...]

    @property
    def known(self) -> frozenset[str]:
        """The properties that these kinds have; the loading of a case is nobody's to write and anybody's to read."""
        return frozenset({"loading"}).union(*(OF_KIND[kind] for kind in self.kinds))

    def probes(self) -> Iterator[str]:
        """Queries that find something if the store has the property on one of the kinds, which somebody may have written."""
        quoted = "`" + self.name.replace("`", "``") + "`"
        for kind in self.kinds:
            pattern = f"()-[n:{kind}]->()" if kind in TYPES else f"(n:{kind})"
            yield f"MATCH {pattern} WHERE n.{quoted} IS NOT NULL RETURN 1 AS one LIMIT 1"


def owned_in(tokens: Sequence[CypherToken]) -> Iterator[Owned]:
    """The properties whose owner's kind the query says, in its order; each part of a union for itself."""
    part: list[CypherToken] = []
    for token in (*tokens, CypherToken("word", "UNION")):
        if token.kind == "word" and token.text.upper() == "UNION":
            yield from _owned(part)
            part = []
        else:
            part.append(token)


def _owned(tokens: list[CypherToken]) -> Iterator[Owned]:
    kinds = _kinds_of(tokens)
    for n, token in enumerate(tokens):
        if token.text == "." and 0 < n < len(tokens) - 1 and tokens[n + 1].kind == "word":
            owner = _owner(tokens, n)
            if owner in kinds:
                yield Owned(tokens[n + 1].text, kinds[owner])
        elif token.text == "{" and token.kind == "sign" and (pattern := _labels_before(tokens, n)):
            yield from (Owned(name, pattern) for name in _keys(tokens, n))


def _owner(tokens: Sequence[CypherToken], n: int) -> str:
    """The variable that the point at `n` stands behind, or before whose braces `{.name}` it stands; "" where it is none."""
    before = tokens[n - 1]
    if before.kind == "word":
        return "" if n > 1 and tokens[n - 2].text == "." else before.text
    if before.text in ("{", ",") and (brace := opened_at(tokens, n)) > 0 and tokens[brace].text == "{":
        return tokens[brace - 1].text if tokens[brace - 1].kind == "word" else ""
    return ""


def _kinds_of(tokens: Sequence[CypherToken]) -> dict[str, tuple[str, ...]]:
    """Variable -> the kinds its first pattern names; without those that are named anew or run through a list."""
    found: dict[str, tuple[str, ...]] = {}
    for n in range(len(tokens) - 1):
        if opens(tokens, n) in ("node", "relation") and tokens[n + 1].kind == "word":
            found.setdefault(tokens[n + 1].text, _labels(tokens, n + 2))
    for one, other in pairwise(tokens):
        if one.text.upper() == "AS":
            found.pop(other.text, None)
        elif other.text.upper() == "IN":
            found.pop(one.text, None)
    return {variable: kinds for variable, kinds in found.items() if kinds}


def _labels(tokens: Sequence[CypherToken], n: int) -> tuple[str, ...]:
    """The labels of the expression behind the colon at `n`; none where there is no colon, a `!`, or a name that is not of the schema."""
    if n >= len(tokens) or tokens[n].text != ":":
        return ()
    names = []
    for token in tokens[n:]:
        if token.kind == "word" and token.text.upper() != "WHERE":
            names.append(token.text)
        elif token.text not in (":", "|", "&"):
            break
    ended_well = token.text in (")", "]", "{", "*") or token.kind in ("word", "number")
    return tuple(names) if ended_well and names and OF_KIND.keys() >= set(names) else ()


def _labels_before(tokens: Sequence[CypherToken], brace: int) -> tuple[str, ...]:
    """The labels of the pattern whose map of properties the brace at `brace` opens; none where it opens another map."""
    begun = opened_at(tokens, brace)
    if begun < 0 or opens(tokens, begun) not in ("node", "relation"):
        return ()
    variable = begun + 1 < brace and tokens[begun + 1].kind == "word"
    return _labels(tokens, begun + 1 + variable)


def _keys(tokens: Sequence[CypherToken], brace: int) -> Iterator[str]:
    """The keys of the map that the brace at `brace` opens, not those of maps in it."""
    depth = 0
    for n in range(brace, len(tokens) - 1):
        if tokens[n].kind == "sign" and tokens[n].text in BRACES:
            depth += 1
        elif tokens[n].kind == "sign" and tokens[n].text in CLOSING:
            depth -= 1
            if not depth:
                return
        elif depth == 1 and tokens[n].kind == "word" and tokens[n + 1].text == ":" and tokens[n - 1].text in ("{", ","):
            yield tokens[n].text
