"""What a proof shows of an account or of a token's storage, compared with the hash of a block (EIP-1186)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from tracer.chains.evm.rlp_and_keccak import decode, keccak, number, raw
from tracer.chains.evm.trie import EMPTY_ROOT, ProofError, Walk

Json = Mapping[str, Any]

NO_CODE = keccak(b"")
"""The hash of the code of an account that has none."""


class AccountState(NamedTuple):
    """An account in the state of a block. `balance` in wei; `nonce` counts what it sent and created, from 1 for a contract."""

    nonce: int
    balance: int
    storage_root: bytes
    code_hash: bytes

    @property
    def is_contract(self) -> bool:
        """Whether it has code of its own, or lent to it."""
        return self.code_hash != NO_CODE


ABSENT = AccountState(0, 0, EMPTY_ROOT, NO_CODE)
"""What an account is that the state does not hold."""


def proven_account(state_root: str, proof: Json, walk: Walk) -> AccountState:
    """The account that an answer of eth_getProof shows under the root of a block's state.

    Raises ProofError where the nodes do not lead there, or the answer says something else than they show. An account that is absent may
    be answered with noughts or with the hashes of nothing: nodes differ there.
    """
    leaf = walk.value(raw(state_root), raw(proof["address"]), map(raw, proof["accountProof"]))
    state = ABSENT if leaf is None else _account(leaf)
    if number(proof["balance"]) != state.balance or number(proof["nonce"]) != state.nonce:
        said, shown = number(proof["balance"]), state.balance
        raise ProofError(f"says balance {said} and nonce {number(proof['nonce'])}, and its proof shows {shown} and {state.nonce}")
    return state


def _account(leaf: bytes) -> AccountState:
    fields = decode(leaf)
    if isinstance(fields, bytes) or len(fields) != 4 or not all(isinstance(each, bytes) for each in fields):
        raise ProofError("its leaf is no account")
    nonce, balance, storage_root, code_hash = (bytes(each) for each in fields if isinstance(each, bytes))
    return AccountState(int.from_bytes(nonce, "big"), int.from_bytes(balance, "big"), storage_root, code_hash)


def proven_slot(state: AccountState, entry: Json, walk: Walk) -> int:
    """The number that one entry of `storageProof` shows in the storage of an account. Raises ProofError as `proven_account` does."""
    leaf = walk.value(state.storage_root, raw_key(entry["key"]), map(raw, entry["proof"]))
    shown = 0
    if leaf is not None:
        content = decode(leaf)
        if not isinstance(content, bytes):
            raise ProofError("its leaf is no number")
        shown = int.from_bytes(content, "big")
    if shown != number(entry["value"]):
        raise ProofError(f"says {number(entry['value'])}, and its proof shows {shown}")
    return shown


def raw_key(key: str) -> bytes:
    """A place of the storage, 32 bytes; nodes leave leading noughts out.

    >>> raw_key("0x1").hex()[-4:]
    '0001'
    """
    return number(key).to_bytes(32, "big")


FLAG = 1 << 255
"""In the highest bit USDC keeps whether a holder is frozen; no supply comes near it."""


def balance_in(stored: int) -> int:
    """What a place of a token's storage says that its holder has.

    >>> balance_in(FLAG + 25), balance_in(25)
    (25, 25)
    """
    return stored % FLAG


def balance_slot(holder: str, slot: int) -> str:
    """Where a token keeps what a holder has, if its balances are the mapping declared at `slot` (Solidity, storage layout)."""
    return "0x" + keccak(raw(holder).rjust(32, b"\0") + slot.to_bytes(32, "big")).hex()
