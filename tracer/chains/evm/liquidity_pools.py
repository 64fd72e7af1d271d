"""Pools of two tokens: what they held at the end of the block before, when they were made, who gave them liquidity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tracer.chains.evm.movements_for_conversions import ETHER, Changes, Executed
from tracer.chains.evm.rlp_and_keccak import raw
from tracer.chains.evm.terms import LOGS_FROM
from tracer.chains.evm.token_transfers import topic_of

Json = Mapping[str, Any]

SYNC = topic_of("Sync(uint112,uint112)")
SWAP = topic_of("Swap(address,uint256,uint256,uint256,uint256,address)")
"""What pools of a constant product say (Uniswap v2, and those made like it): what they hold, and what came in and went out."""

RANGED_SWAP = topic_of("Swap(address,address,int256,int256,uint160,uint128,int24)")
RANGED_MINT = topic_of("Mint(address,address,int24,int24,uint128,uint256,uint256)")
RANGED_START = topic_of("Initialize(uint160,int24)")
"""What pools say whose liquidity lies in ranges of the price (Uniswap v3, and those made like it): what came in and went out, with the
root of the price after it; that liquidity was given; the root of the price that they begin with."""

ROOT = 96
"""Binary digits behind the point of a root of a price (the sqrtPriceX96 of Uniswap v3)."""


def words_of(log: Json) -> list[int]:
    """What a log states besides its topics, a number each."""
    content = raw(log["data"])
    return [int.from_bytes(content[at : at + 32], "big") for at in range(0, len(content), 32)]


def _signed(word: int) -> int:
    """A word as a number that may be below nought (two's complement)."""
    return word - (1 << 256) if word >> 255 else word


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
    not read. `providers`: by pool who gave it liquidity, and the height at which they first did. `roots`: by pool with ranges the root of
    its price after each block that says one.
    """

    def __init__(self) -> None:
        self.made: dict[str, tuple[int, int]] = {}
        self.providers: dict[str, dict[str, int]] = {}
        self.roots: dict[str, dict[int, int]] = {}

    def learn(self, executed: Executed) -> None:
        """Learns what a transaction made, and what liquidity it gave: a pool got of its tokens, and nothing went out of it."""
        for frame in executed.frames:
            if frame.born and not frame.failed:
                self.made.setdefault(frame.recipient, (executed.height, executed.time))
        changes = Changes(executed)
        paying = {move.sender for move in executed.moves}
        for log in executed.logs:
            at = {RANGED_START: 0, RANGED_SWAP: 2}.get(log["topics"][0]) if log["topics"] else None
            if at is not None and len(words := words_of(log)) > at:
                self.roots.setdefault(log["address"], {})[executed.height] = words[at]
        for pool in (*said_in(executed, SYNC), *said_in(executed, RANGED_MINT)):
            if pool not in paying:
                given = set(changes.got(pool))
                for giver in changes.by_address:
                    if given & set(changes.gave(giver)):
                        self.providers.setdefault(pool, {}).setdefault(giver, executed.height)

    def root_before(self, pool: str, height: int) -> int | None:
        """The root of the price of a pool with ranges before a block: only swaps move it, and each says where to."""
        earlier = [at for at in self.roots.get(pool, {}) if at < height]
        return self.roots[pool][max(earlier)] if earlier else None


def pools_in(executed: Executed) -> list[str]:
    """The pools that exchanged something in a transaction."""
    return [*said_in(executed, SWAP), *said_in(executed, RANGED_SWAP)]


def rate_before(executed: Executed, block: Sequence[Executed], known: Pools, given: str, received: str) -> Fraction | None:
    """How many units of one asset the pools of a transaction gave for one of another, one after the other and side by side, at the end of
    the block before; None where that is not known. `block` is all that moved in the block, in its order; `known` are the pools up to it."""
    rate, passed, changes = Fraction(1), set[str](), Changes(executed)
    while given != received:
        taking = {pool: changes.got(pool)[given] for pool in pools_in(executed) if given in changes.got(pool) and pool not in passed}
        if taking:
            rates = [_rate_of(pool, executed, block, known, given) for pool in taking]
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


def _rate_of(pool: str, executed: Executed, block: Sequence[Executed], known: Pools, given: str) -> tuple[str, Fraction] | None:
    """What a pool gave for one unit before, and of which asset."""
    order = _order_of(pool, executed)
    if order is None:
        return None
    held = _closing(pool, order, block)
    if held is None and (root := known.root_before(pool, executed.height)):
        held = 1 << 2 * ROOT, root * root  # as if it held so much: the price is the second for one of the first
    if held is None or not all(amount > 0 for amount in held):
        return None
    here = order.index(given)
    return order[1 - here], Fraction(held[1 - here], held[here])


def _order_of(pool: str, executed: Executed) -> tuple[str, str] | None:
    """Which two tokens a pool has, in its own order: that in which what it says came in and went out is what its rows say."""
    change = Changes(executed).by_address.get(pool, {})
    swaps = [_swapped(log) for log in executed.logs if log["address"] == pool and log["topics"][:1] in ([SWAP], [RANGED_SWAP])]
    if len(change) != 2:
        return None
    net = [sum(each) for each in zip(*swaps, strict=True)]
    one, other = change
    for order in ((one, other), (other, one)):
        if [change[asset] for asset in order] == net:
            return order
    return None


def _swapped(log: Json) -> tuple[int, int]:
    """What a pool says that came in of either token, less what went out; nothing where its words are too few."""
    words = words_of(log)
    if log["topics"][0] == RANGED_SWAP:
        return (_signed(words[0]), _signed(words[1])) if len(words) == 5 else (0, 0)
    return (words[0] - words[2], words[1] - words[3]) if len(words) == 4 else (0, 0)


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
