"""Who gave one asset and got another one in a transaction, and what that was: from rows; what contracts say only gives it its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from tracer.chains.evm.liquidity_pools import SYNC, pools_in, said_in
from tracer.chains.evm.movements_for_conversions import ETHER, Changes, Executed, is_single
from tracer.chains.evm.token_transfers import topic_of

Form = Literal["wrap", "unwrap", "swap", "pool_share", "loan", "flash_loan", "nft", "solver_fill"]

LOANS = frozenset(
    topic_of(event)
    for event in (
        "Borrow(address,uint256,uint256,uint256)",
        "RepayBorrow(address,address,uint256,uint256,uint256)",
        "Borrow(address,address,address,uint256,uint8,uint256,uint16)",
        "Repay(address,address,address,uint256,bool)",
        "LiquidationCall(address,address,address,uint256,uint256,address,bool)",
    )
)
"""What lenders say: Compound v2, and those made like it; Aave v3."""


class Deal(NamedTuple):
    """`owner` gave what `given` says, by asset, and `recipient`, mostly the same, got what `received` says. `with_whom`: the other sides,
    the first one the contract or account that took what was given."""

    owner: str
    recipient: str
    form: Form
    given: Mapping[str, int]
    received: Mapping[str, int]
    with_whom: tuple[str, ...]


def deals_in(executed: Executed) -> Iterator[Deal]:
    """Every conversion of one asset for another in a transaction, net of whoever only passed things on."""
    changes = Changes(executed)
    parties = changes.parties
    pools = set(pools_in(executed)) | set(said_in(executed, SYNC))
    others = [party for party in parties if party not in pools]
    filled = [party for party in others if party not in changes.callers]
    owners = _acting(executed, changes, others)
    if filled:
        owners = [*filled, *(each for each in others if each == executed.signer or each == executed.called)]
    for owner in dict.fromkeys(owners):
        yield _deal(executed, changes, owner, owner, parties, fills=bool(filled))
    if not owners and parties:
        yield from _for_another(executed, changes, parties)


def _acting(executed: Executed, changes: Changes, others: list[str]) -> list[str]:
    """Whose exchange it was: whoever signed; else, of those whom the signer did not pay, the account that was called, as wallets are, or
    whoever had others called first."""
    if executed.signer in others:
        return [executed.signer]
    paid = set(changes.gave(executed.signer))
    left = [each for each in others if each in changes.callers and not paid & set(changes.got(each))]
    return [executed.called] if executed.called in left else sorted(left, key=lambda each: changes.callers[each])[:1]


def _for_another(executed: Executed, changes: Changes, parties: list[str]) -> Iterator[Deal]:
    """A conversion in which one account gave and another one got."""
    giving = [each for each in changes.by_address if changes.gave(each) and each not in parties]
    getting = [each for each in changes.by_address if changes.got(each) and each not in parties]
    if len(giving) == len(getting) == 1:
        yield _deal(executed, changes, giving[0], getting[0], parties, fills=False)


def _deal(executed: Executed, changes: Changes, owner: str, recipient: str, parties: list[str], *, fills: bool) -> Deal:
    given, received = changes.gave(owner), changes.got(recipient)
    took = [each for each in changes.by_address if each not in (owner, recipient) and set(changes.got(each)) & set(given)]
    with_whom = dict.fromkeys((*pools_in(executed), *took, *(each for each in parties if each not in (owner, recipient))))
    form: Form = "solver_fill" if fills else _form(executed, changes, owner, given, received)
    return Deal(owner, recipient, form, given, received, tuple(with_whom))


def _form(executed: Executed, changes: Changes, owner: str, given: Mapping[str, int], received: Mapping[str, int]) -> Form:
    """What a conversion was, by the first that holds."""
    if any(map(is_single, (*given, *received))):
        return "nft"
    if (wrapped := _wrapped(executed, given, received)) is not None:
        return wrapped
    if _made_or_ended(executed, owner):
        return "pool_share"
    if any(log["topics"] and log["topics"][0] in LOANS for log in executed.logs):
        return "loan"
    if any(_lent(executed, changes, each) for each in changes.by_address if each != owner):
        return "flash_loan"
    return "swap"


def _wrapped(executed: Executed, given: Mapping[str, int], received: Mapping[str, int]) -> Form | None:
    """Ether for as much of its token, or back."""
    for wrapper in executed.wrappers:
        if given == {ETHER: received.get(wrapper)} and len(received) == 1:
            return "wrap"
        if received == {ETHER: given.get(wrapper)} and len(given) == 1:
            return "unwrap"
    return None


def _made_or_ended(executed: Executed, owner: str) -> bool:
    """Whether a token was made for somebody, or taken back from them: a share in what was given for it, or in what was got."""
    return any(
        (move.sender is None and move.recipient == owner) or (move.recipient is None and move.sender == owner)
        for move in executed.moves
        if move.asset not in executed.wrappers
    )


def _lent(executed: Executed, changes: Changes, lender: str) -> bool:
    """Whether somebody gave of one asset and nothing else, and had it back within the transaction."""
    own = [move for move in executed.moves if lender in (move.sender, move.recipient)]
    gave = any(move.sender == lender for move in own)
    return gave and len({move.asset for move in own}) == 1 and own[0].sender == lender and not changes.gave(lender)
