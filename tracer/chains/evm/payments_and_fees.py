"""A block with its receipts and traces -> the rows of a ledger of ether, or of one token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tracer.chains.evm.bridge_events import with_requests
from tracer.chains.evm.gas_price import gas_price
from tracer.chains.evm.internal_transactions import EtherPayment, of_calls, of_parity, payments
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.evm.terms import GWEI, LOGS_FROM, PLACE_BITS, TERMS, TIP, WITHDRAWALS
from tracer.chains.evm.token_transfers import frozen_by, token_payment
from tracer.chains.evm.transaction_hashes import BLOB
from tracer.model import TIES, Event, Transfer, row_key

Json = Mapping[str, Any]

SUCCESS = "0x1"

SIGNED, BALANCED, STATED = TIES


class Block(NamedTuple):
    """A block as a node served it: itself, its receipts, and what one or two tracers say of its transactions."""

    block: Json
    receipts: Sequence[Json]
    frames: Sequence[Json] | None = None
    calls: Sequence[Json] | None = None

    @property
    def height(self) -> int:
        """Its number."""
        return number(self.block["number"])


class TraceError(ValueError):
    """What tracers say of a transaction cannot be, or they contradict each other."""


class _Place(NamedTuple):
    height: int
    time: int
    source: str


def ether_rows(block: Block, source: str) -> Iterator[Transfer]:
    """The rows of ether of a block: payments, fees, tips, what validators withdraw. Raises TraceError."""
    header, traced = block.block, payments_of(block)
    place = _Place(block.height, number(header["timestamp"]), source)
    for index, (transaction, receipt) in enumerate(zip(header["transactions"], block.receipts, strict=True)):
        rows = _transaction(place, index, block, transaction, receipt, traced[index])
        yield from with_requests(rows, receipt["logs"], None)
    for index, each in enumerate(header.get("withdrawals") or ()):
        stated = {"withdrawal": number(each["index"]), "validator": number(each["validatorIndex"])}
        yield _row(place, WITHDRAWALS, index, None, each["address"], number(each["amount"]) * GWEI, "mint", stated)


def trace_fault(block: Block) -> str:
    """Why the traces of a block cannot be; "" if they can."""
    try:
        payments_of(block)
    except TraceError as error:
        return str(error)
    return ""


def payments_of(block: Block) -> list[list[EtherPayment]]:
    """What moved within each transaction, as all tracers say that were asked. Raises TraceError where that cannot be."""
    said: list[list[list[EtherPayment]]] = []
    transactions = block.block["transactions"]
    if block.frames is not None:
        said.append(_of_frames(block, transactions))
    if block.calls is not None:
        if [each.get("txHash") for each in block.calls] != [each["hash"] for each in transactions] or any(
            "error" in e for e in block.calls
        ):
            raise TraceError(f"callTracer does not answer for the {len(transactions)} transactions of block {block.height}")
        said.append([_checked(list(of_calls(each["result"])), receipt) for each, receipt in zip(block.calls, block.receipts, strict=True)])
    if not said:
        raise TraceError(f"block {block.height} has no traces: ask a node with trace_block or debug_traceBlockByNumber")
    for index, transaction in enumerate(transactions):
        if any(other[index] != said[0][index] for other in said):
            raise TraceError(f"two tracers contradict each other on what transaction {transaction['hash']} moved")
    return said[0]


def _of_frames(block: Block, transactions: Sequence[Json]) -> list[list[EtherPayment]]:
    by_hash: dict[str, list[Json]] = {each["hash"]: [] for each in transactions}
    for frame in block.frames or ():
        if frame.get("transactionHash") is not None:  # without one it is a reward of the block
            by_hash[frame["transactionHash"]].append(frame)
    if not all(by_hash.values()):
        missing = sum(not each for each in by_hash.values())
        raise TraceError(f"trace_block says nothing of {missing} of the {len(transactions)} transactions of block {block.height}")
    return [_checked(of_parity(frames), receipt) for frames, receipt in zip(by_hash.values(), block.receipts, strict=True)]


def _checked(frames: list[Any], receipt: Json) -> list[EtherPayment]:
    """What frames moved, if the first ended as the receipt says: nodes have left errors out of their traces."""
    if frames[0].failed == (receipt["status"] == SUCCESS):
        raise TraceError(
            f"the trace of {receipt['transactionHash']} says that it {'failed' if frames[0].failed else 'succeeded'}: its receipt does not"
        )
    if len(frames) >= LOGS_FROM:
        raise TraceError(f"{receipt['transactionHash']} has {len(frames)} frames, and a transaction has room for {LOGS_FROM - 1} here")
    return payments(frames)


def _transaction(
    place: _Place, index: int, block: Block, transaction: Json, receipt: Json, moved: Sequence[EtherPayment]
) -> Iterator[Transfer]:
    """The rows of a transaction: first its own value with its fee, then what was paid within it, last the tip."""
    if receipt.get("l1Fee"):
        raise TraceError(f"{receipt['transactionHash']} pays an l1Fee: fees of this second-layer chain are not covered")
    price, used = gas_price(block.block, transaction), number(receipt["gasUsed"])
    base = number(block.block.get("baseFeePerGas") or "0x0")
    fee = price * used
    if number(transaction["type"]) == BLOB:
        fee += number(receipt["blobGasUsed"]) * number(receipt["blobGasPrice"])
    tx_hash, works = transaction["hash"], receipt["status"] == SUCCESS
    value = number(transaction["value"]) if works else 0
    stated = {} if works else {"failed": True, "value": str(number(transaction["value"]))}
    recipient = transaction["to"] or receipt["contractAddress"]
    kind = "transfer" if value else "fee"
    own = [(each.sender, each.recipient, each.amount) for each in moved if not each.place]
    if own != ([(transaction["from"], recipient, value)] if value else []):
        raise TraceError(f"the trace of {tx_hash} begins with another payment than the transaction makes")
    yield _row(place, index, 0, transaction["from"], recipient, value, kind, stated, tx_hash=tx_hash, fee=fee)
    for payment in moved[len(own) :]:
        way = {"way": payment.way, "tie": STATED}
        kind = "burn" if payment.recipient is None else "transfer"
        yield _row(place, index, payment.place, payment.sender, payment.recipient, payment.amount, kind, way, tx_hash=tx_hash)
    if price > base:
        yield _row(place, index, TIP, None, block.block["miner"], (price - base) * used, "tip", {}, tx_hash=tx_hash)


def token_rows(block: Block, contract: str, owner: str | None, source: str) -> Iterator[Transfer]:
    """The rows of a token in a block, from logs of its contract. Raises ValueError where a log is not understood."""
    place = _Place(block.height, number(block.block["timestamp"]), source)
    for index, receipt in enumerate(block.receipts):
        yield from with_requests(_token_rows(place, index, receipt, contract, owner), receipt["logs"], contract)


def _token_rows(place: _Place, index: int, receipt: Json, contract: str, owner: str | None) -> Iterator[Transfer]:
    for at, log in enumerate(receipt["logs"]):
        found = token_payment(log, owner) if log["address"] == contract else None
        if found is None or (found.sender is None and found.recipient is None):
            continue
        kind = "mint" if found.sender is None else "burn" if found.recipient is None else "transfer"
        stated = {"event": found.event, "log": number(log["logIndex"])}
        tx_hash = receipt["transactionHash"]
        yield _row(place, index, LOGS_FROM + at, found.sender, found.recipient, found.amount, kind, stated, tx_hash=tx_hash)


def token_events(block: Block, contract: str) -> Iterator[Event]:
    """What the issuer of a token froze and released in a block, from logs of its contract."""
    for index, receipt in enumerate(block.receipts):
        for at, log in enumerate(receipt["logs"]):
            if log["address"] == contract and (found := frozen_by(log)):
                position, time = index << PLACE_BITS | LOGS_FROM + at, number(block.block["timestamp"])
                holder, kind = found
                yield Event(
                    block.height, position, time, receipt["transactionHash"], kind, holder, contract, {"log": number(log["logIndex"])}
                )


def _row(
    place: _Place, index: int, at: int, sender: str | None, recipient: str | None, amount: int, kind: str, stated: Mapping[str, Any],
    *, tx_hash: str | None = None, fee: int = 0,
) -> Transfer:  # fmt: skip
    position = index << PLACE_BITS | at
    tie = stated.get("tie", SIGNED)
    return Transfer(
        row_key=row_key(place.height, position, TERMS.position_bits),
        height=place.height,
        position=position,
        time=place.time,
        tx_hash=tx_hash,
        sender=sender,
        recipient=recipient,
        amount=amount,
        fee=fee,
        kind=kind,
        memo=None,
        basis="chain",
        source=place.source,
        verified=tie == SIGNED,
        attributes={"tie": tie, **stated},
    )
