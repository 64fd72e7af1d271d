"""What goes into an evidence package: the case file, its sources, the tables with the cuts of the bounds, report, page, log, verifiers."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer import verify_package
from tracer.bundle.masked_or_redacted import Leaving
from tracer.casefile.paths_in_and_out_of_case_folder import path_from
from tracer.casefolder.as_of import require_latest
from tracer.casefolder.breaks_in_log import faults_of
from tracer.casefolder.log import log_text, made_by
from tracer.errors import RecordError, StoreError
from tracer.evidence.masking import masked_text
from tracer.report.export import export
from tracer.version import __version__
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

UNPACKED = "node"  # a recording that was made in the case folder has no name in the case file
REPORT = ("report.html", "report.pdf", "first-hours.html")
"""What `tracer report` writes into the folder, fit to leave it."""

REDACTED_REPORT = ("report-redacted.html", "report-redacted.pdf", "first-hours-redacted.html")
"""The same of a case without its third parties."""

WHOLE = {"node", "recording", "table", "balances"}
"""Kinds of sources that hold the rows, or the balances, of everybody."""

PRIVATE = {"links"}
"""Kinds of sources that may name third parties: they stay out where masking would change them."""

AGAIN = "To make the same result again: tracer trace --offline PACKAGE."
REDACTED = """Third parties are redacted: what holds their rows is not in here, nor are the proofs of floors and ceilings, which name them.
So the result is not made again from here. With the recording, the rows that are shown are tied to its blocks:
python3 -I -S verify_nem.py data/tables RECORDING."""


class Contents(NamedTuple):
    """The payload by its names under data/, and what describes it."""

    payload: dict[str, bytes]
    info: dict[str, str]


def contents_of(leaving: Leaving, notes: Path | None = None) -> Contents:
    """What a package of the case holds. `notes`: a file of annotations; they leave the folder only where one is named.

    Evidence off the chain, IP and e-mail addresses are masked unless `unmasked`. Raises StoreError where a source, the page or the record
    is no longer what was traced, a source has a whole path, or the log tells of what is masked.
    """
    case = leaving.case
    require_latest(case, "bundle")
    if changes := case.changes(thorough=True):
        raise StoreError(f"{changes[0]}: a package is of what was traced")
    sources = [{**each, "file": None if (why := _why_left_out(leaving, each)) else each["name"], "why": why} for each in _stated(case)]
    depth = max((_steps_up(each["name"]) for each in sources if each["file"]), default=0)
    case_file = "/".join(("case", *(["from"] * depth), "case.toml"))
    payload = {case_file: leaving.case_file.encode()}
    for each in sources:
        if each["file"]:
            content = _path_of(case, each).read_bytes()
            if hashlib.sha256(content).hexdigest() != each["sha256"]:
                raise StoreError(f"{_path_of(case, each)}: has changed since {case.folder} was traced: run tracer trace again")
            each["file"] = f"data/{posixpath.normpath(posixpath.join(posixpath.dirname(case_file), each['file']))}"
            payload[each["file"].removeprefix("data/")] = content
    payload |= _tables(leaving.shown) | _verifiers()
    payload["sources.json"] = _as_json(sources)
    payload["case.html"] = leaving.page
    payload["manifest.json"] = _as_json(_manifest(case) | {"page_sha256": hashlib.sha256(payload["case.html"]).hexdigest()})
    payload["log.jsonl"] = _log(leaving)
    payload |= _report(case, REDACTED_REPORT if leaving.redacted else REPORT)
    if notes is not None:
        payload["notes/annotations.json"] = notes.read_bytes()
    info = {
        "Source-Organization": "not stated",
        "Bagging-Date": case.log_entries[-1].time[:10] if case.log_entries else "unknown",
        "Bag-Software-Agent": f"chain-tracer {__version__}",
        "External-Identifier": case.question.name,
        "External-Description": str(case.stamp),
        "Case-File": f"data/{case_file}",
        "Case-File-Is": "whole" if leaving.case_file == case.question.text else "masked",
        **({"Redacted": "third-parties"} if leaving.redacted else {}),
    }
    return Contents(payload, info)


def _as_json(content: Any) -> bytes:
    return (json.dumps(content, indent=2) + "\n").encode()


def _manifest(case: CaseFolder) -> dict[str, Any]:
    """The manifest, without what says only where it lay on the investigator's machine."""
    stated = case.manifest["case"]
    options = {name: value for name, value in case.manifest["options"].items() if name not in ("proxy", "allow_outside")}
    return {**case.manifest, "case": {"name": stated["name"], "sha256": stated["sha256"]}, "options": options}


def _stated(case: CaseFolder) -> list[dict[str, Any]]:
    return [dict(each) for each in case.manifest["sources"]]


def _why_left_out(leaving: Leaving, source: Mapping[str, Any]) -> str:
    """Why a source stays out; "" for one that goes in. Raises StoreError for one that should go in and cannot: the package would be
    called wrong."""
    kind, path = source["kind"], _path_of(leaving.case, source)
    if kind == "column":
        return "a data set: only its digest is here"
    if leaving.redacted and kind in WHOLE:
        return "holds the rows of third parties, which are redacted: only its digest is here"
    if not path.is_file():
        raise StoreError(f"{path}: is no longer there, and a package holds what the case was made of: put it back, or trace again")
    if kind in PRIVATE and not leaving.unmasked and masked_text(text := path.read_text(errors="replace")) != text:
        return "names third parties: it goes with --unmasked only"
    if leaving.redacted and leaving.without_third_parties(text := path.read_text(errors="replace")) != text:
        return "names third parties, which are redacted: only its digest is here"
    _require_relative(leaving.case, str(source["name"]))
    return ""


def _require_relative(case: CaseFolder, name: str) -> None:
    """Raises StoreError for a file that the case file names by a whole path: in a package it would be looked for outside of it."""
    if Path(name).is_absolute():
        question = case.question
        raise StoreError(
            f"{question.path}: {name!r} is a whole path, which no package can hold: copy it to the folder of the case file, or write it "
            f"as seen from there ({path_from(question.folder.resolve(), Path(name).resolve())!r}), and trace again"
        )


def _path_of(case: CaseFolder, source: Mapping[str, Any]) -> Path:
    return (case.folder if source["kind"] == UNPACKED else case.question.folder) / str(source["name"])


def _steps_up(name: str) -> int:
    """How far a path leads up: "../labels/x.yaml" 1."""
    return posixpath.normpath(name).split("/").count("..")


def _tables(case: CaseFolder) -> dict[str, bytes]:
    with TemporaryDirectory() as place:
        return {f"tables/{path.name}": path.read_bytes() for path in export(case, Path(place))}


def _verifiers() -> dict[str, bytes]:
    beside = Path(verify_package.__file__)
    return {f"verify/{name}": beside.with_name(name).read_bytes() for name in verify_package.VERIFIERS}


def _report(case: CaseFolder, names: Iterable[str]) -> dict[str, bytes]:
    """What `tracer report` left in the folder under these names. Raises StoreError for one that is altered, or of an earlier result."""
    found = {}
    for name in names:
        path = case.folder / name
        if path.is_file():
            content = path.read_bytes()
            told = next((entry for entry in reversed(case.log_entries) if name in entry.more.get("files", ())), None)
            state = told and told.after
            same = told and told.more["files"][name] == hashlib.sha256(content).hexdigest()
            if not same or state is None or state.results_digest != case.stamp.results_digest:
                raise StoreError(f"{path}: is of an earlier result, or was altered: make it again with tracer report {case.folder}")
            found[f"report/{name}"] = content
    return found


def _log(leaving: Leaving) -> bytes:
    """The log. Its entries cannot be masked without breaking their chain.

    Raises StoreError where one tells of what is masked, or names a third party that is redacted; RecordError where the log does not hold
    together, or tells of no result.
    """
    case = leaving.case
    if faults := faults_of(case.log_entries) or ([] if made_by(case.log_entries) else ["it does not tell how the result was made"]):
        raise RecordError(f"{case.folder}: its log does not vouch for what it holds: {faults[0]}; tracer log {case.folder} says more")
    if leaving.redacted:
        naming = [entry.number for entry in case.log_entries if leaving.without_third_parties(line := entry.line()) != line]
        if naming:
            raise StoreError(
                f"{case.folder}: entry {naming[0]} of its log names a third party, and a log cannot be cut: no package is redacted"
            )
    if not leaving.unmasked:
        hidden = [entry.number for entry in case.log_entries if masked_text(line := entry.line()) != line or "offchain" in line]
        if hidden:
            raise StoreError(
                f"{case.folder}: entry {hidden[0]} of its log tells of evidence that does not leave the folder, and a log cannot be cut: "
                "make the package with --unmasked, for readers who may see it"
            )
    return log_text(case.log_entries).encode()


def readme_of(contents: Contents) -> str:
    """What stands at the top of a package: what it is, and how to check it."""
    info = contents.info
    return f"""Evidence package
{info["External-Description"]}.

{counted(len(contents.payload), "file")} under data/:
  case/           the case file ({info["Case-File-Is"]}) and what it was made of; sources.json says what was left out, and why
  tables/         every transfer, account, endpoint and bound as CSV, with what proves the bounds
  case.html       the picture; open it in a browser, it asks nothing of any network
  report/         the report, where one was made
  log.jsonl       what was done to the case, by whom, when; each entry holds the hash of the one before
  manifest.json   the digests of the result
  verify/         the programs that check all this, to be read; they need Python 3.11 and nothing else

To check: take the files named there from the project chain-tracer {__version__}, not from here, since whoever altered this package
could have altered them; then

  python3 -I -S verify_package.py PACKAGE --key FINGERPRINT --anchor HEIGHT:HASH

FINGERPRINT: of the signer's key, from the signer by another way. HEIGHT:HASH: a block, from any source you trust. Without a checkout:
sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt. Without a signature and an anchor a package that somebody made anew as a whole
shows no discrepancy.

{REDACTED if "Redacted" in info else AGAIN}
"""
