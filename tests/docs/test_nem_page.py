"""docs/nem.md says what the recording and the ledger say, number by number; the samples of the docs work as printed."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest
import yaml
from conftest import REHEARSAL, ROOT
from support.live_cases import FAST, RECORDING, LiveCase
from support.nis_server import FAULTS, NisServer

import tracer
from tracer.casefile import CaseFile
from tracer.chains import Nodes, chain
from tracer.chains.nem.answers import Answers
from tracer.chains.nem.hashes_and_signatures import hash_of
from tracer.ingest.node.recording import exchanges
from tracer.labels import LabelBook, Wanted, read_tagpack
from tracer.ledger import assemble, audit
from tracer.model import Asset
from tracer.plan.service_stops import labelled_services

PAGE = (ROOT / "docs" / "nem.md").read_text()
CASE_FILES = (ROOT / "docs" / "case-files.md").read_text()
CONSTANTS = {1_000_000, 10_000, 1_427_587_585}
"""Millionths of a multiplier, hundredths of a per cent, the nemesis block in UNIX time."""


def lines(kind, text=PAGE):
    """Lines of the page's code blocks of a kind, split at spaces."""
    blocks = re.findall(rf"^```{kind}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.split(maxsplit=8) for block in blocks for line in block.splitlines()]


def sections():
    """The parts of the page under their headings."""
    return [part for part in re.split(r"^#{2,3} ", PAGE, flags=re.MULTILINE) if "```sum" in part]


@pytest.fixture(scope="module")
def recorded():
    answers = [each for each in exchanges(RECORDING) if each.status == 200]
    found = Answers(answers, "recording")
    listed = {
        row["meta"]["hash"]["data"]: row
        for each in answers
        if each.path.startswith("/account/transfers/all")
        for row in json.loads(each.answer)["data"]
    }
    return found, listed


@pytest.fixture(scope="module")
def nine_accounts(tmp_path_factory):
    with NisServer(RECORDING) as node:
        return LiveCase(tmp_path_factory.mktemp("nine"), max_accounts=9).trace(node)


def rows_of(ledger):
    return {
        (t.height, t.position): [t.sender or "-", t.recipient or "-", t.amount, t.fee, t.kind, t.time]
        for t in (ledger if isinstance(ledger, list) else map(ledger.transfer, range(len(ledger))))
    }


def compare(stated, rows):
    for height, position, sender, recipient, amount, fee, kind, *more in stated:
        found = rows[int(height), int(position)]
        assert found[:5] == [sender, recipient, int(amount), int(fee), kind]
        for each in more:
            assert each == f"time={found[5]:_}"


def test_every_row_on_the_page_is_a_row_of_the_ledger(rehearsal):
    stated = lines("row")
    assert {line[6] for line in stated} == {"transfer", "levy", "rental", "creation", "harvest", "fee"}
    compare(stated, rows_of(rehearsal.ledger))


def test_every_row_of_a_mosaic_on_the_page_is_a_row_of_its_ledger():
    stated = lines("row kumamon:ticket")
    assert stated
    compare(stated, rows_of(list(chain("nem").scan(exchanges(RECORDING), Asset("nem", "kumamon:ticket", 0), "r").transfers)))


def test_every_number_said_to_be_served_was_served(recorded):
    answers, listed = recorded
    for line in lines("served"):
        *where, path, equals, value = line
        assert equals == "="
        if where[0] == "block":
            answer = answers.blocks[int(where[1])]
        elif where[0] == "account":
            answer = answers.accounts[where[1]]
        else:
            answer = listed[hash_of(answers.blocks[int(where[1])]["transactions"][int(where[2])])]
        for key in path.split("."):
            answer = answer[int(key) if key.isdigit() else key]
        assert int(answer) == int(value), line


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.splitlines()[0])
def test_every_sum_on_the_page_is_of_numbers_shown_there_and_right(section):
    shown = {int(word.removeprefix("time=")) for kind in (r"row[^\n]*", "served", "gap", "trace") for line in lines(kind, section)
             for word in line if re.fullmatch(r"(time=)?[\d_]+", word)}  # fmt: skip
    for line in lines("sum", section):
        terms, result = " ".join(line).split(" = ")
        assert re.fullmatch(r"[\d_]+( (\+|-|\*|//) [\d_]+)+", terms)
        assert eval(terms) == int(result)
        assert {int(number) for number in re.findall(r"[\d_]+", terms)} <= shown | CONSTANTS
        assert int(result) in shown | {526_300_010_000_000}


def test_the_gap_on_the_page_is_the_one_of_that_account_read_alone():
    xem = Asset("nem", "xem", 6)
    for address, amount, *cause in lines("gap"):
        with NisServer(RECORDING) as node:
            reader = chain("nem").reader([], xem, "live", Nodes((node.url,), lambda *_: None, patience=FAST))
            reader.begin()
            assert reader.fetch(address)
            (gap,) = audit(assemble(xem, [reader.reading({address})])).gaps
        assert (gap.short_by, gap.likely) == (int(amount), " ".join(cause))


def test_what_nine_accounts_leave_is_what_the_page_says(nine_accounts):
    trace = nine_accounts.trace
    for rule, reason, amount in lines("trace"):
        found = sum(e.amounts[rule] for e in trace.endpoints if e.reason == reason)
        assert int(amount) == (found if reason != "fees" else sum(hop.amount for hop in trace.rules[rule].fees))


def test_the_table_of_faults_names_every_fault_that_can_be_injected():
    table = PAGE.split("## Faults and outcomes")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == sorted(FAULTS)


def test_the_tagpack_in_the_docs_names_a_service_that_stops(tmp_path):
    (pack,) = re.findall(r"^```yaml\n(.*?)^```", CASE_FILES, re.MULTILINE | re.DOTALL)
    assert yaml.safe_load(pack)
    (tmp_path / "labels.yaml").write_text(pack)
    labels = read_tagpack(tmp_path / "labels.yaml", Wanted("nem", "xem", chain("nem").address)).labels
    assert labelled_services(LabelBook(labels), ("exchange",)) == {labels[0].address: labels[0].actor}


def test_the_line_of_a_recording_in_the_docs_is_one(tmp_path):
    (line,) = re.findall(r"^```json\n(.*?)^```", CASE_FILES, re.MULTILINE | re.DOTALL)
    (tmp_path / "recording.jsonl").write_text(line)
    (exchange,) = exchanges(tmp_path / "recording.jsonl")
    assert exchange.answer in {each.answer for each in exchanges(RECORDING)}


def test_the_sample_of_tables_traces_as_its_page_says(tmp_path):
    place = REHEARSAL.parent / "table"
    found = tracer.trace(CaseFile.load(place / "case.toml"), tmp_path / "out")
    assert found.audit.adds_up
    stated = re.findall(r"^\| (\w+) \| (\w+) \| ([\d. |]+) \|$", (place / "README.md").read_text(), re.MULTILINE)
    told = {
        (e.address, e.reason): [found.ledger.asset.format(e.amounts[rule]) for rule in found.trace.rules] for e in found.trace.endpoints
    }
    assert {(address, reason): [Decimal(a) for a in amounts.split(" | ")] for address, reason, amounts in stated} == {
        key: [Decimal(a) for a in amounts] for key, amounts in told.items()
    }
