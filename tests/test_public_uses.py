"""What people bring beside a table, as a third party set it down: labels, prices, a NEM chain, data sets, and graphs to take away."""

from __future__ import annotations

import shutil
import subprocess
import sys

import networkx
import pytest
from support.public_cases import public_folder

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.validation import validate

STOPPED = {"0x4e4e service": 60, "0x2020 unspent": 40}
NOT_STOPPED = {"0x4e4e not_fetched": 60, "0x2020 unspent": 40}


def ends(case):
    """Where the stolen money is under fifo: the first digits of an address and why the trail ends there -> smallest units."""
    return {f"{end.address[:6]} {end.reason}": end.amounts["fifo"] for end in case.trace.endpoints}


def traced(name, tmp_path):
    folder = tmp_path / "out"
    tracer.trace(CaseFile.load(public_folder() / f"{name}.toml"), folder)
    return CaseFolder.open(folder)


# Labels and prices (22, 24, 26, 39, 44, 45, 49)

READ = {
    "22_pack_many_currencies/case": (STOPPED, ["1 tag was left out of the label files: 1 of bitcoin.", "services (exchange1)"]),
    "24_btc_address_eth_tag/case": (STOPPED, ["1 labelled address does not occur in the ledger, for example 1111111111111111111114oLvT2."]),
    "26_labels_csv/csv": (STOPPED, ["services (exchange1)"]),
    "26_labels_csv/json": (STOPPED, ["services (exchange1)"]),
    "39_price_files/gecko": (NOT_STOPPED, ["Value when stolen: 0.9 USD", "CoinGecko, gecko.csv, at most 60 min old"]),
    "39_price_files/own": (NOT_STOPPED, ["Value when stolen: 1.0123 USD", "at most 25 h old"]),
    "39_price_files/yahoo": (NOT_STOPPED, ["Value when stolen: 1.01 USD", "Yahoo Finance, yahoo.csv"]),
    "44_pack_same_tag_twice/case": (STOPPED, ["1 tag was left out of the label files: 1 given twice.", "services (mixer1)"]),
    "45_labels_outside_the_case/case": (NOT_STOPPED, ["40 labelled addresses not in the ledger"]),
}
"""Where the money is, and words that stand in what is printed."""

REFUSED = {
    "39_price_files/cdd": "cdd.csv: is in JPY, and [prices] says 'USD': write currency = \"JPY\"",
    "39_price_files/renamed": "renamed.csv:2: price '1.0123E+00' is no decimal number: write 1.0123",
}


@pytest.mark.parametrize("name", READ)
def test_labels_and_prices_that_people_have_are_read_and_what_is_left_out_is_said(name, tmp_path, tracer_cli):
    where, words = READ[name]
    code, out, _ = tracer_cli("trace", public_folder() / f"{name}.toml", "-o", tmp_path / "out", "--yes")
    assert (code, ends(CaseFolder.open(tmp_path / "out"))) == (0, where)
    assert [each for each in words if each not in out] == []


@pytest.mark.parametrize("name", REFUSED)
def test_prices_that_cannot_be_read_as_they_stand_are_refused_with_the_exact_mend(name, tmp_path, tracer_cli):
    code, _, said = tracer_cli("trace", public_folder() / f"{name}.toml", "-o", tmp_path / "out", "--yes")
    assert (code, said.count("\n")) == (1, 1)
    assert REFUSED[name] in said


def test_labels_that_disagree_on_addresses_of_nobody_in_the_case_are_not_counted(tmp_path, tracer_cli):
    _, out, _ = tracer_cli("trace", public_folder() / "45_labels_outside_the_case" / "case.toml", "-o", tmp_path / "out", "--yes")
    sentences = out.replace(str(tmp_path), "")
    assert "conflict" not in sentences
    assert "disagree" not in sentences


def test_a_pack_of_50_000_tags_of_nobody_in_the_case_is_one_sentence(tmp_path, tracer_cli):
    """How long it takes is for bench/labels.py."""
    shutil.copytree(public_folder() / "49_large_pack", tmp_path / "large", copy_function=shutil.copyfile)
    (tmp_path / "large").chmod(0o755)
    subprocess.run([sys.executable, "make.py"], cwd=tmp_path / "large", check=True)
    code, out, _ = tracer_cli("trace", tmp_path / "large" / "case.toml", "-o", tmp_path / "out")
    assert code == 0
    assert "50,000 labelled addresses not in the ledger" in out


# Graphs to take away (20)


@pytest.mark.parametrize("kind", ["gexf", "graphml", "gml"])
def test_a_graph_with_wei_and_hostile_names_is_written_and_read_back(kind, tmp_path):
    flow = traced("20_networkx_gexf/case", tmp_path).flow
    getattr(networkx, f"write_{kind}")(flow.flattened(), tmp_path / "graph")
    found = getattr(networkx, f"read_{kind}")(tmp_path / "graph")
    assert sorted((sender[:6], recipient[:6], edge["amount"]) for sender, recipient, edge in found.edges(data=True)) == [
        ("0x1010", "0x2020", "33066915805160912602"),
        ("0x2020", "0x4e4e", "33066915805160912601"),
    ]


# A NEM chain (37)

XEM = {"TA5546": 6_954_900_000, "TCUDTT": 1_044_899_990, "TBIS3V": 599_150_010, "TAHIO6": 2_389_799_986, "TDDAHC": 14}
"""Victim, thief, mule, shop, and who takes the levy: computed beside the chain when it was made."""
POINTS = {"TAHIO6": 99_000, "TCUDTT": 1_000}


@pytest.mark.parametrize(("name", "rows", "stated"), [("case", 24, XEM), ("points", 3, POINTS)])
def test_every_row_of_a_signed_chain_is_verified_and_balances_are_as_stated(name, rows, stated, tmp_path, tracer_cli):
    code, out, _ = tracer_cli("trace", public_folder() / "37_nem_chain" / f"{name}.toml", "-o", tmp_path / "out", "--yes")
    accounts = CaseFolder.open(tmp_path / "out").accounts_frame()
    balances = {address[:6]: balance for address, balance in zip(accounts["address"], accounts["balance"], strict=True)}
    assert (code, f"{rows} of {rows} rows are verified" in out) == (0, True)
    assert {who: balances[who] for who in stated} == stated


# Data sets (48)


@pytest.mark.parametrize("place", ["LaunderNetEvm41", "launder_net_evm41", "renamed"])
def test_a_data_set_with_spaces_in_its_names_is_read(place):
    found = validate(public_folder() / "48_published_dataset_layout" / place)["launder_net_evm41"]
    assert (list(found["clusters"]), found["clusters"]["cluster_2"]["rules"]["fifo"]["share_of_loot"]) == (["cluster_2"], "0.620")


def test_a_second_copy_of_a_data_set_is_named_and_not_pooled():
    (left_out,) = validate(public_folder() / "48_published_dataset_layout")["launder_net_evm41"]["left_out"]
    assert left_out.endswith("launder_net_evm41: another copy; LaunderNetEvm41 was measured")
