"""What leaves a case folder, kept in its audit log with the digest of every file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.cli.output import warn
from tracer.errors import StoreError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


def issued(case: CaseFolder, what: str, by: str | None, paths: Iterable[Path]) -> None:
    """Keeps in the log which files were made of a case. A note says so where its folder cannot be written."""
    from tracer.casefolder.log import act, append

    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    of = {"primary": case.question.trace.primary} | ({} if case.as_of is None else {"as_of": case.as_of})
    try:
        append(case.folder, act(what, by, files=files, **of))
    except StoreError as error:
        warn(str(error))


def beside(case: CaseFolder, name: str) -> Path:
    """Where files of a case are put unless somebody says where: in its folder; those of an earlier result under a name of their own."""
    path = case.folder / name
    return path if case.as_of is None else path.with_name(f"{path.stem}@{case.as_of}{path.suffix}")
