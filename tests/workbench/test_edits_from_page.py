"""What a person does on the page stands in the files: `tracer trace` alone comes to the same result."""

from __future__ import annotations

import json

import pytest
import yaml

from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.breaks_in_log import audited

SERVICE = {"address": "dora", "name": "Dora's Exchange", "category": "exchange", "source": "letter of 2 March"}
ACTS = {
    "through": {"service": "Big Exchange"},
    "service": SERVICE,
    "label": {"address": "carl", "name": "Carl <b>", "category": "", "source": "phone book"},
    "theft": {"transfer": "t2", "wallet": "anna", "label": "second"},
    "stops": {"dust": "4.5", "until": ""},
    "declare": {"rule": "fifo", "reason": "the court asks for it"},
}
"""An act of each kind that a table can bear; what is read from nodes: test_rehearsal_served.py."""


def traced_again(served):
    answer = served.ask.post("/trace", {})
    assert answer.status == 200, answer.text
    served.desk.worker.join(60)
    assert served.desk.state()["said"] == ""
    return CaseFolder.open(served.out)


@pytest.mark.parametrize("name", ACTS)
def test_each_act_ends_in_files_that_a_trace_alone_turns_into_the_same_result(served, traced_alone, name):
    answer = served.ask.act(name, **ACTS[name])
    assert answer.status == 200, answer.text
    if name != "declare":
        traced_again(served)
    assert CaseFolder.open(served.out).manifest["results_digest"] == traced_alone()


@pytest.mark.parametrize("name", ACTS)
def test_each_act_is_in_the_audit_log_with_who_did_it(served, name):
    served.ask.act(name, **ACTS[name])
    last = CaseFolder.open(served.out).log_entries[-1]
    assert (last.act.removeprefix("view "), last.by) == (name, "Ada")
    assert audited(served.out, None).faults == []


def test_an_act_changes_its_line_of_the_case_file_and_the_comments_stay(served):
    before = (served.place / "case.toml").read_text()
    served.ask.act("stops", dust="4.5", until="")
    assert (served.place / "case.toml").read_text() == before.replace("dust = 5   # cents", "dust = 450   # cents")


def test_a_label_says_whose_word_it_is_who_wrote_it_and_when(served):
    served.ask.act("service", **SERVICE)
    (tag,) = yaml.safe_load((served.place / "labels" / "workbench.yaml").read_text())["tags"]
    assert (tag["label"], tag["source"], json.loads(tag["context"])["author"]) == ("Dora's Exchange", "letter of 2 March", "Ada")


def test_a_second_label_is_added_and_what_stood_there_stays(served):
    served.ask.act("service", **SERVICE)
    path = served.place / "labels" / "workbench.yaml"
    path.write_text("# kept\n" + path.read_text())
    assert served.ask.act("label", address="carl", name="Carl", category="", source="phone book").status == 200
    assert path.read_text().startswith("# kept\n")
    assert len(yaml.safe_load(path.read_text())["tags"]) == 2


def test_the_same_label_twice_is_refused(served):
    served.ask.act("service", **SERVICE)
    answer = served.ask.act("service", **SERVICE)
    assert answer.status == 400 or len(yaml.safe_load((served.place / "labels" / "workbench.yaml").read_text())["tags"]) == 2


def test_what_moved_is_the_old_figure_beside_the_new_one(served):
    served.ask.act("service", **SERVICE)
    traced_again(served)
    moved = json.loads(served.ask.ask("GET", "/moved").text)
    ends = {(each["address"], each["reason"]): (each["before"]["fifo"], each["after"]["fifo"]) for each in moved["endpoints"]}
    assert ends == {("dora", "unspent"): ("500", "0"), ("dora", "service"): ("0", "500")}
    assert moved["after"] == CaseFolder.open(served.out).manifest["results_digest"]


def test_tracing_again_what_has_not_changed_says_so(served):
    served.ask.post("/trace", {})
    served.desk.worker.join(60)
    assert served.desk.state()["said"] == "Traced again: nothing it was made from has changed."


def test_what_was_changed_and_not_traced_is_listed(served):
    served.ask.act("stops", dust="4.5", until="")
    assert json.loads(served.ask.ask("GET", "/facts").text)["pending"] == ["The case file: stops.dust: 5 -> 450"]


def test_the_case_file_is_not_touched_before_somebody_allowed_it(served):
    served.desk.allowed.clear()
    before = (served.place / "case.toml").read_text()
    answer = json.loads(served.ask.act("stops", dust="4.5", until="").text)
    assert answer["ask"] == "write"
    assert str(served.place / "case.toml") in answer["error"]
    assert (served.place / "case.toml").read_text() == before


BAD = {
    "a service that no label names": ("through", {"service": "Nobody"}, "no label, service or labelled address is called 'Nobody'"),
    "an address of another case": ("label", {**SERVICE, "address": "zoe"}, "zoe is no address of this case"),
    "a category at which nothing stops": ("service", {**SERVICE, "category": "market"}, "no trail stops at the category 'market'"),
    "a category that TagPacks do not know": ("label", {**SERVICE, "category": "bakery"}, "category 'bakery' is no word of TagPacks"),
    "a payment that is a theft already": ("theft", {"transfer": "t1", "wallet": "anna", "label": ""}, "still to be accepted"),
    "a payment of somebody who was not drained": ("theft", {"transfer": "t3", "wallet": "bob", "label": ""}, "still to be accepted"),
    "dust in words": ("stops", {"dust": "little", "until": ""}, "dust little"),
    "a day that there is not": ("stops", {"dust": "1", "until": "2018-02-30"}, "is no time"),
    "a cut-off where no time is stated": ("stops", {"dust": "1", "until": "2018-02-03"}, "time"),
    "the same stops": ("stops", {"dust": "0.05", "until": ""}, "nothing to change"),
    "a label of nobody's": ("label", {**SERVICE, "source": " "}, "source is empty"),
    "a rule without a reason": ("declare", {"rule": "fifo", "reason": ""}, "reason is empty"),
    "a rule that there is not": ("declare", {"rule": "fofi", "reason": "r"}, "there is no rule 'fofi'"),
    "an account of a case without nodes": ("read", {"address": "dora"}, "the case reads no node"),
    "an act that there is not": ("shell", {"command": "id"}, "there is no act 'shell'"),
    "a field that there is not": ("through", {"service": "Big Exchange", "hook": "id"}, "has no field 'hook'"),
    "a field that is no text": ("through", {"service": ["Big Exchange"]}, "is no text"),
    "a field that is too long": ("label", {**SERVICE, "name": "x" * 1001}, "is no text of at most 1,000 characters"),
}


@pytest.mark.parametrize(("name", "fields", "said"), BAD.values(), ids=BAD)
def test_an_act_that_cannot_be_is_refused_in_one_line_and_changes_nothing(served, name, fields, said):
    before = {path: path.read_bytes() for path in served.place.rglob("*") if path.is_file()}
    answer = served.ask.act(name, **fields)
    assert answer.status in (400, 409)
    assert said in json.loads(answer.text)["error"]
    assert "\n" not in json.loads(answer.text)["error"]
    assert {path: path.read_bytes() for path in served.place.rglob("*") if path.is_file()} == before


def test_no_act_is_done_while_the_case_is_being_traced(served):
    with served.desk._acting:
        answer = served.ask.act("stops", dust="4.5", until="")
    assert "wait until it is done, or cancel it" in json.loads(answer.text)["error"]


def test_a_work_that_is_cancelled_leaves_the_result_as_it_was(served, monkeypatch):
    before = CaseFolder.open(served.out).manifest["run"]
    served.ask.act("stops", dust="4.5", until="")
    told = served.desk.told
    monkeypatch.setattr(served.desk, "told", lambda at: (served.desk.cancel(), told(at)))
    served.ask.post("/trace", {})
    served.desk.worker.join(60)
    assert served.desk.state()["said"].startswith("cancelled")
    assert CaseFolder.open(served.out).manifest["run"] == before


def test_a_case_file_that_was_moved_away_is_named_and_nothing_is_changed(served):
    (served.place / "case.toml").rename(served.place / "elsewhere.toml")
    assert "is not there" in json.loads(served.ask.act("stops", dust="4.5", until="").text)["error"]


def test_the_question_as_it_was_traced_is_what_the_page_offers_acts_on(served):
    facts = json.loads(served.ask.ask("GET", "/facts").text)
    assert facts["case_file"] == str(CaseFile.load(served.place / "case.toml").path)
    assert (facts["dust"], facts["services"], facts["primary"]) == ("5", ["Big Exchange"], None)
    assert [each["transfer"] for each in facts["suspected"]] == ["t2"]
