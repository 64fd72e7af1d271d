"""What NumPy does with hops by the million is what Python does with few."""

from __future__ import annotations

import random
from array import array

import pytest

from tracer.tracing import hops_in_numpy

KEYS = array("i", [7, 7, 2, 9, 2, 7])
AMOUNTS = array("q", [(1 << 63) - 1, (1 << 63) - 1, 5, 0, 1 << 62, 3])


@pytest.fixture
def both(monkeypatch):
    """What a function says of columns by Python, and by NumPy."""

    def said(work):
        slow = work()
        monkeypatch.setattr(hops_in_numpy, "MANY", 1)
        return slow, work()

    return said


def test_sums_by_key_are_exact_beyond_64_bits(both):
    slow, fast = both(lambda: hops_in_numpy.sums_by(KEYS, AMOUNTS))
    assert fast == slow == {7: (1 << 64) + 1, 2: (1 << 62) + 5, 9: 0}


def test_sums_of_random_columns_are_the_same(both):
    pick = random.Random(7)
    keys, amounts = (array("q", [pick.getrandbits(bits) for _ in range(500)]) for bits in (5, 62))
    slow, fast = both(lambda: hops_in_numpy.sums_by(keys, amounts))
    assert fast == slow


def test_what_stands_at_places_is_the_same(both):
    slow, fast = both(lambda: hops_in_numpy.standing_at(KEYS, array("q", [5, 0, 3])))
    assert fast == slow == array("i", [7, 7, 9])


def test_places_are_found_where_some_of_what_is_sought_is_larger_than_all(both):
    slow, fast = both(lambda: list(hops_in_numpy.places_among(KEYS, {2, 9, 1000})))
    assert fast == slow == [2, 3, 4]


def test_runs_of_the_same_number_are_counted(both):
    slow, fast = both(lambda: list(hops_in_numpy.runs(KEYS)))
    assert fast == slow == [(7, 2), (2, 1), (9, 1), (2, 1), (7, 1)]
