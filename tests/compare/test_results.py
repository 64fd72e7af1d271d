"""Two results held against each other: what moved, to the unit, and why."""

from __future__ import annotations

import json

import pytest
from support.bakery import Bakery

from tracer.casefolder import CaseFolder
from tracer.compare import compare_results
from tracer.errors import InputError
from tracer.pipeline.declare import declare


@pytest.fixture
def bakery(tmp_path):
    bakery = Bakery(tmp_path)
    bakery.trace()
    return bakery


def whys(bakery):
    found = compare_results(CaseFolder.open(f"{bakery.out}@1"), CaseFolder.open(bakery.out))
    return [cause.sentence for cause in found.why], found


def test_new_rows_are_the_reason_where_nothing_else_differs(bakery):
    bakery.pays("4,a4,bob,alpha,200,0")
    bakery.trace()
    why, found = whys(bakery)
    assert why == ["Rows of the ledger: 1 more, of blocks 4 to 4."]
    assert found.verdict.startswith("That is why figures moved, as nothing else that could move one differs")
    moved = {(each.address, each.reason): each.after["lifo"] - each.before["lifo"] for each in found.endpoints}
    assert moved == {("alpha", "service"): 200, ("bob", "unspent"): -200}


def test_the_first_row_that_differs_is_named_with_its_cause_and_value(bakery, tracer_cli):
    bakery.pays("4,a4,bob,alpha,200,0")
    bakery.trace()
    said = " ".join(tracer_cli("compare", f"{bakery.out}@1", bakery.out)[1].split())
    assert "First row that differs: bob to alpha, 200 coin, block 4, hash a4: A ends before it. It is about 200 coin." in said
    found = json.loads(tracer_cli("compare", f"{bakery.out}@1", bakery.out, "--json")[1])
    assert [(row["cause"], row["value"], row["a"]) for row in found["rows"]] == [("A ends before it", "200", None)]


def test_what_moved_adds_up_to_nothing_under_every_rule(bakery):
    bakery.pays("4,a4,bob,alpha,200,3", "5,a5,bob,carol,9,0")
    bakery.trace()
    _, found = whys(bakery)
    for rule in found.rules:
        ends = sum(each.after[rule] - each.before[rule] for each in found.endpoints)
        (fees, fees_now), (stolen, stolen_now) = found.fees[rule], found.stolen[rule]
        assert ends + fees_now - fees == stolen_now - stolen


def test_a_label_more_is_named(bakery, tracer_cli):
    tracer_cli("labels", "add", "bob", "Corner Exchange", "--category", "exchange", "--source", "a letter", "--case", bakery.file)
    bakery.trace()
    why, found = whys(bakery)
    assert "Labels: 1 more: bob is Corner Exchange (a letter)." in why
    assert any("labels.files" in sentence for sentence in why)
    assert found.verdict.startswith("That is why figures moved, as nothing else that could move one differs: Labels: 1 more")


def test_a_setting_is_named_key_by_key(bakery):
    bakery.change("[labels]", "[stops]\ndust = 400\n\n[labels]")
    bakery.trace()
    why, found = whys(bakery)
    assert why == ["The case file: stops.dust: nothing -> 400"]
    assert found.moved


def test_the_declared_rule_moves_no_figure(bakery):
    declare(CaseFolder.open(bakery.out), "fifo", "first in, first out")
    why, found = whys(bakery)
    assert why == [
        'The case file: trace.primary: "haircut" -> "fifo"',
        'The case file: trace.reason: "nobody knows" -> "first in, first out"',
    ]
    assert (found.moved, found.verdict) == (False, "No figure moved.")


def test_another_version_of_tracer_is_named(bakery):
    bakery.pays("4,a4,bob,alpha,200,0")
    bakery.trace()
    before, after = CaseFolder.open(f"{bakery.out}@1"), CaseFolder.open(bakery.out)
    before.manifest["tracer"] = "0.0.1"
    assert f"The program: tracer 0.0.1 -> {after.manifest['tracer']}." in [cause.sentence for cause in compare_results(before, after).why]


def test_a_rule_that_only_one_of_them_ran_is_left_out(bakery):
    bakery.change('primary = "haircut"  # for now', 'primary = "haircut"\nrules = ["haircut", "fifo"]')
    bakery.trace()
    _, found = whys(bakery)
    assert found.rules == ("fifo", "haircut")
    assert not found.moved


def test_two_assets_have_no_figure_to_compare(bakery, tmp_path):
    (tmp_path / "other").mkdir()
    other = Bakery(tmp_path / "other")
    other.change("decimals = 0", "decimals = 2")
    with pytest.raises(InputError, match="no figure to compare"):
        compare_results(CaseFolder.open(bakery.out), other.trace())


def test_compare_ends_with_0_and_with_fail_with_2_where_a_figure_moved(bakery, tracer_cli):
    same = tracer_cli("compare", bakery.out, bakery.out, "--fail")
    assert (same[0], "No figure moved, and nothing that they were made from differs." in same[1]) == (0, True)
    bakery.pays("4,a4,bob,alpha,200,0")
    bakery.trace()
    assert tracer_cli("compare", f"{bakery.out}@1", bakery.out)[0] == 0
    assert tracer_cli("compare", f"{bakery.out}@1", bakery.out, "--fail")[0] == 2


def test_the_json_has_both_figures_of_every_rule(bakery, tracer_cli):
    bakery.pays("4,a4,bob,alpha,200,0")
    bakery.trace()
    found = json.loads(tracer_cli("compare", f"{bakery.out}@1", bakery.out, "--json")[1])
    alpha = next(each for each in found["endpoints"] if each["address"] == "alpha")
    assert alpha["amounts"]["lifo"] == {"a": "600", "b": "800"}
    assert found["moved"] is True
    assert found["why"] == [{"sentence": "Rows of the ledger: 1 more, of blocks 4 to 4.", "moves": True}]


def test_two_folders_are_compared_like_two_results_of_one(bakery, tmp_path, tracer_cli):
    (tmp_path / "other").mkdir()
    other = Bakery(tmp_path / "other")
    other.trace()
    assert "No figure moved, and nothing that they were made from differs." in tracer_cli("compare", bakery.out, other.out)[1]


def test_what_is_not_there_is_one_line(bakery, tracer_cli):
    code, _, err = tracer_cli("compare", bakery.place / "none", bakery.out)
    assert (code, err.count("\n")) == (1, 1)
