"""How far something long is, for whoever waits: told by the stages, put into words and timed by the command line."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Advance(NamedTuple):
    """What is being done, and how much of it is done.

    `done` and `total` count `unit`; a `total` of 0 is not known, and one that is only known `at_least` grows while the work goes on.
    `besides`: what else there is to say.
    """

    what: str
    done: int = 0
    total: int = 0
    unit: str = ""
    at_least: bool = False
    besides: str = ""


Progress = Callable[[Advance], None]
"""Told what is being done, as often as there is something new."""


def quiet(_step: Advance) -> None:
    """The progress of nobody watching."""
