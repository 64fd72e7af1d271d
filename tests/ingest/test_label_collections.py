"""A public collection of labels, fetched from a server on this machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from contextlib import closing, suppress

import pytest
from conftest import missing

from tracer.errors import InputError
from tracer.ingest import label_collections
from tracer.ingest.label_collections import Collection, fetched
from tracer.labels import Wanted, read_labels

PACK = "title: Shops\ncreator: us\nsource: a letter\ncurrency: ETH\ntags:\n- {address: anna, label: Shop}\n"
THEN, LATER = "2026-01-01T00:00:00Z", "2026-02-02T00:00:00Z"


def git(folder, *arguments):
    who = ["-c", "user.name=us", "-c", "user.email=us@example.org", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A repository with one pack, a licence and a file that is not taken, served on the loopback; stops when told, or at the end."""
    if shutil.which("git") is None:
        missing("git", "a collection is fetched by git")
    repository = tmp_path / "served" / "shops"
    (repository / "packs").mkdir(parents=True)
    for name, text in {"packs/shops.yaml": PACK, "LICENSE": "MIT License\n", "run.sh": "exit 1\n"}.items():
        (repository / name).write_text(text)
    (repository / "packs" / "link.yaml").symlink_to("/etc/hostname")
    git(repository, "init", "--quiet")
    git(repository, "add", "-A")
    git(repository, "commit", "--quiet", "-m", "packs", "--date", "2025-05-05T00:00:00Z")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = ["git", "daemon", "--listen=127.0.0.1", f"--port={port}", "--export-all", "--reuseaddr", f"--base-path={tmp_path / 'served'}"]
    daemon = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port))):
            break
    collection = Collection(f"git://127.0.0.1:{port}/shops", git(repository, "rev-parse", "HEAD"), "packs", "MIT License, us")
    monkeypatch.setattr(label_collections, "COLLECTIONS", {"shops": collection})

    def stop():
        daemon.terminate()
        daemon.wait()

    yield stop
    stop()


def test_a_collection_is_fetched_once_and_read_offline_ever_after(server, tmp_path):
    first = fetched("shops", tmp_path / "labels", THEN)
    server()
    again = fetched("shops", tmp_path / "labels", LATER)
    assert (first.downloaded, again.downloaded) == (True, False)
    assert again.stated == first.stated
    assert again.stated["fetched"] == THEN
    assert (first.stated["licence"], len(first.stated["sha256"]), first.stated["date"][:2]) == ("MIT License, us", 64, "20")
    (label,) = read_labels([first.packs / "shops.yaml"], Wanted("ethereum", "eth", str)).labels
    assert label.label == "Shop"


def test_only_the_packs_and_the_licence_are_taken_and_no_link(server, tmp_path):
    packs = fetched("shops", tmp_path / "labels", THEN).packs
    there = {each.relative_to(packs.parent).as_posix() for each in packs.parent.rglob("*") if not each.is_dir()}
    assert there == {"packs/shops.yaml", "LICENSE", "SOURCE.toml"}


def test_a_collection_that_was_changed_is_refused(server, tmp_path):
    packs = fetched("shops", tmp_path / "labels", THEN).packs
    (packs / "shops.yaml").write_text(PACK.replace("anna", "bert"))
    with pytest.raises(InputError, match="is not as it was fetched"):
        fetched("shops", tmp_path / "labels", LATER)


def test_another_commit_than_the_pinned_one_is_not_taken(server, tmp_path, monkeypatch):
    pinned = label_collections.COLLECTIONS["shops"]._replace(commit="1" * 40)
    monkeypatch.setattr(label_collections, "COLLECTIONS", {"shops": pinned})
    with pytest.raises(InputError, match="nothing was fetched"):
        fetched("shops", tmp_path / "labels", THEN)
    assert not (tmp_path / "labels").exists()


def test_a_mirror_serves_the_same_commit_where_the_first_address_is_gone(server, tmp_path, monkeypatch):
    there = label_collections.COLLECTIONS["shops"]
    gone = there._replace(url="git://127.0.0.1:1/gone", mirrors=(there.url,))
    monkeypatch.setattr(label_collections, "COLLECTIONS", {"shops": gone})
    assert fetched("shops", tmp_path / "one", THEN).stated["url"] == there.url
    monkeypatch.setattr(label_collections, "COLLECTIONS", {"shops": gone._replace(mirrors=())})
    with pytest.raises(InputError, match=r"nothing was fetched: git://127.0.0.1:1/gone: .*--from"):
        fetched("shops", tmp_path / "two", THEN)
    assert fetched("shops", tmp_path / "two", THEN, there.url).downloaded


def test_a_mirror_of_another_commit_is_no_mirror(server, tmp_path, monkeypatch):
    there = label_collections.COLLECTIONS["shops"]
    monkeypatch.setattr(label_collections, "COLLECTIONS", {"shops": there._replace(commit="1" * 40)})
    with pytest.raises(InputError, match="nothing was fetched"):
        fetched("shops", tmp_path / "one", THEN, there.url)


def test_without_a_server_nothing_is_left_behind(server, tmp_path):
    server()
    with pytest.raises(InputError, match="nothing was fetched"):
        fetched("shops", tmp_path / "labels", THEN)
    assert not (tmp_path / "labels").exists()


def test_the_command_says_commit_day_digest_and_licence(server, tmp_path, tracer_cli):
    code, out, err = tracer_cli("labels", "get", "shops", "-o", tmp_path / "labels")
    assert (code, err) == (0, "")
    for said in ("commit ", "fetched now", "sha256 ", "MIT License, us", 'files = ["'):
        assert said in out
    code, _, err = tracer_cli("labels", "get", "shop", "-o", tmp_path / "labels")
    assert (code, "did you mean shops?" in err) == (1, True)


def test_what_is_pinned_is_a_whole_commit_of_a_collection_with_a_licence():
    for collection in label_collections.COLLECTIONS.values():
        assert len(collection.commit) == 40
        assert collection.url.startswith("https://")
        assert collection.licence
