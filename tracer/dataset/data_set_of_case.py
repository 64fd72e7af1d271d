"""The data set a case names: opened, checked against the case, read in excerpts and slices, digested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tracer.casefile import CaseFile
from tracer.dataset.data_set_reader import DataSet
from tracer.dataset.layout import ABOUT, described
from tracer.dataset.slice_of_case import Slicing, Sought, excerpt, read_slice
from tracer.errors import InputError
from tracer.ingest.chain_and_asset_of_case import asset_of, terms_of_files
from tracer.ingest.source_digests import SourceDigest, digest_of
from tracer.ledger import Ledger, assemble

Opened = Callable[[Path, str, str], DataSet]
"""What opens a data set: its folder, what rows state as their source, the symbol of the asset."""


def data_set(question: CaseFile, opened: Opened | None = None) -> DataSet:
    """The data set of the case, opened. Raises InputError, CaseError for an asset that it does not hold."""
    (source,) = question.sources
    asset, folder = asset_of(question), _folder_of(question)
    held = {each.asset: each.decimals for each in described(folder).assets}
    if held.get(asset.symbol) != asset.decimals:
        holds = " and ".join(f"{symbol} with {decimals} decimals" for symbol, decimals in held.items())
        stated = f"{asset.symbol} with {asset.decimals} decimals"
        raise question.fault(("asset",), f"{source.path} holds {holds}, and the case is of {stated}")
    data = (opened or DataSet)(folder, source.path, asset.symbol)
    _require_chain(question, data)
    return data


def _require_chain(question: CaseFile, data: DataSet) -> None:
    """Raises CaseError where rows of a recording are of another chain than the case says."""
    said = data.held.recorded
    if said is None:
        return
    if said.chain != question.chain:
        raise question.fault(("chain",), f'{data.name} was made from a recording of the chain "{said.chain}": write chain = "{said.chain}"')
    if None not in (question.chain_id, said.chain_id) and question.chain_id != said.chain_id:
        why = f"chain_id = {question.chain_id}, and {data.name} is of chain {said.chain_id}: it was recorded on another network"
        raise question.fault(("chain_id",), why)


def read_excerpt(question: CaseFile, sought: Sought) -> Ledger:
    """Of a case on a data set, only the rows that it names."""
    return excerpt(data_set(question), asset_of(question), sought)


def read_sliced(question: CaseFile, data: DataSet, slicing: Slicing) -> Ledger:
    """Of a case on a data set, the slice that it needs."""
    asset, reading = asset_of(question), read_slice(data, asset_of(question), slicing)
    return assemble(asset, [reading if data.held.recorded else reading._replace(terms=terms_of_files(question))])


def _folder_of(question: CaseFile) -> Path:
    """The folder of the data set. Raises CaseError where it, or a file in it, leads out of the folder of the case file."""
    (source,) = question.sources
    where = ("sources", 0, "path")
    folder = question.file(source.path, where)
    if folder.is_dir():
        for entry in sorted(folder.rglob("*")):
            question.file(f"{source.path}/{entry.relative_to(folder).as_posix()}", where)
    return folder


def column_digests(question: CaseFile) -> list[SourceDigest]:
    """dataset.json, read now, and the digests it states of files whose sizes are as it says: a gigabyte is not read again."""
    (source,) = question.sources
    folder = _folder_of(question)
    try:
        found = described(folder)
    except InputError as error:
        raise question.fault(("sources", 0, "path"), str(error)) from error
    itself = digest_of(question, "columns", ("sources", 0, "path"), f"{source.path}/{ABOUT}")
    files = sorted(found.files, key=lambda file: file.file)
    return [itself, *(SourceDigest("column", f"{source.path}/{file.file}", file.sha256, file.size) for file in files)]
