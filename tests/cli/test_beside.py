"""The command line of what stands beside the trace: labels, evidence, prices."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

import tracer
from tracer.casefile import CaseFile
from tracer.labels import Wanted, read_tagpack

X1 = "TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL"
TABLE = ROOT / "fixtures" / "cases" / "table"
IP, MAIL = "192.0.2.17", "jane.roe@example.org"

CONTEXT = f"""
[prices]
file = "eur.csv"

[[offchain]]
kind = "ip_address"
value = "{IP}"
time = 2024-01-09T02:00:00Z
source = "the log of {MAIL}"
grade = "C3"
status = "stands"
subject = "the line that logged in"

[[offchain]]
kind = "person"
value = "Jane Roe"
time = 2024-01-09T02:00:00Z
source = "https://example.org"
grade = "F6"
status = "explained"
subject = "a customer"
third_party = true

[[claims]]
from = "theft recipients"
to = "corner exchange"
low = "500"
until = 2024-01-20
source = "a newspaper"

[[claims]]
from = "theft recipients"
to = "corner exchange"
low = "100"
high = "200"
until = 2024-01-20
source = "another newspaper, {IP}"
"""


@pytest.fixture(scope="module")
def bakery(tmp_path_factory):
    """The case of the table, with all that can stand beside a trace."""
    place = tmp_path_factory.mktemp("bakery")
    for name in ("transfers.csv", "balances.csv", "labels.yaml"):
        (place / name).write_text((TABLE / name).read_text())
    (place / "eur.csv").write_text("time,price,source\n2024-01-09T00:00:00Z,2.125,a newspaper\n")
    (place / "case.toml").write_text((TABLE / "case.toml").read_text() + CONTEXT)
    tracer.trace(CaseFile.load(place / "case.toml"), place / "out")
    return place / "out"


def test_labels_say_who_says_so_and_what_is_younger(tracer_cli, rehearsal_dir):
    code, out, _ = tracer_cli("labels", rehearsal_dir)
    assert code == 0
    line = next(line for line in out.splitlines() if X1 in line)
    for told in ("exchange1", "ownership", "2026-11-01", "fixtures/cases/rehearsal/truth/accounts.csv", "younger than the last transfer"):
        assert told in line
    _, out, _ = tracer_cli("labels", rehearsal_dir, "--json")
    assert all(label["younger"] and not label["conflict"] for label in json.loads(out))


def test_labels_written_as_a_tagpack_can_be_read_again(tracer_cli, rehearsal, rehearsal_dir, tmp_path):
    _, out, _ = tracer_cli("labels", rehearsal_dir, "--tagpack", "--creator", "me")
    (tmp_path / "out.yaml").write_text(out)
    again = read_tagpack(tmp_path / "out.yaml", Wanted("nem", "xem", str)).labels
    assert [label._replace(pack="") for label in again] == [label._replace(pack="") for label in rehearsal.labels.labels]


def test_markings_written_as_a_tagpack_are_read_from_the_ledger(tracer_cli, rehearsal_dir, tmp_path):
    _, out, _ = tracer_cli("labels", rehearsal_dir, "--tagpack", "--markers")
    (tmp_path / "out.yaml").write_text(out)
    again = read_tagpack(tmp_path / "out.yaml", Wanted("nem", "xem", str)).labels
    assert len(again) == 22
    assert {label.confidence for label in again} == {"ledger_immanent"}
    assert json.loads(again[0].context)["first_block"] == 29


def test_markers_stand_beside_the_traced(tracer_cli, rehearsal_dir):
    _, out, _ = tracer_cli("labels", rehearsal_dir, "--markers", "--json")
    found = json.loads(out)
    assert len(found["markings"]) == 22
    assert len(found["both"]) + len(found["touched"]) + len(found["innocent"]) == len({each["address"] for each in found["markings"]})
    assert set(found["missed"]).isdisjoint(found["both"])
    code, out, _ = tracer_cli("labels", rehearsal_dir, "--markers")
    assert code == 0
    assert "traced and never marked then" in out


def test_labels_that_disagree_are_shown_in_the_accounts_and_the_coverage_statement(tracer_cli, rehearsal_copy, tmp_path):
    pack = rehearsal_copy / "labels.yaml"
    pack.write_text(pack.read_text() + f"  - address: {X1}\n    label: a mixer\n    category: mixing_service\n    source: a forum\n")
    tracer_cli("trace", rehearsal_copy / "case.toml", "-o", tmp_path / "out")
    _, out, _ = tracer_cli("accounts", tmp_path / "out", "--all")
    assert "a mixer / exchange1 (labels disagree)" in out
    _, out, _ = tracer_cli("accounts", tmp_path / "out", "--json")
    account = next(each for each in json.loads(out) if each["address"] == X1)
    assert (account["conflict"], sorted(account["labels"])) == (True, ["a mixer", "exchange1"])
    _, out, _ = tracer_cli("trace", rehearsal_copy / "case.toml", "-o", tmp_path / "out")
    assert "1 address has labels that disagree, and all are kept" in out
    _, out, _ = tracer_cli("labels", tmp_path / "out", "--conflicts", "--csv")
    assert len(out.splitlines()) == 3


@pytest.mark.parametrize("arguments", [("evidence",), ("evidence", "--json")])
def test_evidence_is_masked_in_what_is_printed(tracer_cli, bakery, arguments):
    command, *options = arguments
    code, out, _ = tracer_cli(command, bakery, *options)
    assert code == 0
    for hidden in (IP, MAIL, "Jane Roe"):
        assert hidden not in out
    assert "192.0.x.x" in out
    _, out, _ = tracer_cli(command, bakery, "--unmasked", *options)
    for shown in (IP, MAIL, "Jane Roe"):
        assert shown in out


def test_the_page_is_masked_and_a_page_that_is_not_has_another_name(tracer_cli, bakery):
    _, out, _ = tracer_cli("render", bakery, "--unmasked")
    assert out.strip().endswith("case-unmasked.html")
    pages = {name: unpacked(bakery / name) for name in ("case.html", "case-unmasked.html")}
    assert [each["value"] for each in pages["case.html"]["evidence"]] == ["192.0.x.x", "(masked)"]
    assert [each["value"] for each in pages["case-unmasked.html"]["evidence"]] == [IP, "Jane Roe"]
    assert IP not in json.dumps(pages["case.html"])


def test_an_export_holds_neither_evidence_nor_an_ip_address_and_still_verifies(tracer_cli, bakery, tmp_path):
    tracer_cli("export", bakery, "-o", tmp_path)
    left = "".join(path.read_text() for path in tmp_path.iterdir())
    assert [hidden for hidden in (IP, MAIL, "Jane Roe") if hidden in left] == []
    code, _, _ = tracer_cli("verify", tmp_path)
    assert code == 0


def unpacked(page):
    import base64
    import gzip
    import re

    coded = re.search(r'id="payload">([^<]*)<', page.read_text())[1]
    return json.loads(gzip.decompress(base64.b64decode(coded)))


def test_the_record_keeps_what_is_masked_outside(bakery):
    from tracer.casefolder import CaseFolder

    case = CaseFolder.open(bakery)
    assert [each.value for each in case.context.evidence] == [IP, "Jane Roe"]
    assert [each.value for each in case.flow.about.evidence] == ["192.0.x.x", "(masked)"]


def test_evidence_and_claims_change_no_figure(bakery, tmp_path):
    from tracer.casefolder import CaseFolder

    alone = tracer.trace(CaseFile.load(TABLE / "case.toml"), tmp_path / "alone")
    assert CaseFolder.open(bakery).trace == alone.trace


def test_conflicting_claims_stand_side_by_side_with_what_was_traced(tracer_cli, bakery):
    _, out, _ = tracer_cli("evidence", bakery)
    lines = [line for line in out.splitlines() if line.startswith(" corner exchange")]
    assert len(lines) == 2
    assert "at least 500" in lines[0] or "at least 500" in lines[1]
    _, out, _ = tracer_cli("evidence", bakery, "--json")
    first, second = json.loads(out)["claims"]
    assert first["traced"] == second["traced"] is not None
    assert (first["least"], second["most"]) == ("50000", "20000")


def test_prices_say_the_worth_the_price_its_age_and_its_source(tracer_cli, bakery):
    code, out, _ = tracer_cli("prices", bakery)
    assert code == 0
    for told in ("1,912.5 EUR", "2.125", "2 h", "a newspaper", "the last price at or before the moment"):
        assert told in out
    _, out, _ = tracer_cli("prices", bakery, "--json")
    assert json.loads(out)["total"] == "1912.5"


def test_a_case_without_prices_says_how_to_have_them(tracer_cli, rehearsal_dir):
    code, _, err = tracer_cli("prices", rehearsal_dir)
    assert code == 1
    assert 'the case has no [prices]: write file = "jpy.csv"' in err


def test_a_claim_without_an_amount_of_coins_is_named_with_its_line(tracer_cli, bakery, tmp_path):
    text = (bakery / "case.toml").read_text().replace('low = "500"', 'low = "many"')
    (bakery.parent / "wrong.toml").write_text(text)
    line = 1 + text.splitlines().index('low = "many"')
    code, _, err = tracer_cli("trace", bakery.parent / "wrong.toml", "-o", tmp_path / "out")
    assert code == 1
    assert f"wrong.toml:{line}: low 'many' is no amount of whole coins" in err


def test_hostile_evidence_claims_and_labels_are_printed_inert(tracer_cli, tmp_path):
    for name in ("transfers.csv", "balances.csv", "labels.yaml"):
        (tmp_path / name).write_text((TABLE / name).read_text())
    hostile = "=cmd|' /C calc'!A0\\u001b[2J\\u202e<script>'}) DETACH DELETE n //"
    text = (TABLE / "case.toml").read_text() + CONTEXT.replace('[prices]\nfile = "eur.csv"\n', "")
    (tmp_path / "case.toml").write_text(text.replace("Jane Roe", hostile).replace("a newspaper", hostile).replace("= true", "= false"))
    label = "".join(f'  - address: {who}\n    label: "{hostile}"\n    source: "{hostile}"\n' for who in ("w1", "w2"))
    (tmp_path / "labels.yaml").write_text((tmp_path / "labels.yaml").read_text() + label)
    code, out, err = tracer_cli("trace", tmp_path / "case.toml", "-o", tmp_path / "out")
    assert (code, err) == (0, "")
    for command in (["evidence"], ["evidence", "--json"], ["labels"], ["labels", "--csv"], ["labels", "--json"], ["labels", "--tagpack"]):
        code, out, _ = tracer_cli(command[0], tmp_path / "out", *command[1:])
        assert code == 0
        assert "DETACH DELETE" in out
        assert "\x1b" not in out
        assert "\u202e" not in out
    _, out, _ = tracer_cli("labels", tmp_path / "out", "--csv")
    assert ",'=cmd|" in out
    assert ",=cmd|" not in out
