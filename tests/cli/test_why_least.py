"""The proof of a floor: what is printed adds up by hand, and what is exported convinces verify.py, unless a unit of it is changed."""

from __future__ import annotations

import csv
import json
import re
import shutil

import pytest

from tracer import verify
from tracer.casefolder import CaseFolder
from tracer.pipeline.bounds import bounded
from tracer.report.export import export


@pytest.fixture(scope="module")
def bounded_dir(rehearsal_dir, tmp_path_factory):
    """The rehearsal with its bounds."""
    folder = tmp_path_factory.mktemp("floors") / "case"
    shutil.copytree(rehearsal_dir, folder)
    bounded(CaseFolder.open(folder), 1000, lambda *_: None, union=["exchange1", "exchange2"], alone=False)
    return folder


@pytest.fixture(scope="module")
def alone_dir(bounded_dir, tmp_path_factory):
    """The same with what each theft alone can have brought to each place."""
    folder = shutil.copytree(bounded_dir, tmp_path_factory.mktemp("alone") / "case")
    bounded(CaseFolder.open(folder), 1000, lambda *_: None)
    return folder


@pytest.fixture(scope="module")
def exported(bounded_dir, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    export(CaseFolder.open(bounded_dir), folder)
    return folder


def units(text):
    """Micro-xem of an amount as it is printed."""
    whole, _, part = text.replace(",", "").partition(".")
    return int(whole) * 10**6 + int(part.ljust(6, "0"))


@pytest.mark.parametrize("service", ["processor", "exchange1", "token sale"])
def test_the_amounts_that_are_printed_add_up_to_what_can_be_elsewhere_and_the_rest_is_the_floor(tracer_cli, bounded_dir, service):
    code, out, _ = tracer_cli("explain", bounded_dir, service, "--why-least")
    assert code == 0
    printed = [units(line.split()[0]) for line in out.splitlines() if re.match(r" *[\d,]+(\.\d+)? +[a-z]", line)]
    elsewhere = units(re.search(r"At most ([\d,.]+) xem of it can be anywhere else", out)[1])
    stolen, less, floor = map(units, re.search(r"3\. ([\d,.]+) - ([\d,.]+) = ([\d,.]+)", out).groups())
    assert 1 < len(printed) <= 20
    assert sum(printed) == elsewhere == less
    assert stolen - elsewhere == floor == CaseFolder.open(bounded_dir).bounds.services[service].least


def test_the_column_so_far_is_the_sum_of_the_amounts_above_it(tracer_cli, bounded_dir):
    _, out, _ = tracer_cli("explain", bounded_dir, "processor", "--why-least")
    lines = [line for line in out.splitlines() if re.match(r" *[\d,]+(\.\d+)? +[a-z]", line)]
    total = 0
    for line in lines:
        total += units(line.split()[0])
        assert any(units(number) == total for number in re.findall(r"[\d,]+\.\d+", line)), line


def test_the_accounts_whose_payments_are_added_up_are_named_with_their_rows(tracer_cli, bounded_dir):
    _, out, _ = tracer_cli("explain", bounded_dir, "processor", "--why-least")
    said = " ".join(out.split())
    assert (
        "It came to 2 accounts (TCDVBXHLOCXXEIVXKFPHTANVIE757PP6SLLNNUYQ; TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN up to row 296)" in said
    )
    assert "burnt as fees or kept, and what was stolen straight into others, is in these 14 amounts. What processor pays out is not" in said


def test_a_customer_has_a_proof_and_its_every_row_stands_in_json(tracer_cli, bounded_dir):
    code, out, _ = tracer_cli(
        "explain", bounded_dir, "TDQV634M2ICOP5CMEYUH3647N3FJS4WH77HFRFRS", "--why-least", "--memo", "invoice 867105", "--json"
    )
    assert code == 0
    (proof,) = json.loads(out)
    assert proof["least"] == "507476000000"
    assert int(proof["stolen"]) - sum(int(each["amount"]) for each in proof["crossings"]) == 507476000000
    assert all(each["tx_hash"] for each in proof["crossings"] if each["row"] is not None)


@pytest.mark.parametrize("memo", ["A0130294", "B6940788"])
def test_of_several_addresses_of_a_service_the_one_that_a_memo_was_sent_to_is_meant(tracer_cli, bounded_dir, memo):
    """exchange1 has another address, from which it pays out."""
    code, out, _ = tracer_cli("explain", bounded_dir, "EXCHANGE1", "--why-least", "--memo", memo, "--json")
    assert (code, json.loads(out)[0]["address"]) == (0, "TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL")


@pytest.mark.parametrize(
    ("who", "memo", "said"),
    [
        ("exchange1", "no such", "exchange1: no payment to it has the memo 'no such'"),
        ("TCOPFZ", "A0130294", "TCOPFZ: is no service, so it has no customers"),
        ("rental sinks", "A0130294", "rental sinks: no payment to it has the memo 'A0130294'"),
    ],
)
def test_why_nothing_is_bounded_there_is_said(tracer_cli, bounded_dir, who, memo, said):
    code, _, err = tracer_cli("explain", bounded_dir, who, "--why-least", "--memo", memo)
    assert (code, err.count("\n")) == (1, 1)
    assert said in err


def test_customers_of_an_exchange_have_floors_that_add_up_to_no_more_than_its_own(bounded_dir):
    case = CaseFolder.open(bounded_dir)
    services = case.trace.stops.services
    for service, bound in case.bounds.services.items():
        assert sum(b.least for each, b in case.bounds.customers.items() if services[each.address] == service) <= bound.least


def test_without_bounds_the_command_that_computes_them_is_named(tracer_cli, rehearsal_dir):
    code, _, err = tracer_cli("explain", rehearsal_dir, "exchange1", "--why-least")
    assert code == 1
    assert f"no floor was computed yet: tracer bounds {rehearsal_dir} does" in err


def test_verify_proves_the_bounds_of_the_rehearsal(exported):
    assert verify.check(exported).differences == []


def test_verify_proves_what_each_theft_alone_can_have_brought_to_each_place(alone_dir, tmp_path):
    case = CaseFolder.open(alone_dir)
    assert {each.kind for each in case.bounds.alone} == {"endpoint", "service", "customer", "union"}
    assert case.bounds.any_order.keys() >= case.bounds.alone.keys()
    export(case, tmp_path)
    assert verify.check(tmp_path).differences == []


def test_the_floor_of_one_theft_alone_has_a_proof_of_its_own(tracer_cli, alone_dir):
    case = CaseFolder.open(alone_dir)
    of, bound = next((of, bound) for of, bound in case.bounds.alone.items() if bound.least)
    code, out, _ = tracer_cli("explain", alone_dir, of.address, "--why-least", "--theft", of.theft + 1, "--json")
    (proof,) = json.loads(out)
    assert (code, proof["theft"], int(proof["least"])) == (0, of.theft + 1, bound.least)
    assert int(proof["stolen"]) == case.trace.thefts[of.theft].amount


def test_a_theft_that_is_not_there_is_named(tracer_cli, alone_dir):
    code, _, err = tracer_cli("explain", alone_dir, "exchange1", "--why-least", "--theft", 99)
    assert (code, "--theft 99: the case has 11 thefts, numbered from 1" in err) == (1, True)


@pytest.mark.parametrize(
    ("file", "column"), [("bounds.csv", "least"), ("bounds.csv", "most"), ("bounds.csv", "least_any_order"), ("allocations.csv", "amount")]
)
def test_one_unit_more_in_a_bound_or_its_proof_is_found(exported, tmp_path, file, column):
    folder = shutil.copytree(exported, tmp_path / "export")
    with (folder / file).open(newline="") as opened:
        names, *rows = csv.reader(opened)
    row = next(row for row in rows if int(row[names.index(column)]))
    row[names.index(column)] = str(int(row[names.index(column)]) + 1)
    with (folder / file).open("w", newline="") as opened:
        csv.writer(opened).writerows([names, *rows])
    assert any(difference.startswith(file) for difference in verify.check(folder).differences)


def test_an_account_that_is_taken_out_of_a_cut_is_found(exported, tmp_path):
    folder = shutil.copytree(exported, tmp_path / "export")
    with (folder / "bounds.csv").open(newline="") as opened:
        number = next(row["bound"] for row in csv.DictReader(opened) if (row["kind"], row["service"]) == ("service", "processor"))
    text = (folder / "cuts.csv").read_text().splitlines(keepends=True)
    kept = [line for line in text if not line.startswith(f"{number},least,near,TCDV")]
    assert len(kept) == len(text) - 1
    (folder / "cuts.csv").write_text("".join(kept))
    assert any(re.match(r"bounds.csv:\d+: least says 2270496000000", each) for each in verify.check(folder).differences)
