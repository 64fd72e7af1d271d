"""Paths as files of a case state them, the same on any system, and which of them lead out of the folder of the case file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

LABEL_FILES = (".yaml", ".yml", ".csv", ".tsv", ".json")
"""How the files end that may hold labels."""


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


def may_be_read(folder: Path, path: Path, *, allow_outside: bool) -> bool:
    """Whether a file may be read for a case file in `folder`: it lies in that folder, links followed, or others were allowed."""
    try:
        return allow_outside or inside(folder, path)
    except ValueError:  # no path at all, which is said where it is read
        return True


def leads_out(name: str) -> str:
    """Why a file that a case file names is not read, with the mend; `name` is quoted, and may be a stranger's."""
    return f"{name} leads out of the folder of the case file: copy it there, or allow it with --allow-outside"


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
