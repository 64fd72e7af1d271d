"""TOML values -> the named tuple that a table is declared as; what does not fit is refused with file, line, value and the mend."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from tracer.did_you_mean import hint, nearest
from tracer.errors import CaseError
from tracer.wording import shortened

Where = tuple[str | int, ...]
"""A place in the case file, such as ("thefts", 0, "transfer")."""


class TomlReader:
    """TOML values -> the named tuple a table is declared as.

    It may say more of itself: `old_names`, keys of earlier versions and their names of now; `not_written`, its fields that are no keys.
    """

    def __init__(self, text: str, path: Path) -> None:
        self.text, self.path = text, path

    def fault(self, where: Where, why: str) -> CaseError:
        return CaseError(f"{self.path}:{line_of(self.text, where)}: {why}")

    def table(self, cls: type[Any], content: object, where: Where) -> Any:
        if not isinstance(content, dict):
            raise self.fault(where, f"{_named(where)} = {content!r} is no table: write [{_named(where)}]")
        hints = typing.get_type_hints(cls)
        fields = {name.rstrip("_"): name for name in cls._fields if name not in getattr(cls, "not_written", tuple)()}
        content = self.renamed(getattr(cls, "old_names", dict)(), content, where)
        for key in content.keys() - fields.keys():
            mend = hint(key, fields, "it has")
            raise self.fault((*where, key), f"unknown key {key!r} in {_named(where) or 'the case file'}: {mend}")
        for key, name in fields.items():
            if name not in cls._field_defaults and key not in content:
                raise self.fault(where, f"{_named(where) or 'the case file'} lacks {key} = ...")
        return cls(**{fields[key]: self.value(hints[fields[key]], value, (*where, key)) for key, value in content.items()})

    def renamed(self, names: Mapping[str, str], content: dict[str, Any], where: Where) -> dict[str, Any]:
        """The content with keys of earlier versions under their names of now."""
        for was, key in names.items():
            if was in content and key in content:
                raise self.fault((*where, was), f"{was} is the old name of {key}: leave one of the two out")
        return {names.get(key, key): value for key, value in content.items()}

    def value(self, hint: Any, value: Any, where: Where) -> Any:
        origin, arguments = typing.get_origin(hint), typing.get_args(hint)
        if origin in (typing.Union, types.UnionType):
            lists = [part for part in arguments if typing.get_origin(part) is tuple] if isinstance(value, list) else []
            return self.value([*lists, *arguments][0], value, where)
        if origin is tuple:
            return tuple(self.value(arguments[0], part, (*where, n)) for n, part in enumerate(self.instance(list, value, where)))
        if origin is Literal:
            if value not in arguments:
                near = nearest(str(value), arguments)
                mend = f": did you mean {near}?" if near else ""
                raise self.fault(where, f"{_named(where)} = {value!r} is none of {', '.join(arguments)}{mend}")
            return value
        if origin in (Mapping, typing.get_origin(Mapping[str, str])):
            return {key: self.value(arguments[1], part, (*where, key)) for key, part in self.instance(dict, value, where).items()}
        if hint is datetime:
            return self.moment(value, where)
        if hasattr(hint, "_fields"):
            return self.table(hint, value, where)
        return value if hint is Any else self.instance(hint, value, where)

    def instance(self, kind: type, value: Any, where: Where) -> Any:
        if type(value) is not kind:
            wanted = {
                str: "text in quotes",
                int: "a whole number",
                bool: "true or false",
                list: "a list in brackets",
                dict: "a table of its own",
            }[kind]
            raise self.fault(where, f"{_named(where)} = {shown(value)} does not fit: write {wanted}")
        if isinstance(value, int) and value < 0:
            raise self.fault(where, f"{_named(where)} = {value} is negative, and nothing here can be")
        return value

    def moment(self, value: Any, where: Where) -> datetime:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise self.fault(where, f"{_named(where)} = {value.isoformat()} has no offset from UTC: write {value.isoformat()}Z")
            try:
                return value.astimezone(UTC)
            except OverflowError:
                raise self.fault(where, f"{_named(where)} = {value.isoformat()} lies outside the calendar") from None
        if isinstance(value, date):
            return datetime(value.year, value.month, value.day, tzinfo=UTC)
        raise self.fault(where, f"{_named(where)} = {shown(value)} is no time: write 2018-01-26T00:04:56Z, without quotes")


def line_of(text: str, where: Where) -> int:
    """The line that `where` stands on: of the key, else of the innermost table that holds it, else 1.

    >>> line_of('name = "a"\\n[[thefts]]\\n[[thefts]]\\ntransfer = "x"', ("thefts", 1, "transfer"))
    4
    """
    counts: dict[str, int] = {}
    table: Where = ()
    best, depth = 1, 0
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[(\[)?\s*([^\[\]]+?)\s*\]", line):
            name = header[2].replace('"', "")
            counts[name] = counts.get(name, -1) + 1
            table = (*name.split("."), counts[name]) if header[1] else tuple(name.split("."))
            here = table
        elif key := re.match(r"\s*\"?([\w.-]+)\"?\s*=", line):
            here = (*table, key[1])
        else:
            continue
        if here == where[: len(here)] and len(here) > depth:
            best, depth = number, len(here)
    return best


def line_of_longest_number(text: str) -> int:
    longest = [max((len(digits) for digits in re.findall(r"[\d_]+", line)), default=0) for line in text.splitlines()]
    return 1 + longest.index(max(longest))


def _named(where: Where) -> str:
    return ".".join(str(part) for part in where if isinstance(part, str))


def shown(value: object) -> str:
    """A value of the case file in a message, no longer than a message bears."""
    return shortened(value.isoformat() if isinstance(value, (datetime, date)) else repr(value))
