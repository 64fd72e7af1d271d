"""Blocks, in order -> rows, events and accounts of a ledger. All blocks of a chain, or those that matter to some accounts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple

from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.answers import Answers
from tracer.chains.nem.effects import XEM, Effects, Mosaics, outcome, replaces
from tracer.chains.nem.genesis import origin_said
from tracer.chains.nem.harvest import harvested
from tracer.chains.nem.hashes_and_signatures import MULTISIG, block_hash, block_signature_holds, hash_of, signature_holds
from tracer.chains.nem.namespace_expiry import expired
from tracer.chains.nem.terms import TERMS
from tracer.chains.nem.time_stamps import unix_seconds
from tracer.chains.nem.treasury import REISSUED
from tracer.errors import InputError
from tracer.model import RECORD_CHARS, Account, Asset, Event, Reading, Rejection, Transfer, row_key

Json = Mapping[str, Any]

PARTS = 64  # positions a transaction may take: at most 1 + 10 mosaics + 10 levies are used
NEMESIS = {"NANEMOABLAGR72AZ2RV3V4ZHDCXW25XQ73O7OBT5"}  # main network; of any other, the signer of its block 1
MISSHAPEN = (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError, RecursionError)


class Rows(NamedTuple):
    """What blocks say: rows and events in their order, who is named, what was not understood or not verified."""

    transfers: list[Transfer]
    events: list[Event]
    rejections: list[Rejection]
    named: dict[str, None]
    nemesis: set[str]


class _Place(NamedTuple):
    height: int
    place: int
    time: int
    tx_hash: str
    source: str
    signed: bool


class _State:
    """What is known after the blocks read so far."""

    def __init__(self, asset: Asset, source: str, hashes: Mapping[str, str]) -> None:
        self.mosaic = XEM if asset.symbol == "xem" else asset.symbol
        self.source, self.hashes = source, hashes
        self.rows = Rows([], [], [], {}, set(NEMESIS))
        self.tip, self.held, self.rented = 0, dict[str, int](), dict[str, list[int]]()
        self.mosaics = Mosaics({}, {}, self.held if asset.symbol != "xem" else None)
        self.seen: dict[str, int] = {}
        self.delegations: dict[str, tuple[str, str, int]] = {}

    def reject(self, place: str, why: str, record: object) -> None:
        self.rows.rejections.append(Rejection(self.source, place, why, str(record)[:RECORD_CHARS]))


def scan(answers: Answers, asset: Asset, source: str) -> Reading:
    """The ledger of a chain from its blocks 1 to the tip.

    Raises InputError when a block is missing or does not follow the one before.
    """
    blocks = answers.scanned_blocks()
    for before, block in breaks(blocks):
        why = f"block {block['height']} does not follow block {before['height']}: they are of two branches"
        raise InputError(f"{why}, recorded across a reorganisation; record the chain again")
    rows = rows_of(blocks, asset, source, answers.hashes)
    named = {**dict.fromkeys(filter(answers.knows, answers.accounts)), **rows.named}
    opened = opening_of_nemesis(rows)
    accounts = [
        Account(
            address=address,
            opening=opened.get(address, 0),
            opening_basis="chain",
            coverage="full",
            served=answers.served(address, asset.symbol),
            served_height=answers.served_height.get(address),
        )
        for address in named
    ]
    rows.rejections[:0] = answers.rejections
    return Reading(
        rows.transfers,
        rows.events,
        accounts,
        rows.rejections,
        answers.tip,
        True,
        terms=TERMS,
        nodes=answers.sources,
        notes=tuple(_origin(blocks)),
        tip_hash=_hash_of(blocks[-1]) if blocks else None,
    )


def _origin(blocks: Sequence[Json]) -> Iterator[str]:
    """Which chain the blocks are of; nothing where the first cannot be hashed, which is a rejection of its own."""
    with suppress(*MISSHAPEN):
        yield origin_said(blocks[0])


def rows_of(blocks: Iterable[Json], asset: Asset, source: str, hashes: Mapping[str, str], keep: Collection[str] | None = None) -> Rows:
    """Rows and events of blocks given in order of height; of `keep` only what concerns those accounts.

    A transaction whose hash is not the one the node states, or one of whose signatures does not hold, is kept as a
    Rejection and makes no row; so does one that is not understood.
    """
    state = _State(asset, source, hashes)
    for block in blocks:
        _read_block(state, block)
    if why := expired(state.mosaic, state.rented, state.held, state.tip):
        state.reject(f"namespace of {state.mosaic}", why, "")
    rows = state.rows
    if keep is None:
        return rows
    wanted = set(keep)
    transfers = [t for t in rows.transfers if t.sender in wanted or t.recipient in wanted]
    events = [e for e in rows.events if e.subject in wanted or e.object in wanted]
    return rows._replace(transfers=transfers, events=events)


def pending_rows(transaction: Json, asset: Asset, source: str) -> list[Transfer]:
    """What an unconfirmed transaction would move, at the time it was signed and at no height; nothing if it does not verify."""
    state = _State(asset, source, {})
    try:
        tx_hash = hash_of(transaction)
        if _fault(state, transaction, tx_hash):
            return []
        done = outcome(transaction, state.mosaics)
        where = _Place(0, 0, unix_seconds(transaction["timeStamp"]), tx_hash, source, True)
        inner_hash = {"inner_hash": hash_of(transaction["otherTrans"])} if transaction["type"] == MULTISIG else {}
        return [t._replace(height=None, row_key=-1) for t in _rows(state, where, done, done.fee, inner_hash)]
    except MISSHAPEN:
        return []


def opening_of_nemesis(rows: Rows) -> dict[str, int]:
    """The only account that opens with coins holds all it pays in block 1."""
    paid: dict[str, int] = {}
    for t in rows.transfers:
        if t.height == 1 and t.sender in rows.nemesis and t.kind != "mint":
            paid[t.sender] = paid.get(t.sender, 0) + t.amount + t.fee
    return paid


def block_fault(block: Json) -> str | None:
    """Why a block is not what its harvester signed, or cannot be checked; None if it is."""
    try:
        return None if block_signature_holds(block) else "its signature does not hold"
    except MISSHAPEN as error:
        return f"it cannot be hashed: {error}"


def breaks(blocks: Iterable[Json]) -> Iterator[tuple[Json, Json]]:
    """Blocks of neighbouring heights, of which the later does not follow the earlier although that is as its harvester signed it."""
    for before, block in pairwise(blocks):
        if block["height"] == before["height"] + 1 and not _follows(block, before) and block_fault(before) is None:
            yield before, block


def _hash_of(block: Json) -> str | None:
    try:
        return block_hash(block)
    except MISSHAPEN:
        return None


def _follows(block: Json, before: Json) -> bool:
    try:
        return bool(block["prevBlockHash"]["data"] == block_hash(before))
    except MISSHAPEN:
        return False


def _read_block(state: _State, block: Json) -> None:
    signer = address_of(block["signer"], block["version"])
    state.rows.named[signer] = None
    state.tip = block["height"]
    if state.tip == 1:
        state.rows.nemesis.add(signer)
    fault = block_fault(block)
    if fault:
        state.reject(f"block {state.tip}", fault, {**block, "transactions": len(block["transactions"])})
    fees = 0
    for index, transaction in enumerate(block["transactions"]):
        place = f"block {block['height']}, transaction {index}"
        try:
            fees += _read_transaction(state, block, index, transaction, fault is None)
        except MISSHAPEN as error:
            state.reject(place, f"not understood: {type(error).__name__} {error}", transaction)
    if fees and state.mosaic == XEM:
        state.rows.transfers.append(harvested(block, signer, fees, state.delegations, source=state.source, signed=fault is None))


def _read_transaction(state: _State, block: Json, index: int, transaction: Json, signed: bool) -> int:
    """Appends the transaction's rows and events; gives the fee it paid."""
    tx_hash = hash_of(transaction)
    if why := _fault(state, transaction, tx_hash):
        state.reject(f"block {block['height']}, transaction {index}", f"not verified, left out of the ledger: {why}", transaction)
        return 0
    done = outcome(transaction, state.mosaics._replace(replaced=replaces(block)))
    _hold(state, done)
    state.seen[tx_hash] = block["height"]
    fee = 0 if done.effects[0].sender in state.rows.nemesis else done.fee  # nis: Transaction.getFee
    where = _Place(block["height"], index, unix_seconds(block["timeStamp"]), tx_hash, state.source, signed)
    inner_hash = {"inner_hash": hash_of(transaction["otherTrans"])} if transaction["type"] == MULTISIG else {}
    state.rows.transfers.extend(_rows(state, where, done, fee, inner_hash))
    state.rows.events.extend(_events(state, where, done))
    for change in done.changes:
        if change.kind.startswith("delegation") and change.object:
            state.delegations[change.object] = (change.kind, change.subject, block["height"])
        elif change.kind == "namespace_rented":
            state.rented.setdefault(change.attributes["namespace"], []).append(block["height"])
    state.rows.named.update(dict.fromkeys(_addresses(done)))
    return fee


def _hold(state: _State, done: Effects) -> None:
    """Keeps what accounts hold of the ledger's mosaic."""
    for effect in done.effects:
        if effect.mosaic == state.mosaic != XEM:
            for address, change in ((effect.sender, -effect.amount), (effect.recipient, effect.amount)):
                if address:
                    state.held[address] = state.held.get(address, 0) + change


def _fault(state: _State, transaction: Json, tx_hash: str) -> str | None:
    """Why a transaction is not what it claims to be; None if it is."""
    served = state.hashes.get(transaction["signature"], tx_hash)
    if served != tx_hash:
        return f"the node states hash {served} for what hashes to {tx_hash}"
    if tx_hash in REISSUED:
        return None
    cosignatures = transaction["signatures"] if transaction["type"] == MULTISIG else ()
    if not all(map(signature_holds, (transaction, *cosignatures))):
        return "a signature does not hold"
    if any(cosignature["otherHash"]["data"] != hash_of(transaction["otherTrans"]) for cosignature in cosignatures):
        return "a cosignature is of another transaction"
    if tx_hash in state.seen:
        return f"it stands in block {state.seen[tx_hash]} already"
    return None


def _rows(state: _State, where: _Place, done: Effects, fee: int, inner_hash: dict[str, str]) -> Iterator[Transfer]:
    for part, effect in enumerate(done.effects):
        if effect.mosaic != state.mosaic:
            continue
        position = where.place * PARTS + part
        yield Transfer(
            row_key=row_key(where.height, position),
            height=where.height,
            position=position,
            time=where.time,
            tx_hash=where.tx_hash,
            sender=effect.sender,
            recipient=effect.recipient,
            amount=effect.amount,
            fee=fee if part == 0 else 0,
            kind=effect.kind,
            memo=done.memo if effect.kind == "transfer" else None,
            basis="chain",
            source=where.source,
            verified=where.signed,
            attributes={**inner_hash, **done.attributes} if effect.kind != "levy" else {},
        )


def _events(state: _State, where: _Place, done: Effects) -> Iterator[Event]:
    at = (where.height, where.place * PARTS, where.time, where.tx_hash)
    for effect in done.effects:
        if effect.mosaic not in (state.mosaic, XEM) and effect.sender and effect.recipient:
            stated = {"mosaic": effect.mosaic, "amount": str(effect.amount), "kind": effect.kind}
            yield Event(*at, "mosaic_moved", effect.sender, effect.recipient, stated)
    for change in done.changes:
        yield Event(*at, *change)


def _addresses(done: Effects) -> Iterator[str]:
    for effect in done.effects:
        yield from (address for address in (effect.sender, effect.recipient) if address)
    if "signed_by" in done.attributes:
        yield done.attributes["signed_by"]
        yield from done.attributes["cosigned_by"]
    for change in done.changes:
        yield from (address for address in (change.subject, change.object) if address)
        yield from change.attributes.get("added", ())
        yield from change.attributes.get("removed", ())
