"""Which network and which nemesis block a verified recording is of is said, and compared with the public ones."""

from __future__ import annotations

import json

import pytest
from conftest import REHEARSAL

from tracer.chains.nem import genesis
from tracer.chains.nem.genesis import NETWORKS, origin_said
from tracer.chains.nem.hashes_and_signatures import block_hash
from tracer.ingest.node.recording import exchanges


@pytest.fixture(scope="module")
def first():
    blocks = (e for e in exchanges(REHEARSAL / "recording.jsonl.gz") if e.path == "/block/at/public" and json.loads(e.body)["height"] == 1)
    return json.loads(next(blocks).answer)


def test_a_chain_of_somebody_s_own_is_not_taken_for_the_network_it_names(first):
    said = origin_said(first)
    named = f"The blocks name NEM's test network, but the first block (nemesis) has the hash {block_hash(first)}."
    assert said.startswith(f"{named} That is not the first block of the public test network, so this is a private")


def test_the_public_chain_is_known_by_the_hash_of_its_first_block(first, monkeypatch):
    monkeypatch.setitem(genesis.NETWORKS, 0x98, ("test network", block_hash(first)))
    assert origin_said(first) == f"The blocks are of NEM's test network: its first block (nemesis) has the hash {block_hash(first)}."


def test_a_block_that_names_the_main_network_is_not_believed(first):
    named = {**first, "version": (0x68 << 24) | (first["version"] & 0xFFFFFF)}
    assert "name NEM's main network, but" in origin_said(named)


def test_an_unknown_network_is_named_by_its_byte(first):
    assert "name NEM's network 0x60, but" in origin_said({**first, "version": (0x60 << 24) | 1})


def test_the_coverage_statement_says_it(rehearsal):
    assert any("(nemesis) has the hash" in sentence for sentence in rehearsal.flow.about.coverage)


def test_every_known_network_has_a_whole_hash():
    assert all(len(known) == 64 for _, known in NETWORKS.values())
