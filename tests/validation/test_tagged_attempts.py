"""Tags on labelled attempts: small ones on the screen; the real ones where they are at hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, missing

from tracer.errors import InputError
from tracer.tagging.ratios import ratio, wilson
from tracer.validation import validate
from tracer.validation.tagged_attempts import Payment, deposits, rates, view_of_payments

HEAD = "alert_id,alert_type,is_sar,tran_id,orig_acct,bene_acct,tx_type,base_amt,tran_timestamp\n"


@pytest.fixture
def alerts(tmp_path):
    """A fan-in of six, a fan-out of two, and a cycle that is called a fan-out."""
    fan = [("1", "fan_in", f"s{n}", "hub", "10.10") for n in range(6)]
    small = [("2", "fan_out", "a", f"r{n}", "5.5") for n in range(2)]
    ring = [("3", "fan_out", a, b, "9.0") for a, b in ("xy", "yz", "zx")]
    lines = [f"{alert},{kind},True,{n},{s},{r},TRANSFER,{amount},2017-01-01T00:00:{n:02d}Z\n"
             for n, (alert, kind, s, r, amount) in enumerate([*fan, *small, *ring])]  # fmt: skip
    (tmp_path / "amlsim").mkdir()
    (tmp_path / "amlsim" / "some_alert_transactions.csv").write_text(HEAD + "".join(lines))
    return tmp_path


def test_a_tag_is_right_in_attempts_of_its_type_and_wrong_in_all_others(alerts):
    tags = validate(alerts)["amlsim"]["tags"]
    assert (tags["fan_in"]["default"]["right"], tags["fan_in"]["default"]["of"], tags["fan_in"]["default"]["wrong"]) == (1, 1, 0)
    assert (tags["fan_out"]["default"]["right"], tags["fan_out"]["default"]["of"]) == (0, 2)
    assert (tags["cycle"]["default"]["right"], tags["cycle"]["default"]["of"], tags["cycle"]["default"]["wrong"]) == (0, 0, 1)
    assert tags["cycle"]["default"]["recall"] is None
    assert tags["fan_out"]["default"]["likelihood_ratio"] is None


def test_amounts_are_hundredths_without_a_float(alerts):
    view = view_of_payments([Payment(1, "a", "b", 1010)])
    assert [move.amount for move in view.moves] == [1010]
    assert validate(alerts)["amlsim"]["population"].startswith("alerts of a synthetic bank world")


def test_a_folder_without_the_file_is_named(tmp_path):
    (tmp_path / "amlworld").mkdir()
    with pytest.raises(InputError, match="amlworld: there is no laundering_patterns"):
        validate(tmp_path)


def test_a_deposit_is_found_by_its_label_and_a_lookalike_is_counted_against(tmp_path):
    place = tmp_path / "cluster_1"
    place.mkdir()
    flows = [("u", "", "d", "Big_Deposit_1"), ("d", "Big_Deposit_1", "x", "Big"), ("u", "", "w", ""), ("w", "", "x", "Big")] * 2
    lines = [f"2023-06-02 21:{n:02d}:00,{n},0x{n:064x},{s},{a},{r},{b},100.00\n" for n, (s, a, r, b) in enumerate(flows)]
    (place / "flow_records.csv").write_text("Timestamp,Block,Tx_hash,From,From_label,To,To_label,Value_in_USD\n" + "".join(lines))
    (place / "terminal_addresses.csv").write_text("x\n")
    told = deposits(tmp_path)["default"]
    assert (told["right"], told["of"], told["wrong"], told["of_others"]) == (1, 1, 1, 2)


def test_intervals_are_those_of_the_textbooks():
    assert [round(end, 3) for end in wilson(0, 10)] == [0.0, 0.278]
    assert wilson(0, 0) is None
    assert ratio(1, 0, 1, 1) is None
    assert rates(0, 10, 0, 10)["likelihood_ratio"] is None
    assert rates(5, 10, 1, 10)["likelihood_ratio"] == "5.0 (0.7 to 35.5)"


@pytest.mark.parametrize("name", ["amlworld", "amlsim"])
def test_the_page_has_the_figures_that_the_command_prints(tracer_cli, name):
    folder = os.environ.get("TRACER_LABELLED")
    if not folder:
        missing("labelled", f"TRACER_LABELLED=FOLDER names the one with {name}")
    _, printed, _ = tracer_cli("validate", Path(folder) / name)
    page = (ROOT / "docs" / "validation.md").read_text()
    assert re.search(rf"<!-- {name} -->\n```\n(.*?)\n```", page, re.DOTALL)[1] == printed.rstrip()
    code, printed, _ = tracer_cli("validate", Path(folder) / name, "--json")
    assert code == 0
    assert json.loads(printed)[name]["circular"].startswith("the generator plants these shapes")
