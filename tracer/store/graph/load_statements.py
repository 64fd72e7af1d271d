"""The statements of `load.py`, made of the schema: constraints, indexes, the CREATE of a batch, what is counted, what is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracer.store.graph.schema import INDEXES, NODES, RELATIONS, ROLES, UTC, WALLET, Kind, Node, columns, row_names

_KEY = {node.label: name for node in NODES for name in node.key} | {WALLET.label: "address"}


def constraints() -> list[str]:
    """Statements that make the key of every label unique. Community editions have no other constraint."""
    keys = {node.label: ", ".join(f"n.{name}" for name in ("case", *node.key)) for node in NODES}
    keys[WALLET.label] = ", ".join(f"n.{name}" for name in WALLET.key)
    return [
        f"CREATE CONSTRAINT {label.lower()}_key IF NOT EXISTS FOR (n:{label}) REQUIRE ({key}) IS UNIQUE"
        if "," in key
        else f"CREATE CONSTRAINT {label.lower()}_key IF NOT EXISTS FOR (n:{label}) REQUIRE {key} IS UNIQUE"
        for label, key in keys.items()
    ]


def indexes() -> list[str]:
    """Statements that make the indexes."""
    return [f"CREATE INDEX {name} IF NOT EXISTS FOR {pattern} ON ({properties})" for name, pattern, properties in INDEXES] + by_case()


def by_case() -> list[str]:
    """Those of `case` by itself, for every label and type: so a case is found among others without looking at them."""
    labels = [*(node.label for node in NODES if node.key), *ROLES.values()]
    made = [f"CREATE INDEX {label.lower()}_case IF NOT EXISTS FOR (n:{label}) ON (n.case)" for label in labels]
    return made + [
        f"CREATE INDEX {relation.type.lower()}_case IF NOT EXISTS FOR ()-[r:{relation.type}]-() ON (r.case)" for relation in RELATIONS
    ]


def second_label(kind: Kind, row: Sequence[Any], scaled: bool) -> str | None:
    """The label that this row of a kind has beside its own, by its role."""
    if not isinstance(kind, Node) or not kind.roles:
        return None
    return kind.roles.get(row[list(row_names(kind, scaled)).index("role")])


def create(kind: Kind, scaled: bool, also: str | None = None) -> str:
    """The statement that writes batch `$batch` of this kind: rows `$rows`, each a list, and the mark that they are in.

    Rows and mark are one transaction, and the batch is written only if the mark stands before it: a batch is in whole, or not at
    all, and never twice. The first SET takes the lock on the case, so that of two loaders one waits. `also`: a second label.
    """
    place = {name: n for n, name in enumerate(row_names(kind, scaled))}
    given = ["case: $case", *(f"{name}: r[{place[name]}]" for name in columns(kind, scaled))]
    given += [f"{held.name}{UTC}: {_moment(place[held.name])}" for held in kind.properties if held.type == "time"]
    properties = ", ".join(given)
    parts = [
        "MATCH (c:Case {case: $case}) SET c.loading = $batch WITH c WHERE c.loaded = $batch SET c.loaded = $batch + 1 WITH c",
        "UNWIND $rows AS r",
    ]
    if isinstance(kind, Node):
        return "\n".join([*parts, f"CREATE (:{kind.label}{f':{also}' if also else ''} {{{properties}}})"])
    for n, label, end in ((0, kind.start, "start"), (1, kind.end, "end")):
        key = f"{_KEY[label]}: r[{place[end]}]"
        if label == WALLET.label:
            parts.append(f"MERGE (n{n}:{label} {{chain: c.chain, {key}}}) ON CREATE SET n{n}.name = r[{place[end]}]")
        else:
            parts.append(f"MATCH (n{n}:{label} {{case: $case, {key}}})")
    return "\n".join([*parts, f"CREATE (n0)-[:{kind.type} {{{properties}}}]->(n1)"])


def _moment(place: int) -> str:
    """A time of the row as a datetime; none where there is none, of which one store would make an error."""
    return f"CASE WHEN r[{place}] IS NULL THEN null ELSE datetime({{epochSeconds: r[{place}]}}) END"


def matching(kind: Kind) -> str:
    """The pattern that finds everything of this kind in a case, as `x`."""
    if isinstance(kind, Node):
        return f"MATCH (x:{kind.label} {{case: $case}})"
    return f"MATCH (:{kind.start} {{case: $case}})-[x:{kind.type}]->(:{kind.end})"


def tally(kind: Kind) -> str:
    """The query that counts everything of this kind in a case and sums its amounts."""
    sums = "".join(f", sum(x.{held.name}) AS {held.name}" for held in kind.properties if held.type == "amount")
    return f"{matching(kind)} RETURN count(x) AS count{sums}"


NOBODYS = "MATCH (w:Wallet) WHERE NOT EXISTS { (w)<-[:SAME_AS]-() } WITH w LIMIT $most DETACH DELETE w RETURN count(*) AS gone"
"""Takes away wallets that no case has any longer."""


def deletion(kind: Kind) -> str:
    """The statement that takes at most `$most` of this kind out of a case."""
    return f"{matching(kind)} WITH x LIMIT $most {'DETACH DELETE x' if isinstance(kind, Node) else 'DELETE x'} RETURN count(*) AS gone"
