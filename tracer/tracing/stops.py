"""The stops in force: at whom, below what and when the trail stops. Which rows they cut is in `cuts.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Stops(NamedTuple):
    """The stops in force, part of the method and printed with it.

    `services`: address -> name of the service, they absorb. `dust`: a transfer of less (face amount, smallest units)
    is not followed; a declared theft always is. `until`: nothing after that moment (UNIX seconds) is followed.
    """

    services: Mapping[str, str] = {}
    dust: int = 0
    until: int | None = None
