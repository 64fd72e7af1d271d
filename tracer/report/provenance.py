"""What leaves a case folder says of which results it was made: in its own words where the format has room, and in a list beside it.

A CSV has no room that every reader leaves alone: a comment line is a row to a spreadsheet. So its digest stands in the list, and in the
letter that goes with it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from tracer.casefile.whole_and_exact_files import put_whole
from tracer.errors import StoreError
from tracer.model import Stamp

LIST = "digests.json"
"""The list beside files that leave together: the stamp, and the SHA-256 of each."""


def put(folder: Path, texts: Mapping[str, str], stamp: Stamp) -> list[Path]:
    """Writes the files into `folder`, each whole or not at all, with a list of their digests, and gives their paths.

    A letter (.txt) ends with the stamp and the digest of its table, the CSV of the same name. Raises StoreError.
    """
    texts = {name: _ended(name, text, texts, stamp) for name, text in texts.items()}
    texts = {**texts, LIST: _listed({name: _sha256(text) for name, text in texts.items()}, stamp)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            put_whole(folder / name, text)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error}): name another folder with -o") from error
    return [folder / name for name in texts]


def put_list(paths: Sequence[Path], stamp: Stamp) -> list[Path]:
    """Writes the list beside files that another program's library wrote, and gives all paths."""
    target = paths[0].with_name(LIST)
    text = _listed({path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}, stamp)
    try:
        target.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreError(f"{target}: cannot be written ({error.strerror or error}): name another folder with -o") from error
    return [*paths, target]


def _listed(digests: Mapping[str, str], stamp: Stamp) -> str:
    return json.dumps({"made_of": str(stamp), **stamp._asdict(), "files": digests}, indent=2) + "\n"


def _ended(name: str, text: str, texts: Mapping[str, str], stamp: Stamp) -> str:
    if not name.endswith(".txt"):
        return text
    table = f"{name.removesuffix('.txt')}.csv"
    beside = f"{table} has the SHA-256 {_sha256(texts[table])}.\n" if table in texts else ""
    return f"{text}\n{stamp.sentence()}\n{beside}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
