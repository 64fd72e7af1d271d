"""The sources of a case -> its ledger."""

from __future__ import annotations

from collections.abc import Callable

from tracer.casefile import CaseFile, Source
from tracer.errors import InputError
from tracer.ingest.chain import asset_of, chain_of
from tracer.ingest.digests import require_end
from tracer.ingest.node.acquisition import Frontier, Report
from tracer.ingest.node.live import Live, read_nodes
from tracer.ingest.node.recording import exchanges
from tracer.ledger import Ledger, assemble
from tracer.model import Asset, Reading

Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and how much there is (0 where unknown)."""


def quiet(_what: str, _done: int, _total: int) -> None:
    """The progress of nobody watching."""


def read_ledger(question: CaseFile, progress: Progress = quiet, live: Live | None = None) -> Ledger:
    """The ledger of all sources of the case together; `live` says how nodes are read, if there are any among them."""
    asset = asset_of(question)
    return assemble(asset, [_read(question, source, asset, progress, live) for source in question.sources])


def _read(question: CaseFile, source: Source, asset: Asset, progress: Progress, live: Live | None) -> Reading:
    if source.kind == "node":
        if live is None:
            raise question.fault(("sources",), "a node is read into a case folder: tracer trace")
        return read_nodes(question, source, asset, live, _followed(asset, progress))
    path = question.folder / source.path
    require_end(path)
    if source.kind == "table":
        from tracer.ingest.table.format import format_of
        from tracer.ingest.table.reader import read_table

        return read_table(path, format_of(question, source), lambda line: progress(f"reading {source.path}", line, 0))
    scan = chain_of(question).scan
    if scan is None:
        raise question.fault(("sources",), f'chain = "{question.chain}" has no recording: name the chain it is of')
    size = path.stat().st_size
    try:
        return scan(exchanges(path, lambda done: progress(f"reading {source.path}", done, size)), asset, source.path)
    except InputError as error:
        raise error if str(error).startswith(str(path)) else InputError(f"{path}: {error}") from error


def _followed(asset: Asset, progress: Progress) -> Report:
    """Progress of an acquisition: the share of the stolen value whose end is known, accounts, questions, value left."""

    def report(accounts: int, asked: int, frontier: Frontier) -> None:
        left = sum(value for _, value in frontier.wanted)
        there = f"{asset.stated(left)} left to follow at {len(frontier.wanted):,}"
        progress(f"{accounts:,} accounts, {asked:,} questions, {there}", frontier.stolen - left, frontier.stolen)

    return report
