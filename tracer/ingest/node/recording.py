"""A recording: every answer of a node as served, JSON Lines, optionally gzipped.

One line is `{method, path, body, status, content_type, sha256, answer, node?, time?}`; `sha256` is of the answer's bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tracer.errors import InputError
from tracer.model import Exchange

GZIP_MAGIC = b"\x1f\x8b"
START = 256  # bytes that show what a file is


def exchanges(path: Path, advance: Callable[[int], None] = lambda _: None, *, whole_lines: bool = False) -> Iterator[Exchange]:
    """The exchanges of a recording, in the order they were made. `advance` is told the bytes read so far of the file.

    `whole_lines`: a last line without an end is left out, since a run is writing it.

    Raises InputError naming file and line when the file is cut off, a line is no exchange, or an answer is not what
    was recorded (its SHA-256 differs).
    """
    with path.open("rb") as file:
        compressed = file.peek(2)[:2] == GZIP_MAGIC
        lines = gzip.GzipFile(fileobj=file) if compressed else file
        number = 0
        try:
            for number, line in enumerate(lines, 1):
                if whole_lines and not line.endswith(b"\n"):
                    return
                if not line.isspace():
                    yield _exchange(path, number, line)
                    advance(file.tell())
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"{path}: cut off or damaged after line {number} ({error}): copy it again") from error


def start_of(path: Path) -> bytes:
    """The first bytes of a file, unpacked if it is gzipped; none of one that cannot be unpacked."""
    with path.open("rb") as file:
        compressed = file.read(2) == GZIP_MAGIC
    try:
        with gzip.open(path) if compressed else path.open("rb") as content:
            return content.read(START)
    except (OSError, EOFError, zlib.error):
        return b""


def is_recording(path: Path) -> bool:
    """Whether the file begins with an answer of a node, as tracer records it."""
    start = start_of(path)
    return start.startswith(b"{") and b'"method"' in start and b'"path"' in start


def new_recording(folder: Path) -> Path:
    """The path of one recording more in a folder that has them by number; the folder is made where it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    numbers = (path.stem.rpartition("-")[2] for path in folder.glob("recording-*.jsonl"))
    return folder / f"recording-{max((int(number) for number in numbers if number.isdigit()), default=0) + 1}.jsonl"


def _exchange(path: Path, number: int, line: bytes) -> Exchange:
    try:
        record: dict[str, Any] = json.loads(line)
        answer = record["answer"]
        exchange = Exchange(
            number,
            str(record["method"]),
            str(record["path"]),
            record.get("body"),
            int(record["status"]),
            answer,
            str(record.get("node") or ""),
        )
        urlsplit(exchange.path)
        digest = hashlib.sha256(answer.encode()).hexdigest()
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InputError(
            f"{path}:{number}: no recorded answer ({type(error).__name__}: {error}): the recording is cut off or damaged"
        ) from error
    if record.get("sha256", digest) != digest:
        raise InputError(f"{path}:{number}: the answer to {record['path']} is not the one recorded (SHA-256 differs): it was altered")
    return exchange
