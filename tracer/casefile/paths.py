"""Paths and texts as files of a case state them: the same bytes on any system."""

from __future__ import annotations

import os
from pathlib import Path
from types import ModuleType


def path_from(folder: Path | str, target: Path | str, flavour: ModuleType = os.path) -> str:
    """The path to `target` as a file in `folder` states it: relative where it can be, whole where it lies on another drive.

    Slashes are forward, which every system reads. `flavour` is the system's module of paths.
    """
    try:
        stated: str = flavour.relpath(target, folder)
    except ValueError:  # another drive
        stated = str(target)
    return stated.replace(flavour.sep, "/")


def read_exact(path: Path) -> str:
    """The text of a file with its line ends as they are, so that its digest is that of its bytes. Raises OSError, UnicodeDecodeError."""
    return path.read_bytes().decode("utf-8")


def write_exact(path: Path, text: str) -> None:
    """Writes a text with its line ends as they are. Raises OSError."""
    path.write_bytes(text.encode("utf-8"))
