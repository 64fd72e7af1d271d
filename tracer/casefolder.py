"""The case folder: the answer. The library's front door is `CaseFolder.open(dir)`.

case.toml       the case file as it was traced
case.db         ledger, labels, trace: the record
case.html       the picture
manifest.json   digests of the case file, of every source and of the results
actions.jsonl   what was done to the folder, and when
.partial/       a run that is not finished; the next one goes on from it
.amended/       bounds that are not finished; the next attempt begins anew
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.casefile import CaseFile
from tracer.errors import StoreError
from tracer.evidence.coverage import LIMITS, coverage_of
from tracer.ingest.digests import SourceDigest
from tracer.ingest.node.live import RECORDING, Live
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, audit, checked_of, gaps_of
from tracer.model import NO_BOUNDS, Asset, Bounds, Label, Tag
from tracer.plan.labels import book_of, kept_without
from tracer.plan.sources import live_of, source_digests
from tracer.plan.stops import stops_without
from tracer.store import LEDGER, CaseDb
from tracer.tracing import Outcome, Trace, follow, outcome_of
from tracer.version import __version__
from tracer.wording import utc

if TYPE_CHECKING:
    import pandas
    from pyvis.network import Network

    from tracer.casegraph import Graph
    from tracer.evidence import Context
    from tracer.flow import FlowGraph

RESULTS = ("case.toml", f"{RECORDING}.gz", "case.db", "case.html", "manifest.json")
"""What a finished run puts in place, in this order: the manifest last, since it vouches for the rest."""

SMALL = 64 << 20  # bytes of a source that every command re-reads to see whether it changed


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
            case = CaseFile.parse(text, folder.resolve() / manifest["case"]["path"]).with_options(manifest["options"])
            stated = manifest["case"]["sha256"], manifest["run"], [SourceDigest(**source) for source in manifest["sources"]]
        except FileNotFoundError:
            unfinished = " (a run in it was not finished)" if (folder / ".partial").exists() else ""
            raise StoreError(f"{folder}: no case folder{unfinished}: make it with tracer trace case.toml -o {folder}") from None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise StoreError(f"{folder}: cannot be read ({type(error).__name__}: {error}): trace the case again") from error
        db = CaseDb(folder / "case.db")
        if (_sha256(text.encode()), db.noted("run")) != stated[:2]:
            raise StoreError(
                f"{folder}: case.toml, case.db and manifest.json are not of one run: one of them was edited, or a run was stopped "
                "while it put its results in place; trace the case again"
            )
        return CaseFolder(folder, db, case, manifest)

    def knowing(self, **parts: Any) -> CaseFolder:
        """The same case, with parts of it that whoever made the record still holds and need not read back."""
        vars(self).update(parts)
        return self

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
    def asset(self) -> Asset:
        return self.db.read_asset()

    @cached_property
    def outcome(self) -> Outcome:
        """The figures of the trace, without the rows that lead to them: quick to read, however large the case."""
        return self.db.read_outcome()

    def outcome_without(self, sources: Collection[str]) -> tuple[Outcome, list[Label]]:
        """What the same rules find on the same ledger without the labels of some sources, and the labels left out. Nothing is kept.

        Raises InputError for a source that no label has.
        """
        labels = self.db.read_labels()
        kept = kept_without(self.case, labels, sources)
        stops = stops_without(self.case, labels, kept)
        found = follow(self.ledger, self.outcome.thefts, stops, self.outcome.rules)
        return outcome_of(found), list((Counter(labels) - Counter(kept)).elements())

    @cached_property
    def labels(self) -> LabelBook:
        return book_of(self.case, self.db.read_labels())

    @cached_property
    def context(self) -> Context:
        """What stands beside the trace, unmasked: it is in the folder."""
        return context_in(self.db)

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        return self.db.read_tags(self.ledger)

    @cached_property
    def flow(self) -> FlowGraph:
        """The flow graph, fit to leave the folder: IP addresses and third parties are masked."""
        return flow_of(self.case, self.ledger, self.audit, self.trace, self.labels, self.context, self.bounds, self.tags)

    @cached_property
    def unmasked(self) -> FlowGraph:
        """The same, with IP addresses and third parties as they are recorded."""
        return flow_of(self.case, self.ledger, self.audit, self.trace, self.labels, self.context, self.bounds, self.tags, unmasked=True)

    @cached_property
    def bounds(self) -> Bounds:
        """The least and the most at endpoints and services; empty until `tracer bounds` has been run."""
        return self.db.read_bounds()

    def to_networkx(self) -> FlowGraph:
        """The flow graph, a networkx MultiDiGraph."""
        return self.flow

    def to_pandas(self) -> pandas.DataFrame:
        """The transfers that carried stolen value, one line each."""
        return self.flow.to_pandas()

    def to_pyvis(self, most: int = 60) -> Network:
        """The largest flows as a pyvis network, to look at in a notebook."""
        from tracer.render.pyvis import to_pyvis

        return to_pyvis(self.flow, most)

    def graph(self, uri: str | None = None, *, user: str = "neo4j", password: str | None = None, database: str = "neo4j") -> Graph:
        """The graph of the case, to be asked: in the Neo4j database where `tracer store` put it, or the embedded one of the folder,
        which is made if it is not there. Close it, or use it in a `with`."""
        from tracer.casegraph import Place, opened

        return opened(self, Place(uri, user, password, database))

    def changes(self, *, thorough: bool = False) -> list[str]:
        """What no longer is as it was when the case was traced: the case file, a source, the record. One sentence each.

        Files above SMALL and column files are compared by size only, unless `thorough`, which also compares the record and the
        page with the manifest.
        """
        said = []
        if self.case.path.exists() and _sha256(self.case.path.read_bytes()) != self.manifest["case"]["sha256"]:
            said.append(f"{self.case.path} has changed since {self.folder} was traced: run tracer trace again")
        for stated in self.manifest["sources"]:
            path = Path(os.path.normpath((self.folder if stated["kind"] == "node" else self.case.folder) / stated["name"]))
            if path.exists() and _differs(path, SourceDigest(**stated), thorough):
                said.append(f"{path} has changed since {self.folder} was traced: run tracer trace again")
        page = self.folder / "case.html"
        if thorough and page.exists() and _sha256(page.read_bytes()) != self.manifest["html_sha256"]:
            said.append(f"{page} is not what was drawn: draw it again with tracer render {self.folder}")
        if thorough and self.db.digest() != self.manifest["tables_digest"]:
            said.append(f"{self.db.path} is not what was traced: it was altered by something else than tracer trace")
        return said

    @property
    def gaps(self) -> list[str]:
        """The gaps that were allowed when the case was traced, a sentence each; every figure rests on them."""
        return list(json.loads(self.db.noted("gaps") or "[]"))

    def log(self, command: str, **more: str) -> None:
        """Appends to the folder's action log."""
        _log(self.folder, {"command": command, "case": self.case.name, **more})


class Work:
    """A run in progress, in `.partial/`."""

    def __init__(self, folder: Path, case: CaseFile) -> None:
        self.folder, self.case = folder, case
        self.partial = folder / ".partial"
        _refuse_another_case(folder, case)
        self.sources = source_digests(case)
        self.live = bool(case.nodes)
        self.sliced = case.column_source is not None
        self.recording = self.partial / RECORDING
        try:
            self.partial.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self.folder / ".lock")
            self._unpack_recording()
            self.db = self._open()
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written ({error.strerror}): name another folder with -o") from error

    @property
    def inputs(self) -> str:
        """A digest of all that the ledger is read from: sources, their settings, this version; of nodes, what is recorded of
        them; of nodes and column files, the questions that decide what is read: thefts, labels, stops."""
        case = self.case
        asked = [__version__, case.chain, case.asset, repr(case.sources), repr(case.stops), self.sources]
        if self.sliced or self.live:  # not the text of the case file: a threshold decides nothing that is read
            asked.append(repr((case.thefts, case.trace, case.labels)))
        if self.live:
            with self.recording.open("rb") as file:
                asked.append(hashlib.file_digest(file, "sha256").hexdigest())
        return _sha256(json.dumps(asked).encode())

    def _unpack_recording(self) -> None:
        """A run on nodes goes on from the recording of the one before."""
        import gzip

        packed = self.folder / f"{RECORDING}.gz"
        if self.live and not self.recording.exists():
            self.recording.touch()
            if packed.exists():
                with gzip.open(packed) as zipped, self.recording.open("wb") as plain:
                    shutil.copyfileobj(zipped, plain)

    def _open(self) -> CaseDb:
        """The unfinished run if it read the same sources, else a copy of the finished one that did, else nothing yet."""
        target, inputs = self.partial / "case.db", self.inputs
        if not _has_ledger(target, inputs):
            for leftover in self.partial.iterdir():
                if leftover != self.recording:
                    leftover.unlink()
            if _has_ledger(self.folder / "case.db", inputs, manifested(self.folder, "tables_digest")):
                shutil.copy(self.folder / "case.db", target)
        return CaseDb(target, create=True)

    def ledger(self, read: Callable[[], Ledger]) -> Ledger:
        """The ledger of the case: as already read from these very sources, or read now and kept."""
        if self.db.noted("inputs") == self.inputs:
            return self.db.read_ledger()
        return self.renew(read())

    def traced(self) -> tuple[Ledger, Trace]:
        """What an earlier run read and traced from these very sources. Raises StoreError if they have changed since."""
        if self.db.noted("inputs") != self.inputs or self.db.noted("rules") is None:
            self.discard()
            raise StoreError(f"{self.folder}: sources, settings or tracer have changed since it was traced: run tracer trace again")
        ledger = self.db.read_ledger()
        return ledger, self.db.read_trace(ledger)

    def renew(self, ledger: Ledger) -> Ledger:
        """Keeps a ledger that was read from the sources as they are now."""
        if source_digests(self.case) != self.sources:
            raise StoreError(f"{self.case.path}: a source was changed while it was read: run again")
        self.db.write_ledger(ledger)
        self.db.note(inputs=self.inputs, ledger=self.db.digest(LEDGER))
        return ledger

    def close(self) -> None:
        """Lets others use the folder."""
        self.db.close()
        self._lock.close()

    def same_ledger(self, traced: CaseFolder) -> bool:
        """Whether the ledger read now is, row for row, the one that was traced."""
        return self.db.digest(LEDGER) == traced.db.digest(LEDGER)

    def discard(self) -> None:
        """Gives the run up, with all it has read."""
        self.db.close()
        shutil.rmtree(self.partial)

    def reading(self, *, offline: bool, patience: float) -> Live | None:
        """How this run reads its nodes; None if it has none."""
        return live_of(self.case, self.recording, offline=offline, patience=patience)

    def _pack_recording(self) -> None:
        """The recording goes into the folder gzipped, and its digest into the manifest."""
        import gzip

        packed = self.partial / f"{RECORDING}.gz"
        with self.recording.open("rb") as plain, packed.open("wb") as target, gzip.GzipFile("", "wb", fileobj=target, mtime=0) as zipped:
            shutil.copyfileobj(plain, zipped)
        digest = _sha256(packed.read_bytes())
        self.sources.append(SourceDigest("node", packed.name, digest, packed.stat().st_size))

    def finish(self, page: str, page_digest: str, command: str = "trace") -> None:
        """Puts the results in place of whatever was there."""
        results = _settled(self.db, self.case, page, page_digest)
        if self.live:
            self._pack_recording()
        (self.partial / "case.toml").write_text(self.case.text, encoding="utf-8")
        manifest = {
            "tracer": __version__,
            **results,
            "case": {
                "name": self.case.name,
                "path": os.path.relpath(self.case.path.resolve(), self.folder.resolve()),
                "sha256": _sha256(self.case.text.encode()),
            },
            "options": dict(self.case.options),
            "sources": [source._asdict() for source in self.sources],
        }
        _put_in_place(self.partial, self.folder, page, manifest)
        _log(self.folder, {"command": command, "case": self.case.name, "results_digest": results["results_digest"]})


@contextmanager
def work(folder: Path, case: CaseFile) -> Iterator[Work]:
    """A run on `folder`. What stood there stays until the run calls `finish`; what an interrupted run read is kept for the next."""
    run = Work(folder, case)
    try:
        yield run
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error}): name another folder with -o") from error
    finally:
        run.close()


def amend(case: CaseFolder, change: Callable[[CaseDb], object], draw: Callable[[FlowGraph], tuple[str, str]], command: str) -> CaseFolder:
    """Adds to a finished case: `change` writes into a copy of its record, `draw` gives page and digest of the page anew.

    Whatever happens on the way, the folder stays as it was; record, page and manifest are put in place together at the end, as
    by a run. What a run that was interrupted has read stays where it is. Raises StoreError.
    """
    folder = case.folder
    partial = folder / ".amended"
    try:
        lock = _locked(folder / ".lock")
    except sqlite3.Error as error:
        raise StoreError(f"{folder}: cannot be written ({error})") from error
    try:
        if manifested(folder, "run") != case.manifest["run"]:
            raise StoreError(f"{folder}: was traced anew meanwhile: run the command again")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        shutil.copy(folder / "case.db", partial / "case.db")
        with CaseDb(partial / "case.db") as db:
            change(db)
            page, page_digest = draw(CaseFolder(folder, db, case.case, case.manifest).flow)
            results = _settled(db, case.case, page, page_digest)
        _put_in_place(partial, folder, page, {**case.manifest, **results})
        _log(folder, {"command": command, "case": case.case.name, "results_digest": results["results_digest"]})
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        lock.close()
    return CaseFolder.open(folder)


def context_in(db: CaseDb) -> Context:
    """What stands beside the trace in a record."""
    from tracer.evidence import Context

    return Context(db.read_markings(), db.read_evidence(), db.read_claims(), db.read_prices())


def flow_of(
    case: CaseFile,
    ledger: Ledger,
    verdict: Audit,
    trace: Trace,
    labels: LabelBook,
    context: Context,
    bounds: Bounds = NO_BOUNDS,
    tags: Sequence[Tag] = (),
    *,
    unmasked: bool = False,
) -> FlowGraph:
    """The flow graph of a traced case, with all that is printed beside it. Masked here, and so in all that is drawn or exported."""
    from tracer.evidence import compared, masked, masked_claim
    from tracer.evidence.worth import valued
    from tracer.flow import build

    claims = context.claims if unmasked else map(masked_claim, context.claims)
    return build(
        ledger,
        trace,
        labels,
        context.markings,
        tags,
        bounds=bounds,
        evidence=tuple(sorted(context.evidence if unmasked else map(masked, context.evidence), key=lambda each: each.time)),
        claims=tuple(compared(list(claims), ledger, trace, labels.addresses)),
        valuation=valued(trace, ledger, context.prices) if context.prices else None,
        name=case.name,
        title=case.title or case.name,
        gaps=gaps_of(ledger, verdict),
        checked=checked_of(verdict),
        primary=case.trace.primary,
        reason=case.trace.reason,
        coverage=coverage_of(ledger, verdict, trace, labels, context.markings),
        limits=LIMITS,
    )


def manifested(folder: Path, *keys: str) -> Any:
    """What the folder's manifest has under these keys, one inside the other; None where it has not, or cannot be read."""
    try:
        found = json.loads((folder / "manifest.json").read_text())
        for key in keys:
            found = found[key]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found


def _has_ledger(path: Path, inputs: str, vouched: str | None = None) -> bool:
    """Whether a case.db holds the ledger of these sources, as it was written: `vouched` is the digest of a finished one."""
    if not path.exists():
        return False
    try:
        with CaseDb(path) as db:
            if db.noted("inputs") != inputs:
                return False
            return db.digest() == vouched if vouched else db.digest(LEDGER) == db.noted("ledger")
    except (StoreError, sqlite3.Error):
        return False


def _locked(path: Path) -> sqlite3.Connection:
    """Holds the folder for one run: SQLite's own lock, which ends with the process, however it ends. Raises StoreError."""
    lock = sqlite3.connect(path, timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        lock.close()
        raise StoreError(f"{path.parent}: another run is at work in it: wait for it, or name another folder with -o") from error
    return lock


def _refuse_another_case(folder: Path, case: CaseFile) -> None:
    """Raises StoreError where the folder holds another case, or files that no run of ours made."""
    if case.path.resolve().parent == folder.resolve():
        raise StoreError(f"{folder}: holds the case file itself, and a run would replace it: name another folder with -o")
    if not (folder / "manifest.json").exists():
        if found := next((name for name in RESULTS if (folder / name).exists()), None):
            raise StoreError(f"{folder}: holds a {found} that no finished run made: name another folder with -o")
        return
    held = manifested(folder, "case", "name")
    if held not in (None, case.name):
        raise StoreError(f"{folder}: holds the case {held!r}, and this one is {case.name!r}: name another folder with -o")


def _differs(path: Path, stated: SourceDigest, thorough: bool) -> bool:
    size = path.stat().st_size
    if size != stated.size or ((size > SMALL or stated.kind == "column") and not thorough):
        return size != stated.size
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() != stated.sha256


def _settled(db: CaseDb, case: CaseFile, page: str, page_digest: str) -> dict[str, str]:
    """Closes a finished record; what the manifest says of the results. `run` marks record and manifest as of one run."""
    tables = db.digest()
    run = _sha256(f"{tables}\n{case.text}".encode())
    db.note(run=run)
    db.settle()
    return {
        "results_digest": _sha256(f"{tables}\n{page_digest}\n".encode()),
        "tables_digest": tables,
        "html_digest": page_digest,
        "html_sha256": _sha256(page.encode("utf-8")),
        "run": run,
    }


def _put_in_place(partial: Path, folder: Path, page: str, manifest: dict[str, Any]) -> None:
    """Writes page and manifest beside the record, and puts all in place of what stood there."""
    (partial / "case.html").write_text(page, encoding="utf-8")
    (partial / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for name in RESULTS:
        if (partial / name).exists():
            os.replace(partial / name, folder / name)
    shutil.rmtree(partial)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _log(folder: Path, done: dict[str, str]) -> None:
    entry = {"time": utc(int(time.time())), **done, "tracer": __version__}
    with (folder / "actions.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry) + "\n")
