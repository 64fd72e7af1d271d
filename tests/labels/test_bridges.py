"""A payment to a labelled bridge says where the money is to come out, if its memo is an address of another chain."""

from __future__ import annotations

import csv
import json

import pytest
from report.test_freeze import NAMES, case_of

from tracer.labels.bridge_requests import far_address
from tracer.model import Memo

FAR = "0x52908400098527886E0F7030069857D2E4169EE7"
ROWS = f"""height,tx_hash,sender,recipient,amount,fee,memo,basis
1,a1,bakery,ann,900,0,,chain
2,a2,ann,delta,100,0,{FAR},chain
3,a3,ann,delta,50,0,thank you,chain
4,a4,ann,alpha,50,0,{FAR},chain
"""


@pytest.fixture
def bridged(tmp_path):
    """Delta is a bridge, alpha an exchange; the same memo stands in payments to both."""
    import tracer
    from tracer.casefile import CaseFile

    folder = case_of(tmp_path, rows=ROWS)
    labels = tmp_path / "l.yaml"
    labels.write_text(labels.read_text().replace("address: delta,", "address: delta, category: defi_bridge,"))
    case = tmp_path / "case.toml"
    case.write_text(case.read_text() + '[stops]\ncategories = ["exchange", "defi_bridge"]\n')
    tracer.trace(CaseFile.load(case), folder)
    return folder


def test_explain_shows_where_a_bridge_was_asked_to_pay_out(bridged, tracer_cli):
    code, out, _ = tracer_cli("explain", bridged, "ann", "--json")
    assert code == 0
    assert json.loads(out)["bridge_requests"] == [
        {"tx_hash": "a2", "row": 1, "network": "Ethereum and chains like it", "address": FAR, "number": "a2"}
    ]
    _, said, _ = tracer_cli("explain", bridged, "delta")
    assert f"asks for the money at {FAR}" in " ".join(said.split())


def test_a_freeze_list_of_a_bridge_names_the_far_address(bridged, tracer_cli, tmp_path):
    tracer_cli("freeze", bridged, "-o", tmp_path / "out")
    rows = [row for path in (tmp_path / "out").glob("*.csv") for row in csv.DictReader(path.read_text().splitlines())]
    assert {row["tx_hash"]: row["far_address"] for row in rows} == {"a2": FAR, "a3": "", "a4": ""}
    assert FAR in "".join(path.read_text() for path in (tmp_path / "out").glob("*.txt"))


def test_a_bridge_is_an_addressee_of_what_can_be_stopped_with_what_it_was_asked_for(bridged, tracer_cli):
    _, out, _ = tracer_cli("stoppable", bridged, "--json")
    lines = [line for line in json.loads(out)["lines"] if line["address"] == "delta"]
    assert {(line["kind"], line["addressee"]) for line in lines} == {("bridge", NAMES["delta"])}
    asked = {(line["memo"] or {}).get("text"): line["bridged"] for line in lines}
    assert asked["thank you"] is None
    assert asked[FAR]["address"] == FAR
    assert asked[FAR]["traced"]["fifo"] == "100"
    assert all(line["least"] == line["traced"]["fifo"] for line in lines)


def test_what_a_labelled_bridge_holds_is_listed_where_the_trail_does_not_stop_at_bridges(bridged, tracer_cli, tmp_path):
    import tracer
    from tracer.casefile import CaseFile

    case = tmp_path / "case.toml"
    case.write_text(case.read_text().replace('["exchange", "defi_bridge"]', '["exchange"]'))
    tracer.trace(CaseFile.load(case), tmp_path / "on")
    _, out, _ = tracer_cli("stoppable", tmp_path / "on", "--json")
    lines = [line for line in json.loads(out)["lines"] if line["address"] == "delta"]
    assert [(line["kind"], line["traced"]["fifo"]) for line in lines] == [("nobody", "150")]


def test_the_table_of_what_can_be_stopped_says_how_much_is_beyond_reach(bridged, tracer_cli):
    _, out, _ = tracer_cli("stoppable", bridged, "--csv")
    rows = list(csv.DictReader(out.splitlines()))
    assert sum(int(row["bridged"] or 0) for row in rows) == 100
    assert {row["far_address"] for row in rows if row["bridged"]} == {FAR}
    assert {row["far_id"] for row in rows if row["bridged"]} == {"a2"}  # the transaction, by which such a bridge knows a request


def test_a_message_to_a_bridge_has_the_request_among_its_facts(bridged, tracer_cli, tmp_path):
    assert tracer_cli("stoppable", bridged, "--messages", tmp_path / "out")[0] == 0
    said = "".join(path.read_text() for path in (tmp_path / "out").glob("*.txt"))
    fact, inferred = (
        said.index(f"asks for the money at {FAR}"),
        said.index("What the bridge did with the request, no row of this chain says."),
    )
    assert said.index("Fact, read from the chain:") < fact < said.index("Computed from all rows") < inferred


BRIDGE, CAROL = "0x" + "b" * 40, "0x" + "c" * 40
FAR_SIDE = f"""height,time,tx_hash,sender,recipient,amount
1,2024-01-01T00:00:00Z,f1,{BRIDGE},{FAR},95
2,2024-01-02T00:00:00Z,f2,{FAR},{CAROL},95
"""


def test_the_other_side_of_a_bridge_is_a_case_of_its_own_with_what_this_one_states(bridged, tracer_cli, tmp_path):
    from tracer.casefile import CaseFile

    (tmp_path / "far.csv").write_text(FAR_SIDE)
    target = tmp_path / "far.toml"
    code, _, said = tracer_cli("new", "--continue", bridged, "--chain", "evm", "--source", tmp_path / "far.csv", "-o", target)
    assert (code, said) == (0, "")
    far = CaseFile.load(target)
    assert [(theft.wallet, theft.transfer) for theft in far.thefts] == [(FAR, None)]
    (link,) = far.links
    assert (link.deposit, link.to, link.network) == ("a2", FAR, "Ethereum and chains like it")
    assert "stolen by rule: fifo 1" in link.says
    code, out, _ = tracer_cli("trace", target, "-o", tmp_path / "far_case", "--yes")
    assert code == 0
    assert "a2" in out


def test_a_case_without_requests_is_not_continued_and_says_so(bridged, tracer_cli, tmp_path):
    (tmp_path / "far.csv").write_text(FAR_SIDE)
    code, _, said = tracer_cli("new", "--continue", bridged, "--source", tmp_path / "far.csv", "-o", tmp_path / "far.toml")
    assert code == 1
    assert "no request of the case takes stolen value there: they name Ethereum and chains like it" in " ".join(said.split())


@pytest.mark.parametrize(
    ("memo", "network"),
    [
        (FAR, "Ethereum and chains like it"),
        ("to: bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "Bitcoin"),
        ("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8", "Tron"),
        ("NCHESTYVD2P6P646AMY7WSNG73PCPZDUQNSD6JA", "Symbol"),
        ("0x52908400", None),
        ("NALICELGU3IVY4DPJKHYLSSVYFFWYS5QPLYEZDJJ", None),
    ],
)
def test_the_form_of_a_memo_tells_the_network(memo, network):
    assert (far_address(Memo("plain", memo.encode())) or (None,))[0] == network
