"""Tags on labelled attempts: small ones on the screen; the real ones where they are at hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, missing

from tracer.errors import InputError
from tracer.tagging.rates_with_wilson_intervals import ratio, wilson
from tracer.validation import validate
from tracer.validation.labelled_data_set_files import Payment
from tracer.validation.tagged_attempts import deposits, rates, view_of_payments

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


BLOCKS = """a line above
BEGIN LAUNDERING ATTEMPT - FAN-IN:  Max 6-degree Fan-In
{payments}END LAUNDERING ATTEMPT - FAN-IN

BEGIN LAUNDERING ATTEMPT - CYCLE:  Max 2 hops
2022/09/01 00:06,021,A,012,B,5.00,Euro,5.00,Euro,ACH,1
2022/09/01 00:07,012,B,021,A,5.00,Euro,5.00,Euro,ACH,1
END LAUNDERING ATTEMPT - CYCLE
"""
PAYMENTS = "".join(f"2022/09/01 00:0{n},021,S{n},012,hub,10.10,Euro,10.10,Euro,ACH,1\n" for n in range(6))


def test_the_text_blocks_of_amlworld_are_read_whatever_their_folder_is_called(tmp_path):
    (tmp_path / "HI-Small_Patterns.txt").write_text(BLOCKS.format(payments=PAYMENTS))
    found = validate(tmp_path)["amlworld"]
    assert (found["file"], found["attempts"], found["left_out"]) == ("HI-Small_Patterns.txt", 2, [])
    assert (found["tags"]["fan_in"]["default"]["right"], found["tags"]["fan_in"]["default"]["of"]) == (1, 1)
    assert found["tags"]["cycle"]["default"]["of"] == 1


def test_another_file_of_attempts_is_named_and_not_pooled(tracer_cli, tmp_path):
    for name in ("HI-Small_Patterns.txt", "LI-Small_Patterns.txt"):
        (tmp_path / name).write_text(BLOCKS.format(payments=PAYMENTS))
    _, out, _ = tracer_cli("validate", tmp_path)
    assert "2 attempts of HI-Small_Patterns.txt." in out
    assert "Left out: LI-Small_Patterns.txt (a file of its own: not pooled with HI-Small_Patterns.txt)." in out


def test_what_an_honest_detector_finds_is_said_of_the_file_it_was_counted_in_alone(tmp_path):
    (tmp_path / "LI-Large_Patterns.txt").write_text(BLOCKS.format(payments=PAYMENTS))
    assert validate(tmp_path)["amlworld"]["ceilings"] == {}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("HI-Small_Patterns.txt", "nothing\n", "HI-Small_Patterns.txt: holds no attempt, so nothing can be measured"),
        ("HI-Small_Patterns.txt", "BEGIN LAUNDERING ATTEMPT - CYCLE\n1,2\n", r"HI-Small_Patterns.txt:2: 2 cells"),
        ("HI-Small_Patterns.txt", "BEGIN LAUNDERING ATTEMPT - CYCLE\n", "ends within an attempt"),
        ("HI-Small_Patterns.txt", BLOCKS.format(payments=PAYMENTS.replace("10.10", "ten")), r"Patterns.txt:3: amount 'ten'"),
        ("HI-Small_Patterns.txt", BLOCKS.format(payments=PAYMENTS.replace("2022/", "2022-")), r"Patterns.txt:3: time '2022-09/01"),
        ("alerts.csv", "ALERT_ID,ALERT_TYPE\n", "alerts.csv:1: no column orig_acct"),
        ("alerts.csv", HEAD, "alerts.csv: holds no attempt"),
        ("alerts.csv", HEAD + "1,cycle,True,1,a,b,TRANSFER,1.0,soon\n", "alerts.csv:2: time 'soon'"),
    ],
)
def test_where_nothing_can_be_measured_that_is_an_error(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=said):
        validate(tmp_path)


def test_the_alerts_of_amlsims_example_data_are_read(tmp_path):
    header = "ALERT_ID,ALERT_TYPE,IS_FRAUD,TX_ID,SENDER_ACCOUNT_ID,RECEIVER_ACCOUNT_ID,TX_TYPE,TX_AMOUNT,TIMESTAMP\n"
    (tmp_path / "alerts.csv").write_text(header + "".join(f"1,fan_in,True,{n},s{n},hub,TRANSFER,10.10,{n}\n" for n in range(6)))
    found = validate(tmp_path)["amlsim"]
    assert (found["attempts"], found["tags"]["fan_in"]["loose"]["right"]) == (1, 1)


def test_a_deposit_is_found_by_its_label_and_a_lookalike_is_counted_against(tmp_path):
    place = tmp_path
    flows = [("u", "", "d", "Big_Deposit_1"), ("d", "Big_Deposit_1", "x", "Big"), ("u", "", "w", ""), ("w", "", "x", "Big")] * 2
    lines = [f"2023-06-02 21:{n:02d}:00,{n},0x{n:064x},{s},{a},{r},{b},100.00\n" for n, (s, a, r, b) in enumerate(flows)]
    (place / "flow_records.csv").write_text("Timestamp,Block,Tx_hash,From,From_label,To,To_label,Value_in_USD\n" + "".join(lines))
    (place / "terminal_addresses.csv").write_text("x\n")
    told = deposits(place)["default"]
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
    assert printed
    page = (ROOT / "docs" / "validation.md").read_text()
    assert re.search(rf"<!-- {name} -->\n```\n(.*?)\n```", page, re.DOTALL)[1] == printed.rstrip()
    code, printed, _ = tracer_cli("validate", Path(folder) / name, "--json")
    assert code == 0
    assert json.loads(printed)[name]["circular"].startswith("the generator plants these shapes")
