"""What a watch is on: a traced case, or addresses without one. Both give a reader of nodes and whom to watch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Protocol

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.lock import locked
from tracer.casefolder.run import put_right, work
from tracer.chains import Reader
from tracer.errors import StoreError
from tracer.ingest.chain_and_asset_of_case import asset_of, chain_of
from tracer.ingest.node.acquisition import Frontier, Seeds
from tracer.ingest.node.live import Live, reader
from tracer.ingest.node.recording import new_recording
from tracer.pipeline.trace import trace
from tracer.pipeline.watch.journal import FOLDER
from tracer.pipeline.watch.watched_accounts import Watched, watched_of
from tracer.plan.how_sources_are_read import seeds_of
from tracer.plan.preconditions import require_chain


class Target(Protocol):
    """What a watch is on. `folder` is where its journal is."""

    folder: Path

    def opened(self) -> AbstractContextManager[tuple[Watched, Reader]]:
        """Holds the folder, and gives whom to watch and a reader whose answers are recorded there."""

    def trace(self) -> None:
        """Traces again, up to the last block that was read. Raises TracerError."""


class CaseTarget:
    """A traced case. The thefts that were accepted when it was traced stay the only ones, whatever its wallets pay later.

    Each trace is an entry of the audit log; `by` is who says to keep the watch.
    """

    def __init__(self, folder: Path, question: CaseFile, patience: float = 1.0, by: str | None = None) -> None:
        require_chain(question)
        self.folder, self.patience, self.by = folder, patience, by
        put_right(folder)
        hashes = [theft.tx_hash for theft in CaseFolder.open(folder).outcome.thefts if theft.tx_hash]
        self.question = question.with_options({**question.options, "accepted": question.options.get("accepted", hashes)})

    @contextmanager
    def opened(self) -> Iterator[tuple[Watched, Reader]]:
        """Holds the folder. Raises StoreError where another run does, or the case was not traced on a node."""
        with work(self.folder, self.question) as run:
            live = run.reading(offline=False, patience=self.patience)
            if live is None:
                raise StoreError(f"{self.folder}: was not traced from a node, so there is no tip to follow: add --node URL")
            watched = watched_of(CaseFolder.open(self.folder), self.question)
            source, *_ = self.question.nodes
            with reader(self.question, source, asset_of(self.question), live) as nodes:
                yield watched, nodes

    def trace(self) -> None:
        """Traces the case again, up to the last block that was read. Gaps are allowed: the watch names them."""
        trace(self.question, self.folder, allow_gaps=True, patience=self.patience, by=self.by, name="watch")


class AddressTarget:
    """Addresses without a case, which are the wallets of a question that nobody traces."""

    def __init__(self, folder: Path, question: CaseFile, patience: float = 1.0) -> None:
        require_chain(question)
        if (folder / "manifest.json").exists():
            raise StoreError(f"{folder}: is a case folder: watch it without addresses, or name another folder with -o")
        self.folder, self.question, self.patience = folder, question, patience
        self.addresses = [wallet for wallet, _ in seeds_of(question).wallets]

    @contextmanager
    def opened(self) -> Iterator[tuple[Watched, Reader]]:
        """Holds the folder; each time it is opened its nodes are recorded in a file of their own."""
        live = Live(new_recording(self.folder / FOLDER), Seeds((), ()), lambda _: Frontier((), 0), patience=self.patience)
        asset, (source, *_) = asset_of(self.question), self.question.nodes
        terms = chain_of(self.question).terms
        with closing(locked(self.folder / ".lock")), reader(self.question, source, asset, live) as nodes:
            yield Watched(self.question.name, asset, 0, {each: {} for each in self.addresses}, finality=terms.finality), nodes

    def trace(self) -> None:
        """Does nothing: there is no case."""
