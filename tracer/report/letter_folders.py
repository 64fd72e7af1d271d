"""Folders of letters: each made by one command, known by the first words of its README, and replaced as a whole by the next."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from tracer.errors import StoreError
from tracer.model import Stamp
from tracer.report.provenance import put

README = "README.txt"


def file_name(addressee: str) -> str:
    """A name no service can choose: what is harmless of its own, and a digest that tells it from all others.

    >>> file_name("../a\\\\b=C")
    'a-b-c-cbad593226bd'
    """
    harmless = re.sub("[^a-z0-9]+", "-", addressee.lower()).strip("-")[:40]
    return f"{harmless or 'service'}-{hashlib.sha256(addressee.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def first_words(folder: Path) -> str | None:
    """What the README of a folder begins with: "" where there is none, None where the folder is empty or not there."""
    readme = folder / README
    if readme.is_file():
        return readme.read_text(encoding="utf-8", errors="replace")
    return "" if folder.is_dir() and any(folder.iterdir()) else None


def put_letters(folder: Path, texts: Mapping[str, str], stamp: Stamp, head: str, what: str, option: str) -> list[Path]:
    """Writes the files; letters of an earlier run in the folder, known by `head`, are removed.

    Raises StoreError where the folder holds anything else, or cannot be written.
    """
    held = first_words(folder)
    if held is not None and not held.startswith(head):
        raise StoreError(f"{folder}: holds {min(folder.iterdir()).name}, which is no {what}: name an empty folder with {option}")
    earlier = sorted(folder.iterdir()) if held is not None else []
    paths = put(folder, texts, stamp)
    for path in earlier:
        if path not in paths and path.suffix in (".csv", ".txt"):
            path.unlink()
    return paths
