"""What goes into an evidence package: the case file, its sources, the tables with the cuts of the bounds, report, page, log, verifiers."""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer import verify_package
from tracer.casefolder.as_of import require_latest
from tracer.casefolder.log import faults_of, log_text, made_by
from tracer.errors import RecordError, StoreError
from tracer.evidence import masked_case
from tracer.evidence.masking import masked_text
from tracer.report.export import export
from tracer.version import __version__
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

UNPACKED = "node"  # a recording that was made in the case folder has no name in the case file
REPORT = ("report.html", "report.pdf", "first-hours.html")
"""What `tracer report` writes into the folder, fit to leave it."""

PRIVATE = {"links"}
"""Kinds of sources that may name third parties: they stay out where masking would change them."""


class Contents(NamedTuple):
    """The payload by its names under data/, and what describes it."""

    payload: dict[str, bytes]
    info: dict[str, str]


def contents_of(case: CaseFolder, notes: Path | None = None, *, unmasked: bool = False) -> Contents:
    """What a package of the case holds. `notes`: a file of annotations; they leave the folder only where one is named.

    Evidence off the chain, IP and e-mail addresses are masked unless `unmasked`. Raises StoreError where a source, the page or the record
    is no longer what was traced, or the log tells of what is masked.
    """
    require_latest(case, "bundle")
    if changes := case.changes(thorough=True):
        raise StoreError(f"{changes[0]}: a package is of what was traced")
    text = case.question.text if unmasked else masked_case(case.question.text)
    sources = _sources(case, unmasked)
    depth = max((_steps_up(each["name"]) for each in sources if each["file"]), default=0)
    case_file = "/".join(("case", *(["from"] * depth), "case.toml"))
    payload = {case_file: text.encode()}
    for each in sources:
        if each["file"]:
            content = _path_of(case, each).read_bytes()
            if hashlib.sha256(content).hexdigest() != each["sha256"]:
                raise StoreError(f"{_path_of(case, each)}: has changed since {case.folder} was traced: run tracer trace again")
            each["file"] = f"data/{posixpath.normpath(posixpath.join(posixpath.dirname(case_file), each['file']))}"
            payload[each["file"].removeprefix("data/")] = content
    payload |= _tables(case) | _verifiers()
    payload["sources.json"] = _as_json(sources)
    payload["manifest.json"] = _as_json(_manifest(case))
    payload["log.jsonl"] = _log(case, unmasked)
    payload["case.html"] = (case.folder / "case.html").read_bytes()
    payload |= _report(case)
    if notes is not None:
        payload["notes/annotations.json"] = notes.read_bytes()
    info = {
        "Source-Organization": "not stated",
        "Bagging-Date": case.log_entries[-1].time[:10] if case.log_entries else "unknown",
        "Bag-Software-Agent": f"chain-tracer {__version__}",
        "External-Identifier": case.question.name,
        "External-Description": str(case.stamp),
        "Case-File": f"data/{case_file}",
        "Case-File-Is": "whole" if text == case.question.text else "masked",
    }
    return Contents(payload, info)


def _as_json(content: Any) -> bytes:
    return (json.dumps(content, indent=2) + "\n").encode()


def _manifest(case: CaseFolder) -> dict[str, Any]:
    """The manifest, without what says only where it lay on the investigator's machine."""
    stated = case.manifest["case"]
    options = {name: value for name, value in case.manifest["options"].items() if name not in ("proxy", "allow_outside")}
    return {**case.manifest, "case": {"name": stated["name"], "sha256": stated["sha256"]}, "options": options}


def _sources(case: CaseFolder, unmasked: bool) -> list[dict[str, Any]]:
    """Each source, with its path from the case file's folder; None and the reason for what stays out."""
    return [{**each, "file": None if (why := _why_left_out(case, each, unmasked)) else each["name"], "why": why} for each in _stated(case)]


def _stated(case: CaseFolder) -> list[dict[str, Any]]:
    return [dict(each) for each in case.manifest["sources"]]


def _why_left_out(case: CaseFolder, source: Mapping[str, Any], unmasked: bool) -> str:
    path = _path_of(case, source)
    if source["kind"] == "column":
        return "a data set: only its digest is here"
    if not path.is_file():
        return "was no longer there when the package was made: only its digest is here"
    if Path(source["name"]).is_absolute():
        return "its path is whole, and no package has such"
    if source["kind"] in PRIVATE and not unmasked and masked_text(text := path.read_text(errors="replace")) != text:
        return "names third parties: it goes with --unmasked only"
    return ""


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


def _report(case: CaseFolder) -> dict[str, bytes]:
    """What `tracer report` left in the folder. Raises StoreError for a file that is not as it was made, or of an earlier result."""
    found = {}
    for name in REPORT:
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


def _log(case: CaseFolder, unmasked: bool) -> bytes:
    """The log. Its entries cannot be masked without breaking their chain.

    Raises StoreError where one tells of what is masked, RecordError where the log does not hold together, or tells of no result.
    """
    if faults := faults_of(case.log_entries) or ([] if made_by(case.log_entries) else ["it does not tell how the result was made"]):
        raise RecordError(f"{case.folder}: its log does not vouch for what it holds: {faults[0]}; tracer log {case.folder} says more")
    text = log_text(case.log_entries)
    if not unmasked:
        hidden = [entry.number for entry in case.log_entries if masked_text(line := entry.line()) != line or "offchain" in line]
        if hidden:
            raise StoreError(
                f"{case.folder}: entry {hidden[0]} of its log tells of evidence that does not leave the folder, and a log cannot be cut: "
                "make the package with --unmasked, for readers who may see it"
            )
    return text.encode()


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

To check: take verify.py, verify_nem.py, verify_evm.py and verify_package.py from the project chain-tracer {__version__}, not from here,
since whoever altered this package could have altered them; then

  python3 -I -S verify_package.py PACKAGE --key FINGERPRINT --anchor HEIGHT:HASH

FINGERPRINT: of the signer's key, from the signer by another way. HEIGHT:HASH: a block, from any source you trust. Without a checkout:
sha256sum -c manifest-sha256.txt tagmanifest-sha256.txt. Without a signature and an anchor a package that somebody made anew as a whole
shows nothing wrong. To make the same result again: tracer trace --offline --from PACKAGE.
"""
