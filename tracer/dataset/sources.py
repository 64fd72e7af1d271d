"""The column files a case names: opened, checked against the case, read in excerpts and slices, digested."""

from __future__ import annotations

from pathlib import Path

from tracer.casefile import CaseFile
from tracer.dataset.layout import ABOUT, described
from tracer.dataset.reader import ColumnFiles
from tracer.dataset.slicing import Slicing, Sought, excerpt, read_slice
from tracer.errors import InputError
from tracer.ingest.chain import asset_of, terms_of_files
from tracer.ingest.digests import SourceDigest, digest_of
from tracer.ledger import Ledger, assemble


def column_files(question: CaseFile) -> ColumnFiles:
    """The column files of the case, opened and checked. Raises InputError, CaseError for another asset."""
    (source,) = question.sources
    files = ColumnFiles(_folder_of(question), source.path)
    asset = asset_of(question)
    if (files.symbol, files.decimals) != (asset.symbol, asset.decimals):
        stated = f"{asset.symbol} with {asset.decimals} decimals"
        raise question.fault(("asset",), f"{source.path} holds {files.symbol} with {files.decimals} decimals, and the case is of {stated}")
    return files


def read_excerpt(question: CaseFile, sought: Sought) -> Ledger:
    """Of a case on column files, only the rows that it names."""
    return excerpt(column_files(question), asset_of(question), sought)


def read_sliced(question: CaseFile, files: ColumnFiles, slicing: Slicing) -> Ledger:
    """Of a case on column files, the slice that it needs."""
    asset = asset_of(question)
    return assemble(asset, [read_slice(files, asset, slicing)._replace(terms=terms_of_files(question))])


def _folder_of(question: CaseFile) -> Path:
    """The folder of the column files. Raises CaseError where it, or a file in it, leads out of the folder of the case file."""
    (source,) = question.sources
    where = ("sources", 0, "path")
    folder = question.file(source.path, where)
    if folder.is_dir():
        for entry in sorted(folder.iterdir()):
            question.file(f"{source.path}/{entry.name}", where)
    return folder


def column_digests(question: CaseFile) -> list[SourceDigest]:
    """columns.json, read now, and the digests it states of files whose sizes are as it says: a gigabyte is not read again."""
    (source,) = question.sources
    folder = _folder_of(question)
    try:
        about = described(folder)
    except InputError as error:
        raise question.fault(("sources", 0, "path"), str(error)) from error
    itself = digest_of(question, "columns", ("sources", 0, "path"), f"{source.path}/{ABOUT}")
    named = sorted(about["files"].items())
    return [itself, *(SourceDigest("column", f"{source.path}/{name}", file["sha256"], file["size"]) for name, file in named)]
