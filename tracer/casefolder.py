"""The case folder: the answer. The library's front door is `CaseFolder.open(dir)`.

case.toml       the case file as it was traced
case.db         ledger, labels, trace: the record
case.html       the picture
manifest.json   digests of the case file, of every source and of the results
actions.jsonl   what was done to the folder, and when
.partial/       a run that is not finished; the next one goes on from it
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer import __version__
from tracer.casefile import CaseFile
from tracer.errors import StoreError
from tracer.ingest import SourceDigest, digests
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, audit
from tracer.stages import LIMITS, book_of, coverage_of
from tracer.store import LEDGER, CaseDb
from tracer.tracing import Trace

if TYPE_CHECKING:
    import pandas
    from pyvis.network import Network

    from tracer.flow import FlowGraph

RESULTS = ("case.toml", "case.db", "case.html", "manifest.json")
"""What a finished run puts in place, in this order: the manifest last, since it vouches for the rest."""


class CaseFolder:
    """A traced case, read from its folder."""

    def __init__(self, folder: Path, db: CaseDb, case: CaseFile, manifest: dict[str, Any]) -> None:
        self.folder, self.db, self.case, self.manifest = folder, db, case, manifest

    @staticmethod
    def open(folder: str | Path) -> CaseFolder:
        """The case in `folder`. Raises StoreError if there is none, or only one that was not finished."""
        folder = Path(folder)
        try:
            manifest = json.loads((folder / "manifest.json").read_text())
            text = (folder / "case.toml").read_text(encoding="utf-8")
        except FileNotFoundError:
            unfinished = " (a run in it was not finished)" if (folder / ".partial").exists() else ""
            raise StoreError(f"{folder}: no case folder{unfinished}: make it with tracer trace case.toml -o {folder}") from None
        except (OSError, ValueError) as error:
            raise StoreError(f"{folder}: cannot be read: {error}") from error
        case = CaseFile.parse(text, folder / manifest["case"]["path"])
        return CaseFolder(folder, CaseDb(folder / "case.db"), case, manifest)

    @cached_property
    def ledger(self) -> Ledger:
        return self.db.read_ledger()

    @cached_property
    def audit(self) -> Audit:
        return audit(self.ledger)

    @cached_property
    def trace(self) -> Trace:
        return self.db.read_trace(self.ledger)

    @cached_property
    def labels(self) -> LabelBook:
        return book_of(self.case, self.db.read_labels())

    @cached_property
    def flow(self) -> FlowGraph:
        return flow_of(self.case, self.ledger, self.audit, self.trace, self.labels)

    def to_networkx(self) -> FlowGraph:
        """The flow graph, a networkx MultiDiGraph."""
        return self.flow

    def to_pandas(self) -> pandas.DataFrame:
        """The transfers that carried stolen value, one line each."""
        return self.flow.to_pandas()

    def to_pyvis(self, most: int = 150) -> Network:
        """The largest flows as a pyvis network, to look at in a notebook."""
        from tracer.render.pyvis import to_pyvis

        return to_pyvis(self.flow, most)

    def changes(self, *, thorough: bool = False) -> list[str]:
        """What no longer is as it was when the case was traced: the case file, a source, the record. One sentence each.

        Files are compared by size; `thorough` compares their digests, and the record's with the one in the manifest.
        """
        said = []
        if self.case.path.exists() and _sha256(self.case.path.read_bytes()) != self.manifest["case"]["sha256"]:
            said.append(f"{self.case.path} has changed since {self.folder} was traced: run tracer trace again")
        for stated in self.manifest["sources"]:
            path = self.case.folder / stated["name"]
            if path.exists() and _differs(path, SourceDigest(**stated), thorough):
                said.append(f"{path} has changed since {self.folder} was traced: run tracer trace again")
        if thorough and self.db.digest() != self.manifest["tables_digest"]:
            said.append(f"{self.db.path} is not what was traced: it was altered by something else than tracer trace")
        return said

    def log(self, command: str) -> None:
        """Appends to the folder's action log."""
        _log(self.folder, command)


class Work:
    """A run in progress, in `.partial/`."""

    def __init__(self, folder: Path, case: CaseFile) -> None:
        self.folder, self.case = folder, case
        self.partial = folder / ".partial"
        self.sources = digests(case)
        self.inputs = _sha256(json.dumps([__version__, case.chain, case.asset, repr(case.sources), self.sources]).encode())
        self.db = self._open()

    def _open(self) -> CaseDb:
        """The unfinished run if it read the same sources, else a copy of the finished one that did, else nothing yet."""
        target = self.partial / "case.db"
        try:
            self.partial.mkdir(parents=True, exist_ok=True)
            if not _has_ledger(target, self.inputs):
                for leftover in self.partial.iterdir():
                    leftover.unlink()
                if _has_ledger(self.folder / "case.db", self.inputs):
                    shutil.copy(self.folder / "case.db", target)
            return CaseDb(target, create=True)
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written ({error.strerror}): name another folder with -o") from error

    def ledger(self, read: Callable[[], Ledger]) -> Ledger:
        """The ledger of the case: as already read from these very sources, or read now and kept."""
        if self.db.noted("inputs") == self.inputs:
            return self.db.read_ledger()
        return self.renew(read())

    def renew(self, ledger: Ledger) -> Ledger:
        """Keeps a ledger that was read from the sources as they are now."""
        self.db.write_ledger(ledger)
        self.db.note(inputs=self.inputs)
        return ledger

    def same_ledger(self, traced: CaseFolder) -> bool:
        """Whether the ledger read now is, row for row, the one that was traced."""
        return self.db.digest(LEDGER) == traced.db.digest(LEDGER)

    def discard(self) -> None:
        """Gives the run up, with all it has read."""
        self.db.close()
        shutil.rmtree(self.partial)

    def finish(self, page: str, page_digest: str) -> None:
        """Puts the results in place of whatever was there."""
        tables = self.db.digest()
        self.db.close()
        (self.partial / "case.toml").write_text(self.case.text, encoding="utf-8")
        (self.partial / "case.html").write_text(page, encoding="utf-8")
        manifest = {
            "tracer": __version__,
            "results_digest": _sha256(f"{tables}\n{page_digest}\n".encode()),
            "tables_digest": tables,
            "html_digest": page_digest,
            "case": {"path": os.path.relpath(self.case.path, self.folder), "sha256": _sha256(self.case.text.encode())},
            "sources": [source._asdict() for source in self.sources],
        }
        (self.partial / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        for name in RESULTS:
            os.replace(self.partial / name, self.folder / name)
        shutil.rmtree(self.partial)
        _log(self.folder, "trace")


@contextmanager
def work(folder: Path, case: CaseFile) -> Iterator[Work]:
    """A run on `folder`. What stood there stays until the run calls `finish`; what an interrupted run read is kept for the next."""
    run = Work(folder, case)
    try:
        yield run
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error}): name another folder with -o") from error
    finally:
        run.db.close()


def flow_of(case: CaseFile, ledger: Ledger, verdict: Audit, trace: Trace, labels: LabelBook) -> FlowGraph:
    """The flow graph of a traced case, with all that is printed beside it."""
    from tracer.flow import build

    return build(
        ledger,
        trace,
        labels,
        name=case.name,
        title=case.title or case.name,
        primary=case.trace.primary,
        reason=case.trace.reason,
        coverage=coverage_of(ledger, verdict, trace),
        limits=LIMITS,
    )


def _has_ledger(path: Path, inputs: str) -> bool:
    if not path.exists():
        return False
    try:
        with CaseDb(path) as db:
            return db.noted("inputs") == inputs
    except StoreError:
        return False


def _differs(path: Path, stated: SourceDigest, thorough: bool) -> bool:
    if path.stat().st_size != stated.size or not thorough:
        return path.stat().st_size != stated.size
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() != stated.sha256


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _log(folder: Path, command: str) -> None:
    entry = {"time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "command": command, "tracer": __version__}
    with (folder / "actions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
