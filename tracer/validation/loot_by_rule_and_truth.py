"""What a rule says of the loot, beside what the thief really sent where, party by party.

What happened is not what a rule says: a rule goes on through whoever did not keep the money apart, and the thief stopped caring there.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from tracer.tracing import Trace
from tracer.validation.challenge_folder import Truth


class Party(NamedTuple):
    """What a rule ends at the accounts of one owner, and what the thief sent there; decimal text of smallest units."""

    owner: str
    by_rule: str
    sent: str


class Placed(NamedTuple):
    """`elsewhere_ppm`: the part of the loot that a rule ends with parties whom the thief sent less, in parts per million, rounded down."""

    elsewhere_ppm: int
    parties: tuple[Party, ...]


def placed(trace: Trace, rule: str, truth: Truth) -> Placed:
    """The endpoints of a rule beside the truth, by owner, the largest difference first. What went for fees ends nowhere."""
    said, sent = Counter[str](), Counter[str]()
    for end in trace.endpoints:
        said[truth.players[end.address].owner] += end.amounts[rule]
    for address, amount in truth.sent.items():
        sent[truth.players[address].owner] += amount
    both = sorted(said.keys() | sent.keys(), key=lambda owner: (-abs(said[owner] - sent[owner]), owner))
    elsewhere = sum(max(0, said[owner] - sent[owner]) for owner in both)
    parties = tuple(Party(owner, str(said[owner]), str(sent[owner])) for owner in both if said[owner] or sent[owner])
    return Placed(1_000_000 * elsewhere // trace.rules[rule].total, parties)
