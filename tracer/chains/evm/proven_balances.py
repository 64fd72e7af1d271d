"""Balances that proofs show, and what the rows between them leave unexplained, to the block."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from tracer.chains.evm.account_proofs import AccountState, balance_in, balance_slot, proven_account, proven_slot
from tracer.chains.evm.answers import EvmAnswers
from tracer.chains.evm.payments_and_fees import BALANCED, SIGNED, STATED
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.evm.trie import ProofError, Walk
from tracer.model import RECORD_CHARS, Asset, Rejection, Transfer
from tracer.wording import counted

LAYOUTS = range(20)
"""Places at which contracts declare the mapping of their balances: the first twenty are tried."""

Balances = Mapping[str, Mapping[int, int]]
"""By address and height, what a proof shows that it held."""


class Proven(NamedTuple):
    """What the recorded proofs show: accounts by address and height, and the proofs that show nothing."""

    states: dict[str, dict[int, AccountState]]
    slots: dict[str, dict[int, dict[int, int]]]
    rejections: list[Rejection]

    @property
    def ether(self) -> dict[str, dict[int, int]]:
        """What accounts held of ether."""
        return {address: {at: state.balance for at, state in found.items()} for address, found in self.states.items()}

    def token(self, contract: str, holders: Iterable[str]) -> dict[str, dict[int, int]]:
        """What holders had of a token: the layout is the one under which most of the proven places of its storage are theirs."""
        slots = self.slots.get(contract, {})
        known = {place for found in slots.values() for place in found}
        layouts = [{holder: number(balance_slot(holder, layout)) for holder in holders} for layout in LAYOUTS]
        places = max(layouts, key=lambda each: len(known & set(each.values())), default={})
        return {
            holder: {at: balance_in(found[place]) for at, found in slots.items() if place in found}
            for holder, place in places.items()
            if place in known
        }


def proven(answers: EvmAnswers) -> Proven:
    """What the proofs show at blocks whose header was read; every other one is a rejection."""
    found, walk = Proven({}, {}, []), Walk()
    for address, by_height in answers.proofs.items():
        for height, proofs in by_height.items():
            block = answers.blocks.get(height)
            for proof in proofs:
                try:
                    if block is None:
                        raise ProofError("its block was not read")
                    state = proven_account(block["stateRoot"], proof, walk)
                    for entry in proof["storageProof"]:
                        slots = found.slots.setdefault(address, {}).setdefault(height, {})
                        slots[number(entry["key"])] = proven_slot(state, entry, walk)
                except (ProofError, KeyError, TypeError, ValueError) as error:
                    why = f"proves nothing: {error}"
                    record = str({key: each for key, each in proof.items() if key != "accountProof"})
                    found.rejections.append(Rejection(answers.source, f"proof of {address} at block {height}", why, record[:RECORD_CHARS]))
                    continue
                found.states.setdefault(address, {})[height] = state
    return found


def proof_fault(root: str, address: str, proof: Mapping[str, Any]) -> str:
    """Why a proof does not show what an account holds under a state root; "" if it does."""
    try:
        proven_account(root, proof, Walk())
    except ProofError as error:
        return str(error)
    return "" if proof["address"].lower() == address else f"it is a proof of {proof['address']}"


class Reconciled(NamedTuple):
    """How an account stands against its proofs. `opening` is the first proven balance less the rows up to it; `agrees` the last height
    at which a proof and the rows agree; `differs` the first at which they do not, with what it held there by proof."""

    opening: int
    agrees: int
    differs: int | None
    held: int

    @property
    def served(self) -> tuple[int, int]:
        """The proven balance that the rows are to reach, and its height: the first they miss, else the last."""
        return self.held, self.agrees if self.differs is None else self.differs


def reconciled(rows: Iterable[Transfer], balances: Balances) -> dict[str, Reconciled]:
    """Each account with a proof, as its rows and its proofs have it."""
    changes: dict[str, dict[int, int]] = {address: {} for address in balances}
    for row in rows:
        for address, change in ((row.sender, -row.amount - row.fee), (row.recipient, row.amount)):
            if address in changes:
                at = changes[address]
                at[row.height or 0] = at.get(row.height or 0, 0) + change
    return {address: _standing(sorted(changes[address].items()), sorted(found.items())) for address, found in balances.items() if found}


def _standing(changes: Sequence[tuple[int, int]], proofs: Sequence[tuple[int, int]]) -> Reconciled:
    moved, at = 0, 0
    opening: int | None = None
    standing = Reconciled(0, 0, None, 0)
    for height, held in proofs:
        while at < len(changes) and changes[at][0] <= height:
            moved += changes[at][1]
            at += 1
        if opening is None:
            opening = held - moved
        elif opening + moved != held:
            return Reconciled(opening, standing.agrees, height, held)
        standing = Reconciled(opening, height, None, held)
    return standing


def narrowed(agrees_at: int, differs_at: int, agrees: Callable[[int], bool | None], first: int = 0) -> tuple[int, int]:
    """The last block at which rows and balances agree, and the first at which they do not, as near to each other as somebody tells.

    `agrees` says it of a block, None where nobody knows; `first` is asked about first, then by halves.

    >>> narrowed(0, 110, lambda height: height < 42)
    (41, 42)
    """
    middle = first if agrees_at < first < differs_at else (agrees_at + differs_at) // 2
    while differs_at - agrees_at > 1 and (said := agrees(middle)) is not None:
        agrees_at, differs_at = (middle, differs_at) if said else (agrees_at, middle)
        middle = (agrees_at + differs_at) // 2
    return agrees_at, differs_at


def partings_said(standing: Mapping[str, Reconciled]) -> Iterable[str]:
    """Where the rows of an account part from its balances, a sentence each."""
    for address, each in standing.items():
        if each.differs is not None:
            where = f"in block {each.differs:,}" if each.differs == each.agrees + 1 else "between"
            shown = "its proof" if each.agrees else "what a node says of it"
            yield (
                f"The rows of {address} agree with {shown} at block {each.agrees:,}, and not at block {each.differs:,}: the gap is {where}."
            )


def tied(rows: Iterable[Transfer], standing: Mapping[str, Reconciled], read: Collection[str] | None = None) -> list[Transfer]:
    """The rows; those on a node's word alone are `balanced` where a later proof of each side agrees with all its rows.

    Of accounts that were not `read` whole (None: all were) nothing can be said: the other side alone decides.
    """
    return [_balanced(row, standing, read) if row.attributes["tie"] == STATED else row for row in rows]


def _balanced(row: Transfer, standing: Mapping[str, Reconciled], read: Collection[str] | None) -> Transfer:
    sides = [standing.get(address) for address in (row.sender, row.recipient) if address and (read is None or address in read)]
    if sides and all(side is not None and side.differs is None and side.agrees >= (row.height or 0) for side in sides):
        return row._replace(attributes={**row.attributes, "tie": BALANCED})
    return row


TIES = {
    SIGNED: "{is} proven by signed transactions, or by receipts (a block's own record of what its transactions did) that the block's hash "
    "covers",
    BALANCED: "{is} covered by no signature, but {agrees} with the balances of sender and recipient, proven at the same block or a "
    "later one",
    STATED: "{rests} on a node's word alone",
}


def value_by_tie(rows: Iterable[Transfer], asset: Asset) -> Iterable[str]:
    """How much value hangs on what, a sentence each."""
    amounts: dict[str, list[int]] = {tie: [] for tie in TIES}
    one = {"is": "is", "rests": "rests", "agrees": "agrees", "called": "it is called"}
    several = {"is": "are", "rests": "rest", "agrees": "agree", "called": "they are called"}
    for row in rows:
        amounts[row.attributes["tie"]].append(row.amount)
    for tie, words in TIES.items():
        if amounts[tie]:
            number = one if len(amounts[tie]) == 1 else several
            what = f"{counted(len(amounts[tie]), 'row')} ({asset.stated(sum(amounts[tie]))})"
            yield f"{what} {words.format_map(number)}; {number['called']} {tie}."


def sent_in_vain(answers: EvmAnswers, found: Proven, addresses: Collection[str]) -> Iterable[tuple[str, int, int, int]]:
    """Accounts with a key whose proven nonce grew by another number than the transactions they sent: address, both, and the height.

    Without code a nonce counts what an account sent, and besides only authorisations to lend it code (EIP-7702), of which none may stand
    in the blocks.
    """
    sent: dict[str, list[int]] = {}
    lending: set[str] = set()
    for height, block in answers.blocks.items():
        for transaction in block["transactions"]:
            sent.setdefault(transaction["from"], []).append(height)
            lending.update(each["address"] for each in transaction.get("authorizationList") or ())
    for address in addresses:
        states = sorted(found.states.get(address, {}).items())
        if len(states) < 2 or lending or any(state.is_contract for _, state in states):
            continue
        (first, before), (last, after) = states[0], states[-1]
        stands = sum(first < height <= last for height in sent.get(address, ()))
        if after.nonce - before.nonce != stands:
            yield address, after.nonce - before.nonce, stands, last
