"""Data sets made from recordings: a case reads of them what it reads of the recording, but for rows that carry nothing stolen."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from click.testing import CliRunner
from conftest import EVM_REHEARSAL, EVM_SWAPS, REHEARSAL
from support.slices import said, traced

from tracer.casefile import CaseFile
from tracer.cli.main import tracer as tracer_command
from tracer.dataset.conversion_to_data_set import convert
from tracer.errors import InputError, TracerError
from tracer.ledger import audit
from tracer.plan.how_sources_are_read import read_sources

pytest.importorskip("duckdb", reason="NOT RUN, no DuckDB: pip install '.[scale]'")

CASES = {"xem": REHEARSAL / "case.toml", "ether": EVM_REHEARSAL / "case.toml", "dollar": EVM_REHEARSAL / "case_dollar.toml"}


class Both(NamedTuple):
    """A case traced on its recording, and on the data set made of it: ledger and trace each."""

    recording: tuple
    data_set: tuple


def on_data_set(path, folder):
    """The same case, on the data set in a folder."""
    text = path.read_text().replace('kind = "recording"\npath = "recording.jsonl.gz"', f'kind = "columns"\npath = "{folder}"')
    return CaseFile.parse(text, path).with_options({"allow_outside": True})


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Two data sets: of the rehearsal, and of ether and dollars of the rehearsal on an EVM chain."""
    nem, evm = (tmp_path_factory.mktemp("sets") / name for name in ("nem", "evm"))
    convert(CaseFile.load(CASES["xem"]), nem)
    convert(CaseFile.load(CASES["ether"]), evm)
    convert(CaseFile.load(CASES["dollar"]), evm, append=True)
    return {"xem": nem, "ether": evm, "dollar": evm}


@pytest.fixture(scope="module", params=CASES)
def both(request, folders):
    path = CASES[request.param]
    return Both(traced(CaseFile.load(path)), traced(on_data_set(path, folders[request.param])))


def test_every_rule_says_hop_for_hop_what_it_says_of_the_recording(both):
    assert said(*both.data_set) == said(*both.recording)


def test_a_row_is_what_it_is_in_the_recording(both):
    recorded, read = ({row.row_key: row._replace(row=0, source="") for row in ledger} for ledger, _ in both)
    assert read.items() <= recorded.items()
    assert len(read) < len(recorded)


def test_what_the_chain_says_of_an_account_followed_is_read_back(both):
    (recording, _), (data_set, _) = both
    followed = {account for account in data_set.accounts if account.coverage == "full"}
    assert followed
    assert followed <= set(recording.accounts)


def test_stated_balances_are_compared_with_the_rows_of_the_slice(both):
    verdict = audit(both.data_set[0])
    assert verdict.served == sum(account.coverage == "full" and account.served is not None for account in both.data_set[0].accounts)
    assert not verdict.gaps


def test_events_and_the_last_block_are_those_of_the_recording(both):
    (recording, _), (data_set, _) = both
    assert data_set.events == recording.events
    assert (data_set.tip, data_set.tip_hash, data_set.terms) == (recording.tip, recording.tip_hash, recording.terms)


def test_the_coverage_says_from_which_recording_the_data_set_was_made(both):
    assert any(note.startswith("The data set was made from the recording recording.jsonl.gz (SHA-256 ") for note in both.data_set[0].notes)


def test_a_recording_is_not_appended_to_what_is_there_of_the_asset(folders):
    with pytest.raises(InputError, match="holds xem already, and a recording is written as a whole: name a new folder"):
        convert(CaseFile.load(CASES["xem"]), folders["xem"], append=True)


def test_a_table_is_not_appended_to_a_recording(folders, tmp_path):
    (tmp_path / "rows.csv").write_text("height,position,time,sender,recipient,amount\n900,0,1600000000,ann,bob,5\n")
    head = 'name = "c"\nchain = "table"\nasset = "xem"\ndecimals = 6\nthefts = []\n'
    table = CaseFile.parse(head + '[[sources]]\nkind = "table"\npath = "rows.csv"\n', tmp_path / "case.toml")
    with pytest.raises(InputError, match=r"rows.csv: is a table, and what the data set holds of xem is a recording: write two data sets"):
        convert(table, folders["xem"], append=True)


def test_a_recording_of_several_assets_is_written_one_at_a_time(tmp_path):
    with pytest.raises(TracerError, match=r"made of one asset at a time: leave \[\[assets\]\] out, and --append the others"):
        convert(CaseFile.load(EVM_SWAPS / "case.toml"), tmp_path / "ledger")


@pytest.mark.parametrize(
    ("asset", "changed", "why"),
    [
        ("ether", ('chain = "evm"', 'chain = "table"\ndecimals = 18'), 'made from a recording of the chain "evm": write chain = "evm"'),
        ("ether", ('chain = "evm"', 'chain = "evm"\nchain_id = 1'), "chain_id = 1, and .* is of chain 606183: it was recorded on another"),
    ],
)
def test_a_case_of_another_chain_is_refused(folders, asset, changed, why):
    case = on_data_set(CASES[asset], folders[asset])
    with pytest.raises(TracerError, match=why):
        read_sources(CaseFile.parse(case.text.replace(*changed), case.path).with_options({"allow_outside": True}))


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([REHEARSAL / "recording.jsonl.gz"], "is a recording of a chain: say which with --chain nem or --chain evm"),
        ([REHEARSAL / "recording.jsonl.gz", "--chain", "nem", "--token", "x"], "--token: is of a table"),
    ],
)
def test_what_the_command_line_lacks_or_has_too_much_is_said(tmp_path, arguments, why):
    done = CliRunner().invoke(tracer_command, ["columns", *map(str, arguments), "-o", str(tmp_path / "ledger")])
    assert why in str(done.exception)
