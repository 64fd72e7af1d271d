"""Blocks -> what became what in them: conversions in which a trail may go on, and exchanges that are only named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from tracer.chains.evm.addresses import FORM
from tracer.chains.evm.block_hashes import receipts_fault, uncovered
from tracer.chains.evm.bridge_events import Request, requests_in
from tracer.chains.evm.liquidity_pools import Pools, pools_in, rate_before
from tracer.chains.evm.movements_for_conversions import ETHER, Changes, Executed, Passage, executed_in
from tracer.chains.evm.off_market_rates import rate_doubts
from tracer.chains.evm.payments_and_fees import Block, TraceError
from tracer.chains.evm.scan import MISSHAPEN
from tracer.chains.evm.swaps_wraps_and_loans import Deal, Form, deals_in
from tracer.chains.evm.unlisted_tokens import Tokens
from tracer.model import Asset, Basket, Conversion, Exchanged, Kind, Leg, Pool, Recognised, Recognition

EXCHANGED: dict[Form, Exchanged] = {"wrap": "wrap", "unwrap": "unwrap", "swap": "swap"}
"""Forms in which a trail may go on."""

NAMED: dict[Form, tuple[Kind, str]] = {
    "pool_share": ("pool_share", "a share in a pool was made for what was given, or taken back: a claim on the pool, and no substitute"),
    "loan": ("loan", "a lender says that this was a loan, or its repayment: what was given is a pledge, and what was got is owed"),
    "flash_loan": ("loan", "somebody lent money and had it back within the transaction: what was gained is no price of what was given"),
    "nft": ("nft", "a single thing was bought or sold: it has no price that anything proves"),
    "solver_fill": ("solver_fill", "an account that had nothing done in this transaction gave and got: somebody else filled its order"),
}
"""Forms that are only named, and what is said of them."""

Numbers = Mapping[str, int]
"""The assets of the case, by their names here."""


def recognised_in(blocks: Iterable[Block], assets: Sequence[Asset]) -> Recognition:
    """Every conversion of an asset of the case in blocks, which stand in their order; whoever's it is.

    A conversion has one asset of the case on either side, each in rows of one direction; every other exchange is only named. Blocks that
    are not what their hashes cover, or whose traces cannot be, are left out, as they are of the ledger.
    """
    numbers = {asset.symbol if FORM.fullmatch(asset.symbol) else ETHER: number for number, asset in enumerate(assets)}
    found: list[Conversion | Recognised | Basket] = []
    pools, used, tokens = Pools(), dict[str, None](), Tokens(numbers)
    for block in blocks:
        try:
            together = list(executed_in(block))
        except (TraceError, *MISSHAPEN):
            continue
        here: list[Conversion | Recognised | Basket] = []
        for executed in together:
            pools.learn(executed)
            tokens.learn(executed)
            used.update(dict.fromkeys(pools_in(executed)))
            here += [*_exchanges(executed, together, pools, numbers), *_bridged(executed, numbers)]
        if here and not (uncovered(block.block) or receipts_fault(block.block, block.receipts)):
            found += here
    return Recognition(
        tuple(each for each in found if isinstance(each, Conversion)),
        tuple(each.named if isinstance(each, Basket) else each for each in found if not isinstance(each, Conversion)),
        tuple(Pool(pool, pools.made.get(pool), pools.providers.get(pool, {})) for pool in used),
        tokens.found(),
        tuple(each for each in found if isinstance(each, Basket)),
    )


def _exchanges(executed: Executed, block: Sequence[Executed], known: Pools, numbers: Numbers) -> Iterator[Conversion | Recognised | Basket]:
    if len({move.asset for move in executed.moves}) < 2:
        return
    for deal in deals_in(executed):
        given, received = _legs(executed, deal.given, deal.owner, numbers), _legs(executed, deal.received, deal.recipient, numbers)
        kind, why = NAMED.get(deal.form) or ("unmatched", _unmatched(executed, deal, numbers))
        if given and why:
            who = next(iter(deal.with_whom), None)
            named = Recognised(kind, deal.owner, executed.tx_hash, given, received, who, f"{executed.tx_hash}: {why}.")
            yield Basket(named, tuple(pools_in(executed))) if kind == "unmatched" and _is_whole(executed, deal, numbers) else named
        elif given:
            rate = rate_before(executed, block, known, *deal.given, *deal.received)
            yield _conversion(executed, deal, given[0], received[0], rate)


def _conversion(executed: Executed, deal: Deal, given: Leg, received: Leg, rate: Fraction | None) -> Conversion:
    """A conversion of one asset for another, with what its rate says against it."""
    doubts, said = rate_doubts(executed.tx_hash, rate, Fraction(received.amount, given.amount))
    pools = tuple(pools_in(executed) or executed.wrappers)
    pool = next(iter((*pools, *deal.with_whom)), None)
    before = (rate.numerator, rate.denominator) if rate else None
    return Conversion(deal.owner, executed.tx_hash, EXCHANGED[deal.form], given, received, pool, before, doubts, said, pools)


def _unmatched(executed: Executed, deal: Deal, numbers: Numbers) -> str:
    """Why a conversion has no two sides of which one became the other; "" if it has."""
    if len(deal.given) > 1 or len(deal.received) > 1:
        return f"{len(deal.given)} assets were given for {len(deal.received)}: which part became which is not known"
    if not set(deal.received) & set(numbers):
        return f"what came is no asset of the case ({', '.join(deal.received)})"
    return "" if _one_way(executed, deal) else "a part of what was given came back, or of what came went on"


def _one_way(executed: Executed, deal: Deal) -> bool:
    """Whether each asset of a conversion moved one way only, as far as its two sides go."""
    sides = (deal.given, deal.owner, True), (deal.received, deal.recipient, False)
    return all(
        sum(move.amount for move in _rows(executed, asset, who, gave)) == amount
        for amounts, who, gave in sides
        for asset, amount in amounts.items()
    )


def _is_whole(executed: Executed, deal: Deal, numbers: Numbers) -> bool:
    """Whether the case counts every asset of a conversion, and each moved one way only."""
    return {*deal.given, *deal.received} <= {*numbers} and _one_way(executed, deal)


def _legs(executed: Executed, amounts: Iterable[str], who: str, numbers: Numbers) -> tuple[Leg, ...]:
    """One side of a conversion: what somebody gave or got of assets of the case, one after the other."""
    changes, legs = Changes(executed), []
    for asset in amounts:
        if asset in numbers:
            rows = _rows(executed, asset, who, asset in changes.gave(who))
            legs.append(Leg(numbers[asset], sum(move.amount for move in rows), tuple(move.key for move in rows)))
    return tuple(legs)


def _rows(executed: Executed, asset: str, who: str, gave: bool) -> list[Passage]:
    """What moved of an asset from somebody, or to somebody."""
    return [move for move in executed.moves if move.asset == asset and who == (move.sender if gave else move.recipient)]


def _bridged(executed: Executed, numbers: Numbers) -> Iterator[Recognised]:
    """What was given to bridges for what they were asked for, by whoever had so much less of it at the end."""
    changes = Changes(executed)
    for request in requests_in(executed.logs):
        giving = [each for each in changes.by_address if changes.gave(each).get(request.asset) == request.amount]
        if request.asset in numbers and giving:
            given = _legs(executed, [request.asset], giving[0], numbers)
            number = None if request.number is None else str(request.number)
            yield Recognised(
                "bridge", giving[0], executed.tx_hash, given, (), request.bridge, _asked(executed, request), request.far_address, number,
                request.far_chain,
            )  # fmt: skip


def _asked(executed: Executed, request: Request) -> str:
    number = "" if request.number is None else f", request {request.number}"
    return f"{executed.tx_hash}: bridge {request.bridge} was asked to pay out at {request.far_address} on {request.far_chain}{number}."
