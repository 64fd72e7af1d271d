"""Who gave one asset and got another in a transaction, by its rows: cases that the rehearsal's market does not play."""

from __future__ import annotations

from fractions import Fraction

from tracer.chains.evm.internal_transactions import Frame
from tracer.chains.evm.liquidity_pools import RANGED_START, RANGED_SWAP, Pools, rate_before
from tracer.chains.evm.movements_for_conversions import Executed, Passage
from tracer.chains.evm.swaps_wraps_and_loans import deals_in

ANN, SAFE, ENTRY, POOL, WETH, DOLLAR, BUNDLER = ("0x" + digit * 40 for digit in "abcdef9")


def word(number):
    return f"{number % (1 << 256):064x}"


def log(name, *numbers):
    return {"address": POOL, "topics": [name], "data": "0x" + "".join(map(word, numbers))}


def executed(moves, *, signer=ANN, called=POOL, calls=(), logs=(), height=5):
    passages = [Passage(key, asset, sender, recipient, amount) for key, (asset, sender, recipient, amount) in enumerate(moves)]
    frames = [Frame(sender, recipient, 0, "call", False, depth) for depth, (sender, recipient) in enumerate(calls)]
    return Executed("aa", height, 0, 0, signer, called, passages, frames, logs, frozenset())


GIVEN, GOT = (DOLLAR, ANN, POOL, 100), (WETH, POOL, ANN, 4)


def test_of_an_account_that_an_entry_point_calls_for_a_bundler_it_is_the_account_s_exchange():
    rows = [(DOLLAR, SAFE, POOL, 100), (WETH, POOL, SAFE, 4)]
    calls = [(BUNDLER, ENTRY), (ENTRY, SAFE), (SAFE, POOL), (POOL, WETH)]
    (deal,) = deals_in(executed(rows, signer=BUNDLER, called=ENTRY, calls=calls))
    assert (deal.owner, deal.form, deal.given, deal.received) == (SAFE, "swap", {DOLLAR: 100}, {WETH: 4})


def test_what_comes_back_is_no_longer_given():
    (deal,) = deals_in(executed([GIVEN, (DOLLAR, POOL, ANN, 10), GOT], calls=[(ANN, POOL), (POOL, WETH)]))
    assert deal.given == {DOLLAR: 90}


def test_payments_of_one_asset_there_and_back_are_no_exchange():
    assert list(deals_in(executed([(DOLLAR, ANN, SAFE, 100), (DOLLAR, SAFE, ANN, 90)], called=SAFE))) == []


def test_two_gifts_in_one_transaction_are_no_exchange():
    assert list(deals_in(executed([(DOLLAR, ANN, SAFE, 100), (WETH, ENTRY, BUNDLER, 4)], called=SAFE))) == []


def test_an_exchange_for_somebody_else_by_a_contract_that_says_nothing_is_the_giver_s():
    (deal,) = deals_in(executed([(DOLLAR, ANN, SAFE, 100), (WETH, SAFE, BUNDLER, 4)], called=SAFE, calls=[(SAFE, WETH)]))
    assert (deal.owner, deal.recipient, deal.with_whom) == (ANN, BUNDLER, (SAFE,))


def test_the_rate_of_a_pool_with_ranges_is_that_after_its_last_swap_of_an_earlier_block():
    known, half = Pools(), 1 << 95
    known.learn(executed([], logs=[log(RANGED_START, 1 << 96, 0)], height=1))
    known.learn(executed([], logs=[log(RANGED_SWAP, 8, -4, half, 1, 0)], height=3))
    now = executed([GIVEN, GOT], logs=[log(RANGED_SWAP, 100, -4, 1 << 90, 1, 0)], height=5)
    known.learn(now)
    assert rate_before(now, [now], known, DOLLAR, WETH) == Fraction(1, 4)
    assert rate_before(now, [now], Pools(), DOLLAR, WETH) is None


def test_the_order_of_a_pool_s_tokens_is_that_in_which_its_rows_are_what_it_says():
    known = Pools()
    known.learn(executed([], logs=[log(RANGED_START, 1 << 95, 0)], height=1))
    now = executed([GIVEN, GOT], logs=[log(RANGED_SWAP, -4, 100, 1 << 90, 1, 0)], height=5)
    assert rate_before(now, [now], known, DOLLAR, WETH) == Fraction(4)
