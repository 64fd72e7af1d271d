"""What a graph store returned, in the one form that it has whatever the store: maps, lists, texts and numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tracer.store.graph.exact_queries import SUFFIX

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\dZ")
"""How the embedded store writes a datetime that has no seconds, where it writes it as a text."""


def alike(value: Any) -> Any:
    """A node or a relation as a map of its properties, a path as a list of them in turn, a datetime as text in UTC.

    Of amounts that are scaled, a map keeps the exact one alone, as an integer under the name of the amount.
    """
    if hasattr(value, "relationships"):
        return _path(value)
    if isinstance(value, Mapping) or hasattr(value, "element_id"):
        return _map(value)
    if isinstance(value, list):
        return [alike(each) for each in value]
    return _moment(value)


def _map(value: Any) -> dict[str, Any]:
    found = {name: alike(each) for name, each in sorted(value.items()) if not name.startswith("@")}
    for name in [name for name in found if name.endswith(SUFFIX)]:
        whole = name.removesuffix(SUFFIX)
        if whole in found and isinstance(found[name], str) and found[name].isdigit():
            found[whole] = int(found.pop(name))
    return found


def _path(path: Any) -> list[Any]:
    parts = [alike(path.nodes[0])]
    for relation, node in zip(path.relationships, path.nodes[1:], strict=True):
        parts += [alike(relation), alike(node)]
    return parts


def _moment(value: Any) -> Any:
    """A moment as `2018-01-26T00:02:13Z`; anything else as it is."""
    if hasattr(value, "to_native"):
        value = value.to_native()
    if isinstance(value, datetime):
        there = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return there.isoformat().replace("+00:00", "Z")
    return value


def with_seconds(value: Any) -> Any:
    """A datetime that the embedded store wrote without its seconds, with them."""
    return f"{value[:-1]}:00Z" if isinstance(value, str) and MOMENT.fullmatch(value) else value
