"""Published aggregates, compared with what was traced. A claim is only shown; it never enters the ledger or the trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple, TypedDict

from tracer.ledger import Ledger
from tracer.model import Asset, Claim
from tracer.tracing import Trace

RECIPIENTS, ANYBODY, SERVICES = "theft recipients", "anybody", "services"
"""Whom a claim means by this: whoever the thefts paid (from them to a place, value is counted whatever way it came); every other
account (then only what they paid themselves counts); all services at which the trail stops."""

SIZES = {"": 0, "k": 3, "M": 6, "bn": 9}
"""Powers of ten of the letters a source may write."""


ComparedText = TypedDict(
    "ComparedText",
    {
        "from": str,
        "to": str,
        "least": str | None,
        "most": str | None,
        "since": int | None,
        "until": int | None,
        "says": str,
        "source": str,
        "traced": Mapping[str, str] | None,
        "why": str,
    },
)
"""A claim and what was traced, as JSON values."""


class Compared(NamedTuple):
    """A claim and, by rule, the stolen value that was traced to the same place in the same time (smallest units).

    `traced` is None where nothing can be compared, and `why` says why. `unread` is stolen value that was not followed to its
    end, the most of any rule: the traced figure may be short of so much. `rows` are those that the traced figures are the sums of.
    """

    claim: Claim
    traced: Mapping[str, int] | None
    why: str
    unread: int
    rows: frozenset[int] = frozenset()

    def as_data(self) -> ComparedText:
        """The same as JSON values: amounts decimal text, times UNIX seconds, unknown null."""
        claim = self.claim
        return {
            "from": claim.sender,
            "to": claim.recipient,
            "least": None if claim.least is None else str(claim.least),
            "most": None if claim.most is None else str(claim.most),
            "since": claim.since,
            "until": claim.until,
            "says": claim.says,
            "source": claim.source,
            "traced": None if self.traced is None else {rule: str(amount) for rule, amount in self.traced.items()},
            "why": self.why,
        }

    def says(self, rule: str) -> str:
        """How the traced value lies to the claimed one; "" where one of them is unknown."""
        if self.traced is None or (self.claim.least, self.claim.most) == (None, None):
            return ""
        if self.claim.least is not None and self.traced[rule] < self.claim.least:
            return "less than claimed" + ", so far" * (self.unread > 0)
        if self.claim.most is not None and self.traced[rule] > self.claim.most:
            return "more than claimed"
        return "as claimed"


def coins(text: str, asset: Asset) -> int | None:
    """Smallest units of an amount in whole coins as a source words it; None for an empty text.

    Raises ValueError saying what would be right.

    >>> coins("22.6M", Asset("nem", "xem", 6))
    22600000000000
    """
    if not text.strip():
        return None
    match = re.fullmatch(r"(\d[\d,_]*)(?:\.(\d+))?\s*(k|M|bn)?", text.strip(), re.ASCII)
    if match is None:
        raise ValueError(f'{text[:40]!r} is no amount of whole coins: write 1095, "22.6M" or "1.2bn"')
    part = match[2] or ""
    places = asset.decimals + SIZES[match[3] or ""]
    if len(part) > places:
        raise ValueError(f"{text[:40]!r} has more digits than {asset.symbol}")
    return int(re.sub(r"[,_]", "", match[1]) + part.ljust(places, "0"))


def compared(claims: Sequence[Claim], ledger: Ledger, trace: Trace, named: Callable[[str], Collection[str]]) -> list[Compared]:
    """Every claim, compared with what was traced. `named` gives the addresses that a name or label has."""
    if not claims:
        return []
    unread = max(sum(e.amounts[rule] for e in trace.endpoints if e.reason == "not_fetched") for rule in trace.rules)
    return [_compared(claim, ledger, trace, named, unread) for claim in claims]


def _compared(claim: Claim, ledger: Ledger, trace: Trace, named: Callable[[str], Collection[str]], unread: int) -> Compared:
    sides: list[set[int]] = []
    for name in (claim.sender, claim.recipient):
        addresses = _addresses(name, ledger, trace, named)
        sides.append({ledger.index[address] for address in addresses if address in ledger.index})
        if not sides[-1]:
            why = f"neither the ledger nor a label says which accounts {name!r} means"
            if addresses:
                why = f"no transfer to or from {name} was read"
            return Compared(claim, None, f"not compared: {why}", unread)
    out_of, into = sides
    anyhow = claim.sender == RECIPIENTS and claim.recipient != ANYBODY
    if not anyhow and all(ledger.accounts[number].coverage == "boundary" for number in out_of):
        return Compared(claim, None, f"not compared: the payments of {claim.sender} were not read", unread)
    rows = _rows(claim, ledger, trace, None if anyhow else out_of, into - out_of)
    if (claim.since, claim.until) != (None, None) and any(ledger.columns.time[row] is None for row in rows):
        return Compared(claim, None, "not compared: no source states when some of these transfers were made", unread)
    why = f"up to {ledger.asset.stated(unread)} were not followed to their end" if unread else "all stolen value was followed to its end"
    traced = {rule: sum(stolen.by_row.get(row, 0) for row in rows) for rule, stolen in trace.rules.items()}
    return Compared(claim, traced, why, unread, frozenset(rows))


def _addresses(name: str, ledger: Ledger, trace: Trace, named: Callable[[str], Collection[str]]) -> set[str]:
    """Whom a claim means by a name."""
    if name == RECIPIENTS:
        return {theft.recipient for theft in trace.thefts}
    if name == SERVICES:
        return set(trace.stops.services) - {theft.sender for theft in trace.thefts}
    return set(ledger.index) if name == ANYBODY else {name} & ledger.index.keys() | set(named(name))


def _rows(claim: Claim, ledger: Ledger, trace: Trace, out_of: set[int] | None, into: set[int]) -> set[int]:
    """The rows that carried stolen value into some accounts from outside (from `out_of`, if not None), in the claim's time."""
    c = ledger.columns
    return {
        row
        for row in trace.carrying
        if c.recipient[row] in into
        and (c.sender[row] not in into if out_of is None else c.sender[row] in out_of)
        and _within(claim, c.time[row])
    }


def _within(claim: Claim, time: int | None) -> bool:
    """Whether a moment can lie in the claim's time; one that no source states can."""
    return time is None or ((claim.since is None or time >= claim.since) and (claim.until is None or time <= claim.until))
