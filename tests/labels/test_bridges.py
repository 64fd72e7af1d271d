"""A payment to a labelled bridge says where the money is to come out, if its memo is an address of another chain."""

from __future__ import annotations

import csv
import json

import pytest
from report.test_freeze import case_of

from tracer.labels.bridges import far_address
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
    assert json.loads(out)["bridge_requests"] == [{"tx_hash": "a2", "row": 1, "network": "Ethereum and chains like it", "address": FAR}]
    _, said, _ = tracer_cli("explain", bridged, "delta")
    assert f"asks for the money at {FAR}" in " ".join(said.split())


def test_a_freeze_list_of_a_bridge_names_the_far_address(bridged, tracer_cli, tmp_path):
    tracer_cli("freeze", bridged, "-o", tmp_path / "out")
    rows = [row for path in (tmp_path / "out").glob("*.csv") for row in csv.DictReader(path.read_text().splitlines())]
    assert {row["tx_hash"]: row["far_address"] for row in rows} == {"a2": FAR, "a3": "", "a4": ""}
    assert FAR in "".join(path.read_text() for path in (tmp_path / "out").glob("*.txt"))


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
