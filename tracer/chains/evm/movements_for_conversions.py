"""All that moved within each transaction of a block, of every asset: ether, tokens, single things; and who had it done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from tracer.chains.evm.internal_transactions import Frame, of_calls, of_parity
from tracer.chains.evm.payments_and_fees import SUCCESS, Block, payments_of
from tracer.chains.evm.rlp_and_keccak import number, raw
from tracer.chains.evm.terms import LOGS_FROM, PLACE_BITS, TERMS
from tracer.chains.evm.token_transfers import MOST_INDEXED, TRANSFER, address_in, token_payment
from tracer.model import row_key

Json = Mapping[str, Any]

ETHER = "eth"
"""How ether is named among the assets here; a token is named by its contract, a single thing by its contract and its number."""

WRAPS = ("Deposit", "Withdrawal")
"""Events by which ether becomes a token and back."""


class Passage(NamedTuple):
    """An amount of an asset that went from one to another; `key` is the row key of its row. `sender` is None where it was made,
    `recipient` None where it was destroyed."""

    key: int
    asset: str
    sender: str | None
    recipient: str | None
    amount: int


class Executed(NamedTuple):
    """What moved within one transaction.

    `signer` paid for it, and called `called`; `frames` is what was called then, `logs` what contracts said; `wrappers` are contracts
    that made or took back their token for as much ether. `height`, `time` (UNIX seconds) and `first` (the row key of its first row)
    say where it stands.
    """

    tx_hash: str
    height: int
    time: int
    first: int
    signer: str
    called: str | None
    moves: Sequence[Passage]
    frames: Sequence[Frame]
    logs: Sequence[Json]
    wrappers: frozenset[str]


class Changes:
    """What everybody had more or less of at the end of a transaction, fees apart; and who had something done in it."""

    def __init__(self, executed: Executed) -> None:
        self.executed = executed

    @cached_property
    def by_address(self) -> dict[str, dict[str, int]]:
        """By address and asset; whoever ended as they began, as routers do, is left out."""
        found: dict[str, Counter[str]] = {}
        for move in self.executed.moves:
            for address, change in ((move.sender, -move.amount), (move.recipient, move.amount)):
                if address is not None:
                    found.setdefault(address, Counter())[move.asset] += change
        return {address: {asset: n for asset, n in change.items() if n} for address, change in found.items() if any(change.values())}

    @cached_property
    def callers(self) -> dict[str, int]:
        """Whoever signed, or whose code called others, with the place of their first call."""
        found = {self.executed.signer: -1}
        for place, frame in enumerate(self.executed.frames):
            if frame.moves and not frame.ends:
                found.setdefault(frame.sender, place)
        return found

    def gave(self, address: str) -> dict[str, int]:
        """What somebody had less of."""
        return {asset: -amount for asset, amount in self.by_address.get(address, {}).items() if amount < 0}

    def got(self, address: str) -> dict[str, int]:
        """What somebody had more of."""
        return {asset: amount for asset, amount in self.by_address.get(address, {}).items() if amount > 0}

    @property
    def parties(self) -> list[str]:
        """Whoever had less of one asset and more of another one."""
        return [address for address in self.by_address if self.gave(address) and self.got(address)]


def executed_in(block: Block) -> Iterator[Executed]:
    """What moved within each transaction of a block that did not fail. Raises TraceError as `ether_rows` does."""
    frames, ether = _frames(block), payments_of(block)
    for index, (transaction, receipt) in enumerate(zip(block.block["transactions"], block.receipts, strict=True)):
        if receipt["status"] != SUCCESS:
            continue
        first = row_key(block.height, index << PLACE_BITS, TERMS.position_bits)
        moves = [Passage(first + each.place, ETHER, each.sender, each.recipient, each.amount) for each in ether[index]]
        tokens, wrappers = _of_logs(receipt["logs"], first + LOGS_FROM, _paid(moves))
        yield Executed(
            transaction["hash"], block.height, number(block.block["timestamp"]), first, transaction["from"],
            transaction["to"] or receipt["contractAddress"], [*moves, *tokens], frames[index], receipt["logs"], wrappers,
        )  # fmt: skip


def _frames(block: Block) -> list[Sequence[Frame]]:
    """The frames of each transaction, as one of the tracers has them."""
    if block.calls is not None:
        return [list(of_calls(each["result"])) for each in block.calls]
    by_hash: dict[str, list[Json]] = {each["hash"]: [] for each in block.block["transactions"]}
    for frame in block.frames or ():
        if frame.get("transactionHash") in by_hash:
            by_hash[frame["transactionHash"]].append(frame)
    return [of_parity(each) for each in by_hash.values()]


def _paid(moves: Sequence[Passage]) -> Counter[str]:
    """By address the ether that came less what went."""
    paid: Counter[str] = Counter()
    for move in moves:
        paid[move.sender or ""] -= move.amount
        paid[move.recipient or ""] += move.amount
    return paid


def _of_logs(logs: Sequence[Json], first: int, paid: Mapping[str, int]) -> tuple[list[Passage], frozenset[str]]:
    """What logs say that moved, of any contract, and who wrapped ether. That a token was made or taken back for ether counts only where
    its contract was paid, or paid, as much: the same events are written by contracts that have no token."""
    moves: list[Passage] = []
    wraps: dict[str, list[Passage]] = {}
    for at, log in enumerate(logs):
        move, event = _of_log(log, first + at)
        if move is not None:
            (wraps.setdefault(move.asset, []) if event in WRAPS else moves).append(move)
    made = {asset: sum(m.amount if m.sender is None else -m.amount for m in each) for asset, each in wraps.items()}
    wrappers = frozenset(asset for asset, amount in made.items() if paid.get(asset, 0) == amount)
    moves += [move for asset in wrappers for move in wraps[asset]]
    return sorted(moves, key=lambda move: move.key), wrappers


def _of_log(log: Json, key: int) -> tuple[Passage | None, str]:
    """What a log says that moved, and by which event; None where it says nothing of that, or says it as no token does."""
    topics = log["topics"]
    if len(topics) > MOST_INDEXED and topics[0] == TRANSFER:
        return Passage(key, f"{log['address']}#{number(topics[3])}", address_in(raw(topics[1])), address_in(raw(topics[2])), 1), TRANSFER
    try:
        found = token_payment(log, None)
    except ValueError:
        return None, ""
    if found is None or not found.amount or found.sender == found.recipient:
        return None, ""
    return Passage(key, log["address"], found.sender, found.recipient, found.amount), found.event


def is_single(asset: str) -> bool:
    """Whether an asset is a thing of which there is one (ERC-721)."""
    return "#" in asset
