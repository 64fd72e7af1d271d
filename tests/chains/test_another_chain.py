"""A chain that is no part of tracer goes the whole way, without an edit outside tests/: nodes, trace, export, the rival's check."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from conftest import ROOT
from support.bare_python import bare_python
from support.distributions import install
from support.fake_chain import block_hash
from support.fake_node import MINER, RELAY, SHOP, THIEF, TIP, VICTIM, chain_of_blocks, fake_node

import tracer
from tracer.casefile import CaseFile
from tracer.chains import Nodes, bare_hash, chain, provider
from tracer.errors import CaseError, InputError, NodeError
from tracer.model import Asset
from tracer.report.export import export

FAST = 0.0005
PEA = Asset("pea", "pea", 2)
THEFT = f"0x{5:062x}a0"
LABELS = f"""title: Services
creator: tests
currency: pea
tags:
  - address: "{SHOP.upper().replace("0X", "0x")}"
    label: Shop
    category: exchange
    source: https://example.org
    lastmod: 2023-11-15
    confidence: ownership
"""
CASE = """name = "pea"
chain = "pea"
asset = "pea"
[[sources]]
{source}
[[thefts]]
{theft}
[trace]
primary = "fifo"
reason = "test"
[labels]
files = ["labels.yaml"]
"""


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    """A distribution that brings the fake chain, as pip would have installed it."""
    entry_points = "[tracer.chains]\npea = support.fake_chain:CHAIN\nnem = support.fake_chain:CHAIN\nbroken = support.fake_node:TIP\n"
    monkeypatch.syspath_prepend(install(tmp_path / "site", "pea-chain", "1.2", entry_points))


BY_HASH = f'transfer = "{bare_hash(THEFT).upper()}"'


def case(folder, source, theft=BY_HASH):
    folder.mkdir(exist_ok=True)
    (folder / "labels.yaml").write_text(LABELS)
    (folder / "case.toml").write_text(CASE.format(source=source, theft=theft))
    return CaseFile.load(folder / "case.toml")


@pytest.fixture
def node():
    with fake_node(chain_of_blocks()) as url:
        yield url


@pytest.fixture
def traced(tmp_path, node):
    return tracer.trace(case(tmp_path, f'kind = "node"\nurls = ["{node}"]\nrate = 1000'), tmp_path / "out", patience=FAST)


def ends(found, rule="fifo"):
    return {(end.address, end.reason): end.amounts[rule] for end in found.trace.endpoints if end.amounts[rule]}


def verified(found, folder):
    """What verify.py says of the export, alone."""
    export(found, folder)
    shutil.copy(ROOT / "tracer" / "verify.py", folder)
    said = bare_python("verify.py", ".", cwd=folder)
    return said.returncode, said.stdout


def test_its_nodes_are_read_and_the_money_is_found(traced):
    assert ends(traced) == {(THIEF, "unspent"): 595, (RELAY, "unspent"): 7, (SHOP, "service"): 890}
    assert traced.trace.rules["fifo"].burnt == 8
    assert {a.address for a in traced.ledger.accounts if a.coverage == "full"} == {THIEF, RELAY}


def test_its_ledger_adds_up_and_its_balances_were_reached(traced):
    assert (traced.audit.gaps, traced.audit.served) == ([], 2)


def test_its_rows_are_final_after_as_many_blocks_as_it_says(traced):
    assert traced.ledger.tip == TIP
    assert {t.height: traced.ledger.provisional(t.row) for t in traced.ledger} == {5: False, 9: True, 19: True}
    assert any("in the last 12 blocks of the chain, which a reorganisation could still undo" in said for said in traced.flow.about.coverage)


def test_its_row_keys_are_as_wide_as_it_says(traced):
    assert next(t.row_key for t in traced.ledger) == 5 << 24


def test_the_rival_finds_the_same_and_was_told_finality_and_width(traced, tmp_path):
    code, said = verified(traced, tmp_path / "export")
    assert (code, "all are as recomputed" in said) == (0, True), said
    assert "finality,12\n" in (tmp_path / "export" / "method.csv").read_text()


def test_the_rival_knows_an_address_in_other_capitals(node, tmp_path):
    shouted = VICTIM.upper().replace("0X", "0x")
    asked = case(tmp_path, f'kind = "node"\nurls = ["{node}"]', f'wallet = "{shouted}"\nto = ["{THIEF.upper().replace("0X", "0x")}"]')
    found = tracer.trace(asked, tmp_path / "out", patience=FAST)
    assert found.trace.thefts[0].tx_hash == THEFT
    code, said = verified(found, tmp_path / "export")
    assert code == 0, said


def test_the_manifest_names_the_distribution_that_brought_it(traced):
    assert traced.manifest["chain"] == {"distribution": "pea-chain", "version": "1.2"}
    assert provider("nem") is None


def test_a_recording_of_every_block_is_audited_with_minted_rewards_and_burnt_fees(tmp_path):
    lines = [{"path": "/head", "answer": {"height": TIP}}]
    lines += [{"path": f"/block?height={block['height']}", "answer": block} for block in chain_of_blocks()]
    said = [json.dumps({"method": "GET", "status": 200, **line, "answer": json.dumps(line["answer"])}) for line in lines]
    (tmp_path / "r.jsonl").write_text("\n".join(said) + "\n")
    found = tracer.trace(case(tmp_path, 'kind = "recording"\npath = "r.jsonl"'), tmp_path / "out")
    assert found.audit.adds_up
    assert found.ledger.complete
    assert ends(found)[SHOP, "service"] == 890
    code, said = verified(found, tmp_path / "export")
    assert code == 0, said


def test_blocks_it_rewrites_are_followed_through_what_all_nodes_share():
    blocks = chain_of_blocks()
    with fake_node(blocks) as url:
        reader = chain("pea").reader([], PEA, "live", Nodes((url,), lambda *_: None, patience=FAST))
        reader.begin()
        assert reader.fetch(THIEF)
        blocks[:] = chain_of_blocks(TIP + 3)
        forks = []
        reader.follow(forks.append)
        assert (forks, [t.height for t in reader.since(TIP)]) == ([], [TIP + 1, TIP + 2, TIP + 3])
        rewritten = {**blocks[-1], "time": 1_800_000_000}
        blocks[-1] = {**rewritten, "hash": block_hash(rewritten)}
        reader.follow(forks.append)
        assert (forks, [t.time for t in reader.since(TIP + 2)]) == ([TIP + 2], [1_800_000_000])


def test_a_name_of_ours_is_never_taken_from_another_distribution():
    assert chain("nem").default_asset == "xem"


@pytest.mark.parametrize(
    ("name", "said"), [("bean", "chain 'bean' is unknown: it is one of nem"), ("broken", "is a int and no tracer.chains.Chain")]
)
def test_a_chain_that_nobody_brings_or_that_is_none_is_refused(name, said):
    with pytest.raises(InputError, match=said):
        chain(name)


def test_a_rate_its_nodes_do_not_bear_is_refused_with_the_line(tmp_path, node):
    with pytest.raises(CaseError, match=r"case.toml:7: rate = 1001: a node refuses everything above 1000 questions a second"):
        tracer.trace(case(tmp_path, f'kind = "node"\nurls = ["{node}"]\nrate = 1001'), tmp_path / "out")


def test_the_page_on_adding_a_chain_shows_the_code_of_this_one():
    page, code = (ROOT / "docs" / "howto" / "chain.md").read_text(), (ROOT / "tests" / "support" / "fake_chain.py").read_text()
    blocks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(blocks) == 3
    assert [block for block in blocks if block not in code] == []


def test_its_miner_is_read_as_an_account_like_any_other(tmp_path, node):
    asked = case(tmp_path, f'kind = "node"\nurls = ["{node}"]', f'wallet = "{MINER}"')
    found = tracer.trace(asked, tmp_path / "out", patience=FAST)
    assert found.audit.adds_up


def grown(blocks, tip, time):
    """The blocks, and empty ones on top of them up to `tip`, of a branch that begins with that time."""
    while len(blocks) < tip:
        height = len(blocks) + 1
        block = {"height": height, "parent": blocks[-1]["hash"], "time": time + height, "miner": MINER, "reward": 1000, "txs": []}
        blocks = [*blocks, {**block, "hash": block_hash(block)}]
    return blocks


def test_blocks_read_above_the_tip_before_the_chain_was_rewritten_are_read_again():
    """An account is read at a later height than the run's tip: the blocks it names may be gone when the tip comes to them."""
    blocks = chain_of_blocks()
    with fake_node(blocks) as url:
        reader = chain("pea").reader([], PEA, "live", Nodes((url,), lambda *_: None, patience=FAST))
        reader.begin()
        blocks[:] = grown(chain_of_blocks(), TIP + 2, 1_800_000_000)
        assert reader.fetch(MINER)
        blocks[:] = grown(grown(chain_of_blocks(), TIP + 1, 1_800_000_000), TIP + 4, 1_900_000_000)
        reader.follow(lambda _: None)
        assert [t.time for t in reader.since(TIP)] == [block["time"] for block in blocks[TIP:]]


def test_a_node_whose_chain_only_ends_earlier_is_behind_and_nothing_is_forgotten():
    blocks = chain_of_blocks()
    with fake_node(blocks) as url:
        reader = chain("pea").reader([], PEA, "live", Nodes((url,), lambda *_: None, patience=FAST))
        reader.begin()
        assert reader.fetch(THIEF)
        blocks[:] = blocks[: TIP - 2]
        forks = []
        with pytest.raises(NodeError, match="is behind: its chain ends with block 18, and block 20 was read"):
            reader.follow(forks.append)
        assert (forks, reader.tip) == ([], TIP)


def test_a_shorter_branch_is_noticed_where_it_forks():
    """Its last block stands at a height that was read, and must not pass for what was read there."""
    blocks = chain_of_blocks()
    with fake_node(blocks) as url:
        reader = chain("pea").reader([], PEA, "live", Nodes((url,), lambda *_: None, patience=FAST))
        reader.begin()
        assert reader.fetch(MINER)
        blocks[:] = grown(chain_of_blocks()[: TIP - 4], TIP - 1, 1_800_000_000)
        forks = []
        reader.follow(forks.append)
        assert (forks, reader.tip) == ([TIP - 4], TIP - 1)
