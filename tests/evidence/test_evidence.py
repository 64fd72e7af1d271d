"""What stands beside the trace: amounts as sources word them, claims compared, worth, masking."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.ledgers import COIN, written

from tracer.errors import CaseError
from tracer.evidence import coins, compared, masked, masked_case, masked_claim
from tracer.evidence.masking import masked_text
from tracer.evidence.price_at_a_moment import price_at
from tracer.evidence.valuation import decimal, valued
from tracer.model import Asset, Claim, Evidence, Price
from tracer.tracing import Stops, follow

XEM = Asset("nem", "xem", 6)


@pytest.mark.parametrize(
    ("text", "units"),
    [("22.6M", 22_600_000_000_000), ("1,100", 1_100_000_000), ("1.2bn", 1_200_000_000_000_000), ("46 M", 46_000_000_000_000), ("", None)],
)
def test_amounts_are_read_as_sources_word_them(text, units):
    assert coins(text, XEM) == units


@pytest.mark.parametrize("text", ["about 20M", "-5", "1e6", "20m", "46M+", "0.0000001", "2,5M ?", "½"])
def test_an_amount_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r"whole coins|more digits"):
        coins(text, XEM)


STORY = """
    opens victim 100, shop 50
    victim -> anna 100 theft
    anna -> bob 60
    anna -> zaif 10
    bob -> zaif 40
    shop -> zaif 50
"""


def claim(sender="theft recipients", recipient="zaif", least=None, most=None, since=None, until=None):
    return Claim(sender, recipient, least, most, since, until, "", "press")


def compared_claims(story, *claims, **stops):
    ledger, thefts = written(story)
    trace = follow(ledger, thefts, Stops(**stops), ["fifo"])
    return compared(claims, ledger, trace, lambda name: {"zaif"} if name == "Zaif" else {"away"} if name == "Away" else set())


def test_a_claim_is_compared_with_the_stolen_value_that_arrived_whatever_its_way():
    (found,) = compared_claims(STORY, claim(recipient="Zaif"))
    assert found.traced == {"fifo": 50}
    assert found.why == "all stolen value was followed to its end"


def test_a_claim_of_one_sender_is_compared_with_what_that_one_paid():
    (found,) = compared_claims(STORY, claim(sender="bob"))
    assert found.traced == {"fifo": 40}


def test_a_claim_of_a_time_is_compared_with_what_arrived_in_it():
    assert [
        each.traced["fifo"] for each in compared_claims(STORY, claim(until=1002), claim(since=1003), claim(since=1002, until=1003))
    ] == [
        10,
        40,
        50,
    ]


def test_a_claim_to_anybody_is_compared_with_what_the_theft_recipients_paid():
    (found,) = compared_claims(STORY, claim(recipient="anybody"))
    assert found.traced == {"fifo": 70}


def test_a_claim_to_services_leaves_the_drained_one_out():
    story = STORY + "anna -> victim 30\n"
    (found,) = compared_claims(story, claim(recipient="services"), services={"zaif": "Zaif", "victim": "Victim"})
    assert found.traced == {"fifo": 50}


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [(50, 50, "as claimed"), (51, None, "less than claimed"), (None, 49, "more than claimed"), (10, 60, "as claimed"), (None, None, "")],
)
def test_conflicting_claims_stand_side_by_side_each_with_its_verdict(least, most, said):
    (found,) = compared_claims(STORY, claim(least=least, most=most))
    assert found.says("fifo") == said


def test_what_was_not_followed_is_said_and_less_is_less_so_far():
    (found,) = compared_claims("boundary bob\n" + STORY, claim(least=50))
    assert found.unread == 60
    assert found.why == "up to 60 coin were not followed to their end"
    assert found.says("fifo") == "less than claimed, so far"


@pytest.mark.parametrize(
    ("sender", "recipient", "why"),
    [
        ("theft recipients", "nobody", "neither the ledger nor a label says which accounts 'nobody' means"),
        ("theft recipients", "Away", "no transfer to or from Away was read"),
        ("bob", "zaif", "the payments of bob were not read"),
    ],
)
def test_where_nothing_can_be_compared_nothing_is_and_it_is_said_why(sender, recipient, why):
    (found,) = compared_claims("boundary bob\n" + STORY, claim(sender, recipient, least=50))
    assert found.traced is None
    assert found.why == f"not compared: {why}"
    assert found.says("fifo") == ""


PRICES = [Price(1000, "2.5", "JPY", "a"), Price(1003, "3", "JPY", "b")]


def test_the_price_is_the_last_one_at_or_before_the_moment():
    assert [price_at(PRICES, time) and price_at(PRICES, time).source for time in (999, 1000, 1002, 1003, 9999)] == [
        None,
        "a",
        "a",
        "b",
        "b",
    ]


def worth(story, prices, **stops):
    ledger, thefts = written(story)
    trace = follow(ledger, thefts, Stops(**stops), ["fifo"])
    found = valued(trace, ledger, prices)
    return found, {(e.address, e.reason): by_rule["fifo"] for e, by_rule in zip(trace.endpoints, found.endpoints, strict=True)}


def test_a_theft_is_worth_what_its_moment_says_and_an_endpoint_what_each_arrival_says():
    found, ends = worth(STORY, PRICES, services={"zaif": "Zaif"})
    assert [(value.worth, value.age) for value in found.thefts] == [("250", 0)]
    assert found.total == "250"
    assert ends["zaif", "service"] == "145"  # 10 at 2.5 and 40 at 3
    assert ends["bob", "unspent"] == "60"  # 20 held at the last row, at 3


def test_beside_every_worth_stands_the_oldest_price_and_whose_it_is():
    found, _ = worth(STORY, [Price(900, "2", "JPY", "z"), *PRICES, Price(5000, "9", "JPY", "later")], services={"zaif": "Zaif"})
    assert [(behind["fifo"].oldest, behind["fifo"].sources) for behind in found.behind if behind["fifo"]] == [
        (2, ("a", "b")),
        (1, ("b",)),
        (1, ("b",)),
    ]
    assert [price.source for price in found.prices] == ["a", "b"]
    assert found.basis == "Source of the price: a, b. No price is more than 1 min older than the payment that it values."


def test_a_theft_before_every_price_has_no_worth_and_neither_has_the_sum():
    found, ends = worth(STORY, [PRICES[1]], services={"zaif": "Zaif"})
    assert found.thefts == (None,)
    assert found.total is None
    assert ends["zaif", "service"] is None
    assert ends["bob", "unspent"] == "60"


@given(st.integers(0, 10**20), st.decimals(0, 10**6, places=9, allow_nan=False))
def test_worth_is_exact_to_the_last_digit(amount, price):
    from fractions import Fraction

    with localcontext() as exact:
        exact.prec = 80
        assert Decimal(decimal(Fraction(amount, 10**6) * Fraction(str(price)))) == Decimal(amount).scaleb(-6) * price


def evidence(value, **more):
    return Evidence("ip_address", value, 0, "https://example.org", "F6", "explained", "separate incident", **more)


@pytest.mark.parametrize(
    ("text", "masked_as"),
    [
        ("163.43.30.192", "163.43.x.x"),
        ("from 192.0.2.1 to 198.51.100.7.", "from 192.0.x.x to 198.51.x.x."),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:x"),
        ("a.b+c@mail.example.org wrote", "(masked) wrote"),
        ("NIS 0.6.102, 12:30:05, 1,100 XEM, block 1475039", "NIS 0.6.102, 12:30:05, 1,100 XEM, block 1475039"),
    ],
)
def test_ip_and_mail_addresses_are_masked_and_nothing_else(text, masked_as):
    assert masked_text(text) == masked_as


def test_a_third_party_is_not_named_at_all():
    assert masked(evidence("Jane Roe", third_party=True)).value == "(masked)"


def test_an_address_in_any_text_of_evidence_or_claim_is_masked():
    found = masked(evidence("x")._replace(source="log of 192.0.2.1", subject="line 192.0.2.1"))
    assert "192.0.2.1" not in repr(found)
    assert "192.0.2.1" not in repr(masked_claim(claim()._replace(says="from 192.0.2.1", source="http://192.0.2.1/")))


def test_a_case_file_leaves_without_its_evidence_and_with_its_thefts_as_written():
    text = """chain = "table"
# by jane@example.org
[[offchain]]
value = "Jane Roe"
third_party = true

[[thefts]]
wallet = "alice@example.org"

[[claims]]
source = "http://192.0.2.1/"
"""
    left = """chain = "table"
# by (masked)
[[thefts]]
wallet = "alice@example.org"

[[claims]]
source = "http://192.0.x.x/"
"""
    assert masked_case(text) == left


@pytest.mark.parametrize(
    "text",
    [
        'offchain = [{value = "Jane Roe"}]\n',
        '[["offchain"]]\nvalue = "Jane Roe"\n',
        '[[offchain]]\nvalue = """\n[Jane Roe]"""\n',
        '[[offchain]]\nkind = """a\n[stops]\n"""\nvalue = "Jane Roe"\n',
    ],
)
def test_evidence_that_cannot_be_cut_out_of_a_case_file_does_not_leave(text):
    with pytest.raises(CaseError, match=r"^case.toml: its evidence off the chain cannot be cut out, .* write each piece under"):
        masked_case(text)


def test_amounts_of_the_ledger_of_the_tests_have_no_digits_after_the_point():
    assert coins("2k", COIN) == 2000


@pytest.mark.parametrize("letters", ["a", ":", "1.", "a@", "1:", "."])
def test_a_megabyte_of_anything_is_masked_at_once(letters):
    import time

    began = time.monotonic()
    masked_text(letters * (1_000_000 // len(letters)))
    assert time.monotonic() - began < 30  # a search that is not linear takes hours
