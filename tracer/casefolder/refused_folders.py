"""What to do instead, where a folder is no case folder, or one of a version that kept less."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tracer.casefile import CaseFile
from tracer.casefolder.manifest import FILES, manifested
from tracer.casefolder.working_folder import under_way
from tracer.errors import RecordError, StoreError

SHOWN_SO_FAR = "; tracer rules, accounts, transfers and freeze show what it has read so far"
"""Which commands need no finished run."""


def instead(path: Path) -> str:
    """What to do with a path that is no case folder, by what it is."""
    if path.is_file():
        return f"it is a file; tracer trace {path} makes a case folder of a case file, tracer new {path} a case file of a table"
    if (path / "method.csv").exists():
        return f"it is an export of one, which tracer verify {path} recomputes; the commands take the folder it was made from"
    if (path / "case.toml").exists():
        return f"it holds a case file, of which tracer trace {path / 'case.toml'} makes one"
    return f"make it with tracer trace case.toml -o {path}"


def absent(folder: Path) -> StoreError:
    """The error of a folder in which there is no finished case, with what to do instead."""
    if (folder / "case.db").exists() and not (folder / "manifest.json").exists():
        return RecordError(
            f"{folder}: holds a case.db and no manifest.json, so nothing says what its run left: put the manifest back from a "
            "copy, or trace the case into another folder with tracer trace case.toml -o"
        )
    shown = SHOWN_SO_FAR if under_way(folder) else ""
    unfinished = f" (a run in it was not finished{shown})" if (folder / ".partial").exists() else ""
    return StoreError(f"{folder}: no case folder{unfinished}: {instead(folder)}")


def refuse_earlier(folder: Path, question: CaseFile, manifest: dict[str, Any]) -> None:
    """Raises StoreError with the command that makes a folder of version 0.1 again, from its own recording or sources."""
    if "page_digest" in manifest:
        return
    case = Path(os.path.normpath(question.path))
    first = "" if case.exists() else f"copy {folder / 'case.toml'} to {case}, then "
    offline = " --offline" if question.nodes else ""
    raise StoreError(
        f"{folder}: made by tracer {manifest['tracer']}, which kept less than this version reads; make it again, from the same sources: "
        f"{first}tracer trace {case} -o {folder}{offline}"
    )


def refuse_another_case(folder: Path, question: CaseFile) -> None:
    """Raises StoreError where the folder holds another case, or files that no run of ours made."""
    if question.path.resolve().parent == folder.resolve():
        raise StoreError(f"{folder}: holds the case file itself, and a run would replace it: name another folder with -o")
    if not (folder / "manifest.json").exists():
        if leftover := next((name for name in FILES if (folder / name).exists()), None):
            raise StoreError(f"{folder}: holds a {leftover} that no finished run made: name another folder with -o")
        return
    held = manifested(folder, "case", "name")
    if held not in (None, question.name):
        raise StoreError(f"{folder}: holds the case {held!r}, and this one is {question.name!r}: name another folder with -o")
