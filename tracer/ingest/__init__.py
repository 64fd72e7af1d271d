"""Sources -> ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.chains import chain
from tracer.errors import AddressError, InputError
from tracer.ingest.acquisition import Frontier, Report
from tracer.ingest.nodes import Live, read_nodes
from tracer.ingest.recording import exchanges
from tracer.ledger import Ledger, assemble
from tracer.model import Asset, Reading

if TYPE_CHECKING:
    from tracer.ingest.columns import ColumnFiles, Slicing, Sought

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is (0 where unknown)."""


class SourceDigest(NamedTuple):
    """A file the answer rests on, by its name in the case file. Of a column file, `sha256` is what columns.json states."""

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
        named = chain(case.chain)
    except InputError as error:
        raise case.fault(("chain",), str(error)) from error
    try:
        return named.asset(case.asset, case.decimals)
    except InputError as error:
        raise case.fault(("asset",), str(error)) from error


def checked_address(case: CaseFile, text: str) -> str:
    """The address in its one form. Addresses of table sources are taken as they stand. Raises AddressError."""
    if case.chain != "table":
        return chain(case.chain).address(text)
    if not text.strip():
        raise AddressError("is empty, and no address is")
    return text.strip()


def digests(case: CaseFile) -> list[SourceDigest]:
    """SHA-256 of every file the case reads: sources, openings, prices, label files. Raises CaseError where one is missing."""
    found = []
    for number, source in enumerate(case.sources):
        if source.kind == "node":
            continue  # its recording is made in the case folder
        if source.kind == "columns":
            found += _column_digests(case, number, source)
            continue
        found.append(_digest(case, source.kind, ("sources", number, "path"), source.path))
        if source.balances is not None:
            found.append(_digest(case, "balances", ("sources", number, "balances"), source.balances))
    if case.prices is not None:
        found.append(_digest(case, "prices", ("prices", "file"), case.prices.file))
    return found + [_digest(case, "labels", ("labels", "files"), name) for name in case.labels.files]


def _digest(case: CaseFile, kind: str, where: tuple[str | int, ...], name: str) -> SourceDigest:
    path = case.folder / name
    try:
        with path.open("rb") as file:
            return SourceDigest(kind, name, hashlib.file_digest(file, "sha256").hexdigest(), path.stat().st_size)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise case.fault(where, f"{name!r} cannot be read ({why}): paths are relative to the case file") from error


def _column_digests(case: CaseFile, number: int, source: Source) -> list[SourceDigest]:
    """columns.json, read now, and the digests it states of files whose sizes are as it says: a gigabyte is not read again."""
    from tracer.ingest.columns import ABOUT, described

    try:
        about = described(case.folder / source.path)
    except InputError as error:
        raise case.fault(("sources", number, "path"), str(error)) from error
    itself = _digest(case, "columns", ("sources", number, "path"), f"{source.path}/{ABOUT}")
    named = sorted(about["files"].items())
    return [itself, *(SourceDigest("column", f"{source.path}/{name}", each["sha256"], each["size"]) for name, each in named)]


def column_files(case: CaseFile) -> ColumnFiles | None:
    """The column files of the case, opened and checked; None if it has none. Raises InputError, CaseError for another asset."""
    source = case.sources[0]
    if source.kind != "columns":
        return None
    from tracer.ingest.columns import ColumnFiles

    files = ColumnFiles(case.folder / source.path, source.path)
    asset = asset_of(case)
    if (files.symbol, files.decimals) != (asset.symbol, asset.decimals):
        stated = f"{asset.symbol} with {asset.decimals} decimals"
        raise case.fault(("asset",), f"{source.path} holds {files.symbol} with {files.decimals} decimals, and the case is of {stated}")
    return files


def read_excerpt(case: CaseFile, sought: Sought) -> Ledger:
    """Of a case on column files, only the rows that it names."""
    from tracer.ingest.columns import excerpt

    files = column_files(case)
    if files is None:
        raise case.fault(("sources",), "only column files are read in excerpts")
    return excerpt(files, asset_of(case), sought)


def read_ledger(case: CaseFile, progress: Progress = quiet, live: Live | None = None, slicing: Slicing | None = None) -> Ledger:
    """The ledger of all sources of the case together; `live` says how nodes are read, if there are any among them, and
    `slicing` what is needed of column files."""
    asset = asset_of(case)
    return assemble(asset, [_read(case, source, asset, progress, live, slicing) for source in case.sources])


def _read(case: CaseFile, source: Source, asset: Asset, progress: Progress, live: Live | None, slicing: Slicing | None) -> Reading:
    if (files := column_files(case)) is not None:
        from tracer.ingest.columns import read_slice

        if slicing is None:
            raise case.fault(("sources",), "column files are read for a case, a slice of them: tracer trace")
        progress(f"looking for what can be reached in {files.rows:,} rows of {source.path}", 0, 0)
        return read_slice(files, asset, slicing)
    if source.kind == "node":
        if live is None:
            raise case.fault(("sources",), "a node is read into a case folder: tracer trace")
        return read_nodes(case, source, asset, live, _followed(asset, progress))
    path = case.folder / source.path
    if source.kind == "table":
        return _read_table(case, source, path, asset, progress)
    size = path.stat().st_size
    try:
        return chain(case.chain).scan(exchanges(path, lambda done: progress(f"reading {source.path}", done, size)), asset, source.path)
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
        preset=source.preset,
        token=source.token,
        coverage=source.coverage,
        advance=lambda line: progress(f"reading {source.path}", line, 0),
    )


def _followed(asset: Asset, progress: Progress) -> Report:
    """Progress of an acquisition: the share of the stolen value whose end is known, accounts, questions, value left."""

    def report(accounts: int, asked: int, frontier: Frontier) -> None:
        left = sum(value for _, value in frontier.wanted)
        there = f"{asset.stated(left)} left to follow at {len(frontier.wanted):,}"
        progress(f"{accounts:,} accounts, {asked:,} questions, {there}", frontier.stolen - left, frontier.stolen)

    return report
