"""What the kernels compute with: cells, multiply and divide rounded down. Replaced once compiled (`compiled.py`), and nothing else is."""

from __future__ import annotations

from typing import Any

Cells = Any
"""A list of integers, or an array of them once compiled."""

NARROW = 56
"""Balances of so many bits at most are for the kernels compiled on 64 bits: `muldiv64` is exact below 2^56."""

AHEAD = 0
"""How many rows ahead memory is asked for; compiled 16."""

LINE = 8
"""Cells that a processor fetches at once; of two limbs 4."""

STEP = 4
"""From an account to the next in the cells that say where lots lie (`fifo_lifo.py`); compiled on 64 bits 8: two lots lie there too."""


def ahead(cells: Cells, place: int) -> None:
    """A hint that cells[place] is needed soon: one processor instruction once compiled, nothing here."""


def muldiv(part: int, amount: int, whole: int) -> int:
    """part * amount / whole, rounded down."""
    return part * amount // whole


def muldiv64(part: int, amount: int, whole: int) -> int:
    """The same in 64 bits, for 0 <= part, amount <= whole < 2^NARROW.

    The float guess is off by a few units at most, and `made_exact` takes that back.
    """
    return made_exact(int(float(part) * float(amount) / float(whole)), part, amount, whole)


def made_exact(guess: int, part: int, amount: int, whole: int) -> int:
    """part * amount / whole, rounded down, from a guess that is off by a few units.

    The remainder says by how many: it is small, so it is exact even where both products wrapped around.
    """
    rest = part * amount - guess * whole
    while rest < 0:
        guess -= 1
        rest += whole
    while rest >= whole:
        guess += 1
        rest -= whole
    return guess


def proportion(amount: int, whole: int) -> int:
    """What helps `portion` to divide many parts in the proportion of `amount` to `whole`; something only in compiled kernels."""
    return 0


def proportion64(amount: int, whole: int) -> float:
    """The same in 64 bits: dividing once and multiplying then takes half the time."""
    return float(amount) / float(whole)


def portion(part: int, amount: int, whole: int, in_proportion: int) -> int:
    """part * amount / whole, rounded down."""
    return part * amount // whole


def portion64(part: int, amount: int, whole: int, in_proportion: float) -> int:
    """The same in 64 bits, as `muldiv64`: the guess is as little off."""
    return made_exact(int(float(part) * in_proportion), part, amount, whole)
