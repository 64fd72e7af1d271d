"""Whom markers hit and whom they missed: labels made on chain, compared with what was traced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracer.model import Marking


class Marked(NamedTuple):
    """The marked addresses, compared with the traced ones.

    `both` held a marker when traced value had come or later, `missed` is traced and did not; `touched` held one when money could
    have come, but no traced value did; `innocent` held one only while no stolen value could have reached it.
    """

    both: tuple[str, ...]
    missed: tuple[str, ...]
    touched: tuple[str, ...]
    innocent: tuple[str, ...]


def compare_markings(markings: Iterable[Marking], traced: Mapping[str, int], touched: Mapping[str, int]) -> Marked:
    """What the markers missed and whom they hit, each in alphabetical order. `traced`, `touched`: address -> the block in which
    stolen value first came, or first could have come."""
    spans = list(markings)
    marked = {marking.address for marking in spans}

    def reached(first: Mapping[str, int]) -> set[str]:
        return {
            marking.address
            for marking in spans
            if marking.address in first and (marking.last is None or marking.last >= first[marking.address])
        }

    both = reached(traced)
    only_touched = reached(touched) - both
    return Marked(*(tuple(sorted(addresses)) for addresses in (both, traced.keys() - both, only_touched, marked - both - only_touched)))
