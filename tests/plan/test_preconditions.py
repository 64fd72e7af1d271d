"""What only a chain can say of a case file is said before anything is read, with the line at fault."""

from __future__ import annotations

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.errors import CaseError, InputError
from tracer.pipeline.suspected_thefts import candidate_thefts

CASE = """name = "c"
chain = "{chain}"
asset = "xem"
{more}
[[sources]]
kind = "{kind}"
path = "missing.jsonl"
urls = ["http://127.0.0.1:1"]
rate = {rate}
[[thefts]]
transfer = "ab"
[labels]
markers = ["a:b", "{marker}"]
"""


def case(tmp_path, chain="nem", kind="node", rate=10, marker="c:d", more=""):
    return CaseFile.parse(CASE.format(chain=chain, kind=kind, rate=rate, marker=marker, more=more), tmp_path / "case.toml")


FAULTS = [
    ({"more": "chain_id = 1"}, r'chain_id = 1: nodes of chain = "nem" name none: leave it out'),
    ({"marker": "hacker"}, r"case.toml:13: markers: 'hacker' \(number 2\) is no mosaic: write namespace:name"),
    ({"rate": 51}, r"case.toml:9: rate = 51: a node refuses everything above 50 questions a second"),
    ({"chain": "table", "more": "decimals = 6"}, r'case.toml:5: chain = "table" has no node: name the chain it is of'),
    ({"chain": "table", "kind": "recording"}, r'case.toml:5: chain = "table" has no recording: name the chain it is of'),
    ({"chain": "nim"}, r"case.toml:2: chain 'nim' is unknown: it is one of nem, evm, or table for files of any account chain"),
]


@pytest.mark.parametrize(("asked", "said"), FAULTS)
def test_a_case_that_its_chain_cannot_bear_is_not_traced(tmp_path, asked, said):
    with pytest.raises(CaseError, match=said):
        tracer.trace(case(tmp_path, **asked), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("asked", "said"), FAULTS)
def test_nor_are_its_suspected_thefts_looked_for(tmp_path, asked, said):
    with pytest.raises(CaseError, match=said):
        candidate_thefts(case(tmp_path, **asked), tmp_path / "out")


def test_a_rate_of_nothing_is_refused_on_any_chain(tmp_path):
    with pytest.raises(CaseError, match="rate = 0 asks nothing at all: write at least 1"):
        case(tmp_path, rate=0)


TABLE = """name = "t"
chain = "table"
asset = "eth"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
[[thefts]]
{theft}
"""
ALICE, BOB = "0x" + 20 * "aB", "0x" + 20 * "Cd"


@pytest.mark.parametrize("theft", [f'wallet = "{ALICE.lower()}"', f'wallet = "{ALICE}"', 'transfer = "F1"', 'transfer = "0xf1"'])
def test_in_a_table_capitals_make_no_other_hexadecimal_address_and_no_other_hash(tmp_path, theft):
    lines = f"{ALICE},{BOB},5,1,0xF1\n{BOB.lower()},carol,3,2,0xf2\n{BOB},Carol,2,3,0xf3\n"
    (tmp_path / "t.csv").write_text("sender,recipient,amount,height,tx_hash\n" + lines)
    (tmp_path / "case.toml").write_text(TABLE.format(theft=theft))
    found = tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
    assert {e.address: e.amounts["fifo"] for e in found.trace.endpoints} == {"Carol": 2, "carol": 3}
    assert [a.address for a in found.ledger.accounts] == [ALICE.lower(), BOB.lower(), "Carol", "carol"]


def test_a_kind_that_no_chain_has_is_refused(tmp_path):
    (tmp_path / "t.csv").write_text(f"sender,recipient,amount,height,tx_hash,kind\n{ALICE},{BOB},5,1,0xf1,gift\n")
    (tmp_path / "case.toml").write_text(TABLE.format(theft='transfer = "f1"'))
    with pytest.raises(InputError, match="kind 'gift' is not one of transfer, fee, mint, burn, levy"):
        tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
