"""Pools of two tokens: what they held at the end of the block before, when they were made, who gave them liquidity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tracer.chains.evm.movements import ETHER, Changes, Executed
from tracer.chains.evm.rlp import keccak, raw
from tracer.chains.evm.terms import LOGS_FROM

Json = Mapping[str, Any]

SYNC = "0x" + keccak(b"Sync(uint112,uint112)").hex()
SWAP = "0x" + keccak(b"Swap(address,uint256,uint256,uint256,uint256,address)").hex()
"""What pools of a constant product say (Uniswap v2, and those made like it): what they hold, and what came in and went out."""


def words_of(log: Json) -> list[int]:
    """What a log states besides its topics, a number each."""
    content = raw(log["data"])
    return [int.from_bytes(content[at : at + 32], "big") for at in range(0, len(content), 32)]


def said_in(executed: Executed, topic: str) -> dict[str, list[int]]:
    """By contract the row keys at which it says something in a transaction."""
    found: dict[str, list[int]] = {}
    for at, log in enumerate(executed.logs):
        if log["topics"] and log["topics"][0] == topic:
            found.setdefault(log["address"], []).append(executed.first + LOGS_FROM + at)
    return found


class Pools:
    """Contracts that say what they hold of two tokens, as far as the blocks that were learned from tell of them.

    `made`: by contract the height and time (UNIX seconds) of its making; what is not among them was made before, or in a block that was
    not read. `providers`: by pool who gave it liquidity, and the height at which they first did.
    """

    def __init__(self) -> None:
        self.made: dict[str, tuple[int, int]] = {}
        self.providers: dict[str, dict[str, int]] = {}

    def learn(self, executed: Executed) -> None:
        """Learns what a transaction made, and what liquidity it gave: a pool got of its tokens, and nothing went out of it."""
        for frame in executed.frames:
            if frame.born and not frame.failed:
                self.made.setdefault(frame.recipient, (executed.height, executed.time))
        changes = Changes(executed)
        paying = {move.sender for move in executed.moves}
        for pool in said_in(executed, SYNC):
            if pool not in paying:
                given = set(changes.got(pool))
                for giver in changes.by_address:
                    if given & set(changes.gave(giver)):
                        self.providers.setdefault(pool, {}).setdefault(giver, executed.height)


def pools_in(executed: Executed) -> list[str]:
    """The pools that exchanged something in a transaction."""
    return list(said_in(executed, SWAP))


def rate_before(executed: Executed, block: Sequence[Executed], given: str, received: str) -> Fraction | None:
    """How many units of one asset the pools of a transaction gave for one of another, one after the other and side by side, at the end of
    the block before; None where that is not known. `block` is all that moved in the block, in its order."""
    rate, passed, changes = Fraction(1), set[str](), Changes(executed)
    while given != received:
        taking = {pool: changes.got(pool)[given] for pool in pools_in(executed) if given in changes.got(pool) and pool not in passed}
        if taking:
            rates = [_rate_of(pool, executed, block, given) for pool in taking]
            if not all(rates) or len({each[0] for each in rates if each}) != 1:
                return None
            total = sum(taking.values())
            rate *= sum(amount * each[1] for amount, each in zip(taking.values(), rates, strict=True) if each) / Fraction(total)
            given = next(each[0] for each in rates if each)
            passed.update(taking)
            continue
        wrapper = next((each for each in executed.wrappers - passed if given in (ETHER, each)), None)
        if wrapper is None:
            return None
        given = wrapper if given == ETHER else ETHER
        passed.add(wrapper)
    return rate


def _rate_of(pool: str, executed: Executed, block: Sequence[Executed], given: str) -> tuple[str, Fraction] | None:
    """What a pool gave for one unit before, and of which asset."""
    order = _order_of(pool, executed)
    held = _closing(pool, order, block) if order else None
    if order is None or held is None or not all(amount > 0 for amount in held):
        return None
    here = order.index(given)
    return order[1 - here], Fraction(held[1 - here], held[here])


def _order_of(pool: str, executed: Executed) -> tuple[str, str] | None:
    """Which two tokens a pool has, in its own order: that in which what it says came in and went out is what its rows say."""
    change = Changes(executed).by_address.get(pool, {})
    swaps = [words_of(log) for log in executed.logs if log["address"] == pool and log["topics"][:1] == [SWAP]]
    if len(change) != 2 or any(len(words) != 4 for words in swaps):
        return None
    net = [sum(words[each] - words[each + 2] for words in swaps) for each in (0, 1)]
    one, other = change
    for order in ((one, other), (other, one)):
        if [change[asset] for asset in order] == net:
            return order
    return None


def _closing(pool: str, order: tuple[str, str], block: Sequence[Executed]) -> tuple[int, int] | None:
    """What a pool held of both its tokens at the end of the block before: what it says first in this one, less what came until then."""
    changed = dict.fromkeys(order, 0)
    for executed in block:
        said = said_in(executed, SYNC).get(pool)
        for move in executed.moves:
            if move.asset in changed and (said is None or move.key < said[0]):
                changed[move.asset] += move.amount * ((move.recipient == pool) - (move.sender == pool))
        if said:
            held = words_of(executed.logs[said[0] - executed.first - LOGS_FROM])
            return (held[0] - changed[order[0]], held[1] - changed[order[1]]) if len(held) == 2 else None
    return None
