"""The names in somebody's Cypher, compared with the schema: a misspelt one would find nothing, and nothing would say so.

This reads just as much of the language as it must: labels and types behind a colon, properties behind a point or in the map of a
pattern. What it cannot place it lets pass. A name that is not of the schema may still be there, written by somebody: the store is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from typing import Literal, NamedTuple

from tracer.did_you_mean import nearest
from tracer.errors import QueryError
from tracer.store.graph.cypher_tokens import COMPARISONS, CypherToken, opened_at, opens, tokenised
from tracer.store.graph.misplaced_properties import OF_KIND, owned_in
from tracer.store.graph.schema import GRAPH_KINDS, NODES, RELATIONS, ROLES, UTC, WALLET, properties_of
from tracer.terminal_and_csv_escaping import plain

Sort = Literal["label", "type", "label or type", "property", "key"]

LABELS = frozenset({*(node.label for node in NODES), WALLET.label, *ROLES.values()})
RELATION_TYPES = frozenset(relation.type for relation in RELATIONS)
PROPERTIES = frozenset({"loading", *(name for kind in (*GRAPH_KINDS, WALLET) for name in properties_of(kind))})
TIMES = frozenset(each.name for kind in GRAPH_KINDS for each in kind.properties if each.type == "time")
COMPONENTS = frozenset(
    "year quarter month week day hour minute second millisecond microsecond nanosecond timezone offset epochSeconds epochMillis "
    "weekYear dayOfWeek dayOfQuarter ordinalDay days hours minutes seconds months years x y z srid latitude longitude".split()
)
"""Parts of a datetime, a duration or a point."""

WRITING = re.compile(r"\b(?:CREATE|MERGE|SET|DELETE|REMOVE|DROP|LOAD)\b", re.IGNORECASE)
"""Words of a query that writes, which is refused as such, or meant."""

SUBQUERIES = frozenset({"EXISTS", "COUNT", "COLLECT", "CALL", ")"})
MOMENTS = frozenset({"datetime", "date", "localdatetime"})


class Name(NamedTuple):
    """A name that a query uses, and what it should be the name of; a `key` is of a map that the query makes itself."""

    text: str
    sort: Sort


def refuse_unknown(cypher: str, finds: Callable[[str], bool]) -> None:
    """Raises QueryError for a name that neither the schema nor the store has; `finds` says whether the store finds anything.

    Also for a time in seconds that is compared with a datetime, which is never true.
    """
    if WRITING.search(re.sub(r"'[^']*'|\"[^\"]*\"", "", cypher)):
        return
    tokens = list(tokenised(cypher))
    _refuse_moments(tokens)
    names = dict.fromkeys(names_of(tokens))
    own = {name.text for name in names if name.sort == "key"}
    for name in names:
        known = _known(name.sort)
        if name.sort == "key" or name.text in known or (name.sort == "property" and name.text in own | COMPONENTS):
            continue
        if not finds(_probe(name)):
            near = nearest(name.text, known)
            meant = f"did you mean {near}?" if near else "docs/graph_model.md has them all"
            raise QueryError(f"no {name.sort} of the graph is called {plain(name.text)!r}: {meant}")
    _refuse_misplaced(tokens, finds)


def _refuse_misplaced(tokens: list[CypherToken], finds: Callable[[str], bool]) -> None:
    """Raises QueryError for a property of another label or type than the one it is read of, which is never there."""
    for owned in dict.fromkeys(owned_in(tokens)):
        if owned.name in owned.known or any(map(finds, owned.probes())):
            continue
        near = nearest(owned.name, owned.known)
        others = ", ".join(kind for kind, names in OF_KIND.items() if owned.name in names and kind not in ROLES.values())
        meant = f"did you mean {near}?" if near else f"it is of {others}" if others else "docs/graph_model.md has them all"
        raise QueryError(f"no property of {' or '.join(owned.kinds)} is called {plain(owned.name)!r}: {meant}")


def names_of(tokens: list[CypherToken]) -> Iterator[Name]:
    """Labels, types and properties, in the order of the query."""
    around: list[str] = []
    n = 0
    while n < len(tokens):
        token = tokens[n]
        if token.text in ("(", "[", "{") and token.kind == "sign":
            around.append(_bracket(tokens, n, around))
        elif token.text in (")", "]", "}") and token.kind == "sign" and around:
            around.pop()
        elif token.text == ":" and token.kind == "sign" and not _is_key(tokens, n - 1):
            sort: Sort = "type" if around[-1:] == ["relation"] else "label" if around[-1:] == ["node"] else "label or type"
            n = yield from _labels(tokens, n + 1, sort)
            continue
        elif token.text == "." and n and n + 1 < len(tokens) and tokens[n + 1].kind == "word" and not _of_a_function(tokens, n):
            yield Name(tokens[n + 1].text, "property")
        elif around and _is_key(tokens, n):
            yield Name(token.text, "property" if around[-1] == "properties" else "key")
        n += 1


def _labels(tokens: list[CypherToken], n: int, sort: Sort) -> Generator[Name, None, int]:
    """The labels of an expression such as `A|B&!C`; where it ends is what this returns."""
    while n < len(tokens):
        token = tokens[n]
        if token.kind == "word":
            yield Name(token.text, sort)
            if n + 1 < len(tokens) and tokens[n + 1].text not in ("|", "&", ":"):
                return n + 1
        elif token.text not in ("|", "&", "!", ":", "%"):
            return n
        n += 1
    return n


def _bracket(tokens: list[CypherToken], n: int, around: list[str]) -> str:
    """What a bracket opens: the pattern of a node or a relation, the map of one, a subquery, or anything else."""
    if tokens[n].text in ("(", "["):
        return opens(tokens, n)
    if n and tokens[n - 1].text.upper() in SUBQUERIES:
        return ""
    return "properties" if around[-1:] in (["node"], ["relation"]) else "map"


def _is_key(tokens: list[CypherToken], n: int) -> bool:
    """Whether this is the key of a map: a word behind `{` or `,`, with a colon behind it, inside of braces."""
    if n < 1 or n + 1 >= len(tokens) or tokens[n].kind != "word" or tokens[n + 1].text != ":" or tokens[n - 1].text not in ("{", ","):
        return False
    opened = opened_at(tokens, n)
    return opened >= 0 and tokens[opened].text == "{"


def _of_a_function(tokens: list[CypherToken], n: int) -> bool:
    """Whether the point at `n` stands in the dotted name of a function or procedure."""
    end = n
    while end + 1 < len(tokens) and tokens[end].text == "." and tokens[end + 1].kind == "word":
        end += 2
    begun = n
    while begun >= 2 and tokens[begun].text == "." and tokens[begun - 1].kind == "word":
        begun -= 2
    called = end < len(tokens) and tokens[end].text == "("
    return called or (begun >= 0 and tokens[begun].text.upper() == "CALL")


def _refuse_moments(tokens: list[CypherToken]) -> None:
    for n, token in enumerate(tokens):
        if token.text.lower() not in MOMENTS or token.kind != "word" or n < 4 or tokens[n - 1].text not in COMPARISONS:
            continue
        if tokens[n - 2].text in TIMES and tokens[n - 3].text == ".":
            raise QueryError(
                f"{tokens[n - 4].text}.{tokens[n - 2].text} is in seconds, and a datetime never equals it: compare "
                f"{tokens[n - 4].text}.{tokens[n - 2].text}{UTC}, or with {token.text}(...).epochSeconds"
            )


def _known(sort: Sort) -> frozenset[str]:
    known = {"label": LABELS, "type": RELATION_TYPES, "label or type": LABELS | RELATION_TYPES, "property": PROPERTIES}
    return known.get(sort, frozenset())


def _probe(name: Name) -> str:
    """A query that finds something if the store has the name, which somebody else may have written."""
    quoted = "`" + name.text.replace("`", "``") + "`"
    end = "RETURN 1 AS one LIMIT 1"
    if name.sort == "property":
        return f"MATCH (n) WHERE n.{quoted} IS NOT NULL {end} UNION ALL MATCH ()-[r]->() WHERE r.{quoted} IS NOT NULL {end}"
    by_label, by_type = f"MATCH (n:{quoted}) {end}", f"MATCH ()-[r:{quoted}]->() {end}"
    return {"label": by_label, "type": by_type}.get(name.sort, f"{by_label} UNION ALL {by_type}")
