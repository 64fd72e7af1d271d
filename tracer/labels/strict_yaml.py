"""YAML, read strictly: every mapping knows its lines; aliases, doubled keys and text that cannot be written are refused.

An alias can make a small file huge, and a doubled key lets two readers see two files. Dates stay text, as they stand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tracer.errors import InputError

LARGEST = 64 << 20  # bytes of a file
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class Lined(dict[Any, Any]):
    """A mapping with the line it begins on and the line of each key."""

    line: int
    lines: dict[Any, int]

    def line_of(self, key: Any) -> int:
        return self.lines.get(key, self.line)


def load(path: Path) -> Any:
    """The content of a YAML file, mappings as Lined. Raises InputError naming file, line and the mend."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: is larger than {LARGEST >> 20} MB: split it")
        text = path.read_text(encoding="utf-8")
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader, made stricter
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise InputError(f"{path}:{line}: the character U+{ord(text[error.position]):04X} is not allowed: mend the YAML") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        raise InputError(f"{path}:{mark.line + 1 if mark else 1}: {' '.join(problem.split())[:200]}: mend the YAML") from error


class _Loader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="an alias (*name) is not allowed", problem_mark=self.get_mark())
        return super().compose_node(parent, index)

    def mapping(self, node: Any) -> Lined:
        lines: dict[str, int] = {}
        for key, _ in node.value:
            if str(key.value) in lines:
                raise yaml.MarkedYAMLError(problem=f"the key {str(key.value)[:40]!r} stands twice", problem_mark=key.start_mark)
            lines[str(key.value)] = key.start_mark.line + 1
        mapping = Lined(self.construct_mapping(node, deep=True))
        mapping.line, mapping.lines = node.start_mark.line + 1, lines
        return mapping

    def text(self, node: Any) -> str:
        """Text that can be written again: YAML can spell half a character."""
        try:
            str(node.value).encode()
        except UnicodeEncodeError:
            raise yaml.MarkedYAMLError(problem="half a character (a lone surrogate)", problem_mark=node.start_mark) from None
        return str(node.value)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _Loader.mapping)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_SCALAR_TAG, _Loader.text)
_Loader.add_constructor(TIMESTAMP, _Loader.text)
