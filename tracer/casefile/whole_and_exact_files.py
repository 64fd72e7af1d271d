"""Files read and written with their bytes as they are, whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from tracer.errors import StoreError


def read_exact(path: Path) -> str:
    """The text of a file with its line ends as they are, so that its digest is that of its bytes. Raises OSError, UnicodeDecodeError."""
    return path.read_bytes().decode("utf-8")


def write_exact(path: Path, text: str) -> None:
    """Writes a text with its line ends as they are. Raises OSError."""
    path.write_bytes(text.encode("utf-8"))


def put_whole(path: Path, content: str | bytes) -> None:
    """Puts a text as it stands, or bytes, in place of a file, whole or not at all, and waits until the disk has it. Raises OSError."""
    unfinished = path.with_name(f"{path.name}.partial")
    with unfinished.open("wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, path)


def put_named(path: Path, content: str | bytes) -> None:
    """Puts a file that somebody named, whole or not at all. Raises StoreError."""
    try:
        put_whole(path, content)
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error}): name another file") from error
