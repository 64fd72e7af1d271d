"""Multiply and divide on two limbs of 64 bits each, for the compiled kernels: exact below 2^127.

Möller and Granlund, Improved division by invariant integers, IEEE Transactions on Computers 60 (2011). A divisor is made ready
once: its bits are moved to the top, and the reciprocal of its two limbs is found. After that a limb of the quotient takes a few
multiplications and no division.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np

from tracer.tracing.int128 import high, joined, leading_zeros, low, product, quotient, shifted

F = TypeVar("F")
OPTIONS: dict[str, Any] = {"error_model": "numpy", "inline": "always", "_nrt": False}
njit: Callable[[F], F] = numba.njit(**OPTIONS)
NONE, ONE, LAST = np.uint64(0), np.uint64(1), np.uint64(63)


@njit
def _reciprocal(top: Any) -> Any:
    """(2^128 - 1) / top - 2^64, rounded down, for a limb whose first bit is set: algorithm 3, its table computed."""
    odd = top & ONE
    guess = quotient(np.uint64((1 << 19) - 3 * (1 << 8)), (top >> np.uint64(55)) | np.uint64(256))
    forty = (top >> np.uint64(24)) + ONE
    guess = (guess << np.uint64(11)) - ((guess * guess * forty) >> np.uint64(40)) - ONE
    guess = (guess << np.uint64(13)) + ((guess * ((ONE << np.uint64(60)) - guess * forty)) >> np.uint64(47))
    error = ((guess >> ONE) & (NONE - odd)) - guess * ((top >> ONE) + odd)
    more, _ = product(guess, error)
    guess = (guess << np.uint64(31)) + (more >> ONE)
    upper, lower = product(guess, top)
    return guess - upper - top - np.uint64(lower + top < lower)


@njit
def _ready(whole: Any) -> Any:
    """A divisor made ready: how far its bits were moved, its limbs then, and the reciprocal of both (algorithm 6)."""
    by = leading_zeros(whole)
    moved = shifted(whole, by)
    d1, d0 = high(moved), low(moved)
    reciprocal = _reciprocal(d1)
    rest = d1 * reciprocal + d0
    if rest < d0:
        reciprocal -= ONE
        if rest >= d1:
            reciprocal -= ONE
            rest -= d1
        rest -= d1
    upper, lower = product(reciprocal, d0)
    rest += upper
    if rest < upper:
        reciprocal -= ONE
        if rest > d1 or (rest == d1 and lower >= d0):
            reciprocal -= ONE
    return by, d1, d0, reciprocal


@njit
def _limb(u2: Any, u1: Any, u0: Any, d1: Any, d0: Any, reciprocal: Any) -> Any:
    """A limb of the quotient and both limbs of the rest, of three limbs by two of which the upper are less (algorithm 4)."""
    limb, fraction = product(reciprocal, u2)
    fraction += u1
    limb += u2 + np.uint64(fraction < u1)
    upper, lower = product(d0, limb)
    r1 = u1 - limb * d1 - upper - np.uint64(u0 < lower)
    r0 = u0 - lower
    r1 -= d1 + np.uint64(r0 < d0)
    r0 -= d0
    limb += ONE
    back = NONE - np.uint64(r1 >= fraction)  # all bits where one too many was taken
    limb += back
    r0 += d0 & back
    r1 += (d1 & back) + np.uint64(r0 < (d0 & back))
    if r1 > d1 or (r1 == d1 and r0 >= d0):
        limb += ONE
        r1 -= d1 + np.uint64(r0 < d0)
        r0 -= d0
    return limb, r1, r0


@njit
def _product(left: Any, right: Any) -> Any:
    """All four limbs of a product, the uppermost first."""
    a1, a0, b1, b0 = high(left), low(left), high(right), low(right)
    w1, w0 = product(a0, b0)
    w3, w2 = product(a1, b1)
    for x, y in ((a0, b1), (a1, b0)):
        upper, lower = product(x, y)
        w1 += lower
        upper += np.uint64(w1 < lower)  # the upper limb of a product is never full, so this does not overflow
        w2 += upper
        w3 += np.uint64(w2 < upper)
    return w3, w2, w1, w0


@njit
def muldiv128(part: Any, amount: Any, whole: Any) -> Any:
    """part * amount / whole, rounded down, for 0 <= part, amount <= whole < 2^127."""
    by, d1, d0, reciprocal = _ready(whole)
    w3, w2, w1, w0 = _product(part, shifted(amount, by))
    q1, w2, w1 = _limb(w3, w2, w1, d1, d0, reciprocal)
    q0, w2, w1 = _limb(w2, w1, w0, d1, d0, reciprocal)
    return joined(q1, q0)


@njit
def proportion128(amount: Any, whole: Any) -> Any:
    """amount * 2^127 / whole, rounded down, for 0 <= amount <= whole < 2^127."""
    by, d1, d0, reciprocal = _ready(whole)
    moved = shifted(amount, by)
    w3, w2 = high(moved), low(moved)
    q1, w2, w1 = _limb(w3 >> ONE, (w3 << LAST) | (w2 >> ONE), w2 << LAST, d1, d0, reciprocal)
    q0, w2, w1 = _limb(w2, w1, NONE, d1, d0, reciprocal)
    return joined(q1, q0)


@njit
def portion128(part: Any, amount: Any, whole: Any, in_proportion: Any) -> Any:
    """The same as `muldiv128`, by `proportion128`: what was rounded off there makes less than 1 here, so at most 1 is missing."""
    w3, w2, w1, _ = _product(part, in_proportion)
    quotient = joined((w3 << ONE) | (w2 >> LAST), (w2 << ONE) | (w1 >> LAST))
    rest = part * amount - quotient * whole
    if rest < 0 or rest >= whole:  # below 0: it has 128 bits
        quotient += 1
    return quotient
