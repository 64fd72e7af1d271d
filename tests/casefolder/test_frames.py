"""A case in a notebook: frames straight from the record, exact, with times that are times; and what a cell shows of it."""

from __future__ import annotations

import json
from decimal import Decimal

import pandas
import pytest
from pandas.testing import assert_frame_equal
from support.ether_case import AT_CAROL, AT_ZAIF, STOLEN, ether
from support.ledgers import drawn, written

from tracer.casefolder import CaseFolder
from tracer.errors import InputError
from tracer.tracing import Stops, follow


@pytest.fixture
def rehearsal(rehearsal_dir):
    return CaseFolder.open(rehearsal_dir)


@pytest.fixture(scope="module")
def ether_case(tmp_path_factory):
    return ether(tmp_path_factory.mktemp("ether"))


def test_the_frame_of_the_record_is_the_frame_of_the_flow_graph(rehearsal, ether_case):
    for case in (rehearsal, ether_case):
        for units in ("smallest", "coins"):
            assert_frame_equal(case.to_pandas(units), case.flow.to_pandas(units))


def test_the_frame_is_made_without_reading_the_ledger(rehearsal):
    rehearsal.to_pandas()
    assert not {"ledger", "trace", "flow"} & vars(rehearsal).keys()


def test_times_are_datetimes_in_utc_and_both_ends_say_who_they_are(rehearsal):
    frame = rehearsal.to_pandas()
    assert str(frame["time"].dtype.tz) == "UTC"
    assert len(frame[frame["time"] > "2018-01-26T12:00:00Z"]) == sum(e["time"] > 1516968000 for *_, e in rehearsal.flow.edges(data=True))
    for side in ("sender", "recipient"):
        said = rehearsal.flow.nodes[frame.iloc[0][side]]
        assert frame.iloc[0][f"{side}_role"] == said["role"]
    paid = frame[frame["recipient_service"] == "exchange1"]
    assert paid["fifo"].sum() == sum(e.amounts["fifo"] for e in rehearsal.outcome.endpoints if e.service == "exchange1")


def test_thefts_are_numbered_from_one(rehearsal):
    assert rehearsal.to_pandas()["theft"].dropna().tolist() == list(range(1, 12))


def test_amounts_come_in_coins_to_the_last_digit():
    ledger, thefts = written("opens victim 7\n victim -> bob 7 theft")
    flow = drawn(ledger, follow(ledger, thefts, Stops(), ["fifo"]))
    assert flow.to_pandas("coins")["amount"].tolist() == [Decimal(7)]


def test_a_wei_is_not_lost_in_either_unit(ether_case):
    (theft,) = ether_case.to_pandas().query("theft == 1")["amount"]
    (coins,) = ether_case.to_pandas("coins").query("theft == 1")["amount"]
    assert (theft, coins * 10**18) == (STOLEN, STOLEN)
    assert coins.as_tuple().exponent == -18


def test_no_sum_of_a_column_can_wrap():
    """Two payments of 2^62 fit 64 bits each, and not together."""
    ledger, thefts = written(f"opens victim {2**63}\n victim -> bob {2**62} theft\n victim -> carol {2**62} theft")
    frame = drawn(ledger, follow(ledger, thefts, Stops(), ["fifo"])).to_pandas()
    assert frame["amount"].sum() == 2**63


def test_other_units_are_refused(rehearsal):
    with pytest.raises(InputError, match=r"units='coin': did you mean coins\?"):
        rehearsal.to_pandas("coin")


def test_every_account_and_every_endpoint_has_its_line(rehearsal, ether_case):
    accounts = rehearsal.accounts_frame().set_index("address")
    assert len(accounts) == len(rehearsal.ledger.accounts) == 192
    for address, node in rehearsal.flow.nodes(data=True):
        line = accounts.loc[address]
        assert (line["balance"], line["fifo"], line["role"], line["coverage"]) == (
            node["balance"], node["traced"]["fifo"], node["role"], node["coverage"]
        )  # fmt: skip
    ends = ether_case.endpoints_frame()
    assert ends["fifo"].tolist() == [end.amounts["fifo"] for end in ether_case.outcome.endpoints]
    assert {AT_CAROL, AT_ZAIF} <= set(ends["fifo"])
    assert rehearsal.endpoints_frame()["fifo"].sum() + rehearsal.outcome.fees["fifo"] == rehearsal.outcome.stolen["fifo"]


def test_parquet_holds_what_the_frames_hold(ether_case, rehearsal, tmp_path):
    pytest.importorskip("pyarrow")
    for name, case in (("wei", ether_case), ("rehearsal", rehearsal)):
        paths = case.to_parquet(tmp_path / name)
        assert [path.name for path in paths] == [f"{name}.parquet" for name in ("transfers", "accounts", "endpoints", "thefts")]
        frames = (case.to_pandas(), case.accounts_frame(), case.endpoints_frame(), case.thefts_frame())
        for path, frame in zip(paths, frames, strict=True):
            found = pandas.read_parquet(path)
            assert list(map(int, found["fifo"])) == list(map(int, frame["fifo"]))


def test_thefts_are_numbered_from_one_in_every_table_as_on_the_command_line(ether_case, rehearsal, rehearsal_dir, tracer_cli):
    thefts = rehearsal.thefts_frame()
    assert thefts["theft"].tolist() == list(range(1, 12))
    assert thefts["fifo"].tolist() == list(rehearsal.outcome.taken["fifo"])
    listed = json.loads(tracer_cli("rules", rehearsal_dir, "--json")[1])["thefts"]
    assert [(each["number"], each["tx_hash"]) for each in listed] == list(zip(thefts["theft"], thefts["tx_hash"], strict=True))
    recipient = rehearsal.outcome.thefts[0].recipient
    told = json.loads(tracer_cli("explain", rehearsal_dir, recipient, "--json")[1])
    assert {each["theft_number"] for each in told["origins"]["fifo"]} <= set(range(1, 12))
    assert ether_case.thefts_frame()["amount"].tolist() == [theft.amount for theft in ether_case.outcome.thefts]


def test_the_command_writes_parquet_too(rehearsal_dir, tracer_cli, tmp_path):
    pytest.importorskip("pyarrow")
    code, out, _ = tracer_cli("export", rehearsal_dir, "-o", tmp_path / "out", "--format", "parquet")
    assert code == 0
    assert len(pandas.read_parquet(tmp_path / "out" / "transfers.parquet")) == 380
    assert str(tmp_path / "out" / "endpoints.parquet") in out


def test_a_case_says_in_a_cell_what_it_is_about(rehearsal):
    assert "526,300,010 xem stolen in 11 thefts, under fifo" in repr(rehearsal)
    shown = rehearsal._repr_html_()
    assert "<th>service: exchange1</th><td>20,874,067.85</td>" in shown
    assert "<script" not in shown
