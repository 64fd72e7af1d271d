"""`tracer bounds`: what it prints, keeps and refuses, and that the folder stays whole."""

from __future__ import annotations

import base64
import csv
import gzip
import io
import json
import re
import shutil

import pytest
from conftest import ROOT

from tracer.casefolder import CaseFolder
from tracer.casefolder.manifest import FILES
from tracer.pipeline import bounds

RULES = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]


@pytest.fixture(scope="module")
def bounded_dir(rehearsal_dir, tmp_path_factory):
    """The rehearsal with its bounds."""
    folder = tmp_path_factory.mktemp("bounded") / "case"
    shutil.copytree(rehearsal_dir, folder)
    bounds.bounded(CaseFolder.open(folder), 1000, lambda *_: None)
    return folder


@pytest.fixture
def copied(rehearsal_dir, tmp_path):
    return shutil.copytree(rehearsal_dir, tmp_path / "copy")


def test_with_a_service_only_it_and_its_customers_are_shown(tracer_cli, bounded_dir):
    _, out, _ = tracer_cli("bounds", bounded_dir, "--service", "EXCHANGE2", "--json")
    shown = json.loads(out)
    assert [each["service"] for each in shown["services"]] == ["exchange2"]
    assert {each["service"] for kind in ("endpoints", "customers") for each in shown[kind]} == {"exchange2"}
    _, out, _ = tracer_cli("bounds", bounded_dir, "--service", "exchange2", "--csv")
    kinds = [line["kind"] for line in csv.DictReader(io.StringIO(out)) if not line["theft"]]
    assert (kinds.count("service"), kinds.count("customer")) == (1, len(shown["customers"]))


def test_every_customer_whom_stolen_value_can_have_reached_is_listed(tracer_cli, bounded_dir):
    """TAAXQT... was paid 91 xem, all of it stolen under one rule, and paid on 763: no compared rule lets any of the 91 go with them."""
    _, out, _ = tracer_cli("bounds", bounded_dir, "--service", "exchange1", "--json")
    customers = {each["memo"]["text"]: each for each in json.loads(out)["customers"]}
    assert len(customers) == 18
    assert (customers["B6940788"]["least"], customers["B6940788"]["most"]) == ("0", "91000000")
    _, out, _ = tracer_cli("bounds", bounded_dir, "--service", "exchange1")
    assert (
        "stolen value could have reached 18 customers (a memo at an address of a service, or the payments without a memo to one); "
        "under any such rule 15 received" in out
    )
    assert "do not add them up: the line of a service counts what its addresses and its customers received" in out
    assert "tracer explain DIR ADDRESS --why-least --memo MEMO" in out


def test_the_table_has_no_line_for_a_theft_that_alone_has_no_floor(tracer_cli, bounded_dir):
    _, out, _ = tracer_cli("bounds", bounded_dir, "--service", "exchange1")
    lines = list(csv.DictReader(io.StringIO(tracer_cli("bounds", bounded_dir, "--service", "exchange1", "--csv")[1])))
    assert all(each["least"] == "0" for each in lines if each["theft"] and each["kind"] == "service")
    assert not re.search(r"of theft \d+ alone", out)
    assert f"{sum(bool(each['theft']) for each in lines)} floors and ceilings of one theft alone are left out here" in out


def test_a_service_that_the_case_does_not_have_is_refused_with_those_it_has(tracer_cli, bounded_dir):
    code, _, err = tracer_cli("bounds", bounded_dir, "--service", "exchange9")
    assert (code, err.count("exchange1, exchange2")) == (1, 1)


def test_every_rule_of_the_rehearsal_lies_within_its_bounds(tracer_cli, bounded_dir):
    _, out, _ = tracer_cli("rules", bounded_dir, "--json")
    endpoints = json.loads(out)["endpoints"]
    assert len(endpoints) > 100
    for endpoint in endpoints:
        assert all(int(endpoint["least"]) <= int(endpoint[rule]) <= int(endpoint["most"]) for rule in RULES), endpoint
    services = {each["service"]: each for each in json.loads(tracer_cli("bounds", bounded_dir, "--json")[1])["services"]}
    assert (services["exchange1"]["least"], services["exchange1"]["most"]) == ("20865313900000", "20878054526270")
    for name, found in services.items():
        for rule in RULES:
            there = sum(int(e[rule]) for e in endpoints if e["service"] == name)
            assert int(found["least"]) <= there <= int(found["most"])


def test_a_union_of_services_is_not_the_sum_of_their_bounds(tracer_cli, bounded_dir):
    found = json.loads(tracer_cli("bounds", bounded_dir, "--union", "exchange1,exchange2", "--json")[1])
    assert found["union"] == {"places": ["exchange1", "exchange2"], "least": "25773557200000", "most": "25794662185104"}
    services = {each["service"]: each for each in found["services"]}
    assert int(services["exchange1"]["most"]) + int(services["exchange2"]["most"]) > 25794662185104


def test_bounds_as_table_and_csv_have_the_same_places(tracer_cli, bounded_dir):
    _, out, _ = tracer_cli("bounds", bounded_dir, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {"endpoint", "service", "customer", "union"} == {row["kind"] for row in rows} == {row["kind"] for row in rows if row["theft"]}
    code, table, _ = tracer_cli("bounds", bounded_dir)
    assert code == 0
    assert all((row["address"] or row["service"]) in table for row in rows)
    assert "of 526,300,010 xem stolen" in table


def test_explain_shows_the_bounds_of_an_endpoint_only_once_they_are_known(tracer_cli, rehearsal_dir, bounded_dir):
    ends = json.loads(tracer_cli("rules", bounded_dir, "--json")[1])["endpoints"]
    end = next(each for each in ends if each["service"] == "exchange1")
    (told,) = json.loads(tracer_cli("explain", bounded_dir, end["address"], "--json")[1])["endpoints"]
    assert (told["least"], told["most"]) == (end["least"], end["most"])
    (told,) = json.loads(tracer_cli("explain", rehearsal_dir, end["address"], "--json")[1])["endpoints"]
    assert (told["least"], told["most"]) == (None, None)
    asset = CaseFolder.open(bounded_dir).asset
    said, unsaid = (tracer_cli("explain", folder, end["address"])[1] for folder in (bounded_dir, rehearsal_dir))
    for bound, head in (("least", "floor"), ("most", "ceiling")):
        assert asset.format(int(end[bound])) in said
        assert re.search(rf"dirty_first .*{head}", said)
        assert not re.search(rf"dirty_first .*{head}", unsaid)


def test_rules_show_floor_and_ceiling_only_once_they_are_known(tracer_cli, rehearsal_dir, bounded_dir):
    assert "ceiling" not in tracer_cli("rules", rehearsal_dir)[1]
    assert "ceiling\n" in tracer_cli("rules", bounded_dir)[1]
    before, after = (list(csv.DictReader(io.StringIO(tracer_cli("rules", d, "--csv")[1]))) for d in (rehearsal_dir, bounded_dir))
    assert {row["least"] for row in before} == {""}
    assert all(row["least"].isdigit() for row in after if row["reason"] != "fees")


def carried(folder):
    """What the page carries."""
    packed = re.search(r'id="payload"[^>]*>\s*([A-Za-z0-9+/=]+)', (folder / "case.html").read_text())[1]
    return json.loads(gzip.decompress(base64.b64decode(packed)))


def test_the_page_carries_least_and_most(rehearsal_dir, bounded_dir):
    assert {e["least"] for e in carried(rehearsal_dir)["endpoints"]} == {None}
    assert carried(rehearsal_dir)["services"] == []
    assert all(int(e["least"]) <= int(e["most"]) for e in carried(bounded_dir)["endpoints"])
    assert {"service": "exchange1", "least": "20865313900000", "most": "20878054526270"} in carried(bounded_dir)["services"]


def test_so_many_endpoints_as_asked_and_what_is_left_out_is_said(tracer_cli, copied):
    code, out, _ = tracer_cli("bounds", copied, "--top", 3)
    assert code == 0
    assert re.search(r"\d+ endpoints of less value are left out", out)
    assert len(json.loads(tracer_cli("bounds", copied, "--json", "--top", 2)[1])["endpoints"]) == 3
    assert len(json.loads(tracer_cli("bounds", copied, "--json", "--top", 5)[1])["endpoints"]) == 5


def test_a_folder_with_bounds_is_vouched_for_by_its_manifest(rehearsal, bounded_dir):
    found = CaseFolder.open(bounded_dir)
    assert found.changes(thorough=True) == []
    same = {
        name: found.manifest[name] == rehearsal.manifest[name] for name in ("results_digest", "tags_digest", "bounds_digest", "page_digest")
    }
    assert same == {"results_digest": True, "tags_digest": True, "bounds_digest": False, "page_digest": False}
    assert found.manifest["sources"] == rehearsal.manifest["sources"]
    assert [json.loads(line)["act"] for line in (bounded_dir / "log.jsonl").read_text().splitlines()][-1] == "bounds"


def test_bounds_that_are_stopped_leave_the_folder_as_it_was(tracer_cli, copied, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    (copied / ".partial").mkdir()
    (copied / ".partial" / "recording.jsonl").write_text("read already")
    before = {name: (copied / name).read_bytes() for name in FILES if (copied / name).exists()}
    with monkeypatch.context() as stopped:
        stopped.setattr("tracer.casefolder.run._put_in_place", interrupt)
        with pytest.raises(KeyboardInterrupt):
            bounds.bounded(CaseFolder.open(copied), 5, lambda *_: None)
    assert {name: (copied / name).read_bytes() for name in before} == before
    assert CaseFolder.open(copied).changes(thorough=True) == []
    assert tracer_cli("bounds", copied, "--top", 5)[0] == 0
    assert (copied / ".partial" / "recording.jsonl").read_text() == "read already"


def test_a_table_that_only_reports_is_refused_with_exit_1_and_nothing_changes(tracer_cli, tmp_path):
    assert tracer_cli("trace", ROOT / "fixtures" / "cases" / "table" / "case.toml", "-o", tmp_path / "t")[0] == 0
    before = (tmp_path / "t" / "manifest.json").read_bytes()
    code, out, err = tracer_cli("bounds", tmp_path / "t")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert re.search(
        r"no bounds: stolen money can have passed through \w+, and one of the rows of that account \(.*\) is reported; floors and", err
    )
    assert (tmp_path / "t" / "manifest.json").read_bytes() == before


def test_gaps_that_were_allowed_still_refuse_bounds(tracer_cli, tmp_path):
    (tmp_path / "t.csv").write_text("sender,recipient,amount,height,tx_hash\nv,bob,5,1,aa\nbob,carol,9,2,bb\n")
    (tmp_path / "b.csv").write_text("address,opening\nv,5\n")
    (tmp_path / "case.toml").write_text(
        'name = "x"\nchain = "table"\nasset = "a"\ndecimals = 0\n[[sources]]\nkind = "table"\npath = "t.csv"\nbalances = "b.csv"\n'
        'basis = "chain"\n[[thefts]]\ntransfer = "aa"\n'
    )
    assert tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out", "--allow-gaps")[0] == 0
    code, _, err = tracer_cli("bounds", tmp_path / "out")
    assert code == 2
    assert "no bounds: the ledger does not add up: bob is 4 short at row 1" in err


ETHER = """
name = "ether"
chain = "table"
asset = "eth"
decimals = 18
[[sources]]
kind = "table"
path = "t.csv"
balances = "b.csv"
basis = "chain"
[[thefts]]
transfer = "aa"
"""


def ether_case(folder):
    """812.5 ether are stolen from vera; bob has 33.066915805160912601 of his own and pays 800 ether to kasse, and the rest to dave."""
    rows = ["1,aa,vera,bob,812500000000000000000", "2,bb,bob,kasse,800000000000000000001", "3,cc,bob,dave,33066915805160912601"]
    (folder / "t.csv").write_text("\n".join(["height,tx_hash,sender,recipient,amount", *rows, ""]))
    (folder / "b.csv").write_text("address,opening\nvera,812500000000000000000\nbob,33066915805160912601\n")
    (folder / "case.toml").write_text(ETHER)
    return folder / "case.toml"


def test_bounds_in_wei_stand_in_the_table_in_json_and_on_the_page_to_the_unit(tracer_cli, tmp_path):
    assert tracer_cli("trace", ether_case(tmp_path), "-o", tmp_path / "out")[0] == 0
    code, table, _ = tracer_cli("bounds", tmp_path / "out")
    assert code == 0
    assert re.search(r"kasse +unspent +766\.9330841948390874(00)? +800\.000000000000000001", table)
    assert "766.9330841948390874" in tracer_cli("rules", tmp_path / "out")[1]
    bounds = {
        "kasse": ("766933084194839087400", "800000000000000000001"),
        "dave": ("0", "33066915805160912601"),
        "bob": ("0", "12499999999999999999"),
    }
    told = json.loads(tracer_cli("bounds", tmp_path / "out", "--json")[1])["endpoints"]
    assert {each["address"]: (each["least"], each["most"]) for each in told} == bounds
    page = carried(tmp_path / "out")
    assert {page["nodes"]["address"][e["node"]]: (e["least"], e["most"]) for e in page["endpoints"]} == bounds
    assert CaseFolder.open(tmp_path / "out").changes(thorough=True) == []


def test_a_name_in_a_union_that_means_nothing_is_exit_1(tracer_cli, bounded_dir):
    code, _, err = tracer_cli("bounds", bounded_dir, "--union", "exchange1,Nowhere")
    assert code == 1
    assert "'Nowhere' is no address of the ledger and no service" in err
