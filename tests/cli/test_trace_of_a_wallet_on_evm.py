"""`tracer trace 0x... --node`: somebody who has an address and a node is told what was paid, in tokens too, and what the node can do."""

from __future__ import annotations

import json

import pytest
from support.evm_node import Rehearsal, serving
from support.evm_recording import address_of, truth

from tracer.casefile import CaseFile
from tracer.cli.draft_of_new_case_file import chain_named
from tracer.cli.suspected import suspected
from tracer.errors import CaseError

PHISHED = next(row for row in truth("thefts") if row["how"] == "approval phishing")
PAYS_ETHER = {row["sender"] for row in truth("movements") if row["asset"] == "ETH" and not row["kind"].startswith("fee")}


@pytest.fixture(scope="module")
def node():
    with serving(Rehearsal()) as url:
        yield url


@pytest.mark.parametrize(
    ("what", "sources", "chain"),
    [(address_of("company1"), (), "evm"), (PHISHED["hash"], (), "evm"), ("N" * 40, (), "nem"), (PHISHED["hash"][2:], (), "nem")],
    ids=["an address", "a hash with 0x", "an address of NEM", "a bare hash"],
)
def test_the_chain_is_told_by_the_form_of_what_is_named(what, sources, chain):
    assert chain_named(None, [what], sources) == chain


def test_a_table_may_be_of_any_chain_whatever_the_form(tmp_path):
    assert chain_named(None, [PHISHED["victim"]], [tmp_path / "export.csv"]) == "nem"
    assert chain_named("table", [PHISHED["victim"]], []) == "table"


def ether_case(place, node, wallet):
    source = f'kind = "node"\nurls = ["{node}"]\nrate = 100'
    text = f'name = "w"\nchain = "evm"\nasset = "eth"\n[[sources]]\n{source}\n[[thefts]]\nwallet = "{wallet}"\n'
    return CaseFile.parse(text, place / "case.toml")


def test_somebody_who_was_drained_of_a_token_is_told_of_it(tmp_path, node):
    found = suspected(ether_case(tmp_path, node, address_of("company1")), tmp_path / "out", quiet=True)
    assert any(address_of("dollar") in hint and "--token 0x..." in hint for hint in found.hints)


def test_a_wallet_that_paid_tokens_alone_is_told_of_them_where_it_paid_no_ether(tmp_path, node):
    wallet = next(row["victim"] for row in truth("thefts") if row["asset"] == "RUSD" and row["victim"] not in PAYS_ETHER)
    with pytest.raises(CaseError, match=r"pays nobody in that window.*also paid in tokens"):
        suspected(ether_case(tmp_path, node, wallet), tmp_path / "out", quiet=True)


def test_a_token_is_traced_by_its_contract_alone_and_json_says_what_the_node_can(tmp_path, node, tracer_cli):
    out, how = tmp_path / "out", ("--rate", "100", "--max-accounts", "3", "--json", "--quiet", "--yes")
    code, printed, said = tracer_cli("trace", PHISHED["hash"], "--token", address_of("dollar"), "--node", node, "-o", out, *how)
    assert code == 0, said
    found = json.loads(printed)
    assert found["thefts"][0]["amount"] == PHISHED["amount"]
    lacking = next(each for each in found["nodes"] if each["what"] == "shows what waits, for tracer watch")
    assert lacking["can"] is False
    assert lacking["remedy"].startswith("without it a watch tells payments once they are mined")
    assert "decimals = 6" in (tmp_path / "out.toml").read_text()


def test_offline_no_node_is_asked_which_payments_may_be_thefts(tmp_path, tracer_cli):
    rehearsal = Rehearsal()
    with serving(rehearsal) as url:
        place = ("--node", url, "-o", tmp_path / "out", "--offline", "--yes", "--quiet")
        code, _, said = tracer_cli("trace", PHISHED["victim"], *place)
    assert (code, rehearsal.requests) == (1, [])
    assert "offline, and the recording does not answer" in said
