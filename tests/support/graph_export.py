"""A canonical export of a case in a graph: every node and relation with its keys and properties, in one order; and its digest."""

from __future__ import annotations

import hashlib
import json

from tracer.store.graph.schema import GRAPH_KINDS, WALLET, Node, columns, name_of

KEYS = {kind.label: kind.key for kind in GRAPH_KINDS if isinstance(kind, Node)} | {WALLET.label: ("address",)}
OF_THE_LOAD = ("loading", "loaded", "batches", "digest")


def exported(backend, case):
    """Lines of JSON, sorted: the same for the same graph, whatever store it is in."""
    lines = []
    for kind in GRAPH_KINDS:
        fields = {f"p{n}": f"x.{name}" for n, name in enumerate(columns(kind, scaled=True)) if name not in OF_THE_LOAD}
        if isinstance(kind, Node):
            pattern = f"MATCH (x:{kind.label} {{case: $case}})"
        else:
            pattern = f"MATCH (s:{kind.start})-[x:{kind.type} {{case: $case}}]->(e:{kind.end})"
            fields |= {"s": f"s.{KEYS[kind.start][0]}", "e": f"e.{KEYS[kind.end][0]}", "s_case": "s.case", "e_case": "e.case"}
        returned = ", ".join(f"{what} AS {name}" for name, what in fields.items()) or "1 AS one"
        found = backend.read(f"{pattern} RETURN {returned}", {"case": case})
        lines += [json.dumps([name_of(kind), *row.values()], ensure_ascii=True, default=list) for row in found]
    return sorted(lines)


def digest(backend, case):
    return hashlib.sha256("\n".join(exported(backend, case)).encode()).hexdigest()
