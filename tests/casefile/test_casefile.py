"""The case file: what it holds, and what it says to whom it does not understand."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tracer.casefile import CaseFile
from tracer.casefile.known_keys_and_line_numbers import line_of
from tracer.errors import CaseError

LEAST = """name = "x"
chain = "nem"
asset = "xem"
[[sources]]
kind = "recording"
path = "r.jsonl"
[[thefts]]
transfer = "ab"
"""

DESIGNED = """
name = "coincheck"
title = "Coincheck, 26 January 2018"
chain = "nem"
asset = "xem"
[[sources]]
kind = "node"
urls = ["http://127.0.0.1:7890"]
[[sources]]
kind = "recording"
path = "recording.jsonl.gz"
[[sources]]
kind = "table"
path = "transfers.csv"
columns = {amount = "value"}
balances = "balances.csv"
basis = "reported"
[[thefts]]
transfer = "c2921d53"
label = "theft"
[[thefts]]
wallet = "N"
from = 2018-01-26T00:00:00+09:00
until = 2018-01-26
to = ["M"]
min_amount = 1
exclude = ["ab"]
[trace]
primary = "fifo"
reason = "order in the block is fixed by the harvester; see report"
rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]
through = []
[labels]
files = ["labels/exchanges.yaml"]
markers = ["ts:warning_dont_accept_stolen_funds"]
min_confidence = 0
[stops]
categories = ["exchange", "service"]
dust = 1_000_000
until = 2018-03-23T00:00:00Z
[thresholds.fan_out]
min_recipients = 20
[prices]
file = "jpy.csv"
[[offchain]]
kind = "ip_address"
value = "163.43.30.192"
time = 2018-01-17
source = "https://example.org"
grade = "F6"
status = "explained"
subject = "separate incident, link to the theft unknown"
[[claims]]
from = "theft recipients"
to = "Zaif"
low = "22.6M"
high = "46M"
until = 2018-03-05
source = "https://example.org"
"""


def parse(text):
    return CaseFile.parse(text, Path("case.toml"))


def test_every_key_of_the_documented_case_file_is_understood():
    case = parse(DESIGNED)
    assert [source.kind for source in case.sources] == ["node", "recording", "table"]
    assert case.sources[2].columns == {"amount": "value"}
    assert case.thefts[1].from_ == datetime(2018, 1, 25, 15, tzinfo=UTC)
    assert case.stops.until == datetime(2018, 3, 23, tzinfo=UTC)
    assert case.thresholds == {"fan_out": {"min_recipients": 20}}
    assert case.claims[0].from_ == "theft recipients"
    assert case.offchain[0].grade == "F6"


def test_a_small_case_file_has_sensible_defaults():
    case = parse(LEAST)
    assert case.trace.rules == ("fifo", "lifo", "haircut", "clean_first", "dirty_first")
    assert case.trace.primary is None
    assert case.stops.categories == ("exchange", "service")


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ('[trace]\nprimry = "fifo"', r"case.toml:10: unknown key 'primry' in trace: did you mean primary\?"),
        ('[trace]\nprimary = "fif"', r":10: trace.primary = 'fif' is none of .* did you mean fifo"),
        ('[trace]\nprimary = "fifo"', r":10: a primary rule needs reason"),
        ('[trace]\nrules = ["lifo"]\nprimary = "fifo"\nreason = "x"', r":11: the primary rule fifo is not among"),
        ('[trace]\nrules = ["lifo", "lifo"]', r":10: rules = .* none twice"),
        ("[stops]\ndust = 1.5", r":10: stops.dust = 1.5 does not fit: write a whole number"),
        ("[stops]\ndust = -1", r":10: stops.dust = -1 is negative"),
        ("[stops]\ndust = true", r":10: stops.dust = True does not fit"),
        ("[stops]\ndust = " + "9" * 10_000, r":10: a number with too many digits"),
        ('[stops]\nuntil = "x"', r":10: stops.until = 'x' is no time"),
        ("[stops]\nuntil = 2018-01-01T00:00:00", r":10: .* has no offset from UTC: write 2018-01-01T00:00:00Z"),
        ('[[thefts]]\nlabel = "x"', r":9: a theft is named by transfer"),
        ('[[sources]]\nkind = "nod"', r":10: sources.kind = 'nod' is none of .* did you mean node"),
        ('[[sources]]\nkind = "node"', r":9: a node needs urls"),
        ('[[sources]]\nkind = "table"', r":9: a table needs path"),
        ("[stops\n", r"case.toml:9: .*: this is no TOML"),
        ('[labels]\nfiles = "x"', r":10: labels.files = 'x' does not fit: write a list in brackets"),
        ('[[claims]]\nto = "Zaif"\nsource = "x"', r":9: claims lacks from"),
    ],
)
def test_what_is_not_understood_is_named_with_line_value_and_mend(added, said):
    with pytest.raises(CaseError, match=said):
        parse(LEAST + added)


@pytest.mark.parametrize(("key", "said"), [("name", "the case file lacks name"), ("chain", "lacks chain"), ("asset", "lacks asset")])
def test_a_missing_key_is_named(key, said):
    with pytest.raises(CaseError, match=said):
        parse("\n".join(line for line in LEAST.splitlines() if not line.startswith(f"{key} ")))


def test_a_name_that_would_leave_the_folder_is_refused():
    with pytest.raises(CaseError, match=r":1: name = '\.\./x' becomes a folder"):
        parse(LEAST.replace('"x"', '"../x"'))


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CaseError, match=r"none.toml: cannot be read: No such file"):
        CaseFile.load(tmp_path / "none.toml")


def test_a_file_that_is_no_text_is_named(tmp_path):
    (tmp_path / "case.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CaseError, match="it is no UTF-8 text"):
        CaseFile.load(tmp_path / "case.toml")


def test_the_line_of_a_key_in_the_second_of_two_tables():
    lines = DESIGNED.splitlines()
    assert lines[line_of(DESIGNED, ("sources", 2, "path")) - 1] == 'path = "transfers.csv"'
    assert lines[line_of(DESIGNED, ("thresholds", "fan_out", "min_recipients")) - 1] == "min_recipients = 20"
    assert line_of(DESIGNED, ("nothing",)) == 1


OFFCHAIN = """[[offchain]]
kind = "ip_address"
value = "192.0.2.1"
time = 2018-01-17
source = "s"
grade = "F6"
status = "stands"
subject = "x"
"""
CLAIM = '[[claims]]\nfrom = "a"\nto = "b"\nsource = "s"\nlow = "1M"\n'


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (OFFCHAIN.replace("F6", "G7"), r"case.toml:14: grade = 'G7' is no Admiralty grade"),
        (OFFCHAIN.replace('subject = "x"', 'subject = " "'), r"case.toml:16: subject is empty"),
        (OFFCHAIN.replace("stands", "true"), r"offchain.status = 'true' is none of stands, explained, superseded"),
        (OFFCHAIN.replace("2018-01-17", '"January"'), r"offchain.time = 'January' is no time"),
        (OFFCHAIN + "third_party = 1\n", r"does not fit: write true or false"),
        (CLAIM.replace('low = "1M"\n', ""), r"case.toml:9: a claim states low, high"),
        (CLAIM.replace('source = "s"', 'source = ""'), r"source is empty: a claim is somebody's"),
        (CLAIM + "since = 2018-02-02\nuntil = 2018-02-01\n", r"until lies before since"),
    ],
)
def test_what_stands_beside_the_trace_is_checked_and_named_with_its_line(added, said):
    with pytest.raises(CaseError, match=said):
        parse(LEAST + added)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('kind = "recording"\npath = "r"\ncoverage = "boundary"', r'coverage = "boundary" is of a table'),
        ('kind = "table"\npath = "t"\nbalances = "b"\ncoverage = "boundary"', r"of a table without balances"),
    ],
)
def test_only_a_table_without_balances_can_hold_less_than_whole_histories(table, said):
    text = re.sub(r"\[\[sources\]\]\n[^\[]*", f"[[sources]]\n{table}\n", LEAST, count=1)
    with pytest.raises(CaseError, match=said):
        parse(text)
