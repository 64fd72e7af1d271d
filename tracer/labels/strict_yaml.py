"""YAML, read strictly: every mapping knows its lines; aliases, doubled keys and text that cannot be written are refused.

An alias can make a small file huge, and a doubled key lets two readers see two files. Dates stay text, as they stand. Values are built
out of the events of libyaml: a pack of 50,000 tags is read in half a second, by way of nodes in Python it takes seven.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tracer.errors import InputError
from tracer.labels.text_of_label_file import text_of

STRICTER = ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:merge", "tag:yaml.org,2002:value")
"""What stays text, as it stands: dates, and the signs for merging and for a default."""


class Lined(dict[Any, Any]):
    """A mapping with the line it begins on and the line of each key."""

    __slots__ = ("line", "lines")
    line: int
    lines: dict[Any, int]

    def line_of(self, key: Any) -> int:
        return self.lines.get(key, self.line)


def load(path: Path) -> Any:
    """The content of a YAML file, mappings as Lined. Raises InputError naming file, line and the mend."""
    text = text_of(path)
    if strange := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        raise InputError(f"{path}:{line}: the character U+{ord(strange[0]):04X} is not allowed: correct the YAML")
    try:
        return _Builder(text).document()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        if "Unicode character escape" in problem:
            problem = "half a character (a lone surrogate)"
        raise InputError(f"{path}:{mark.line + 1 if mark else 1}: {' '.join(problem.split())[:200]}: correct the YAML") from error


class _Builder:
    """Values out of the events of one document."""

    def __init__(self, text: str) -> None:
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        self.resolver: Any = yaml.resolver.Resolver()
        self.constructor = yaml.constructor.SafeConstructor()
        self.plain: dict[str, Any] = {}  # the values of words without quotes, each made once

    def document(self) -> Any:
        """The one document of the file; None where it holds nothing."""
        documents: list[Any] = []
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if documents:
                    raise _fault("a second document: split the file", event)
                documents.append(self.value(next(self.events)))
        return documents[0] if documents else None

    def value(self, event: Any) -> Any:
        if type(event) is yaml.ScalarEvent:
            return self.scalar(event)
        if type(event) is yaml.AliasEvent:
            raise _fault("an alias (*name) is not allowed", event)
        if event.tag is not None:
            raise _fault(f"a type ({event.tag[:40]}) is not allowed", event)
        return self.mapping(event) if type(event) is yaml.MappingStartEvent else self.sequence()

    def mapping(self, start: Any) -> Lined:
        mapping = Lined()
        mapping.line, mapping.lines = _line(start), {}
        while type(key := next(self.events)) is not yaml.MappingEndEvent:
            if type(key) is not yaml.ScalarEvent:
                raise _fault("a key is a word", key) if type(key) is not yaml.AliasEvent else _fault("an alias (*name) is not allowed", key)
            name = self.scalar(key)
            if name in mapping:
                raise _fault(f"the key {key.value[:40]!r} stands twice", key)
            mapping.lines[name] = _line(key)
            mapping[name] = self.value(next(self.events))
        return mapping

    def sequence(self) -> list[Any]:
        values = []
        while type(event := next(self.events)) is not yaml.SequenceEndEvent:
            values.append(self.value(event))
        return values

    def scalar(self, event: Any) -> Any:
        """Text that can be written again (YAML can spell half a character), or what a word without quotes means."""
        text: str = event.value
        if event.tag is not None and event.tag != "!":
            raise _fault(f"a type ({event.tag[:40]}) is not allowed", event)
        if event.implicit[0]:
            if text not in self.plain:
                self.plain[text] = self.meant(text)
            return self.plain[text]
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError:
                raise _fault("half a character (a lone surrogate)", event) from None
        return text

    def meant(self, text: str) -> Any:
        """The number, truth value, nothing or text that a word without quotes means."""
        tag = self.resolver.resolve(yaml.ScalarNode, text, (True, False))
        return text if tag in STRICTER else self.constructor.construct_object(yaml.ScalarNode(tag, text), deep=True)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _fault(problem: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)
