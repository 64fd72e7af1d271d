"""The verdict on an evidence package: that of `verify_package.py`, and what the tokens of time in it say, which no bare Python reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tracer.bundle.bagit_archive import TAG_MANIFEST
from tracer.bundle.package import PACKAGE
from tracer.bundle.package_or_folder import package_folder
from tracer.casefolder.log import read_log
from tracer.casefolder.manifest import LOG
from tracer.casefolder.trusted_time_tokens import stamped, tokens_in
from tracer.errors import RecordError
from tracer.verify_package import TOKEN, Verdict, check


def package_verdict(package: Path, key: str | None, anchors: Mapping[int, str], root: Path | None) -> Verdict:
    """What is wrong with a package, and what can be said of it. `key`: the fingerprint that is expected; `root`: certificates of the
    authority whose token lies in it. Raises InputError where it is no package, RecordError where it would harm whoever opens it.
    """
    with package_folder(package) as folder:
        verdict = check(folder, key, anchors)
        _times(folder, verdict, root)
        return verdict


def _times(folder: Path, verdict: Verdict, root: Path | None) -> None:
    """What the tokens of time say: the one beside the package's manifest, and those in its log."""
    if TOKEN in verdict.stamped:
        try:
            token = stamped((folder / TOKEN).read_bytes(), (folder / TAG_MANIFEST).read_bytes(), root)
            verdict.said.append(token.said(PACKAGE))
        except ValueError as error:
            verdict.holds(False, f"{TOKEN}: {error}")
    try:
        entries = read_log(folder / "data")
    except RecordError:
        return  # `check` has said what is wrong with it
    for kept in tokens_in(entries):
        try:
            verdict.said.append(kept.said(root))
        except ValueError as error:
            verdict.holds(False, f"data/{LOG}:{kept.held.number}: its token {error}")
