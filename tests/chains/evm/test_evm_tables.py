"""The rehearsal's dollars, as an explorer's export or ethereum-etl would write them: a table that is traced to the same amounts."""

from __future__ import annotations

import pytest
from conftest import EVM_REHEARSAL
from support.evm_recording import dollar, read, recorded
from support.explorer_files import SYMBOLS, WRITERS, ZERO, Payment

import tracer
from tracer.casefile import CaseFile

DIALECTS = ("ethereum_etl_token_transfers", "etherscan_api_tokentx")


@pytest.fixture(scope="module")
def rows():
    return read(recorded(), dollar())[0].transfers


def payment(t):
    """What an index of tokens has of a row: coins that are made or destroyed come from and go to the zero address."""
    place = t.attributes.get("log", 0)
    return Payment(
        t.height, t.position >> 16, place, t.time, t.tx_hash, t.sender or ZERO, t.recipient or ZERO, t.amount, 0, 0, False, dollar().symbol
    )


def as_table(folder, name, rows):
    """The case of the dollar, of a table in a dialect in place of the recording."""
    way = WRITERS[name][0]
    (folder / "export").write_bytes(way.file([way.row(payment(t)) for t in rows]))
    (folder / "labels.yaml").write_text((EVM_REHEARSAL / "labels.yaml").read_text())
    source = f'kind = "table"\npath = "export"\ntoken = "{dollar().symbol}"\nwhole = "all"\nbasis = "chain"'
    text = (EVM_REHEARSAL / "case_dollar.toml").read_text().replace('kind = "recording"\npath = "recording.jsonl.gz"', source)
    (folder / "case.toml").write_text(text)
    return tracer.trace(CaseFile.load(folder / "case.toml"), folder / "out")


def ends(case):
    return {(end.address, end.reason): dict(end.amounts) for end in case.trace.endpoints if any(end.amounts.values())}


@pytest.fixture(scope="module")
def traced(tmp_path_factory):
    return tracer.trace(CaseFile.load(EVM_REHEARSAL / "case_dollar.toml"), tmp_path_factory.mktemp("recording") / "out")


@pytest.mark.parametrize("name", DIALECTS)
def test_a_table_of_the_rehearsal_is_traced_to_the_same_amounts(name, rows, traced, tmp_path, monkeypatch):
    monkeypatch.setitem(SYMBOLS, dollar().symbol, ("RUSD", "Dollar of the rehearsal", 6))
    assert ends(as_table(tmp_path, name, rows)) == ends(traced)
