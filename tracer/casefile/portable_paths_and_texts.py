"""Paths and texts as files of a case state them: the same bytes on any system."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from tracer.errors import StoreError


def path_from(folder: Path | str, target: Path | str, flavour: ModuleType = os.path) -> str:
    """The path to `target` as a file in `folder` states it: relative where it can be, whole where it lies on another drive.

    Slashes are forward, which every system reads. `flavour` is the system's module of paths.
    """
    try:
        stated: str = flavour.relpath(target, folder)
    except ValueError:  # another drive
        stated = str(target)
    return stated.replace(flavour.sep, "/")


def inside(folder: Path, path: Path) -> bool:
    """Whether a path, every link on its way followed, ends in `folder` or below it. Raises ValueError for what can be no path."""
    return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))


LABEL_FILES = (".yaml", ".yml", ".csv", ".tsv", ".json")
"""How the files end that may hold labels."""


def label_files(folder: Path, names: Iterable[str]) -> list[str]:
    """The files that some names of label files mean: each itself, of a folder all packs and lists in it and below, in alphabetical order.

    A pack of actors holds no labels. A folder in which there is nothing stands for itself, and cannot be read.
    """
    return [file for name in names for file in _label_files(folder, name)]


def _label_files(folder: Path, name: str) -> list[str]:
    try:
        if not (folder / name).is_dir():
            return [name]
    except (OSError, ValueError):  # no path at all, which is said where it is read
        return [name]
    there = sorted(path.relative_to(folder / name).as_posix() for path in (folder / name).rglob("*") if path.is_file())
    kept = [path for path in there if path.lower().endswith(LABEL_FILES) and ".actorpack." not in path and not path.startswith(".")]
    return [f"{name.rstrip('/')}/{path}" for path in kept if "/." not in path] or [name]


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
