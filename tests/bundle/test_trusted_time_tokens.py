"""Evidence of time: a request that openssl answers as an authority of our own, and the token that comes back."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from conftest import missing
from support.bakery import Bakery
from support.report_figures import Page

from tracer.casefolder.log import log_text, read_log

CONFIG = """[req]
distinguished_name = dn
prompt = no
[dn]
CN = {name}
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[tsa]
extendedKeyUsage = critical, timeStamping
[authority]
serial = {place}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority of our own: answers a request with a token. Its root certificate is root.pem in its folder."""
    if not shutil.which("openssl"):
        missing("openssl", "install Debian's openssl")
    place = tmp_path_factory.mktemp("authority")
    (place / "serial").write_text("01\n")
    for name in ("root", "tsa"):
        (place / f"{name}.cnf").write_text(CONFIG.format(name=name, place=place))

    def openssl(*arguments):
        subprocess.run(["openssl", *map(str, arguments)], cwd=place, check=True, capture_output=True)

    new = ["-newkey", "rsa:2048", "-nodes"]
    openssl("req", "-x509", *new, "-keyout", "root.key", "-out", "root.pem", "-days", 30, "-config", "root.cnf", "-extensions", "ca")
    openssl("req", *new, "-keyout", "tsa.key", "-out", "tsa.csr", "-config", "tsa.cnf")
    extensions = ["-extfile", "tsa.cnf", "-extensions", "tsa"]
    openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-out", "tsa.pem", *extensions)

    def answer(request, token):
        config = ["-config", "tsa.cnf", "-section", "authority"]
        openssl("ts", "-reply", *config, "-queryfile", request, "-signer", "tsa.pem", "-inkey", "tsa.key", "-out", token)

    return place, answer


@pytest.fixture(scope="module")
def stamped(honest, authority, tmp_path_factory):
    """The package with a token, and the folder of the authority."""
    from tracer.cli.main import run

    place, (folder, answer) = tmp_path_factory.mktemp("stamped"), authority
    assert run(["bundle", str(honest.package), "-o", str(place / "a.zip"), "--timestamp-request", str(place / "a.tsq")]) == 0
    answer(place / "a.tsq", place / "a.tsr")
    assert run(["bundle", str(place / "a.zip"), "-o", str(place / "a.zip"), "--timestamp-token", str(place / "a.tsr")]) == 0
    return place, folder


def test_a_token_says_when_the_package_was_there_at_the_latest(stamped, tracer_cli):
    place, folder = stamped
    code, out, _ = tracer_cli("verify", place / "a.zip", "--timestamp-root", folder / "root.pem")
    assert code == 0
    assert "Time: the package was there at 20" in out
    assert "says an authority under root.pem" in out


def test_without_the_authoritys_root_it_is_said_that_nobody_checked_who_stamped(stamped, tracer_cli):
    code, out, _ = tracer_cli("verify", stamped[0] / "a.zip")
    assert code == 0
    assert "Who says so was not checked: name the root with --timestamp-root." in out


def test_a_bare_python_says_that_it_does_not_check_the_token(stamped, checked):
    code, said = checked(stamped[0] / "a.zip")
    assert code == 0
    assert "Time: timestamp.tsr is not checked here: tracer verify does, and openssl ts -verify." in said


def test_a_token_under_another_root_is_found(stamped, tracer_cli, tmp_path):
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-out", "other.pem", "-subj", "/CN=other"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    code, out, _ = tracer_cli("verify", stamped[0] / "a.zip", "--timestamp-root", tmp_path / "other.pem")
    assert code == 2
    assert "timestamp.tsr: was not made under other.pem" in out


def test_a_token_of_another_package_is_refused(stamped, signed, tracer_cli, tmp_path):
    """It is of the manifest of manifests: a signature beside it changes nothing, another file does."""
    from support.spoiled import Spoiled

    code, *_ = tracer_cli("bundle", signed.package, "-o", tmp_path / "s.zip", "--timestamp-token", stamped[0] / "a.tsr")
    assert code == 0
    package = Spoiled(signed.package)
    package.files["data/more.txt"] = b"more"
    other = package.pack(tmp_path / "other.zip")
    code, _, err = tracer_cli("bundle", other, "-o", tmp_path / "o.zip", "--timestamp-token", stamped[0] / "a.tsr")
    assert code == 1
    assert "is the time stamp of something else: ask for one with --timestamp-request" in err


@pytest.mark.parametrize("content", [b"", b"no token", bytes(100)])
def test_what_is_no_token_is_refused(honest, tracer_cli, tmp_path, content):
    (tmp_path / "no.tsr").write_bytes(content)
    code, _, err = tracer_cli("bundle", honest.package, "-o", tmp_path / "o.zip", "--timestamp-token", tmp_path / "no.tsr")
    assert (code, err.count("\n")) == (1, 1)
    assert "is no answer of a time stamp authority" in err


@pytest.fixture(scope="module")
def declared(authority, tmp_path_factory):
    """The bakery's case, whose declaration an authority stamped: the folder, and what the commands said."""
    from tracer.cli.main import run

    place, (_, answer) = tmp_path_factory.mktemp("declared"), authority
    bakery = Bakery(place)
    bakery.trace()
    wish = ["--reason", "the court asked", "--timestamp-request", str(place / "log.tsq")]
    assert run(["declare", str(bakery.out), "fifo", *wish]) == 0
    answer(place / "log.tsq", place / "log.tsr")
    assert run(["declare", str(bakery.out), "--timestamp-token", str(place / "log.tsr"), "--as", "Ida"]) == 0
    return bakery


def test_the_stamp_of_a_declaration_is_of_the_hash_of_its_entry(declared, authority):
    head = read_log(declared.out)[1].hash
    command = ["openssl", "ts", "-verify", "-digest", head, "-in", declared.place / "log.tsr", "-CAfile", authority[0] / "root.pem"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_the_log_keeps_the_stamp_and_says_what_it_proves(declared, authority, tracer_cli):
    assert [(entry.act, entry.by) for entry in read_log(declared.out)[:3]] == [("trace", None), ("declare", None), ("timestamp", "Ida")]
    code, out, _ = tracer_cli("log", declared.out, "--timestamp-root", authority[0] / "root.pem")
    assert code == 0
    assert "Time: entry 2 of the log (declare) was there at 20" in " ".join(out.split())
    assert "says an authority under root.pem" in " ".join(out.split())


def test_a_log_without_a_stamp_says_that_nothing_outside_vouches_for_its_times(tracer_cli, tmp_path):
    bakery = Bakery(tmp_path)
    bakery.trace()
    said = " ".join(tracer_cli("log", bakery.out)[1].split())
    assert "nothing outside vouches for the times of these entries" in said


def test_the_report_says_which_declaration_was_there_when(declared, tracer_cli, tmp_path):
    assert tracer_cli("report", declared.out, "-o", tmp_path / "r.html")[0] == 0
    text = " ".join(Page((tmp_path / "r.html").read_text()).root.text().split())
    assert "Latest possible date of entry 2 of the log (declare): it existed at 20" in text
    assert "That entry holds the results digest of this report. The declared rule in it is FIFO." in text
    assert "nothing in the case folder is outside evidence of time" not in text


def test_a_stamp_under_another_root_breaks_the_log(declared, tracer_cli, tmp_path):
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "k", "-out", "other.pem", "-subj", "/CN=other"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    code, out, _ = tracer_cli("log", declared.out, "--timestamp-root", tmp_path / "other.pem")
    assert code == 2
    assert "the time stamp in entry 3 was not made under other.pem" in " ".join(out.split())


def test_a_stamp_that_was_moved_to_another_entry_proves_nothing(declared, tracer_cli, tmp_path):
    shutil.copytree(declared.out, tmp_path / "forged")
    first, second, third = read_log(tmp_path / "forged")[:3]
    forged = third._replace(more={**third.more, "of": 1, "stamped": first.hash}).hashed()
    (tmp_path / "forged" / "log.jsonl").write_text(log_text([first, second, forged]))
    code, out, _ = tracer_cli("log", tmp_path / "forged")
    assert code == 2
    assert "the time stamp in entry 3 is the time stamp of something else" in " ".join(out.split())


def test_a_stamp_in_the_log_of_a_package_is_checked_with_it(declared, authority, checked, tracer_cli, tmp_path):
    assert tracer_cli("bundle", declared.out, "-o", tmp_path / "a.zip")[0] == 0
    code, out, _ = tracer_cli("verify", tmp_path / "a.zip", "--timestamp-root", authority[0] / "root.pem")
    assert code == 0
    assert "Time: entry 2 of the log (declare) was there at 20" in out
    code, said = checked(tmp_path / "a.zip")
    assert code == 0
    assert "Time: the time stamp in data/log.jsonl:3 is not checked here" in said


def test_a_stamp_of_another_log_is_not_kept(declared, tracer_cli, tmp_path):
    other = Bakery(tmp_path)
    other.trace()
    code, _, err = tracer_cli("declare", other.out, "--timestamp-token", declared.place / "log.tsr")
    assert (code, err.count("\n")) == (1, 1)
    assert "is the time stamp of no entry of the log" in err
    assert len(read_log(other.out)) == 1


def test_declaring_nothing_asks_for_the_rule(declared, tracer_cli):
    code, _, err = tracer_cli("declare", declared.out)
    assert (code, err.count("\n")) == (1, 1)
    assert "name the rule that is declared" in err
