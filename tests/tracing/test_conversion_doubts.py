"""What a pool's age and liquidity say against an exchange."""

from __future__ import annotations

import pytest

from tracer.model import Conversion, Leg, Pool, Recognition
from tracer.tracing.conversion_doubts import with_doubts

THEFT = 1000
SWAP = Conversion("mallory", "aa", "swap", Leg(0, 5, (50,)), Leg(1, 9, (51,)), "pool", (9, 5), pools=("pool",))
HEIGHTS = {50: 5}


@pytest.mark.parametrize(
    ("pool", "doubts"),
    [
        (Pool("pool", (1, THEFT - 1), {"peter": 1}), ()),
        (Pool("pool", (4, THEFT + 1), {"peter": 4}), ("young_pool",)),
        (Pool("pool", (1, THEFT - 1), {"peter": 1, "mallory": 5}), ("own_pool",)),
        (Pool("pool", (1, THEFT - 1), {"peter": 1, "mallory": 6}), ()),
        (Pool("pool", (4, THEFT + 1), {"mallory": 4}), ("young_pool", "own_pool")),
    ],
    ids=["old, of others", "young", "old, the thief's too", "the thief joins later", "young and the thief's"],
)
def test_a_pool_is_doubted_for_its_age_and_for_liquidity_given_before_the_exchange(pool, doubts):
    (found,) = with_doubts(Recognition((SWAP,), (), (pool,)), THEFT, {"mallory"}, HEIGHTS)
    assert found.doubts == doubts
    assert len(found.said) == len(doubts)


def test_a_pool_whose_making_no_block_tells_is_not_taken_for_young_and_that_is_said():
    (found,) = with_doubts(Recognition((SWAP,), (), (Pool("pool"),)), THEFT, {"mallory"}, HEIGHTS)
    assert found.doubts == ()
    assert "no block that was read tells when pool pool was made" in found.said[0]
