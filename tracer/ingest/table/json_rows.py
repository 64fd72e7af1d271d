"""JSON as columns of text: a list of objects, what an explorer's API answers, or a line an object. No number passes through a float."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.ingest.node.recording import GZIP_MAGIC, start_of
from tracer.ingest.table.batches_of_rows import Part, parts_of
from tracer.wording import shortened

LARGEST = 1 << 30  # bytes, unpacked: a page of an API has a few MB


def is_json(path: Path) -> bool:
    """Whether the first thing in the file opens a list or an object; its name does not count."""
    return start_of(path).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"[", b"{")


def json_header(path: Path) -> list[str]:
    """The names of all fields of all rows, as they first come; those of an object within a row are joined by a point.

    Raises InputError where there are no rows: without one, no field has a name.
    """
    if names := list(dict.fromkeys(name for _, cells in _rows(path) for name in cells)):
        return names
    raise InputError(f"{path}: holds no rows, so nothing can be read from it: ask again, or leave the source out")


def json_parts(path: Path, names: Collection[str]) -> Iterator[Part]:
    """The rows, counted from 1. Raises InputError where the file is no JSON, or holds no rows but an answer that says why."""
    return parts_of(_rows(path), names)


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    for number, row in enumerate(_objects(path), 1):
        if not isinstance(row, dict):
            raise InputError(f"{path}:row {number}: {shortened(str(row))!r} is no object: each row names its fields")
        yield number, dict(_flat(row))


def _objects(path: Path) -> list[Any]:
    text = _text(path)
    try:
        return _listed(path, _parsed(text))
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise InputError(f"{path}:{error.lineno}: no JSON ({error.msg}): copy the whole answer") from error
    objects: list[Any] = []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            objects += [_parsed(line)] if line.strip() else []
        except json.JSONDecodeError as error:
            raise InputError(f"{path}:{number}: no JSON ({error.msg}): it is to be one list, or an object a line") from error
    return objects


def _text(path: Path) -> str:
    try:
        with gzip.open(path) if path.read_bytes()[:2] == GZIP_MAGIC else path.open("rb") as content:
            start = content.read(LARGEST + 1)
        if len(start) > LARGEST:
            raise InputError(f"{path}: has more than {LARGEST >> 30} GiB: convert it to CSV or Parquet")
        return start.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no UTF-8 text at byte {error.start}: save it in UTF-8") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: cut off or damaged ({error}): copy it again") from error


def _parsed(text: str) -> Any:
    """Numbers stay the text that they are."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_fields)
    except RecursionError:
        raise json.JSONDecodeError("nested too deeply", text, 0) from None


def _fields(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    if len(fields := dict(pairs)) < len(pairs):
        name = next(name for name, _ in pairs if [field for field, _ in pairs].count(name) > 1)
        raise json.JSONDecodeError(f"one object has two fields {shortened(name)!r}", "", 0)
    return fields


def _listed(path: Path, document: Any) -> list[Any]:
    """The rows of a document: itself, or the one list of objects in it; an object without any list is one row."""
    if isinstance(document, list):
        return document
    lists = {name: value for name, value in document.items() if isinstance(value, list) and (not value or isinstance(value[0], dict))}
    if len(full := [name for name, value in lists.items() if value]) > 1:
        raise InputError(f"{path}: {', '.join(full)} are lists, and one of them holds the rows: keep that one alone")
    if lists:
        return next(iter(lists.values())) if not full else lists[full[0]]
    if {"result", "message"} <= document.keys() or "error" in document or "Error" in document:
        said = document.get("result") or document.get("message") or document.get("error") or document.get("Error")
        raise InputError(f"{path}: is an answer without rows, which says {shortened(str(said))!r}: ask again")
    return [document]


def _flat(row: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}".strip(), _cell(value)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return json.dumps(value)
