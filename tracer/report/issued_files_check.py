"""Files that left a case folder, compared with the folder: of the same results, unaltered, and what the folder gives when asked again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from tracer.errors import CaseError, InputError
from tracer.model import NO_BOUNDS, Stamp
from tracer.model.provenance import digests_in
from tracer.report.provenance import LIST
from tracer.version import __version__
from tracer.wording import shortened

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

LARGEST = 1 << 30
"""Bytes of a file that is read whole."""


ADDING = ("bounds", "rests")
"""Acts that add to a result and change none of its figures."""

DATED = "<meta lastmodifieddate="
"""The line of a GEXF that has the day on which it was written."""

Verdict: TypeAlias = tuple[bool, str]


class Matched(NamedTuple):
    """What comparing a file says. `agrees` is None where nothing in it could be compared."""

    file: str
    agrees: bool | None
    says: str


def matched(given: Path, case: CaseFolder) -> list[Matched]:
    """A finding for every file of an export: a folder, or one file of any format. Raises InputError where there is none."""
    paths = sorted(path for path in given.rglob("*") if path.is_file()) if given.is_dir() else [given]
    if not paths or not all(map(Path.is_file, paths)):
        raise InputError(f"{given}: there is no file to compare: name an export, a page, a letter, a table or a picture")
    with TemporaryDirectory() as place:
        again = MadeAgain(case, Path(place))
        return [_matched(path, given, case.stamp, again) for path in paths]


def _matched(path: Path, given: Path, stamp: Stamp, again: MadeAgain) -> Matched:
    name = str(path.relative_to(given)) if given.is_dir() else path.name
    if path.stat().st_size > LARGEST:
        return Matched(name, None, f"is larger than {LARGEST:,} bytes, and was not read")
    content = path.read_bytes()
    said = [] if path.suffix == ".csv" else digests_in(content)
    if other := next((digest for digest in said if digest != stamp.results_digest), None):
        return Matched(name, False, f"is of results digest {other}, and the folder holds {stamp.results_digest}")
    if path.name == LIST:
        return _listed(name, path, content, stamp)
    if verdict := again.verdict(path, content):
        return Matched(name, *verdict)
    if said:
        return Matched(name, True, "states the results digest of the folder; what else it says was not compared")
    return Matched(name, None, "states no results digest, and is nothing that the folder gives: not compared")


def _listed(name: str, path: Path, content: bytes, stamp: Stamp) -> Matched:
    """Whether the files of a list are as they were written, and of these results."""
    try:
        listed = json.loads(content)
        of, files = listed["results_digest"], dict(listed["files"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Matched(name, False, "is no list of digests as tracer writes it")
    if of != stamp.results_digest:
        return Matched(name, False, f"is of results digest {shortened(str(of), 64)}, and the folder holds {stamp.results_digest}")
    for file, digest in files.items():
        beside = path.parent / Path(str(file)).name
        if not beside.is_file():
            return Matched(name, False, f"{shortened(str(file))} is listed and is not there")
        if hashlib.sha256(beside.read_bytes()).hexdigest() != digest:
            return Matched(name, False, f"{beside.name} is not the file that was written: its SHA-256 is another")
    return Matched(name, True, f"states the results digest of the folder; the {len(files):,} files of it are as they were written")


class MadeAgain:
    """What the folder gives now, made when it is first needed: tables, letters, graphs, the page.

    A file may have left before `tracer bounds` and `tracer rests` were run, which change no result: it is compared with both.
    """

    def __init__(self, case: CaseFolder, place: Path) -> None:
        self.case, self.place = case, place

    def verdict(self, path: Path, content: bytes) -> Verdict | None:
        """Whether a file is what the folder gives, and the line at fault; None where it gives no such file."""
        now = self._as_it_is.verdict(path, content)
        if now is None or now[0] or not (self.case.bounds.endpoints or self.case.rests):
            return now
        agrees, said = self._before.verdict(path, content) or now
        return (True, f"{said}; it left before bounds or what they rest on were computed") if agrees else now

    @cached_property
    def _as_it_is(self) -> Given:
        return Given(self.case, self.place / "now")

    @cached_property
    def _before(self) -> Given:
        case = self.case
        bare = type(case)(case.folder, case.db, case.question, case.manifest).knowing(
            bounds=NO_BOUNDS, rests=None, log_entries=[entry for entry in case.log_entries if entry.act not in ADDING]
        )
        return Given(bare, self.place / "before")


class Given:
    """What a case gives when it is asked again."""

    def __init__(self, case: CaseFolder, place: Path) -> None:
        self.case, self.place = case, place

    def verdict(self, path: Path, content: bytes) -> Verdict | None:
        if path.suffix == ".csv":
            return self._table(content)
        if path.suffix == ".html" and b'id="payload"' in content:
            return self._page(content)
        if path.suffix in (".gexf", ".graphml"):
            return _same(content, self._graph(path.suffix[1:]), path.suffix[1:])
        made = self.files.get(path.name)
        return None if made is None or path.name == LIST else _same(content, made, path.name)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Export and freeze lists, by name: none of the latter where the case has no primary rule."""
        from tracer.report.export import export
        from tracer.report.freeze_lists import freeze, write

        paths = export(self.case, self.place / "export")
        with suppress(CaseError):
            paths += write(self.case, freeze(self.case), self.place / "freeze")
        return {path.name: path.read_bytes() for path in paths}

    def _graph(self, kind: str) -> bytes:
        from tracer.flow.gexf_and_graphml import FORMATS

        return FORMATS[kind](self.case.flow).encode("utf-8")

    @cached_property
    def tables(self) -> Mapping[str, list[str]]:
        """The lines of every table, by its file's name."""
        from tracer.report.tables import rules_table

        whole = {"tracer rules": rules_table(self.case).csv().encode("utf-8")}
        whole |= {name: made for name, made in self.files.items() if name.endswith(".csv")}
        return {name: _lines(made) for name, made in whole.items()}

    def _table(self, content: bytes) -> Verdict | None:
        """A table is known by its first line. Part of one is as good as all, in its order: --min and --address print so."""
        lines = _lines(content)
        odd: Verdict | None = None
        for name, made in self.tables.items():
            if not lines or made[0] != lines[0]:
                continue
            left = iter(made)
            wrong = next((number for number, line in enumerate(lines, 1) if line not in left), None)
            if wrong is None:
                part = "all of it" if len(lines) == len(made) else f"{len(lines) - 1:,} of its {len(made) - 1:,} lines"
                return True, f"is {name} as the folder gives it, {part}"
            what = "is repeated or moved in" if lines[wrong - 1] in made else "is none of"
            odd = odd or (False, f"line {wrong} {what} {name} as the folder gives it: {shortened(lines[wrong - 1], 100)}")
        return odd

    def _page(self, content: bytes) -> Verdict:
        """Compared unpacked, since compressors differ between machines."""
        from tracer.casefolder.page_inputs_of_case import drawing_of_case
        from tracer.render import digest, payload
        from tracer.render.html import digest_of_page

        of_page = digest_of_page(content.decode("utf-8", "replace"))
        if of_page == digest(payload(drawing_of_case(self.case, self.case.flow_columns))):
            return True, "is the page of the folder, to the last figure"
        if of_page == digest(payload(drawing_of_case(self.case, self.case.unmasked))):
            return True, "is the page of the folder with nothing masked, to the last figure"
        return False, "is not the page that this version draws of the folder: it was altered, or another version drew it"


def _same(content: bytes, made: bytes, name: str) -> Verdict:
    """Whether a text is what the folder gives; else the first line that is not."""
    lines, should = ([line for line in _lines(text) if DATED not in line] for text in (content, made))
    if lines == should:
        return True, f"is {name} as the folder gives it"
    number = next((n for n, (one, other) in enumerate(zip(lines, should, strict=False)) if one != other), min(len(lines), len(should)))
    said = lines[number] if number < len(lines) else "nothing more"
    return False, f"line {number + 1} is not what the folder gives: {shortened(said, 100)}"


def _lines(content: bytes) -> list[str]:
    """The lines of a text, whatever ends them and whatever mark stands in front."""
    return content.decode("utf-8-sig", "replace").splitlines()


def matched_as_data(findings: list[Matched]) -> dict[str, Any]:
    """The findings as JSON values; `agrees` of all is false where one file does not."""
    return {
        "agrees": all(finding.agrees is not False for finding in findings),
        "tracer": __version__,
        "files": [finding._asdict() for finding in findings],
    }


def verdicts(findings: list[Matched]) -> Iterator[str]:
    """A line for each file, those that do not agree first, and what it comes to."""
    words = {True: "agrees", False: "DOES NOT AGREE", None: "not compared"}
    for finding in sorted(findings, key=lambda each: (each.agrees is not False, each.agrees is None)):
        yield f"{words[finding.agrees]}: {finding.file}: {finding.says}"
    count = [sum(finding.agrees is agrees for finding in findings) for agrees in (True, False, None)]
    yield f"{len(findings):,} compared with the folder: {count[0]:,} agree, {count[1]:,} do not, of {count[2]:,} nothing could be compared."
