"""What addresses and hops do, according to a heuristic, with what was measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple


class Measure(NamedTuple):
    """One observed number against one threshold, with the rows of the ledger it was read from.

    `value` is an exact integer in `unit`, shares as parts per million (ppm), rounded down; or a text; None where it
    cannot be said, with the reason in `note`. `threshold` is a whole condition, such as "at least 10"; None for what
    is only told. `rows` are the first MOST_ROWS of them; `value` counts all.
    """

    name: str
    value: int | str | None
    unit: str
    threshold: int | str | None
    holds: bool
    rows: tuple[int, ...] = ()
    note: str = ""


ERROR_RATE = "error rate on this chain: unknown"
"""Said with every tag, as long as nobody has measured it there."""

UNRELATED = (
    "unrelated: no disputed money could have reached the account, all its transfers were read, at least one of them counts for a shape, "
    "and it is neither a service nor drained"
)
"""Said with base rates."""

NO_BASE_RATE = "no base rate in this case: the complete history of no unrelated account was read"
"""Said with tags where there is none."""

MOST_ROWS = 1000
"""Rows that a measure or a tag names; a hub has more, and its measures count them all."""


class Tag(NamedTuple):
    """What an address, or one hop to it (`row`), does according to a heuristic: never who somebody is.

    `status`: fact (it stands in the ledger), pattern (the payments have a shape that thresholds define) or lead (a hint to look further).
    `presets` that fire, loosest first: how stable the tag is. `measures` all hold. `against` are the look-alikes that
    were checked: one that holds explains the same rows innocently.
    """

    name: str
    subject: str
    row: int | None
    status: Literal["fact", "pattern", "lead"]
    presets: tuple[str, ...]
    measures: tuple[Measure, ...]
    against: tuple[Measure, ...]
    rows: tuple[int, ...]


def shown_preset(presets: tuple[str, ...]) -> str:
    """The preset whose numbers are shown of a tag: the default one; loose where only that fires."""
    return "loose" if presets == ("loose",) else "default"


class BaseRate(NamedTuple):
    """How many accounts that no disputed money could have reached have the shape of a tag too, under one preset.

    `tagged` of `looked_at` accounts; `looked_at` were drawn of `unrelated`, by the digests of their addresses, where it is less.
    Shapes that need stolen value are looked for without that measure.
    """

    tag: str
    preset: str
    tagged: int
    looked_at: int
    unrelated: int


class Looked(NamedTuple):
    """At how many addresses tags were looked for (`at`), of how many that stolen value could have reached (`of`)."""

    at: int
    of: int


class Everywhere(NamedTuple):
    """What heuristics hold an account against, of all payments of a ledger: how many there are, how many are of a round amount, how many
    say how they were made (`marked`); whether every one states its time (`timed`), and the last time."""

    payments: int
    round: int
    marked: int
    timed: bool
    last_time: int


class Unlabelled(NamedTuple):
    """An account without a label, and the signs of a service: `hub`, `fan_in`, `memos`.

    `payers` are all who paid it, `strangers` those of them who brought it no stolen value, `memos` different texts that payments to it
    bore. `arrived` and `ended`: stolen value by rule, in smallest units; what arrived twice counts twice.
    """

    address: str
    signs: tuple[str, ...]
    payers: int
    strangers: int
    memos: int
    arrived: Mapping[str, int]
    ended: Mapping[str, int]

    def passed_on(self, rule: str) -> int:
        """What arrived under a rule and did not end there."""
        return max(0, self.arrived[rule] - self.ended.get(rule, 0))
