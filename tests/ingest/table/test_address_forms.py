"""Capitals in hexadecimal make no other address, wherever one enters: table, label, case file, command line."""

from __future__ import annotations

import json

import pytest

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder

VERA, WALLY, KRAKEN, XENA = (f"0x{letter * 40}" for letter in "abcd")
ROWS = f"height,tx_hash,sender,recipient,amount\n1,0xe1,{VERA},{WALLY},100\n2,0xe2,{WALLY},{KRAKEN},90\n3,0xe3,{KRAKEN},{XENA},60\n"


def loud(address):
    return f"0x{address[2:].upper()}"


HEAD = f"""name = "x"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
whole = ["{loud(WALLY)}", "{loud(KRAKEN)}"]
[labels]
files = ["labels.yaml"]
[stops]
categories = ["exchange"]
"""
LABELS = f"title: t\ncreator: c\nsource: s\ncurrency: COIN\ntags:\n  - {{address: '{loud(KRAKEN)}', label: Kraken, category: exchange}}\n"


def case_of(folder, rest):
    (folder / "t.csv").write_text(ROWS)
    (folder / "labels.yaml").write_text(LABELS)
    (folder / "case.toml").write_text(HEAD + rest)
    tracer.trace(CaseFile.load(folder / "case.toml"), folder / "out")
    return CaseFolder.open(folder / "out")


BY_HASH = '[[thefts]]\ntransfer = "0xE1"\n'
WITHOUT_PRIMARY = {f"{WALLY} unspent": 10, f"{KRAKEN} service": 90}


def ends(case):
    return {f"{end.address} {end.reason}": end.amounts["fifo"] for end in case.trace.endpoints}


@pytest.mark.parametrize(
    "thefts",
    [
        BY_HASH,
        f'[[thefts]]\nwallet = "{loud(VERA)}"\n',
        f'[[thefts]]\nwallet = "{loud(VERA)}"\nto = ["{loud(WALLY)}"]\n',
        f'[[thefts]]\ntransfer = "E1"\nvictims = ["{loud(VERA)}"]\n',
    ],
)
def test_a_theft_is_found_by_addresses_in_any_capitals_and_labels_stop_there(tmp_path, thefts):
    assert ends(case_of(tmp_path, thefts)) == WITHOUT_PRIMARY


def test_a_payment_is_excluded_by_its_recipient_in_any_capitals(tmp_path):
    case = case_of(tmp_path, f'[[thefts]]\nwallet = "{loud(WALLY)}"\nexclude = ["{loud(XENA)}"]\n')
    assert [theft.recipient for theft in case.trace.thefts] == [KRAKEN]


def test_the_trail_goes_on_through_a_service_named_by_its_address_in_any_capitals(tmp_path):
    case = case_of(tmp_path, f'{BY_HASH}[trace]\nthrough = ["{loud(KRAKEN)}"]\n')
    assert ends(case) == {f"{WALLY} unspent": 10, f"{KRAKEN} unspent": 30, f"{XENA} not_fetched": 60}


def test_a_claim_names_addresses_in_any_capitals(tmp_path):
    claim = f'[[claims]]\nfrom = "{loud(WALLY)}"\nto = "{loud(KRAKEN)}"\nlow = "90"\nsource = "s"\n'
    (compared,) = case_of(tmp_path, BY_HASH + claim).flow.about.claims
    assert compared.traced["fifo"] == 90


def test_openings_are_of_addresses_in_any_capitals(tmp_path):
    (tmp_path / "b.csv").write_text(f"address,opening\n{loud(VERA)},100\n")
    (tmp_path / "t.csv").write_text(ROWS)
    (tmp_path / "labels.yaml").write_text(LABELS)
    text = HEAD.replace('path = "t.csv"\n', 'path = "t.csv"\nbalances = "b.csv"\n') + BY_HASH
    (tmp_path / "case.toml").write_text(text)
    tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out")
    assert CaseFolder.open(tmp_path / "out").ledger.accounts[0][:2] == (VERA, 100)


@pytest.mark.parametrize("command", [["transfers", "--json", "--address"], ["explain", "--json"]])
def test_commands_take_an_address_in_any_capitals(tmp_path, tracer_cli, command):
    case_of(tmp_path, BY_HASH)
    name, *options = command
    code, out, err = tracer_cli(name, tmp_path / "out", *options, loud(WALLY))
    assert code == 0, err
    assert json.loads(out)
