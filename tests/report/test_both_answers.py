"""The report of a case of several assets: both answers, every asset apart, and what became what."""

from __future__ import annotations

import pytest
from support.report_figures import Page

from tracer.cli.both_answers import answers_json
from tracer.flow.gexf_and_graphml import flattened
from tracer.model import REASONS
from tracer.render.pyvis import to_pyvis
from tracer.report.court import court_report


@pytest.fixture(scope="module")
def section(swaps):
    return Page(court_report(swaps)).by_id["answers"]


@pytest.fixture(scope="module")
def known(swaps):
    """What `tracer rules --json` says of both answers."""
    return answers_json(swaps)["answers"]


def figures(section, how):
    found = [each for each in section.all() if each["data-how"] == how]
    assert found
    return found


def test_each_address_has_what_the_answer_leaves_there(section, known, swaps):
    names = [each["asset"] for each in known["reconciliation"]["substituted"]]
    ends = {
        (answer, end["asset"], end["address"], end["reason"], rule): int(end[rule])
        for answer, listed in known["endpoints"].items()
        for end in listed
        for rule in swaps.outcome.rules
    }
    shown = {
        (f["data-answer"], names[int(f["data-asset"])], f["data-account"], f["data-reason"], f["data-column"]): int(f["data-value"])
        for f in figures(section, "end")
    }
    assert shown == ends


def test_each_place_is_the_sum_of_the_addresses_that_it_links_to(section):
    by_id = {each["id"]: each for each in section.all() if each["id"]}
    for figure in figures(section, "ends"):
        listed = [f for f in figures(by_id[figure["href"].removeprefix("#")], "end") if f["data-column"] == figure["data-column"]]
        assert sum(int(f["data-value"]) for f in listed) == int(figure["data-value"])


def test_what_was_taken_and_received_is_what_is_listed_below_it(section):
    """Each body of the first table of an answer is an asset."""
    for answer in ("followed", "substituted"):
        table = next(each for each in section.all() if each["id"] == f"answer-{answer}")
        bodies = [each for each in table.inside if each.tag == "tbody"]
        assert len(bodies) == (1 if answer == "followed" else 4)
        for body in bodies:
            for rule in ("fifo", "lifo", "haircut", "clean_first", "dirty_first"):
                of_rule = [each for each in body.all() if each["class"] == "figure" and each["data-column"] == rule]
                came = [int(f["data-value"]) for f in of_rule if f["data-what"] in ("stolen", "converted_in")]
                went = [int(f["data-value"]) for f in of_rule if f["data-what"] not in ("stolen", "converted_in")]
                assert sum(came) == sum(went)


def test_both_sides_of_every_exchange_stand_there_with_their_rows(section, known):
    for kind, substituted in (("substituted", True), ("named", False)):
        table = next(each for each in section.all() if each["id"] == f"conversions-{kind}")
        shown = [(f["data-value"], f["data-rows"].split()) for f in figures(table, "leg")]
        of_kind = [each for each in known["conversions"] if each["substituted"] == substituted]
        assert shown == [(leg["amount"], leg["row_keys"]) for each in of_kind for leg in (each["given"], each["received"])]


def test_what_speaks_against_an_exchange_stands_beside_it(section):
    named = next(each for each in section.all() if each["id"] == "conversions-named").text()
    assert "more than 10 % off the market rate" in named
    assert "the pool was made after the disputed transfer" in named
    assert "an account that may have held traced funds gave the pool liquidity" in named


def test_what_a_bridge_was_asked_for_is_said_in_full(section, known):
    recognised = next(each for each in section.all() if each["id"] == "recognised").text()
    asked = [each for each in known["named"] if each["far_address"]]
    assert asked
    assert all(each["far_address"] in recognised for each in asked)


def test_an_answer_that_nobody_declared_is_marked_exploratory(section):
    text = section.text()
    assert text.index("Substituted (exploratory: no answer is declared)") < text.index("Followed (exploratory: no answer is declared)")


def test_no_asset_is_added_to_another(section):
    """Whatever a figure says, it is of one asset: it names it, or links to places of one."""
    for figure in (each for each in section.all() if each["class"] == "figure"):
        assert figure["data-asset"] or figure["data-how"] == "ends"
    assert all(figure["data-reason"] in REASONS for figure in figures(section, "end"))


def test_each_answer_stands_in_money_first_with_prices_and_what_has_none(section):
    for answer, stolen in (("substituted", "1,873,238.58"), ("followed", "1,873,238.58")):
        table = next(each for each in section.all() if each["id"] == f"money-{answer}").text()
        assert stolen in table
    text = section.text()
    assert text.index("What this answer comes to in USD") < text.index("Reconciliation: ")
    assert "1 eth = 2,401.58793497 USD (oracle 0x1fd4e17f238c179c299e0f2bc22ab9e29f7cca1c, block 25" in text
    assert "grain: no price, so it is not in the sum" in text
    assert "3 tokens that the case does not list" in text


def test_a_case_of_one_asset_has_no_such_section(rehearsal):
    assert "answers" not in Page(court_report(rehearsal)).by_id


def test_files_of_the_flow_graph_name_the_asset_and_the_answer(swaps, rehearsal):
    pytest.importorskip("pyvis")
    flat = flattened(swaps.flow)
    named = {
        (part["asset"], part["answer"]) for part in (*dict(flat.nodes(data=True)).values(), *(edge for *_, edge in flat.edges(data=True)))
    }
    assert named == {("eth", "followed")}
    assert "in eth alone, as it was followed" in to_pyvis(swaps.flow).caption
    assert all("asset" not in node for _, node in flattened(rehearsal.flow).nodes(data=True))
