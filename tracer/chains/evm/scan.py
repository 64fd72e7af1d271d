"""All blocks of a range, from recorded answers -> a ledger whose balances are compared with proofs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from tracer.chains.evm.addresses import FORM
from tracer.chains.evm.answers import EvmAnswers
from tracer.chains.evm.block_hashes import receipts_fault, uncovered
from tracer.chains.evm.internal_transactions import of_parity
from tracer.chains.evm.payments_and_fees import Block, TraceError, ether_rows, token_events, token_rows
from tracer.chains.evm.proven_balances import Proven, Reconciled, partings_said, proven, reconciled, sent_in_vain, tied, value_by_tie
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.evm.terms import LOGS_FROM, PLACE_BITS, TERMS
from tracer.errors import InputError
from tracer.model import RECORD_CHARS, Account, Asset, Event, Reading, Rejection, Transfer, row_key
from tracer.wording import counted

Json = Mapping[str, Any]

MISSHAPEN = (KeyError, TypeError, ValueError, OverflowError, AttributeError, IndexError)


class Scanned(NamedTuple):
    """Rows of the blocks in their order, what was not verified, everybody who is named, and what was frozen and released."""

    transfers: list[Transfer]
    rejections: list[Rejection]
    named: dict[str, None]
    events: list[Event]


class Birth(NamedTuple):
    """The making of a token's contract: by whom, and where it stands."""

    maker: str
    height: int
    place: int
    time: int
    tx_hash: str


def ledger_of_blocks(answers: EvmAnswers, asset: Asset, source: str) -> Reading:
    """The ledger of ether, or of a token by its contract, in a recording of every block from the first one recorded to the last.

    Raises InputError where a block between is missing or does not follow the one before.
    """
    blocks = _scanned(answers)
    token = asset.symbol if FORM.fullmatch(asset.symbol) else None
    birth = birth_of(blocks, token) if token else None
    found = verified_rows(blocks, source, token, birth.maker if birth else None)
    shown = proven(answers)
    balances = shown.token(token, [*found.named, *answers.proofs]) if token else shown.ether
    standing = reconciled(found.transfers, balances)
    transfers = found.transfers
    if token and birth:
        transfers, standing = with_first_supply(transfers, standing, birth, source)
    accounts = [_account(address, standing.get(address), birth) for address in dict.fromkeys((*_named(transfers), *balances))]
    rejections = [*answers.rejections, *found.rejections, *shown.rejections, *_left_out(answers, shown, source)]
    rows, last = tied(transfers, standing), blocks[-1]
    notes = tuple(_notes(answers, standing, rows, asset))
    return Reading(
        rows,
        found.events,
        accounts,
        rejections,
        last.height,
        True,
        terms=TERMS,
        notes=notes,
        nodes=answers.sources,
        chain_id=_chain_id(answers),
        tip_hash=None if uncovered(last.block) else last.block["hash"],
    )


def _chain_id(answers: EvmAnswers) -> int | None:
    """The chain that the node names; where nobody asked, the one that the first transaction is signed for."""
    signed_for = (each.get("chainId") for block in answers.blocks.values() for each in block["transactions"])
    return answers.chain_id if answers.chain_id is not None else next((number(each) for each in signed_for if each), None)


def _scanned(answers: EvmAnswers) -> list[Block]:
    heights = sorted(answers.blocks)
    if not heights:
        raise InputError("holds no block: record eth_getBlockByNumber with whole transactions")
    for before, height in pairwise(heights):
        if height != before + 1:
            raise InputError(f"lacks block {before + 1}, and holds block {height}: a scan needs every block between its ends")
        if answers.blocks[height]["parentHash"] != answers.blocks[before]["hash"]:
            raise InputError(f"block {height} does not follow block {before}: they are of two branches; record the chain again")
    blocks = []
    for height in heights:
        block = answers.whole(height)
        if block is None:
            raise InputError(f"lacks the receipts of block {height}: record eth_getBlockReceipts too")
        blocks.append(block)
    return blocks


def verified_rows(blocks: Iterable[Block], source: str, token: str | None = None, owner: str | None = None) -> Scanned:
    """The rows of blocks that are what their hashes cover; of any other none, and a rejection that says why."""
    found = Scanned([], [], {}, [])
    for block in blocks:
        try:
            why = uncovered(block.block) or receipts_fault(block.block, block.receipts)
            rows = [] if why else list(token_rows(block, token, owner, source) if token else ether_rows(block, source))
            events = [] if why or not token else list(token_events(block, token))
        except TraceError as error:
            rows, events, why = [], [], str(error)
        except MISSHAPEN as error:
            rows, events, why = [], [], f"not understood: {type(error).__name__} {error}"
        if why:
            place = f"block {block.height}"
            found.rejections.append(Rejection(source, place, f"left out of the ledger: {why}", str(block.block)[:RECORD_CHARS]))
        found.transfers.extend(rows)
        found.events.extend(events)
        found.named.update(dict.fromkeys(_named(rows)))
    return found


def _named(rows: Iterable[Transfer]) -> Iterator[str]:
    for row in rows:
        yield from (address for address in (row.sender, row.recipient) if address)


def birth_of(blocks: Iterable[Block], token: str) -> Birth | None:
    """How the token's contract came into the world, where that is within the blocks."""
    for block in blocks:
        places = {each["hash"]: index for index, each in enumerate(block.block["transactions"])}
        for index, receipt in enumerate(block.receipts):
            if receipt.get("contractAddress") == token and number(receipt["status"]):
                return Birth(receipt["from"], block.height, index, int(block.block["timestamp"], 16), receipt["transactionHash"])
        for frame in block.frames or ():
            if frame["type"] == "create" and (frame.get("result") or {}).get("address") == token and not of_parity([frame])[0].failed:
                tx_hash = frame["transactionHash"]
                return Birth(frame["action"]["from"], block.height, places[tx_hash], int(block.block["timestamp"], 16), tx_hash)
    return None


def with_first_supply(
    transfers: Sequence[Transfer], standing: Mapping[str, Reconciled], birth: Birth, source: str
) -> tuple[list[Transfer], dict[str, Reconciled]]:
    """The rows with a first supply that no event tells: what its maker alone must have had before the first row, made with the contract.

    A token whose contract is made within the blocks has no other openings.
    """
    without = {address: each for address, each in standing.items() if each.opening}
    if set(without) != {birth.maker}:
        return list(transfers), dict(standing)
    supply = standing[birth.maker].opening
    position = birth.place << PLACE_BITS | LOGS_FROM
    key = row_key(birth.height, position, TERMS.position_bits)
    stated = {"tie": "balanced", "event": "none: the first supply"}
    made = Transfer(
        key, birth.height, position, birth.time, birth.tx_hash, None, birth.maker, supply, 0, "mint", None, "chain", source, False, stated
    )
    return sorted([made, *transfers], key=lambda row: row.row_key), {**standing, birth.maker: standing[birth.maker]._replace(opening=0)}


def _account(address: str, standing: Reconciled | None, birth: Birth | None) -> Account:
    if standing is None:
        return Account(address, 0 if birth else None, "chain" if birth else "modelled", "full")
    held, height = standing.served
    return Account(address, max(0, standing.opening), "chain", "full", held, height)


def _left_out(answers: EvmAnswers, shown: Proven, source: str) -> Iterator[Rejection]:
    for address, said, stands, height in sent_in_vain(answers, shown, shown.states):
        why = (
            f"sent {said} transactions by its proven nonce at block {height}, and {stands} of them stand in the blocks: some were left out"
        )
        yield Rejection(source, f"account {address}", why, "")


def _notes(answers: EvmAnswers, standing: Mapping[str, Reconciled], rows: Sequence[Transfer], asset: Asset) -> Iterator[str]:
    """What is proven and what is a node's word, a sentence each."""
    last = max((each.served[1] for each in standing.values()), default=0)
    agree = sum(each.differs is None for each in standing.values())
    if standing:
        at = answers.blocks[last]["hash"]
        yield (
            f"{agree:,} of {counted(len(standing), 'balance')} that are proven against block hashes "
            f"{'agrees' if agree == 1 else 'agree'} with the rows; the last of these hashes is that of block {last:,}, {at}."
        )
    yield from value_by_tie(rows, asset)
    yield from partings_said(standing)
