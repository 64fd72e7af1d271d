"""Recordings that are cut off, altered or no recordings."""

from __future__ import annotations

import gzip
import hashlib
import json

import pytest

from tracer.errors import InputError
from tracer.ingest.node.recording import exchanges


def line(answer="{}", **more):
    digest = hashlib.sha256(answer.encode()).hexdigest()
    return (
        json.dumps({"method": "GET", "path": "/chain/height", "status": 200, "sha256": digest, "answer": answer, **more}).encode() + b"\n"
    )


def test_a_recording_may_be_gzipped_whatever_its_name(tmp_path):
    path = tmp_path / "recording.jsonl"
    path.write_bytes(gzip.compress(line('{"height":7}')))
    assert [e.answer for e in exchanges(path)] == ['{"height":7}']


def test_a_recording_that_is_cut_off_says_after_which_line(tmp_path):
    path = tmp_path / "recording.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(line(json.dumps({"height": n})) for n in range(2000)))[:-3000])
    with pytest.raises(InputError, match=r"recording.jsonl.gz: cut off or damaged after line \d+"):
        list(exchanges(path))


def test_a_plain_recording_that_ends_in_mid_line_names_the_line(tmp_path):
    path = tmp_path / "recording.jsonl"
    path.write_bytes(line() + line()[:40])
    with pytest.raises(InputError, match=r"recording.jsonl:2: no recorded answer"):
        list(exchanges(path))


def test_an_answer_that_was_altered_is_noticed(tmp_path):
    path = tmp_path / "recording.jsonl"
    path.write_bytes(line('{"height":7}').replace(b"7", b"8"))
    with pytest.raises(InputError, match=r":1: the answer to /chain/height is not the one recorded"):
        list(exchanges(path))


def test_a_line_without_an_answer_is_named(tmp_path):
    path = tmp_path / "recording.jsonl"
    path.write_text('{"method": "GET"}\n')
    with pytest.raises(InputError, match=r":1: no recorded answer \(KeyError"):
        list(exchanges(path))
