"""What is the matter with an answer whatever it is about: it is none, or its values are of another kind."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from tracer.chains.node.answers import DEEPEST, overgrown
from tracer.terminal_and_csv_escaping import plain

SHOWN = 60  # characters of an answer in a sentence


class Unlike(NamedTuple):
    """Why two answers differ, in words that name the one at fault where one is; and the amount it is about, in smallest units."""

    cause: str
    value: int | None

    def __bool__(self) -> bool:
        return bool(self.cause)


NOTHING_UNLIKE = Unlike("", None)


def shape_fault(answer: str) -> str | None:
    """Why a text is no answer of a node; None where it is one, whatever it says.

    >>> shape_fault('{"height": 484}'), shape_fault('{"height": 48'), shape_fault("<html>")
    (None, 'an answer that breaks off', "no JSON: '<html>'")
    """
    text = answer.strip()
    if not text:
        return "an empty answer"
    if text.startswith("\ufeff"):
        return "a byte order mark before the answer"
    try:
        value = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        return f"nested deeper than {DEEPEST} levels"
    except ValueError as error:
        return _unreadable(text, error)
    if why := overgrown(text):
        return why
    if isinstance(value, dict) and value.keys() >= {"error", "message", "status"}:
        return f"an error served as an answer: {plain(str(value['error']))[:SHOWN]}"
    return None


def _no_number(name: str) -> Any:
    raise ValueError(f"{name}, which is no number of JSON")


def _unreadable(text: str, error: ValueError) -> str:
    if text.count("[") + text.count("{") - text.count("]") - text.count("}") > DEEPEST:
        return f"nested deeper than {DEEPEST} levels"
    if not isinstance(error, json.JSONDecodeError):
        return "a number too long to be one" if "digits" in str(error) else str(error)
    if error.msg == "Extra data":
        return "two answers in one" if text[0] in "{[" else f"no JSON: {plain(text[:SHOWN])!r}"
    if text[0] in '{["' and (error.msg.startswith("Unterminated") or error.pos >= len(text) - len("false")):
        return "an answer that breaks off"
    return f"no JSON: {plain(text[:SHOWN])!r}"


def unlike(a: Any, b: Any) -> Unlike:
    """Values of another kind in two answers that are JSON both; nothing where only what they say differs."""
    if type(a) is not type(b):
        if isinstance(b, dict):
            return Unlike(f"A: {_kind(a)} where B has {_kind(b)}", None)
        return Unlike(f"B: {_kind(b)} where A has {_kind(a)}", None)
    if isinstance(a, dict):
        for side, one, other in (("B", b, a), ("A", a, b)):
            if not one and other:
                return Unlike(f"{side}: an empty object", None)
            if one.keys() > other.keys() and all(one[name] == other[name] for name in other):
                more = ", ".join(sorted(one.keys() - other.keys()))
                return Unlike(f"{side}: more than is asked for: {plain(more)[:SHOWN]}", None)
    for path, one, other in _leaves(a, b):
        if type(one) is not type(other):
            return Unlike(f"{path}: {_kind(other)} in B where A has {_kind(one)}", None)
        for side, here, there in (("B", other, one), ("A", one, other)):
            if type(here) is int and here < 0 <= there:
                return Unlike(f"{side}: a negative number, {path} {here}", None)
    return NOTHING_UNLIKE


def _kind(value: Any) -> str:
    kinds = {
        dict: "an object",
        list: "a list",
        str: "text",
        int: "a whole number",
        float: "a number with a point",
        bool: "true or false",
        type(None): "nothing (null)",
    }
    return kinds[type(value)]


def _leaves(a: Any, b: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """The values that stand in the same place of both; of lists, as long as both go."""
    if isinstance(a, dict) and isinstance(b, dict):
        for name in a.keys() & b.keys():
            yield from _leaves(a[name], b[name], f"{path}.{name}".lstrip("."))
    elif isinstance(a, list) and isinstance(b, list):
        for one, other in zip(a, b, strict=False):
            yield from _leaves(one, other, path)
    elif a is not None and b is not None and not (isinstance(a, dict | list) and isinstance(b, dict | list)):
        yield path, a, b


def first_leaf(a: Any, b: Any) -> tuple[str, Any, Any] | None:
    """The first value that differs, with where it stands; the number that a question or a row has at one node is none."""
    leaves = ((path, one, other) for path, one, other in _leaves(a, b) if path.rpartition(".")[2] != "id")
    return next(((path, one, other) for path, one, other in leaves if one != other), None)
