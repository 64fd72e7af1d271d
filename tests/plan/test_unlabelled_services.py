"""The summary names the accounts that may be services nobody has labelled, with the value behind each."""

from __future__ import annotations

import shutil

import pytest
from conftest import REHEARSAL

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.evidence.coverage import to_one_service
from tracer.plan import unlabelled_services


def likely_services(case):
    return unlabelled_services.likely_services(case.ledger, case.labels, case.trace, case.tags, "fifo")


SERVICES = {
    "TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL": "exchange1",
    "TA5AXV7CHQ4NKSFFGTIA2FXAT5JMIJ3QE4TSIMWF": "exchange2",
    "TDQV634M2ICOP5CMEYUH3647N3FJS4WH77HFRFRS": "payment processor",
}


@pytest.fixture(scope="module")
def without_labels(tmp_path_factory):
    """The rehearsal, of which nobody has labelled anybody."""
    place = tmp_path_factory.mktemp("unlabelled")
    shutil.copy(REHEARSAL / "recording.jsonl.gz", place)
    text = (REHEARSAL / "case.toml").read_text()
    assert 'files = ["labels.yaml"]' in text
    (place / "case.toml").write_text(text.replace('files = ["labels.yaml"]', "files = []"))
    return tracer.trace(CaseFile.load(place / "case.toml"), place / "out")


def test_the_three_services_of_the_rehearsal_come_first_when_nobody_has_labelled_them(without_labels):
    found = likely_services(without_labels)
    assert [each.address for each in found[:3]] == list(SERVICES)
    assert all(each.signs == ("fan_in", "memos") for each in found[:3])


def test_the_value_behind_each_is_what_the_trace_has(without_labels):
    ended = without_labels.trace.ended(("unspent", "not_fetched"))
    for each in likely_services(without_labels):
        assert each.ended.get("fifo", 0) == ended.get(each.address, {}).get("fifo", 0) <= each.arrived["fifo"]


def test_an_account_with_a_label_is_not_named(rehearsal):
    assert not {each.address for each in likely_services(rehearsal)} & {label.address for label in rehearsal.labels.labels}


def test_whoever_passed_on_more_than_half_under_every_rule_is_named_and_nobody_else(rehearsal):
    likely, trace = likely_services(rehearsal), rehearsal.trace
    [said] = unlabelled_services.unlabelled_sentences(rehearsal.ledger, trace, likely, "fifo")
    [busiest] = [each for each in likely if all(2 * each.passed_on(r) > sum(o.passed_on(r) for o in likely) for r in trace.rules)]
    assert busiest != likely[0]
    shares = [busiest.passed_on(r) == sum(o.passed_on(r) for o in likely) for r in trace.rules]
    assert set(shares) == {True, False}
    assert f"; all or most of it, depending on the rule, was passed on by {busiest.address} (a theft recipient). If" in said
    for passed, share in ((0, "all of it"), (1, "most of it, under every rule,")):
        other = likely[0]._replace(arrived=dict.fromkeys(trace.rules, passed), ended={})
        [said] = unlabelled_services.unlabelled_sentences(rehearsal.ledger, trace, [other, busiest], "fifo")
        assert f"; {share} was passed on by {busiest.address} (a theft recipient). If" in said
    [said] = unlabelled_services.unlabelled_sentences(rehearsal.ledger, trace, [each for each in likely if each != busiest], "fifo")
    assert " of it" not in said


def test_of_two_accounts_both_are_meant_and_a_letter_names_neither(rehearsal):
    likely = likely_services(rehearsal)
    for number, among, passed in ((3, ", for example ", "two of them"), (2, ", among them ", "both")):
        [said] = unlabelled_services.unlabelled_sentences(rehearsal.ledger, rehearsal.trace, likely[:number], "haircut")
        begins = f"Under haircut, stolen value reached {number} accounts without a label that show signs of being a service"
        assert said.startswith(f"{begins}{among}{likely[0].address}")
        assert f" (what passed through {passed} counts twice): " in said
        assert list(to_one_service([said])) == [f"{begins}."]
    [said] = unlabelled_services.unlabelled_sentences(rehearsal.ledger, rehearsal.trace, likely[:1], "haircut")
    begins = "Under haircut, stolen value reached 1 account without a label that shows signs of being a service"
    assert said.startswith(f"{begins}, namely {likely[0].address}")
    assert list(to_one_service([said])) == [f"{begins}."]


def test_the_summary_has_them_as_one_block_with_the_remedy(tracer_cli, tmp_path, without_labels):
    code, out, _ = tracer_cli("trace", without_labels.question.path, "-o", tmp_path / "out")
    assert code == 0
    block = out.split(
        "\n\nUnlabelled accounts with signs of being a service, those with the most signs first (5 of 11; amounts under fifo):\n"
    )[1].split("\n\n")[0]
    lines = block.splitlines()
    assert lines[0] == (
        "  TB7WR5NFMZL2GWX6ZZXOBV6BFOV5RPSRPXCNMLGL  signs: tag fan_in, different memos; "
        "25 payers, 7 of whom sent no stolen value; 21 different memos; "
        "20,874,067.85 xem of stolen value arrived, and all of it stayed there"
    )
    assert len(lines) == 6
    assert lines[-1].startswith("If one is a service, add it to one of the label files")


CASE = """name = "t"
chain = "table"
asset = "coin"
decimals = 0
[[sources]]
kind = "table"
path = "t.csv"
balances = "b.csv"
[[thefts]]
transfer = "a1"
"""
HEAD = "height,tx_hash,sender,recipient,amount,memo\n"


def case_of(folder, rows, more=""):
    """A traced case of rows that begin with the theft from the bakery; `more` is appended to its case file."""
    (folder / "t.csv").write_text(HEAD + rows)
    senders = sorted({row.split(",")[2] for row in rows.splitlines()})
    (folder / "b.csv").write_text("address,opening\n" + "".join(f"{sender},{0 if sender == 'thief' else 1000}\n" for sender in senders))
    (folder / "case.toml").write_text(CASE + more)
    return tracer.trace(CaseFile.load(folder / "case.toml"), folder / "case")


GUESTS = ["bob", "cid", "dan", "eva", "fay", "gus"]


def test_a_collector_that_only_the_trail_pays_is_no_service(tmp_path):
    rows = "1,a1,bakery,thief,600,\n"
    rows += "".join(f"2,b{n},thief,{guest},100,\n" for n, guest in enumerate(GUESTS))
    rows += "".join(f"3,c{n},{guest},collector,1100,\n" for n, guest in enumerate(GUESTS))
    assert likely_services(case_of(tmp_path, rows)) == []


def test_a_payee_of_customers_with_memos_is_one_and_what_it_passed_on_is_said(tmp_path):
    rows = "1,a1,bakery,thief,600,\n"
    rows += "".join(f"2,b{n},{guest},house,100,customer {n}\n" for n, guest in enumerate(GUESTS))
    rows += "3,c1,thief,house,500,customer 9\n4,d1,house,zoe,1800,\n"
    (found,) = likely_services(case_of(tmp_path, rows))
    assert (found.address, found.signs, found.payers, found.strangers, found.memos) == ("house", ("memos",), 7, 6, 7)
    assert (found.arrived["fifo"], found.ended["fifo"], found.passed_on("fifo")) == (500, 300, 200)


def test_the_rule_that_is_named_is_the_declared_one_even_if_it_does_not_stand_first(tmp_path):
    rows = "1,a1,bakery,thief,600,\n"
    rows += "".join(f"2,b{n},{guest},house,100,customer {n}\n" for n, guest in enumerate(GUESTS))
    case = case_of(tmp_path, rows + "3,c1,thief,house,500,customer 9\n", '[trace]\nprimary = "haircut"\nreason = "test"\n')
    assert next(iter(case.trace.rules)) == "fifo"
    (said,) = [each for each in case.flow.about.coverage if "signs of being a service" in each]
    assert said.startswith(
        "Under haircut, stolen value reached 1 account without a label that shows signs of being a service, namely house. "
    )


def test_a_hub_without_memos_is_one(tmp_path):
    crowd = [f"guest{n}" for n in range(60)]
    rows = "1,a1,bakery,thief,600,\n" + "".join(f"2,b{n},{guest},hall,100,\n" for n, guest in enumerate(crowd))
    rows += "3,c1,thief,hall,500,\n" + "".join(f"4,d{n},hall,{guest}'s friend,50,\n" for n, guest in enumerate(crowd))
    (found,) = likely_services(case_of(tmp_path, rows))
    assert (found.address, found.signs, found.payers, found.memos) == ("hall", ("hub",), 61, 0)


def test_an_ordinary_family_is_none(tmp_path):
    rows = "1,a1,bakery,thief,600,\n2,b1,thief,ann,600,rent\n3,c1,bob,ann,5,birthday\n"
    assert likely_services(case_of(tmp_path, rows)) == []
    assert CaseFolder.open(tmp_path / "case").trace.rules["fifo"].total == 600


def test_the_coverage_says_how_many_they_are_and_what_they_pass_on(without_labels, tracer_cli, tmp_path):
    found = likely_services(without_labels)
    (said,) = [each for each in without_labels.flow.about.coverage if "signs of being a service" in each]
    begins = f"Under fifo, stolen value reached {len(found)} accounts without a label that show signs of being a service"
    assert said.startswith(f"{begins}, for example {found[0].address}")
    asset = without_labels.asset
    for rule in without_labels.trace.rules:
        assert f"{rule} {asset.format(sum(each.arrived[rule] - each.ended.get(rule, 0) for each in found))}" in said
    tracer_cli("freeze", without_labels.folder, "-o", tmp_path / "letters")
    from tracer.casefolder.page_inputs_of_case import drawing_of_case
    from tracer.render import payload

    assert said in payload(drawing_of_case(without_labels, without_labels.flow))["coverage"]
