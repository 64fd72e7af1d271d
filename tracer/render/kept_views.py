"""Views that somebody kept on the page, as they stand in a file of annotations."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tracer.errors import InputError
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import shortened

FORMAT = "tracer annotations 1"
"""The first key of every file of annotations (viewer/base/23_notes.js)."""

LARGEST = 64_000_000
"""Bytes of a file that is read."""

STATE = re.compile(r"[A-Za-z0-9%\-_.!~*'()]*")
"""What a view consists of, as it stands in a link."""


def kept_view(path: Path, name: str) -> str:
    """The view of that name, as the page reads it after a colon. Raises InputError, with the names that there are."""
    views = {(plain(view["name"]), view["state"]) for view in _views(path)}
    found = [state for called, state in views if called == name]
    if len(found) == 1:
        return found[0]
    names = shortened(", ".join(sorted({called for called, _ in views})) or "none", 300)
    raise InputError(f"{path}: {len(found) or 'no'} views are called {shortened(repr(name))}: there are {names}")


def _views(path: Path) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: is larger than any file of annotations: name what the page saved")
        read = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        why = getattr(error, "strerror", None) or "it is no JSON"
        raise InputError(f"{path}: cannot be read ({why}): name the file of annotations that the page saved") from error
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise InputError(f'{path}: is no file of annotations: "format" is not "{FORMAT}"')
    views = read.get("views")
    if not isinstance(views, list) or not all(map(_is_view, views)):
        raise InputError(f'{path}: "views" has what is no view: save the annotations again from the page')
    return views


def _is_view(view: object) -> bool:
    name, state = (view.get("name"), view.get("state")) if isinstance(view, dict) else (None, None)
    return isinstance(name, str) and isinstance(state, str) and STATE.fullmatch(state) is not None
