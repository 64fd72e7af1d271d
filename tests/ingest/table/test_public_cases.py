"""Inputs of the kinds that people bring, third-party and not carried along: TRACER_PUBLIC_CASES names their folder."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from support.public_cases import public_folder

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.dataset.conversion_to_data_set import convert
from tracer.errors import TracerError
from tracer.tracing import RULES

ETHER = 10**18

NORMAL = """[[sources]]
kind = "table"
path = "{path}"
unit = "coin"
columns = {{tx_hash = "Transaction Hash", height = "Blockno", time = "UnixTimestamp", sender = "From", recipient = "{to}"{fee}}}
amount_in = "Value_IN(ETH)"
amount_out = "Value_OUT(ETH)"
status = {{"Status" = ["", "0"]}}
"""
PAID = ', fee = "TxnFee(ETH)"'
REST = '[[thefts]]\ntransfer = "0x' + "01" * 32 + '"\n[trace]\nprimary = "fifo"\nreason = "r"\n'
HEAD = 'name = "answered"\nchain = "table"\nasset = "eth"\ndecimals = 18\n'

ANSWERED = {
    "01_etherscan_normal/answered": HEAD + NORMAL.format(path="export-0x2020.csv", to="To", fee=PAID) + REST,
    "02_etherscan_internal/answered": HEAD
    + NORMAL.format(path="normal.csv", to="To", fee=PAID)
    + NORMAL.format(path="internal.csv", to="TxTo", fee="")
    + REST,
}
"""Case files with the answers to what the program asks of those that come with the inputs."""

FEE = 441 * 10**12
ENDS = {
    "01_etherscan_normal/answered": {
        "3030 not_fetched": 20 * ETHER, "4e4e not_fetched": 29 * ETHER, "2020 unspent": ETHER - 3 * FEE, "fees": 3 * FEE,
    },
    "02_etherscan_internal/answered": {
        "4e4e not_fetched": 20 * ETHER, "2020 not_fetched": 30 * ETHER - 4 * 10**14, "fees": 4 * 10**14,
    },
    "02_etherscan_internal/case": {
        "4e4e not_fetched": 20 * ETHER, "2020 not_fetched": 30 * ETHER - 4 * 10**14, "fees": 4 * 10**14,
    },
    "42_etherscan_api_csv/plain": {"4e4e not_fetched": 3 * ETHER, "2020 unspent": 19979 * 10**14, "fees": 21 * 10**14},
    "42_etherscan_api_csv/preset": {"4e4e not_fetched": 3 * ETHER, "2020 unspent": 19979 * 10**14, "fees": 21 * 10**14},
    "05_checksum_case/case": {"9ee7 service": 90, "d359 not_fetched": 10},
    "05_checksum_case/case_lower": {"9ee7 service": 90, "d359 not_fetched": 10},
    "05_checksum_case/case_wallet": {"4e4e not_fetched": 90},
    "05_checksum_case/two": {"5d5d not_fetched": 50, "4e4e not_fetched": 40, "d359 not_fetched": 10},
    "09_huge_input/case": {"4e4e not_fetched": 33 * ETHER, "2020 unspent": 66915805160912602},
    "16_etl_no_receipts/case": {"2020 unspent": 16 * 10**17, "4e4e not_fetched": 4 * 10**17},
    "18_two_wallet_exports/boundary": {"2020 not_fetched": 100},
    "18_two_wallet_exports/case": {"5d5d not_fetched": 50, "2020 unspent": 39, "4e4e unspent": 9, "fees": 2},
    "18_two_wallet_exports/case2": {"5d5d not_fetched": 50, "2020 unspent": 39, "4e4e not_fetched": 9, "fees": 2},
    "18_two_wallet_exports/cat": {"5d5d not_fetched": 50, "2020 not_fetched": 39, "4e4e not_fetched": 9, "fees": 2},
    "18_two_wallet_exports/w_only": {"4e4e not_fetched": 60, "2020 unspent": 39, "fees": 1},
    "19_no_times/case": {"4e4e service": 100},
    "25_newest_first/case": {"5d5d not_fetched": 90, "4e4e not_fetched": 5, "3030 not_fetched": 3, "2020 not_fetched": 2},
    "25_newest_first/oldest": {"5d5d not_fetched": 90, "4e4e not_fetched": 5, "3030 not_fetched": 3, "2020 not_fetched": 2},
    "27_hash_spelling/caps": {"4e4e not_fetched": 60, "2020 unspent": 40},
    "27_hash_spelling/no0x": {"4e4e not_fetched": 60, "2020 unspent": 40},
    "32_theft_through_router/case": {"4e4e not_fetched": 500, "2020 not_fetched": 497, "ffff not_fetched": 3},
    "32_theft_through_router/later": {"4e4e not_fetched": 900, "2020 not_fetched": 97, "ffff not_fetched": 3},
    "32_theft_through_router/later_wallet": {"4e4e not_fetched": 900, "2020 not_fetched": 97, "ffff not_fetched": 3},
    "32_theft_through_router/wallet": {"4e4e not_fetched": 500, "2020 not_fetched": 497, "ffff not_fetched": 3},
}  # fmt: skip
"""What every rule says of each: the last digits of an address and why the trail ends there -> smallest units."""

REFUSED = {
    "01_etherscan_normal/in_only": r"Value_OUT\(ETH\) .* went the other way.*amount_in = .* and amount_out = ",
    "01_etherscan_normal/out_only": r"Value_IN\(ETH\) .* went the other way.*amount_in = .* and amount_out = ",
    "05_checksum_case/case_hash": r"is not in the ledger: check the hash",
    "34_log_index_per_tx/case": r"tt\.csv:3: position '0' of height 100 is already taken by line 2",
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A copy of the folder with the inputs, in which cases may be traced."""
    folder = public_folder()
    copy = tmp_path_factory.mktemp("public") / "cases"
    shutil.copytree(folder, copy)
    for name, text in ANSWERED.items():
        (copy / f"{name}.toml").write_text(text)
    return Path(copy)


@pytest.mark.parametrize("name", ENDS)
def test_every_rule_says_of_a_public_input_what_is_true(inputs, tmp_path, name):
    tracer.trace(CaseFile.load(inputs / f"{name}.toml"), tmp_path / "out")
    trace = CaseFolder.open(tmp_path / "out").trace
    for rule in RULES:
        ends = {f"{end.address[-4:]} {end.reason}": end.amounts[rule] for end in trace.endpoints}
        fees = {"fees": trace.rules[rule].burnt} if trace.rules[rule].burnt else {}
        assert ends | fees == ENDS[name], rule


@pytest.mark.parametrize("name", ["09_huge_input/case"])
def test_every_rule_says_of_a_public_input_as_a_data_set_what_it_says_of_the_file(inputs, tmp_path, name):
    pytest.importorskip("duckdb")
    case = inputs / f"{name}.toml"
    convert(CaseFile.load(case), tmp_path / "ledger")
    text = re.sub(r"(?s)\[\[sources\]\].*?(?=\[\[thefts)", '[[sources]]\nkind = "columns"\npath = "ledger"\n', case.read_text())
    (tmp_path / "case.toml").write_text(text)
    trace = tracer.trace(CaseFile.load(tmp_path / "case.toml"), tmp_path / "out").trace
    for rule in RULES:
        assert {f"{end.address[-4:]} {end.reason}": end.amounts[rule] for end in trace.endpoints} == ENDS[name], rule


@pytest.mark.parametrize("name", REFUSED)
def test_a_public_input_that_does_not_say_what_it_means_is_refused_with_the_mend(inputs, tmp_path, name):
    with pytest.raises(TracerError, match=REFUSED[name]):
        tracer.trace(CaseFile.load(inputs / f"{name}.toml"), tmp_path / "out")
