"""What stolen value is worth over all assets: what has a price is added at the time of each theft, and nothing else is."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tracer.evidence.both_answers import SeveralAssets
from tracer.evidence.valuation_all_assets import head_sentences, head_table
from tracer.model import NO_EXCHANGES, Asset, Endpoint, Price, Theft, Unlisted
from tracer.tracing import BothAnswers, Reconciliation

MONDAY, TUESDAY = 1_000, 2_000
THEFTS = [
    Theft("the first", 0, 1, "aa", MONDAY, "victim", "bob", 100, "chain"),
    Theft("the second", 1, 2, "bb", TUESDAY, "vera", "bob", 50, "chain"),
]
COIN, TOKEN, GRAIN = Asset("town", "coin", 1), Asset("town", "token", 0), Asset("town", "grain", 0)
NAMES = ["coin", "token", "grain"]
COINS = [Price(MONDAY - 90, "2", "EUR", "the town's paper"), Price(TUESDAY, "3", "EUR", "the town's paper")]
TOKENS = [Price(MONDAY, "0.5", "EUR", "its issuer")]


def end(address, reason, asset, parts, service=None):
    return Endpoint(address, reason, service, "chain", {"fifo": sum(parts)}, {"fifo": parts}, asset)


def answers(unlisted=()):
    """10 coins and 5 coins are stolen; 4 coins of the first theft became 12 tokens, 1 of the second 7 grains."""

    def parts(asset, *sums):
        return Reconciliation(asset, *({"fifo": each} for each in sums))

    found = (
        parts(0, (100, 50), (0, 0), (55, 40), (5, 0), (40, 10)),
        parts(1, (0, 0), (12, 0), (12, 0), (0, 0), (0, 0)),
        parts(2, (0, 0), (0, 7), (0, 7), (0, 0), (0, 0)),
    )
    ends = (
        end("zaif", "service", 0, (50, 40), "Zaif"),
        end("bob", "unspent", 0, (5, 0)),
        end("zaif", "service", 1, (12, 0), "Zaif"),
        end("carol", "unspent", 2, (0, 7)),
    )
    return BothAnswers((COIN, TOKEN, GRAIN), NO_EXCHANGES, {"substituted": ends}, {"substituted": found}, unlisted)


def worth(table):
    return {(line.what, line.service or line.reason): line.worth["fifo"] for line in table.lines}


def test_each_theft_has_the_price_of_its_time_and_assets_with_a_price_are_added():
    table = head_table(answers(), "substituted", THEFTS, {0: COINS, 1: TOKENS})
    assert worth(table) == {
        ("stolen", None): "35",  # 10 coins at 2, 5 at 3
        ("exchanged", None): "-5",  # 12 tokens at 0.5, less 4 coins at 2 and 1 at 3
        ("ended", "Zaif"): "28",
        ("ended", "unspent"): "1",
        ("fees", None): "1",
    }


def test_the_table_adds_up_under_every_rule():
    found = {key: Fraction(units) for key, units in worth(head_table(answers(), "substituted", THEFTS, {0: COINS, 1: TOKENS})).items()}
    came = found["stolen", None] + found["exchanged", None]
    assert came == sum(units for (what, _), units in found.items() if what in ("ended", "fees"))


def test_an_asset_without_a_price_is_in_no_sum_and_is_counted():
    table = head_table(answers(), "substituted", THEFTS, {0: COINS, 1: TOKENS})
    assert [(NAMES[each.asset], each.why) for each in table.left_out] == [("grain", "no price")]
    said = list(head_sentences(table, NAMES, THEFTS))
    assert "grain: no price, so it is not in the sum; its amounts stand below." in said
    assert "The sum is of 2 assets, and leaves out 1 asset for want of a price." in said


def test_a_price_that_is_younger_than_the_theft_is_none():
    table = head_table(answers(), "substituted", THEFTS, {0: COINS[1:], 1: TOKENS})
    assert [each.why for each in table.left_out] == ["no price at the time of theft 1", "no price"]
    assert worth(table)["stolen", None] == "0"


def test_without_any_price_nothing_is_added():
    table = head_table(answers(), "substituted", THEFTS, {})
    assert (table.currency, table.lines, len(table.left_out)) == (None, (), 3)
    assert any(said.startswith("No sum over all assets") for said in head_sentences(table, NAMES, THEFTS))


def test_source_and_age_of_every_price_are_said():
    table = head_table(answers(), "substituted", THEFTS, {0: COINS, 1: TOKENS})
    (said,) = (said for said in head_sentences(table, NAMES, THEFTS) if said.startswith("1 coin"))
    assert said == "1 coin = 2 EUR (the town's paper; 2 min old at the theft), 3 EUR (the town's paper; 0 min old at the theft)."


@pytest.mark.parametrize(("tokens", "begins"), [(1, "1 token that"), (5, "5 tokens that")])
def test_tokens_that_are_not_listed_take_one_line_and_are_counted(tokens, begins):
    from tracer.evidence.valuation_all_assets import unlisted_sentences

    (said,) = unlisted_sentences([Unlisted(f"token{n}", ("bob", "carol"), ("bob",)) for n in range(tokens)])
    assert said.startswith(begins)
    assert "came to 2 accounts" in said


def test_a_service_with_the_name_of_a_reason_is_a_place_of_its_own():
    carol, frozen = end("carol", "frozen", 0, (20, 0)), end("dora", "service", 0, (30, 0), "frozen")
    parts = Reconciliation(0, *({"fifo": each} for each in ((50, 0), (0, 0), (50, 0), (0, 0), (0, 0))))
    both = BothAnswers((COIN,), NO_EXCHANGES, {"followed": (carol, frozen)}, {"followed": (parts,)})
    table = head_table(both, "followed", THEFTS, {0: COINS})
    assert [(line.called, line.worth["fifo"]) for line in table.lines if line.what == "ended"] == [
        ("= frozen", "6"),
        ("= frozen by the issuer where it is", "4"),
    ]
    ((_, lines),) = SeveralAssets(both, ("coin",)).lines("followed")
    assert {line.place: line.amounts["fifo"] for line in lines if line.what == "ended"} == {
        "frozen": 30,
        "frozen by the issuer where it is": 20,
    }
