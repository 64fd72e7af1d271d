"""What leaves in a package, in which form, and what does not."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
import zipfile

import bagit
import pytest
from bundle.conftest import made
from conftest import ROOT, missing
from support.bakery import Bakery
from support.bare_python import bare_python
from support.small_chain import SmallChain
from support.spoiled import Spoiled

import tracer
from tracer.bundle.keys_that_sign import new_key, read_key
from tracer.bundle.package import bundled
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act, append, read_log
from tracer.errors import InputError, RecordError, StoreError

COINCHECK = ROOT / "fixtures" / "cases" / "coincheck" / "case.toml"


@pytest.fixture(scope="module")
def coincheck(tmp_path_factory):
    return tracer.trace(CaseFile.load(COINCHECK), tmp_path_factory.mktemp("coincheck") / "case")


def files_in(package):
    """Name in the folder of the package -> content."""
    with zipfile.ZipFile(package) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def unpacked(package, place):
    with zipfile.ZipFile(package) as archive:
        archive.extractall(place)
    return next(place.iterdir())


@pytest.mark.parametrize("name", ["rehearsal", "coincheck"])
def test_the_package_of_each_demo_case_has_nothing_wrong(request, checked, tmp_path, name):
    case = request.getfixturevalue(name)
    (tmp_path / "case.zip").write_bytes(bundled(case))
    code, said = checked(tmp_path / "case.zip")
    assert (code, said.splitlines()[-1]) == (0, "No discrepancy was found.")


def test_the_same_folder_gives_the_same_bytes(honest, tmp_path):
    copy = shutil.copytree(honest.case.folder, honest.case.folder.with_name("copy"))
    assert bundled(CaseFolder.open(copy)) == bundled(honest.case) == honest.package.read_bytes()


def test_a_package_holds_what_the_case_rests_on_and_what_it_comes_to(honest):
    assert set(files_in(honest.package)) == {
        *("README.txt", "bag-info.txt", "bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt"),
        *(f"data/{name}" for name in ("case.html", "log.jsonl", "manifest.json", "sources.json")),
        *(f"data/case/{name}" for name in ("case.toml", "labels.yaml", "recording.jsonl")),
        *(f"data/tables/{name}.csv" for name in ("accounts", "allocations", "bounds", "cuts", "method", "rules", "thefts", "transfers")),
        *(f"data/tables/{name}" for name in ("case.toml", "digests.json")),
        *(f"data/verify/{name}.py" for name in ("verify", "verify_swaps", "verify_nem", "verify_evm", "verify_package")),
    }


def test_the_library_of_congress_finds_a_valid_bag(signed, tmp_path):
    assert bagit.Bag(str(unpacked(signed.package, tmp_path))).is_valid()


def test_openssl_finds_the_signature_of_the_key_that_is_named(signed, tmp_path):
    if not shutil.which("openssl"):
        missing("openssl", "install Debian's openssl")
    root = unpacked(signed.package, tmp_path)
    manifest = ["-in", "tagmanifest-sha256.txt", "-sigfile", "signature.ed25519"]
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "signer.pem", "-rawin", *manifest]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "Signature Verified Successfully")


def test_a_key_is_its_owners_alone_and_opens_with_its_passphrase(tmp_path):
    new_key(tmp_path / "ida.key", "secret")
    assert stat.S_IMODE((tmp_path / "ida.key").stat().st_mode) == 0o600
    read_key(tmp_path / "ida.key", lambda: "secret")
    with pytest.raises(InputError, match="wrong passphrase"):
        read_key(tmp_path / "ida.key", lambda: "guess")


def test_a_key_that_others_can_read_is_refused_and_none_is_written_over(tmp_path):
    new_key(tmp_path / "ida.key", "")
    (tmp_path / "ida.key").chmod(0o644)
    with pytest.raises(InputError, match="others than its owner can read it: chmod 600"):
        read_key(tmp_path / "ida.key", lambda: "")
    with pytest.raises(StoreError, match="is there already, and a key is never written over"):
        new_key(tmp_path / "ida.key", "")


def test_annotations_leave_only_where_they_are_named(honest, tmp_path):
    (tmp_path / "notes.json").write_text('{"notes": []}')
    (tmp_path / "with.zip").write_bytes(bundled(honest.case, tmp_path / "notes.json"))
    assert files_in(tmp_path / "with.zip")["data/notes/annotations.json"] == b'{"notes": []}'
    assert "data/notes/annotations.json" not in files_in(honest.package)


def test_what_is_masked_leaves_unmasked_only(coincheck, tmp_path):
    (tmp_path / "masked.zip").write_bytes(bundled(coincheck))
    (tmp_path / "whole.zip").write_bytes(bundled(coincheck, unmasked=True))
    masked, whole = files_in(tmp_path / "masked.zip"), files_in(tmp_path / "whole.zip")
    assert b"126.58.200.7" in whole["data/case/case.toml"]
    assert not any(b"126.58.200.7" in content for content in masked.values())
    assert b"Case-File-Is: masked" in masked["bag-info.txt"]


def test_nothing_in_a_package_says_where_it_lay_on_a_machine(honest):
    assert not any(str(honest.case.folder.parent).encode() in content for content in files_in(honest.package).values())
    assert "path" not in json.loads(files_in(honest.package)["data/manifest.json"])["case"]


def test_labels_beside_the_folder_of_the_case_file_keep_their_path(tmp_path, checked):
    """The case file names ../l.yaml; both lie in the package as they lay before, and the case can be traced there."""
    (tmp_path / "inner").mkdir()
    bakery = Bakery(tmp_path / "inner", Bakery.__init__.__defaults__[0].replace('"l.yaml"', '"../l.yaml"'))
    shutil.move(tmp_path / "inner" / "l.yaml", tmp_path / "l.yaml")
    case = tracer.trace(CaseFile.load(bakery.file).with_options({"allow_outside": True}), bakery.out)
    (tmp_path / "b.zip").write_bytes(bundled(case))
    files = files_in(tmp_path / "b.zip")
    assert {"data/case/from/case.toml", "data/case/l.yaml", "data/case/from/t.csv"} <= files.keys()
    assert checked(tmp_path / "b.zip")[0] == 0


def test_the_packages_own_verifiers_say_that_they_are(honest, tmp_path):
    root = unpacked(honest.package, tmp_path)
    done = bare_python(root / "data" / "verify" / "verify_package.py", root)
    assert done.returncode == 0
    assert "THESE ARE THE PACKAGE'S OWN; take them from the project" in done.stdout


def test_a_case_of_another_coin_says_that_its_rows_are_not_tied(tmp_path, checked):
    bakery = Bakery(tmp_path)
    (tmp_path / "b.zip").write_bytes(bundled(tracer.trace(CaseFile.load(bakery.file), bakery.out)))
    code, said = checked(tmp_path / "b.zip")
    assert code == 0
    assert "Not tied: rows of table are not compared with blocks here." in said


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("l.csv", "address,name,category\nalpha,Alpha,exchange\n"),
        ("l.json", '{"alpha": {"name": "Alpha", "labels": ["exchange"]}}'),
        ("l.json", '[{"address": "alpha", "name": "Alpha", "category": "exchange"}]'),
        (
            "l.yaml",
            "title: t\ncreator: u\nsource: s\ncurrency: COIN\ncategory: exchange\nlabel: Alpha\ntags:\n- address: alpha\n",
        ),
    ],
)
def test_labels_of_any_form_agree_with_the_services_of_the_tables(tmp_path, checked, file, text):
    bakery = Bakery(tmp_path)
    bakery.file.write_text(bakery.file.read_text().replace('"l.yaml"', f'"{file}"'))
    (tmp_path / file).write_text(text)
    (tmp_path / "b.zip").write_bytes(bundled(tracer.trace(CaseFile.load(bakery.file), bakery.out)))
    assert b"Alpha" in files_in(tmp_path / "b.zip")["data/tables/accounts.csv"]
    assert checked(tmp_path / "b.zip")[0] == 0


def test_a_case_whose_source_has_changed_makes_no_package(tmp_path):
    bakery = Bakery(tmp_path)
    case = tracer.trace(CaseFile.load(bakery.file), bakery.out)
    bakery.table.write_text(bakery.table.read_text().replace("600", "601"))
    with pytest.raises(StoreError, match=r"t\.csv has changed since .* a package is of what was traced"):
        bundled(case)


def reported(case, text):
    """A report as `tracer report` leaves it in the folder, with its act in the log."""
    (case.folder / "report.html").write_text(text)
    append(case.folder, act("report", "Ida", files={"report.html": hashlib.sha256(text.encode()).hexdigest()}))
    return CaseFolder.open(case.folder)


def test_a_report_that_was_made_goes_in_and_is_the_one_that_the_log_tells_of(tmp_path, checked):
    case = reported(made(tmp_path, SmallChain()).case, "<p>900 XEM</p>")
    (tmp_path / "r.zip").write_bytes(bundled(case))
    assert files_in(tmp_path / "r.zip")["data/report/report.html"] == b"<p>900 XEM</p>"
    assert checked(tmp_path / "r.zip")[0] == 0
    package = Spoiled(tmp_path / "r.zip")
    package.text("data/report/report.html", lambda text: text.replace("900", "901"))
    code, said = checked(package.pack(tmp_path / "s.zip"))
    assert code == 2
    assert "data/report/report.html: is not the one that the log tells of" in said


def test_a_report_that_was_altered_in_the_folder_makes_no_package(tmp_path):
    case = reported(made(tmp_path, SmallChain()).case, "<p>900 XEM</p>")
    (case.folder / "report.html").write_text("<p>901 XEM</p>")
    with pytest.raises(StoreError, match=r"report.html: is of an earlier result, or was altered: make it again with tracer report"):
        bundled(case)


def test_a_folder_whose_log_was_cut_makes_no_package(tmp_path):
    case = made(tmp_path, SmallChain()).case
    lines = (case.folder / "log.jsonl").read_text().splitlines(keepends=True)
    (case.folder / "log.jsonl").write_text("".join(lines[1:]))
    with pytest.raises(RecordError, match="its log does not vouch for what it holds: entry 2 stands in place 1"):
        bundled(CaseFolder.open(case.folder))
    (case.folder / "log.jsonl").unlink()
    with pytest.raises(RecordError, match="its log does not vouch for what it holds: it does not tell how the result was made"):
        bundled(CaseFolder.open(case.folder))


def test_the_log_keeps_that_a_package_was_made(tracer_cli, tmp_path):
    packed = made(tmp_path, SmallChain())
    code, out, _ = tracer_cli("bundle", packed.case.folder, "-o", tmp_path / "out.zip", "--as", "Ida")
    assert (code, out.strip()) == (0, str(tmp_path / "out.zip"))
    last = read_log(packed.case.folder)[-1]
    assert (last.act, last.by, list(last.more["files"])) == ("bundle", "Ida", ["out.zip"])


def test_verify_says_the_same_as_a_bare_python(honest, checked, tracer_cli):
    code, out, _ = tracer_cli("verify", honest.package, "--anchor", f"6:{honest.chain.hash(6)}")
    assert (code, out) == checked(honest.package, "--anchor", f"6:{honest.chain.hash(6)}")
    as_explorers_write = f"6:0x{honest.chain.hash(6)}"
    code, same, _ = tracer_cli("verify", honest.package, "--anchor", as_explorers_write)
    assert (code, same) == (0, out) == checked(honest.package, "--anchor", as_explorers_write)
    code, out, _ = tracer_cli("verify", honest.package, "--anchor", f"6:{'ab' * 32}", "--json")
    assert code == 2
    assert json.loads(out)["wrong"] == [f"--anchor 6: block 6 is {honest.chain.hash(6)}: the recording is of another chain, or lacks it"]


def test_signing_asks_for_the_passphrase_and_tells_the_fingerprint(honest, tracer_cli, tmp_path, monkeypatch):
    monkeypatch.setenv("TRACER_KEY_PASSPHRASE", "secret")
    _, out, _ = tracer_cli("key", "new", tmp_path / "ida.key")
    fingerprint = out.splitlines()[1].removeprefix("fingerprint ")
    code, out, _ = tracer_cli("bundle", honest.package, "-o", tmp_path / "signed.zip", "--sign", tmp_path / "ida.key")
    assert code == 0
    assert f"signed by the key with the fingerprint {fingerprint}" in out
    assert tracer_cli("verify", tmp_path / "signed.zip", "--key", fingerprint)[0] == 0
    monkeypatch.setenv("TRACER_KEY_PASSPHRASE", "guess")
    code, _, err = tracer_cli("bundle", honest.package, "-o", tmp_path / "signed.zip", "--sign", tmp_path / "ida.key")
    assert (code, err.count("\n")) == (1, 1)
    assert "wrong passphrase" in err


@pytest.mark.parametrize("name", ["l.yaml", "t.csv"])
def test_no_package_is_made_of_a_case_whose_file_names_a_source_by_a_whole_path(name, tmp_path):
    bakery = Bakery(tmp_path)
    bakery.change(f'"{name}"', f'"{tmp_path.as_posix()}/{name}"')
    with pytest.raises(
        StoreError, match=rf"case.toml: '.*/{name}' is a whole path, .* write it as seen from .* \('{name}'\), and trace again"
    ):
        bundled(bakery.trace())


def test_no_package_is_made_where_the_labels_are_no_longer_there(tmp_path):
    bakery = Bakery(tmp_path)
    case = bakery.trace()
    (tmp_path / "l.yaml").unlink()
    with pytest.raises(StoreError, match=r"l.yaml: is no longer there, .*: put it back, or trace again"):
        bundled(case)
