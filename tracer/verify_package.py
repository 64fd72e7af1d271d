"""Checks an evidence package with a bare Python: that nothing in it was altered, and what its own parts say of each other.

    python verify_package.py PACKAGE [--key FINGERPRINT] [--anchor HEIGHT:HASH]...

PACKAGE is what `tracer bundle` wrote, a .zip or the folder it unpacks to. This file needs Python 3.11, and the other verifiers
beside it: take all of them from the project, not from the package. FINGERPRINT is that of the signer's key, which the signer gave you by
another way; an anchor is the hash of a block from any source that is not the package's maker. Nothing in a package is run.
Exit code 0: no discrepancy was found. 2: a line for each one names the file. 1: PACKAGE is none.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import json
import re
import shutil
import stat
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

LARGEST = 1 << 32  # bytes that a package unpacks to at most
MOST_FILES, DENSEST = 10_000, 200  # files at most; times its packed size that one unpacks to at most: tables reach some twenty
SIGNATURE, SIGNER, TOKEN = "signature.ed25519", "signer.pem", "timestamp.tsr"
LATER = {SIGNATURE, SIGNER, TOKEN, "tagmanifest-sha256.txt"}  # what no manifest lists, as it is made of one
KEY_HEAD = bytes.fromhex("302a300506032b6570032100")  # what comes before the 32 bytes of an Ed25519 key (RFC 8410)
VERIFIERS = ("verify.py", "verify_swaps.py", "verify_nem.py", "verify_evm.py", "verify_package.py")
STATES = ("run", "results_digest", "bounds_digest", "tags_digest")  # what an entry of the log and manifest.json both say
PLAIN = re.compile(r"[A-Za-z0-9 .,&()/-]+")  # text that no format of labels writes otherwise


class NoPackage(Exception):  # noqa: N818
    """What was given is no package, or cannot be read; one line says why."""

    exit_code = 1


class Hostile(NoPackage):
    """A package that would harm whoever opens it: nothing of it was read."""

    exit_code = 2


class Verdict:  # what is wrong, each with its file; what can be said; where a token of time lies
    def __init__(self) -> None:
        self.wrong, self.said, self.stamped = list[str](), list[str](), list[str]()

    def holds(self, true: bool, otherwise: str) -> bool:
        self.wrong += [] if true else ["".join(each if each.isprintable() else repr(each)[1:-1] for each in otherwise)]
        return true

    def lines(self) -> list[str]:
        return [*self.wrong, *self.said, f"WRONG: {len(self.wrong)}." if self.wrong else "No discrepancy was found."]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sibling(name: str) -> ModuleType:
    """Another verifier, from beside this file."""
    spec = importlib.util.spec_from_file_location(f"beside_{name}", Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise NoPackage(f"{name}.py is not beside {Path(__file__).name}: take it from the project")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def refused(entry: zipfile.ZipInfo) -> str:
    """Why an entry of an archive is not unpacked; "" if it is."""
    parts = entry.filename.removesuffix("/").split("/")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    why = {
        "leads out of the package": any(part in ("", ".", "..") or re.search(r"[\\:\0]", part) for part in parts),
        "is a link or a device": kind not in (0, stat.S_IFREG, stat.S_IFDIR),
        "is encrypted": bool(entry.flag_bits & 1),
        "is packed in a way of its own": entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED),
        "unpacks to too much": entry.file_size > DENSEST * entry.compress_size + (1 << 20),
    }
    return next((reason for reason, true in why.items() if true), "")


def unpacked(file: Path, into: Path) -> Path:
    """Unpacks a package into an empty folder, and gives the folder that it is. Raises NoPackage, or Hostile."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            for entry in entries:
                if why := refused(entry):
                    raise Hostile(f"{file.name}: {entry.filename!r} {why}: nothing was unpacked")
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > LARGEST:
                raise Hostile(f"{file.name}: unpacks to too much: nothing was unpacked")
            if len({entry.filename.casefold() for entry in entries}) < len(entries):
                raise Hostile(f"{file.name}: two entries have one name: nothing was unpacked")
            for entry in (entry for entry in entries if not entry.is_dir()):
                target = into / entry.filename
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as packed, target.open("xb") as plain:
                    shutil.copyfileobj(packed, plain)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError, OSError) as error:
        raise NoPackage(f"{file.name}: cannot be unpacked ({error})") from None
    roots = [path for path in into.iterdir() if path.is_dir()]
    if len(roots) != 1 or len(list(into.iterdir())) != 1:
        raise NoPackage(f"{file.name}: is no package: it should hold one folder")
    return roots[0]


def files_in(root: Path) -> dict[str, Path]:
    """Every file by its path in the package. Raises Hostile for a link."""
    found = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*"))}
    if link := next((name for name, path in found.items() if path.is_symlink()), None):
        raise Hostile(f"{link}: is a link, and no package has any")
    return {name: path for name, path in found.items() if path.is_file()}


def listed(path: Path) -> dict[str, str]:
    """The digests that a manifest states, by path. Raises ValueError."""
    digests = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = re.fullmatch(r"([0-9a-f]{64}) +(\S.*)", line)
        if found is None or found[2] in digests:
            raise ValueError(f"{path.name}:{number}: is no line of a manifest, or its file stands there twice")
        digests[found[2]] = found[1]
    return digests


def bag(root: Path, verdict: Verdict) -> None:
    """Every file is the one that the manifests of the bag (RFC 8493) list, and they list every file."""
    there = files_in(root)
    for manifest, meant in (("manifest-sha256.txt", "data/"), ("tagmanifest-sha256.txt", "")):
        if not verdict.holds(manifest in there, f"{manifest}: is missing"):
            continue
        stated = listed(root / manifest)
        covered = {name for name in there if name.startswith("data/") == bool(meant)} - LATER
        for name in sorted(covered | stated.keys()):
            if verdict.holds(name in covered, f"{name}: is missing, and {manifest} lists it") and verdict.holds(
                name in stated, f"{name}: is in the package, and {manifest} does not list it"
            ):
                with there[name].open("rb") as file:
                    same = hashlib.file_digest(file, "sha256").hexdigest() == stated[name]
                verdict.holds(same, f"{name}: was altered: its SHA-256 is not the one in {manifest}")
    verdict.said.append(f"Files: {len(there)}, compared with the manifests by SHA-256.")


def key_of(pem: str) -> bytes:
    """The 32 bytes of an Ed25519 key in PEM. Raises ValueError."""
    content = base64.b64decode("".join(line for line in pem.splitlines() if not line.startswith("-----")), validate=True)
    if not content.startswith(KEY_HEAD) or len(content) != len(KEY_HEAD) + 32:
        raise ValueError("is no Ed25519 key")
    return content[len(KEY_HEAD) :]


def signature(root: Path, verdict: Verdict, wanted: str | None) -> None:
    """Who signed the manifest of manifests, and whether that is whose key was given."""
    if not (root / SIGNATURE).is_file():
        verdict.holds(wanted is None, f"{SIGNATURE}: is missing, and a signature by {wanted} was expected")
        verdict.said.append("Signature: NONE. Whoever altered the package and made the manifests anew cannot be told from its maker.")
        return
    try:
        key = key_of((root / SIGNER).read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        verdict.holds(False, f"{SIGNER}: {error}")
        return
    signed, content = (root / SIGNATURE).read_bytes(), (root / "tagmanifest-sha256.txt").read_bytes()
    holds = sibling("verify_nem").signed_by(key.hex(), content, signed.hex(), lambda part: hashlib.sha512(part).digest())
    fingerprint = sha256(KEY_HEAD + key)
    verdict.holds(holds, f"{SIGNATURE}: does not hold: tagmanifest-sha256.txt is not what the holder of {SIGNER} signed")
    verdict.holds(wanted in (None, fingerprint), f"{SIGNER}: is the key {fingerprint}, and {wanted} was expected")
    whose = "the one that was expected" if wanted == fingerprint else "whose it is, the package cannot say: ask the signer by another way"
    verdict.said.append(f"Signature: by the key with the fingerprint {fingerprint} ({whose}).")


# --- What the parts say of each other


def part(root: Path, name: str) -> Path:
    """A file of the package by the name that the package itself states. Raises ValueError for any other file."""
    if name not in files_in(root):
        raise ValueError(f"{name!r} is no file of the package")
    return root / name


def asked_in(root: Path) -> dict[str, Any]:
    """What the case file asks."""
    return tomllib.loads(part(root, fields(root / "bag-info.txt")["Case-File"]).read_text(encoding="utf-8"))


def sources_of(root: Path) -> list[dict[str, Any]]:
    """What the case was made of; `file` is None for what was left out."""
    return list(json.loads((root / "data/sources.json").read_bytes()))


def kept(root: Path, *kinds: str) -> list[Path]:
    """The sources of some kinds that are in the package."""
    return [part(root, each["file"]) for each in sources_of(root) if each["kind"] in kinds and each["file"] is not None]


def redacted(root: Path, *kinds: str) -> str:
    """The sources of these kinds that a redacted package leaves out, each with the reason; "" of any other package."""
    gone = [f"{each['name']} ({each['why']})" for each in sources_of(root) if each["file"] is None and each["kind"] in kinds]
    return "; ".join(gone) if "Redacted" in fields(root / "bag-info.txt") else ""


def record(root: Path, verdict: Verdict) -> None:
    """Case file, sources, tables, page and log are those of one result."""
    stated, info = json.loads((root / "data/manifest.json").read_bytes()), fields(root / "bag-info.txt")
    sources, case = sources_of(root), part(root, info["Case-File"])
    if info["Case-File-Is"] == "whole":
        same = sha256(case.read_bytes()) == stated["case"]["sha256"]
        verdict.holds(same, f"{info['Case-File']}: is not the case file that manifest.json and the log were made of")
        digests = sha256("\n".join(stated[name] for name in STATES[1:]).encode())
        run = sha256(f"{digests}\n{case.read_bytes().decode()}".encode())
        verdict.holds(run == stated["run"], "data/manifest.json: its run is not that of its digests and the case file")
    else:
        verdict.said.append("Case file: masked, so its digest is not that in the log; `tracer trace PACKAGE` compares the results.")
    told = {(each["kind"], each["name"], each["sha256"]) for each in stated["sources"]}
    verdict.holds(told == {(each["kind"], each["name"], each["sha256"]) for each in sources}, "data/sources.json: not as in manifest.json")
    for each in sources:
        same = each["file"] is None or sha256(part(root, each["file"]).read_bytes()) == each["sha256"]
        verdict.holds(same, f"{each['file']}: is not the source {each['name']!r} that was traced")
    gone = [each["name"] for each in sources if each["file"] is None]
    verdict.said.append(f"Sources: {len(sources) - len(gone)} in the package; left out: {', '.join(gone) or 'none'}.")
    tables(root, stated, verdict)
    page = (root / "data/case.html").read_bytes()
    verdict.holds(sha256(page) == stated["page_sha256"], "data/case.html: is not the page that manifest.json is of")
    verdict.holds(stated["results_digest"].encode() in page, "data/case.html: does not state the results digest")


def fields(path: Path) -> dict[str, str]:
    """The fields of bag-info.txt."""
    return {name: value for name, _, value in (line.partition(": ") for line in path.read_text(encoding="utf-8").splitlines())}


def tables(root: Path, stated: Mapping[str, Any], verdict: Verdict) -> None:
    """The tables are of the result, were made together, and answer the question of the case file."""
    folder, asked = root / "data/tables", asked_in(root)
    made = json.loads((folder / "digests.json").read_bytes())
    verdict.holds(made["results_digest"] == stated["results_digest"], "data/tables/digests.json: of another result than manifest.json")
    there = {path.name for path in folder.iterdir()} - {"digests.json"}
    for name in sorted(there | made["files"].keys()):
        same = name in there and sha256((folder / name).read_bytes()) == made["files"].get(name)
        verdict.holds(same, f"data/tables/{name}: is not the table that digests.json lists")
    answered = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
    for key in ("chain", "asset", "assets", "network", "thefts", "trace", "labels", "stops", "conversions"):
        verdict.holds(answered.get(key) == asked.get(key), f"data/tables/case.toml: {key} is not what the case file asks")


def log(root: Path, verdict: Verdict) -> None:
    """No entry of the log was edited, removed or moved, and the last result it tells of is the one in the package."""
    stated = json.loads((root / "data/manifest.json").read_bytes())
    previous, state, started, issued = "", None, False, dict[str, str]()
    for number, line in enumerate((root / "data/log.jsonl").read_text(encoding="utf-8").splitlines(), 1):
        place, entry = f"data/log.jsonl:{number}", json.loads(line)
        bare = json.dumps({**entry, "hash": ""}, separators=(",", ":"))
        verdict.holds(sha256(bare.encode()) == entry["hash"], f"{place}: was edited: its hash is not that of what it says")
        verdict.holds(entry["number"] == number, f"{place}: entry {entry['number']} stands there: one was removed, added or moved")
        verdict.holds(entry["previous"] == previous, f"{place}: does not follow the entry before it: one was removed or moved")
        verdict.holds(not started or entry["before"] == state, f"{place}: did not find what the entry before it left")
        previous, state, started = entry["hash"], entry["after"], True
        issued |= entry["more"].get("files", {})
        verdict.stamped += [f"the time stamp in {place}"] if "token" in entry["more"] else []
    now = {name: stated[name] for name in STATES} | {"case_sha256": stated["case"]["sha256"], "primary": stated["primary"]}
    verdict.holds(state == {**now, "newest_block": stated["newest_block"]}, "data/log.jsonl: its last result is not that of manifest.json")
    for path in (path for name, path in files_in(root).items() if name.startswith("data/report/")):
        verdict.holds(issued.get(path.name) == sha256(path.read_bytes()), f"data/report/{path.name}: is not the one that the log tells of")
    verdict.said.append(f"Log: its head is {previous or 'no entry'}. What was cut off its end shows only against a later head.")


def labels(root: Path, verdict: Verdict) -> None:
    """Who is a service in the tables is one in a file of labels, and the other way round."""
    if gone := redacted(root, "labels"):
        verdict.said.append(f"Labels: who is a service was NOT compared with files of labels: {gone}.")
        return
    texts = {path: path.read_text(encoding="utf-8-sig", errors="replace") for path in kept(root, "labels")}
    asked, unsure, nem = asked_in(root), 0, sibling("verify_nem")
    stops = set(asked.get("stops", {}).get("categories", ()))
    for line in nem.table(root / "data/tables", "accounts.csv", report := nem.Report()):
        place, address, service = report.at, line["address"], line["service"]
        if not service:
            if not asked.get("labels", {}).get("min_confidence") and not asked.get("trace", {}).get("through"):
                said = [entry for path, text in texts.items() for entry in records(path, text, address) if of_coin(entry, asked)]
                stopping = {each for entry in said for each in re.findall(r"\bcategory\W{1,4}(\w+)", entry)[-1:]} & stops
                why = f"data/tables/{place}: {address} is no service, and a file of labels says {' '.join(sorted(stopping))}"
                verdict.holds(not stopping, why)
            continue
        called = any(service in said for path, text in texts.items() for said in records(path, text, address))
        plain = PLAIN.fullmatch(service) and PLAIN.fullmatch(address)
        unsure += not called and not plain
        verdict.holds(called or not plain, f"data/tables/{place}: {address} is {service!r}, which no file of labels says of it")
    verdict.said += [f"Labels: {unsure} services are written in a way that could not be compared with the files."] if unsure else []


def of_coin(entry: str, asked: Mapping[str, Any]) -> bool:
    """Whether a label is of the coin or the network that the case is of, as far as it says."""
    stated = {each.casefold() for each in re.findall(r"\b(?:currency|network)\W{1,4}(\w+)", entry)}
    return not stated or bool(stated & {str(asked.get(key, "")).casefold() for key in ("asset", "network", "chain")})


def records(path: Path, text: str, address: str) -> Iterator[str]:
    """What a file of labels says of an address: its entries, in a pack each after what stands above all."""
    pack, head = path.suffix in (".yaml", ".yml"), re.split(r"^\s*tags\s*:", text, maxsplit=1, flags=re.MULTILINE)[0]
    entries = re.split(r"[{}]|^\s*-\s" if pack else r"$", text, flags=re.MULTILINE)
    if path.suffix == ".json":  # a list of entries, or entries by address
        said = json.loads(text)
        entries = [json.dumps(each) for each in (said.items() if isinstance(said, dict) else said)]
    for entry in entries:
        if address.casefold() in entry.replace("-", "").casefold() or address.casefold() in entry.casefold():
            yield f"{head}\n{entry}" if pack else entry


def verifiers(root: Path, verdict: Verdict) -> None:
    """The verifiers in the package are the ones at work here."""
    if Path(__file__).resolve().is_relative_to(root.resolve()):
        verdict.said.append("Verifiers: THESE ARE THE PACKAGE'S OWN; take them from the project: who altered it could alter them.")
    for name in VERIFIERS:
        ours, theirs = Path(__file__).with_name(name), root / "data/verify" / name
        same = theirs.is_file() and theirs.read_bytes() == ours.read_bytes()
        verdict.holds(same, f"data/verify/{name}: is not the file at work here: another version, or altered")


def figures(root: Path, verdict: Verdict, anchors: Mapping[int, str]) -> None:
    """Every figure is recomputed from the rows, and every row of XEM or of an EVM chain is tied to its block."""
    folder, verify, swaps, nem = root / "data/tables", *map(sibling, ("verify", "verify_swaps", "verify_nem"))
    asked = asked_in(root)
    try:
        for name, module in (("verify.py", verify), ("verify_swaps.py", swaps))[: 1 + (folder / "assets.csv").exists()]:
            report = module.check(folder)
            verdict.wrong += [f"data/tables/{line}" for line in report.differences]
            verdict.said += [f"{name}: {line}" for line in report.lines()[len(report.differences) :]]
        coin = asked["asset"] if asked["chain"] == "nem" else asked["chain"]
        gone, tying = redacted(root, "recording", "node"), coin.casefold() in ("xem", "evm")
        if gone or not tying:
            verdict.holds(not anchors, f"--anchor: rows of {coin} cannot be tied to blocks here")
            verdict.said.append(f"Not tied: rows of {coin} are not compared with blocks here{f': {gone}' * tying}.")
            return
        recordings, name = kept(root, "recording", "node"), "verify_evm" if coin == "evm" else "verify_nem"
        tied, whole = (nem if name == "verify_nem" else sibling(name)).check(folder, recordings, anchors), ("--", "block", "proof", "0x")
        verdict.wrong += [line if line.startswith(whole) else f"data/{where(line, recordings, root)}" for line in tied.differences]
        verdict.said += [f"{name}.py: {line}" for line in tied.lines()[len(tied.differences) :]]
        newest = json.loads((root / "data/manifest.json").read_bytes())["newest_block"] or {"height": -1, "hash": ""}
        known = [line for line in tied.given if line.startswith(f"  block {newest['height']}: ")]
        same = not known or known[0].endswith(str(newest["hash"]))
        verdict.holds(same, "data/manifest.json: the newest block that was read is not the one in the recording")
    except (verify.Unreadable, swaps.Unreadable, nem.Unreadable, SystemExit) as error:
        verdict.holds(False, f"data/: {error}")


def where(line: str, recordings: Sequence[Path], root: Path) -> str:
    """A line of verify_nem with the folder that its file is in."""
    found = next((path for path in recordings if line.startswith(f"{path.name}:")), None)
    return f"tables/{line}" if found is None else f"{found.relative_to(root / 'data').parent.as_posix()}/{line}"


def check(package: Path, key: str | None = None, anchors: Mapping[int, str] | None = None) -> Verdict:
    """Everything checked of a package, a file or a folder. Raises NoPackage where it is none."""
    if not package.is_dir():
        with tempfile.TemporaryDirectory() as place:
            return check(unpacked(package, Path(place)), key, anchors)
    verdict = Verdict()
    if not (package / "bagit.txt").is_file() or not (package / "data").is_dir():
        raise NoPackage(f"{package}: is no evidence package: it has no bagit.txt and no data")
    parts: list[Callable[[Path, Verdict], None]] = [bag, partial(signature, wanted=key), record, log, labels, verifiers]
    parts.append(partial(figures, anchors=anchors or {}))
    files_in(package)
    for each in parts:
        try:
            each(package, verdict)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            verdict.holds(False, f"{getattr(error, 'filename', None) or 'data/'}: cannot be read: {type(error).__name__}: {error}")
    verdict.stamped += [TOKEN] if (package / TOKEN).is_file() else []
    return verdict


def main(arguments: Sequence[str]) -> int:
    given = [pair for pair in pairwise(arguments) if pair[0] in ("--key", "--anchor")]
    names = [each for each in arguments if each not in {text for pair in given for text in pair}]
    marks, keys = ([value.lower() for name, value in given if name == wanted] for wanted in ("--anchor", "--key"))
    try:
        anchors = {int(height): known for height, _, known in (mark.partition(":") for mark in marks)}
        verdict = check(Path(*names[:1]), keys[0] if keys else None, anchors)
    except (NoPackage, ValueError) as error:
        print(f"verify_package: {error}", file=sys.stderr)
        return getattr(error, "exit_code", 1)
    verdict.said += [f"Time: {each} is not checked here: tracer verify does, and openssl ts -verify." for each in verdict.stamped]
    print(*verdict.lines(), sep="\n")
    return 2 if verdict.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
