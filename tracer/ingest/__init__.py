"""Sources -> ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.chains import chain
from tracer.errors import AddressError, InputError
from tracer.ingest.recording import exchanges
from tracer.ledger import Ledger, assemble
from tracer.model import Asset, Reading

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is (0 where unknown)."""


class SourceDigest(NamedTuple):
    """A file the answer rests on, by its name in the case file."""

    kind: str
    name: str
    sha256: str
    size: int


def quiet(_what: str, _done: int, _total: int) -> None:
    """The progress of nobody watching."""


def asset_of(case: CaseFile) -> Asset:
    """What the case counts. Raises CaseError where chain or asset is unknown."""
    if case.chain == "table":
        if case.decimals is None:
            raise case.fault(("asset",), 'chain = "table" needs decimals = ..., the digits after the point of the asset')
        return Asset("table", case.asset, case.decimals)
    try:
        found = chain(case.chain).asset(case.asset)
    except InputError as error:
        raise case.fault(("asset",) if "asset" in str(error) else ("chain",), str(error)) from error
    if case.decimals not in (None, found.decimals):
        raise case.fault(
            ("decimals",), f"{found.symbol} has {found.decimals} digits after the point, not {case.decimals}: leave decimals out"
        )
    return found


def checked_address(case: CaseFile, text: str) -> str:
    """The address in its one form. Addresses of table sources are taken as they stand. Raises AddressError."""
    if case.chain != "table":
        return chain(case.chain).address(text)
    if not text.strip():
        raise AddressError("is empty, and no address is")
    return text.strip()


def digests(case: CaseFile) -> list[SourceDigest]:
    """SHA-256 of every file the case reads: sources, openings, label files. Raises CaseError where one is missing."""
    found = []
    for number, source in enumerate(case.sources):
        if source.kind == "node":
            raise case.fault(
                ("sources", number, "kind"), 'a live node cannot be read by this version: record its answers and write kind = "recording"'
            )
        found.append(_digest(case, source.kind, ("sources", number, "path"), source.path))
        if source.balances is not None:
            found.append(_digest(case, "balances", ("sources", number, "balances"), source.balances))
    return found + [_digest(case, "labels", ("labels", "files"), name) for name in case.labels.files]


def _digest(case: CaseFile, kind: str, where: tuple[str | int, ...], name: str) -> SourceDigest:
    path = case.folder / name
    try:
        with path.open("rb") as file:
            return SourceDigest(kind, name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
    except OSError as error:
        raise case.fault(where, f"{name!r} cannot be read ({error.strerror}): paths are relative to the case file") from error


def read_ledger(case: CaseFile, progress: Progress = quiet) -> Ledger:
    """The ledger of all sources of the case together."""
    asset = asset_of(case)
    return assemble(asset, [_read(case, source, asset, progress) for source in case.sources])


def _read(case: CaseFile, source: Source, asset: Asset, progress: Progress) -> Reading:
    path = case.folder / source.path
    if source.kind == "table":
        return _read_table(case, source, path, asset, progress)
    size = path.stat().st_size
    try:
        return chain(case.chain).read(exchanges(path, lambda done: progress(f"reading {source.path}", done, size)), asset, source.path)
    except InputError as error:
        raise error if str(error).startswith(str(path)) else InputError(f"{path}: {error}") from error


def _read_table(case: CaseFile, source: Source, path: Path, asset: Asset, progress: Progress) -> Reading:
    from tracer.ingest.table import read_table

    return read_table(
        path,
        asset,
        source.path,
        columns=source.columns,
        unit=source.unit,
        basis=source.basis,
        openings=case.folder / source.balances if source.balances else None,
        check=lambda text: checked_address(case, text),
        advance=lambda line: progress(f"reading {source.path}", line, 0),
    )
