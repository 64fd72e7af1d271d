"""A live chain as a source: every answer goes into a recording first, and a run goes on from what is recorded."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.chains import Nodes, Reader, ReaderOf
from tracer.ingest.chain_and_asset_of_case import chain_of
from tracer.ingest.node import RECORDING
from tracer.ingest.node.acquisition import Acquisition, Budget, Rank, Report, Seeds, read_payments
from tracer.ingest.node.recording import exchanges
from tracer.model import Advance, Asset, Exchange, Progress, Reading, quiet


class Live(NamedTuple):
    """What a run on live nodes needs besides the case file. `patience` scales all waiting; tests have none.

    `so_far`: another run is writing the recording, and what it holds now is read.
    """

    recording: Path
    seeds: Seeds
    rank: Rank
    offline: bool = False
    patience: float = 1.0
    so_far: bool = False


def read_nodes(question: CaseFile, source: Source, asset: Asset, live: Live, report: Report) -> Reading:
    """The ledger that follows the money from the thefts. Raises NodeError."""
    budget = Budget(question.stops.max_accounts, question.stops.max_requests)
    acquisition = Acquisition(asset, budget, report, so_far=live.so_far)
    if live.so_far:
        recorded = exchanges(live.recording, whole_lines=True)
        return acquisition.acquire(_reader_of(question)(recorded, asset, f"{RECORDING}.gz", None), live.seeds, live.rank)
    with reader(question, source, asset, live, acquisition.told) as opened:
        return acquisition.acquire(opened, live.seeds, live.rank)


def read_thefts(question: CaseFile, source: Source, asset: Asset, live: Live, progress: Progress = quiet) -> Reading:
    """Only what the [[thefts]] of the case name. Raises NodeError."""

    def answered(nodes: Reader) -> None:
        progress(Advance("reading the thefts from nodes", nodes.asked, unit="questions"))

    with reader(question, source, asset, live, answered) as opened:
        return read_payments(opened, live.seeds)


@contextmanager
def reader(
    question: CaseFile, source: Source, asset: Asset, live: Live, answered: Callable[[Reader], None] = lambda _: None
) -> Iterator[Reader]:
    """Reads first what is recorded, then the nodes (none when offline), whose answers are added to the recording.

    `answered` is told of every answer of a node, before anybody has read it.
    """
    read = _reader_of(question)
    with _recorder(live.recording) as record:

        def recorded(exchange: Exchange, node: str) -> None:
            record(exchange, node)
            answered(opened)

        asked = Nodes(source.urls, recorded, float(source.rate), source.proxy, live.patience, question.chain_id)
        nodes = None if live.offline else asked
        opened = read(exchanges(live.recording), asset, f"{RECORDING}.gz", nodes)
        yield opened


def _reader_of(question: CaseFile) -> ReaderOf:
    read = chain_of(question).reader
    if read is None:
        raise question.fault(("sources",), f'chain = "{question.chain}" has no node: name the chain it is of')
    return read


@contextmanager
def _recorder(path: Path) -> Iterator[Recorder]:
    """Appends answers to a recording. A last line that a killed run left half written is cut off first."""
    path.touch()
    with path.open("rb+") as file:
        content_end = _end_of_last_line(path)
        file.truncate(content_end)
        file.seek(0, os.SEEK_END)
        yield Recorder(file.fileno())


class Recorder:
    """Writes an answer as one line in one call, so that a killed run leaves whole lines but perhaps the last."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __call__(self, exchange: Exchange, node: str) -> None:
        asked = {"method": exchange.method, "path": exchange.path}
        if exchange.body is not None:
            asked["body"] = exchange.body
        answered = {
            "status": exchange.status,
            "sha256": hashlib.sha256(exchange.answer.encode()).hexdigest(),
            "answer": exchange.answer,
            "node": node,
        }
        os.write(self._descriptor, json.dumps({**asked, **answered}, separators=(",", ":")).encode() + b"\n")


def _end_of_last_line(path: Path) -> int:
    with path.open("rb") as file:
        end = 0
        for line in file:
            if line.endswith(b"\n"):
                end += len(line)
        return end
