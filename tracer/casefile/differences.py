"""What one case file says differently from another, key by key."""

from __future__ import annotations

import tomllib
from typing import Any

from tracer.wording import shortened

ABSENT = "nothing"


def differences(before: str, after: str) -> list[str]:
    """Each key whose value is another, a line each, in the order of the files; comments and spaces are no difference.

    >>> differences('[trace]\\nprimary = "haircut"', '[trace]\\nprimary = "fifo"\\n[stops]\\ndust = 5')
    ['trace.primary: "haircut" -> "fifo"', 'stops.dust: nothing -> 5']
    """
    old, new = (dict(_flat(tomllib.loads(text.removeprefix("\ufeff")), "")) for text in (before, after))
    return [f"{key}: {old.get(key, ABSENT)} -> {new.get(key, ABSENT)}" for key in {**old, **new} if old.get(key) != new.get(key)]


def _flat(value: Any, name: str) -> list[tuple[str, str]]:
    """The values of a table by dotted name; tables of a list by their number, from 1."""
    if isinstance(value, dict):
        return [pair for key, each in value.items() for pair in _flat(each, f"{name}.{key}" if name else key)]
    if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
        return [pair for number, each in enumerate(value, 1) for pair in _flat(each, f"{name}[{number}]")]
    return [(name, _shown(value))]


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return shortened(f'"{value}"', 200)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return shortened(f"[{', '.join(map(_shown, value))}]", 200)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
