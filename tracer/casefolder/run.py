"""A run in progress: it works in `.partial/`, and puts its results in place whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.casefile import CaseFile
from tracer.casefile.whole_and_exact_files import read_exact, write_exact
from tracer.casefolder import working_folder
from tracer.casefolder.as_of import require_latest
from tracer.casefolder.atomic_replace import MAKING, placing, put_in_place
from tracer.casefolder.folder import CaseFolder
from tracer.casefolder.history import keep
from tracer.casefolder.inputs_digest import inputs_of
from tracer.casefolder.ledger_before import has_ledger, shorter_table
from tracer.casefolder.lock import locked
from tracer.casefolder.log import Act, FolderState, chained, log_text, read_log
from tracer.casefolder.manifest import LOG, as_stated, manifest_of, manifested, settled, sha256_of
from tracer.casefolder.page_inputs_of_case import drawing_of_case
from tracer.casefolder.refused_folders import refuse_another_case
from tracer.casefolder.when_rule_was_declared import declared_now
from tracer.errors import StoreError
from tracer.gc_pause import collector_paused
from tracer.ingest.ledger_of_sources import read_on
from tracer.ingest.node import RECORDING
from tracer.ingest.node.live import Live
from tracer.ingest.source_digests import SourceDigest
from tracer.ledger import Ledger
from tracer.plan.how_sources_are_read import live_of, source_digests
from tracer.store.record.amounts_as_stored import keeping
from tracer.store.record.coverage_statement import save_stated
from tracer.store.record.database import LEDGER, CaseDb
from tracer.store.record.ledger import add_rows, load_ledger, load_whole, save_ledger
from tracer.store.record.results_digest import RESULTS, completed, digest_tables, ledger_digest, over
from tracer.store.record.trace import load_trace
from tracer.tracing import Trace

if TYPE_CHECKING:
    from tracer.flow.page_inputs import Drawing


class Work:
    """A run in progress, in `.partial/`."""

    def __init__(self, folder: Path, question: CaseFile) -> None:
        self.folder, self.question = folder, question
        self.partial, self._tables = folder / ".partial", dict[str, str]()
        refuse_another_case(folder, question)
        self.sources = source_digests(question)
        self.recording = recording_under_way(folder)
        try:
            working_folder.make(self.partial)
            self._lock = locked(self.folder / ".lock")
            with placing(self.folder):
                pass  # a run that was stopped while it put its results in place is put right before another one begins
            self._unpack_recording()
            self.db = self._open()
        except OSError as error:
            raise StoreError(f"{self.folder}: cannot be written ({error.strerror}): name another folder with -o") from error

    def begin(self) -> None:
        """Says in the folder what is being traced on nodes, so that others can look at what was read so far."""
        if not self.question.nodes:
            return
        asked = {"text": self.question.text, "path": str(self.question.path.absolute()), "options": dict(self.question.options)}
        write_exact(self.partial / working_folder.ASKED, json.dumps(asked))

    @property
    def inputs(self) -> str:
        """A digest of all that the ledger is read from."""
        return inputs_of(self.question, self.sources, self.recording)

    def _unpack_recording(self) -> None:
        """A run on nodes goes on from the recording of the one before."""
        import gzip

        packed = self.folder / f"{RECORDING}.gz"
        if self.question.nodes and not self.recording.exists():
            self.recording.touch()
            if packed.exists():
                with gzip.open(packed) as zipped, self.recording.open("wb") as plain:
                    shutil.copyfileobj(zipped, plain)

    def _open(self) -> CaseDb:
        """The unfinished run if it read the same sources, else a copy of the finished one that did, else nothing yet."""
        target, inputs = self.partial / "case.db", self.inputs
        if not has_ledger(target, inputs):
            working_folder.clear(self.partial, keep=RECORDING)
            if has_ledger(self.folder / "case.db", inputs, manifested(self.folder)):
                shutil.copy(self.folder / "case.db", target)
        return CaseDb(target, create=True)

    def ledger(self, read: Callable[[], Ledger]) -> Ledger:
        """The ledger of the case, of all its assets: as already read from these very sources, or read now and kept."""
        if self.db.noted("inputs") == self.inputs:
            return load_whole(self.db, load_ledger(self.db))
        return self._read_on() or self.renew(read())

    def _read_on(self) -> Ledger | None:
        """The ledger of a table that has got more lines since the finished run read it, where these alone need be read; kept.

        Where they name no new account, the record of that run is kept too, and they are added to it.
        """
        table = shorter_table(self.folder, self.question, self.sources, self.recording)
        if table is None:
            return None
        with CaseDb(self.folder / "case.db") as finished:
            before = load_ledger(finished)
        held, kept_as = len(before), keeping(before)
        ledger = read_on(self.question, before, table)
        if ledger is None or ledger.accounts != before.accounts or keeping(ledger) is not kept_as:
            return ledger and self.renew(ledger)
        self.db.close()
        shutil.copy(self.folder / "case.db", self.db.path)
        self.db = CaseDb(self.db.path)
        return self.renew(ledger, lambda db, ledger: add_rows(db, ledger, held))

    def traced(self) -> tuple[Ledger, Trace]:
        """What an earlier run read and traced from these very sources. Raises StoreError if they have changed since."""
        if self.db.noted("inputs") != self.inputs or self.db.noted("rules") is None:
            self.discard()
            raise StoreError(f"{self.folder}: sources, settings or tracer have changed since it was traced: run tracer trace again")
        ledger = load_ledger(self.db)
        return ledger, load_trace(self.db, ledger)

    def renew(self, ledger: Ledger, save: Callable[[CaseDb, Ledger], None] = save_ledger) -> Ledger:
        """Keeps a ledger that was read from the sources as they are now."""
        if source_digests(self.question) != self.sources:
            raise StoreError(f"{self.question.path}: a source was changed while it was read: run again")
        save(self.db, ledger)
        self._tables = digest_tables(self.db, LEDGER)
        self.db.note(inputs=self.inputs, ledger=over(self._tables, LEDGER))
        return ledger

    def close(self) -> None:
        """Lets others use the folder."""
        self.db.close()
        self._lock.close()

    def same_ledger(self, traced: CaseFolder) -> bool:
        """Whether the ledger read now is, row for row, the one that was traced."""
        return ledger_digest(self.db) == ledger_digest(traced.db)

    def discard(self) -> None:
        """Gives the run up, with all it has read."""
        self.db.close()
        working_folder.remove(self.partial)

    def reading(self, *, offline: bool, patience: float) -> Live | None:
        """How this run reads its nodes; None if it has none."""
        return live_of(self.question, self.recording, offline=offline, patience=patience)

    def _pack_recording(self) -> None:
        """The recording goes into the folder gzipped, and its digest into the manifest."""
        import gzip

        packed = self.partial / f"{RECORDING}.gz"
        with self.recording.open("rb") as plain, packed.open("wb") as target, gzip.GzipFile("", "wb", fileobj=target, mtime=0) as zipped:
            shutil.copyfileobj(plain, zipped)
        digest = sha256_of(packed.read_bytes())
        self.sources.append(SourceDigest("node", packed.name, digest, packed.stat().st_size))

    def results_digest(self) -> str:
        """Of what the run found, all of it being written: the page, drawn before the record is closed, states it."""
        self._tables = completed(self.db, self._tables, RESULTS)
        return over(self._tables, RESULTS)

    def finish(self, page: str, page_digest: str, done: Act) -> None:
        """Puts the results in place of whatever was there, with the entry of the act in the log."""
        results = settled(self.db, self.question, page, page_digest, self._tables)
        if self.question.nodes:
            self._pack_recording()
        write_exact(self.partial / "case.toml", self.question.text)
        manifest = manifest_of(self.question, self.folder, self.sources, results)
        _put_in_place(self.partial, self.folder, page, manifest, done)


@contextmanager
def work(folder: Path, question: CaseFile) -> Iterator[Work]:
    """A run on `folder`. What stood there stays until the run calls `finish`; what an interrupted run read is kept for the next."""
    run = Work(folder, question)
    try:
        yield run
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error}): name another folder with -o") from error
    finally:
        run.close()


def recording_under_way(folder: Path) -> Path:
    """Where the run in progress in a folder records what nodes answer."""
    return folder / ".partial" / RECORDING


def question_under_way(folder: Path) -> CaseFile:
    """What the run in progress in a folder traces. Raises StoreError where there is none."""
    try:
        asked = json.loads(read_exact(folder / ".partial" / working_folder.ASKED))
        return CaseFile.parse(asked["text"], Path(asked["path"])).with_options(asked["options"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{folder}: no run is at work in it, or it has ended meanwhile: run the command again") from error


@collector_paused()
def amend(
    case: CaseFolder,
    change: Callable[[CaseDb], object],
    draw: Callable[[Drawing], tuple[str, str]],
    done: Act,
    question: CaseFile | None = None,
) -> CaseFolder:
    """Adds to a finished case: `change` writes into a copy of its record, `draw` returns the new page and its digest.

    `question`: the case file it has from then on, where that changes no figure. Whatever happens on the way, the folder stays as it was:
    all is put in place together at the end. What an interrupted run has read stays where it is. Raises StoreError.
    """
    require_latest(case, done.name)
    folder, question, amended = case.folder, question or case.question, case.folder / ".amended"
    lock = locked(folder / ".lock")
    try:
        if manifested(folder, "run") != case.manifest["run"]:
            raise StoreError(f"{folder}: was traced anew meanwhile: run the command again")
        working_folder.make(amended)
        try:
            working_folder.clear(amended)
            shutil.copy(folder / "case.db", amended / "case.db")
            with CaseDb(amended / "case.db") as db:
                tables = as_stated(db, case.manifest)
                change(db)
                drawn = CaseFolder(folder, db, question, case.manifest).knowing(declared=declared_now(folder, question, done))
                page, page_digest = draw(drawing_of_case(drawn, drawn.flow_columns))
                save_stated(db, drawn.flow_columns.about.coverage, drawn.flow_columns.about.unlabelled)
                untouched = {name: digest for name, digest in tables.items() if name not in db.written}
                results = settled(db, question, page, page_digest, untouched)
            write_exact(amended / "case.toml", question.text)
            asked = {**case.manifest["case"], "sha256": sha256_of(question.text.encode())}
            manifest = {**case.manifest, **results, "case": asked, "primary": question.trace.primary}
            _put_in_place(amended, folder, page, manifest, done)
        finally:
            if amended.exists():
                working_folder.remove(amended)
    except OSError as error:
        raise StoreError(f"{folder}: cannot be written ({error.strerror or error})") from error
    finally:
        lock.close()
    return CaseFolder.open(folder)


def _put_in_place(made: Path, folder: Path, page: str, manifest: dict[str, Any], done: Act) -> None:
    """Writes page, log and manifest beside the record, and puts all in place of what stood there, which goes into the history."""
    write_exact(made / "case.html", page)
    before = manifested(folder)
    if before is not None and FolderState.of(before) and before["run"] != manifest["run"]:
        keep(folder, before)
    with placing(folder):
        entries = read_log(folder)
        entry = chained(entries, folder, done, FolderState.of(before), FolderState.of(manifest))
        write_exact(made / LOG, log_text([*entries, entry]))
        write_exact(made / "manifest.json", json.dumps(manifest, indent=2) + "\n")
        put_in_place(made, folder)
    working_folder.remove(made)


def put_right(folder: Path) -> None:
    """Puts the rest of a finished run in place, where it was stopped while it did: then its manifest still lies whole beside the rest.

    Raises StoreError where another run is at work in the folder, or what lies there was made by none.
    """
    for made in (folder / name for name in MAKING if (folder / name / "manifest.json").exists()):
        lock = locked(folder / ".lock")
        try:
            working_folder.make(made)
            with placing(folder):
                pass
        finally:
            lock.close()
