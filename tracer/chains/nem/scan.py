"""Every block of a chain, in order -> rows, events and accounts of the XEM ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.answers import Answers
from tracer.chains.nem.codec import hash_of, signature_holds
from tracer.chains.nem.effects import XEM, Definitions, Effect, Outcome, outcome
from tracer.model import HARVEST_POSITION, Account, Event, Reading, Rejection, Transfer, row_key

Json = Mapping[str, Any]

EPOCH = 1427587585  # 2015-03-29T00:06:25Z, time zero of NEM time stamps (nis: SystemTimeProvider)
PARTS = 64  # positions a transaction may take: at most 1 + 10 mosaics + 10 levies are used
DELEGATION_DELAY = 360  # blocks until a delegate may harvest, and until it no longer may (nis: BlockMarkerConstants)


class _Scan:
    """What is known after the blocks read so far."""

    def __init__(self, answers: Answers, source: str) -> None:
        self.answers, self.source = answers, source
        self.transfers: list[Transfer] = []
        self.events: list[Event] = []
        self.rejections: list[Rejection] = list(answers.rejections)
        self.named: dict[str, None] = dict.fromkeys(filter(answers.knows, answers.accounts))
        self.definitions: Definitions = {}
        self.delegations: dict[str, tuple[str, str, int]] = {}
        self.nemesis: str | None = None


def scan(answers: Answers, source: str) -> Reading:
    """The XEM ledger of a chain from its blocks 1 to the tip.

    A row is `verified` when its transaction re-hashes to the hash the node states, where it states one, and all its
    signatures hold. Raises InputError when a block is missing; a transaction that is not understood is a Rejection.
    """
    blocks = answers.scanned_blocks()
    state = _Scan(answers, source)
    for block in blocks:
        _read_block(state, block)
    return Reading(state.transfers, state.events, _accounts(state), state.rejections, answers.tip, complete=True)


def _read_block(state: _Scan, block: Json) -> None:
    signer = address_of(block["signer"], block["version"])
    state.named[signer] = None
    if state.nemesis is None:
        state.nemesis = signer
    fees = 0
    for index, transaction in enumerate(block["transactions"]):
        try:
            fees += _read_transaction(state, block, index, transaction)
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError) as error:
            place = f"block {block['height']}, transaction {index}"
            reason = f"not understood: {type(error).__name__} {error}"
            state.rejections.append(Rejection(state.source, place, reason, str(transaction)[:500]))
    if fees:
        state.transfers.append(_harvest(state, block, signer, fees))


def _read_transaction(state: _Scan, block: Json, index: int, transaction: Json) -> int:
    """Appends the transaction's rows and events; gives the fee it paid."""
    done = outcome(transaction, state.definitions)
    fee = 0 if done.effects[0].sender == state.nemesis else done.fee  # nis: Transaction.getFee
    tx_hash, verified = _checked(state, block, index, transaction)
    state.transfers += _rows(state, block, index, done, fee, tx_hash, verified, transaction)
    state.events += _events(block, index, done, tx_hash)
    for change in done.changes:
        if change.kind.startswith("delegation") and change.object:
            state.delegations[change.object] = (change.kind, change.subject, block["height"])
    state.named.update(dict.fromkeys(_addresses(done)))
    return fee


def _checked(state: _Scan, block: Json, index: int, transaction: Json) -> tuple[str, bool]:
    """The transaction's hash as computed, and whether hash and signatures hold."""
    tx_hash = hash_of(transaction)
    served = state.answers.hashes.get(transaction["signature"], tx_hash)
    signatures = signature_holds(transaction) and all(map(signature_holds, transaction.get("signatures", ())))
    if served != tx_hash or not signatures:
        place = f"block {block['height']}, transaction {index}"
        why = "its signature does not hold" if not signatures else f"the node states {served} for what hashes to {tx_hash}"
        state.rejections.append(Rejection(state.source, place, f"kept, not verified: {why}", str(transaction)[:500]))
    return tx_hash, served == tx_hash and signatures


def _rows(
    state: _Scan, block: Json, index: int, done: Outcome, fee: int, tx_hash: str, verified: bool, transaction: Json
) -> Iterator[Transfer]:
    inner_hash = {"inner_hash": hash_of(transaction["otherTrans"])} if "otherTrans" in transaction else {}
    for part, effect in enumerate(done.effects):
        if effect.mosaic != XEM:
            continue
        position = index * PARTS + part
        yield Transfer(
            row_key=row_key(block["height"], position),
            height=block["height"],
            position=position,
            time=block["timeStamp"] + EPOCH,
            tx_hash=tx_hash,
            sender=effect.sender,
            recipient=effect.recipient,
            amount=effect.amount,
            fee=fee if part == 0 else 0,
            kind=effect.kind,
            memo=done.memo if part == 0 else None,
            basis="chain",
            source=state.source,
            verified=verified,
            attributes={**inner_hash, **done.attributes} if part == 0 else {},
        )


def _events(block: Json, index: int, done: Outcome, tx_hash: str) -> Iterator[Event]:
    where = (block["height"], index * PARTS, block["timeStamp"] + EPOCH, tx_hash)
    for effect in done.effects:
        if effect.mosaic != XEM and effect.sender and effect.recipient:
            stated = {"mosaic": effect.mosaic, "amount": str(effect.amount), "kind": effect.kind}
            yield Event(*where, "mosaic_moved", effect.sender, effect.recipient, stated)
    for change in done.changes:
        yield Event(*where, *change)


def _addresses(done: Outcome) -> Iterator[str]:
    effects: list[Effect] = done.effects
    yield from (address for effect in effects for address in (effect.sender, effect.recipient) if address)
    if "signed_by" in done.attributes:
        yield done.attributes["signed_by"]
        yield from done.attributes["cosigned_by"]
    for change in done.changes:
        yield from (address for address in (change.subject, change.object) if address)
        yield from change.attributes.get("added", ())
        yield from change.attributes.get("removed", ())


def _harvest(state: _Scan, block: Json, signer: str, fees: int) -> Transfer:
    """The block's fees, credited last: to the account that lent its importance if the signer is its active delegate.

    Rule: nis AbstractBlockProcessor.notifyBlockHarvested and RemoteLinks; a link or its end takes effect after 360 blocks.
    """
    beneficiary = signer
    if signer in state.delegations:
        kind, lessor, since = state.delegations[signer]
        settled = block["height"] - since >= DELEGATION_DELAY
        if settled == (kind == "delegation_started"):
            beneficiary = lessor
    return Transfer(
        row_key=row_key(block["height"], HARVEST_POSITION),
        height=block["height"],
        position=HARVEST_POSITION,
        time=block["timeStamp"] + EPOCH,
        tx_hash=None,
        sender=None,
        recipient=beneficiary,
        amount=fees,
        fee=0,
        kind="harvest",
        memo=None,
        basis="chain",
        source=state.source,
        verified=False,
        attributes={"signed_by": signer} if beneficiary != signer else {},
    )


def _accounts(state: _Scan) -> list[Account]:
    """Every address a block or a served account names. Only the nemesis account opens with coins: all it pays in block 1."""
    paid = sum(t.amount + t.fee for t in state.transfers if t.height == 1 and t.sender == state.nemesis)
    return [
        Account(
            address=address,
            opening=paid if address == state.nemesis else 0,
            opening_basis="chain",
            coverage="full",
            served=_served(state, address),
            served_height=state.answers.served_height.get(address),
        )
        for address in state.named
    ]


def _served(state: _Scan, address: str) -> int | None:
    answer = state.answers.accounts.get(address)
    return None if answer is None else answer["account"]["balance"]
