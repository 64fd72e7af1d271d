"""How often the shape of a tag is seen on accounts that no disputed money could have reached."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from support.motifs import seen

from tracer.model import BaseRate, Transfer, row_key
from tracer.tagging import HEURISTICS, PRESETS, THRESHOLDS, base_rates, base_rates_of
from tracer.wording import base_rate_text

START = 1_500_000_000


def paid(number, sender, recipient, amount):
    place = (row_key(number + 1, 0), number + 1, 0, START + 60 * number, f"{number:064x}")
    return Transfer(*place, sender, recipient, amount, 0, "transfer", None, "chain", "test", True, {})


THEFT = [("victim", "thief", 100_000), ("thief", "mule", 50_000)]
PAYROLL = [("firm", f"clerk{number}", 1_000 + number) for number in range(25)]


def rate(view, tag, preset="default"):
    rates = {(each.tag, each.preset): each for each in base_rates_of(view, HEURISTICS, THRESHOLDS)}
    return rates.get((tag, preset))


def ledger(*payments):
    return seen([paid(number, *payment) for number, payment in enumerate(payments)])


def test_a_payroll_that_no_disputed_money_reached_is_counted_among_those_that_fan_out():
    view = ledger(*THEFT, *PAYROLL)
    assert rate(view, "fan_out") == BaseRate("fan_out", "default", tagged=1, looked_at=26, unrelated=26)


def test_the_same_payroll_paid_by_the_thief_is_not_counted():
    view = ledger(*THEFT, *(("thief", clerk, amount) for _, clerk, amount in PAYROLL))
    assert rate(view, "fan_out") is None


def test_the_drained_services_and_accounts_not_read_whole_are_not_among_the_unrelated():
    view = ledger(*THEFT, ("exchange1", "ann", 70), ("ann", "bob", 30))
    read = [account._replace(coverage="partial") if account.address == "bob" else account for account in view.ledger.accounts]
    view.ledger = replace(view.ledger, accounts=tuple(read))
    assert [view.accounts[number] for number in view.unrelated()] == ["ann"]


def test_what_gathers_is_counted_without_asking_whether_it_gathers_stolen_money():
    gathered = [(f"shopper{number}", "shop", 1_000 + number) for number in range(25)]
    view = ledger(*THEFT, *gathered, ("shop", "wholesaler", 24_000))
    assert rate(view, "fan_in").tagged == 1


def test_every_tag_has_a_rate_under_every_preset_where_one_has():
    rates = base_rates_of(ledger(*THEFT, ("ann", "bob", 30)), HEURISTICS, THRESHOLDS)
    assert [(each.tag, each.preset) for each in rates] == [(name, preset) for name in HEURISTICS for preset in PRESETS]


def test_of_many_accounts_the_same_few_are_drawn_whatever_was_read_first(monkeypatch):
    monkeypatch.setattr(base_rates, "MOST_DRAWN", 5)
    drawn = []
    for order in (PAYROLL, PAYROLL[::-1]):
        view = ledger(*THEFT, *order)
        monkeypatch.setattr(view, "outside", lambda subjects, view=view: drawn.append({view.accounts[n] for n in subjects}) or view)
        assert rate(view, "fan_out")[3:] == (5, 26)
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 5


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (BaseRate("hub", "strict", 0, 400, 400), "none of 400 unrelated accounts has this shape (strict preset)"),
        (BaseRate("hub", "default", 1, 2000, 9000), "1 of 2,000 unrelated accounts (drawn from 9,000) has this shape (default preset)"),
        (
            BaseRate("hub", "default", 0, 199, 199),
            "none of 199 unrelated accounts has this shape (default preset); no rate is given for fewer than 200",
        ),
    ],
)
def test_a_rate_says_of_how_many_and_whether_that_is_enough(found, said):
    assert base_rate_text(found) == said


def test_the_record_gives_the_rates_back_and_they_are_under_the_digest_of_tags(rehearsal):
    counted = {each.tag: (each.tagged, each.looked_at) for each in rehearsal.base_rates if each.preset == "default"}
    assert counted["fan_out"] == (1, 17)
    assert len(rehearsal.base_rates) == len(HEURISTICS) * len(PRESETS)
    assert "base_rates" in rehearsal.manifest["record"]["tables"]


def test_explain_says_of_a_tag_how_many_unrelated_accounts_have_its_shape(rehearsal, rehearsal_dir, tracer_cli):
    peeler = next(tag.subject for tag in rehearsal.tags if tag.name == "peel_chain")
    _, out, _ = tracer_cli("explain", rehearsal_dir, peeler)
    held = out.split("peel_chain: pattern")[1].splitlines()[1]
    assert held.strip() == "none of 17 unrelated accounts has this shape (default preset); no rate is given for fewer than 200"
    _, out, _ = tracer_cli("explain", rehearsal_dir, peeler, "--json")
    assert {"tag": "peel_chain", "preset": "default", "tagged": 0, "looked_at": 17, "unrelated": 17} in json.loads(out)["base_rates"]
