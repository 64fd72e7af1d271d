"""One case on the page: what is shown of it, what is being done to it, and what whoever sits there has allowed. No HTTP here."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.errors import InputError, NodeError, StoreError, TracerError
from tracer.model import Advance
from tracer.pipeline.bounds import floored
from tracer.pipeline.trace import trace
from tracer.workbench.edits_from_page import CASE_ACTS, case_file_of, done
from tracer.workbench.offered_acts_and_changes import moved_of, offered, pending_of
from tracer.workbench.pages import case_page, waiting_page

FILES = ("case.html", "case.toml", "manifest.json", "log.jsonl")
"""The files of a folder that are served, and no others."""

BUSY = "the case is being traced: wait until it is done, or cancel it"


class NotAllowedError(InputError):
    """Something that whoever sits at the page has to allow first: `what` is to write the case file."""

    def __init__(self, what: str, why: str) -> None:
        super().__init__(why)
        self.what = what


class CancelledError(TracerError):
    """Whoever sits at the page stopped the work; what nodes have answered is kept."""


class ShownPage(NamedTuple):
    """A page that is served. `mark` is another where its figures may be others."""

    mark: str
    page: str
    so_far: str | None
    facts: Mapping[str, Any]


class Desk:
    """The case in a folder, on a page. Its methods may be called from any thread; one work at a time, and no act while it lasts.

    `patience` scales all waiting for nodes. `allow_outside`: files outside the folder of the case file may be read.
    """

    def __init__(self, folder: Path, by: str | None = None, *, allow_outside: bool = False, patience: float = 1.0) -> None:
        self.folder, self.by, self.allow_outside, self.patience = folder, by, allow_outside, patience
        self.token = secrets.token_urlsafe(32)
        self.allowed: set[str] = set()
        self.nodes: list[dict[str, Any]] = []
        self._acting, self._shown, self._moved = threading.Lock(), ShownPage("", "", None, {}), dict[str, Any]()
        self._at: Advance | None = None
        self._cancelled = threading.Event()
        self._said, self._unasked = "", False
        self.worker: threading.Thread | None = None

    @property
    def page(self) -> str:
        """The page as it is now."""
        return self._shown.page or waiting_page(self.folder.name, self.token)

    def show(self, case: CaseFolder, *, drawn: bool = False) -> None:
        """Shows a case: a finished one, or one as far as a run has read it. `drawn`: its page was drawn by this very program."""
        mark = case.manifest["run"] if not case.so_far else f"so far {case.so_far.answers}"
        facts = {} if case.so_far else offered(case)
        self._shown = ShownPage(mark, case_page(case, mark, self.token, drawn=drawn), case.so_far.sentence if case.so_far else None, facts)

    def state(self) -> dict[str, Any]:
        """What the page asks for again and again: which figures there are, how far the work is, how it ended."""
        shown, at = self._shown, self._at
        work = at and at._asdict()
        said = {"said": self._said, "unasked": self._unasked}
        return {"mark": shown.mark, "so_far": shown.so_far, "work": work, **said, "nodes": self.nodes}

    def facts(self) -> dict[str, Any]:
        """What the acts are offered with; empty while nothing finished is shown."""
        shown = self._shown
        if not shown.facts:
            return {}
        beside = {"by": self.by, "allowed": sorted(self.allowed), "moved": bool(self._moved)}
        return {**shown.facts, **beside, "pending": pending_of(CaseFolder.open(self.folder))}

    def moved(self) -> dict[str, Any]:
        """What the last trace here moved; empty where there was none."""
        return self._moved

    def allow(self, what: str) -> dict[str, Any]:
        """Notes that whoever sits at the page allows to write the case file, or to ask the nodes, from now on. Raises InputError."""
        if what not in ("write", "ask"):
            raise InputError("what is allowed is to write, or to ask")
        self.allowed.add(what)
        return {"allowed": sorted(self.allowed)}

    def act(self, name: str, fields: Mapping[str, object]) -> dict[str, Any]:
        """Does an act, and says what was done: by then it is on the disk. Raises TracerError."""
        if not self._acting.acquire(blocking=False):
            raise InputError(BUSY)
        try:
            if name not in CASE_ACTS:
                raise InputError(f"there is no act {name[:40]!r}")
            case = CaseFolder.open(self.folder)
            self._require_writing(case_file_of(case).path)
            said = done(case, name, fields, self.by)
            if name == "declare":
                self.show(CaseFolder.open(self.folder), drawn=True)
            return {"said": said}
        finally:
            self._acting.release()

    def trace_again(self) -> dict[str, Any]:
        """Begins to trace the case as its case file stands now, in a thread of its own. Raises InputError while something is done to it."""
        self._begin()

        def whole() -> None:
            try:
                self._traced()
            except TracerError as error:
                self._said = str(error)
                self._unasked = isinstance(error, NodeError) and "ask" not in self.allowed
            except Exception as error:  # whatever it is, the page says it and goes on
                self._said = f"this is a fault of tracer: {type(error).__name__}: {error}"
                raise
            finally:
                self._end()

        self.worker = threading.Thread(target=whole, name="work", daemon=True)
        self.worker.start()
        return self.state()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Holds the desk for a run that somebody else does, and tells it how far it is (`told`)."""
        self._begin()
        try:
            yield
        finally:
            self._end()

    def told(self, at: Advance) -> None:
        """Takes note of how far the work is. Raises CancelledError where somebody cancelled it."""
        if self._cancelled.is_set():
            raise CancelledError("cancelled: what was read is kept, and tracing again goes on from there")
        self._at = at

    def cancel(self) -> dict[str, Any]:
        """Stops the work at its next step."""
        self._cancelled.set()
        return self.state()

    def file(self, name: str) -> bytes:
        """A file of the folder, of the fixed list. Raises StoreError for another one, and for a link."""
        path = self.folder / name
        if name not in FILES or path.is_symlink() or not path.is_file():
            raise StoreError(f"no such file is served: there are {', '.join(FILES)}")
        return path.read_bytes()

    def _begin(self) -> None:
        if not self._acting.acquire(blocking=False):
            raise InputError(BUSY)
        self._cancelled.clear()
        self._said, self._unasked, self._at = "", False, Advance("beginning")

    def _end(self) -> None:
        self._at = None
        self._acting.release()

    def _require_writing(self, path: Path) -> None:
        if "write" not in self.allowed:
            file = os.path.normpath(path)
            raise NotAllowedError("write", f"Acts change the case file {file} and the labels beside it. Its comments stay.")

    def _question(self, before: CaseFolder) -> CaseFile:
        """The case file as it stands now, with the options of the run before; what lies outside its folder is for this command to allow."""
        options = {key: value for key, value in before.question.options.items() if key != "allow_outside"}
        outside = {"allow_outside": True} if self.allow_outside else {}
        return CaseFile.load(before.question.path).with_options({**options, **outside})

    def _traced(self) -> None:
        before = CaseFolder.open(self.folder)
        number = len(before.log_entries)
        question, gaps, offline = self._question(before), bool(before.gaps), "ask" not in self.allowed
        case = trace(question, self.folder, allow_gaps=gaps, offline=offline, patience=self.patience, progress=self.told, by=self.by)
        case, refused = floored(case, self.told, self.by)
        if _made_of(case) == _made_of(before):
            self._said = "Traced again: nothing it was made from has changed."
        else:
            self._moved = moved_of(CaseFolder.open(f"{self.folder}@{number}"), case)
            self._said = f"No floors and ceilings: {refused}" if refused else ""
        self.show(case, drawn=True)  # last: whoever sees the new figures finds what moved


def _made_of(case: CaseFolder) -> tuple[str, str]:
    """The question and the figures of a result, floors and ceilings apart."""
    return case.manifest["case"]["sha256"], case.manifest["results_digest"]
