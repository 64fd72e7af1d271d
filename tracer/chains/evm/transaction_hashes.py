"""A transaction's hash and its sender, recomputed from its fields (EIP-155, 2718, 2930, 1559, 4844, 7702)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.chains.evm.rlp_and_keccak import Item, encode, keccak, minimal, number, quantity, raw
from tracer.errors import InputError
from tracer.wording import missing_extra

Json = Mapping[str, Any]

LEGACY, ACCESS_LIST, DYNAMIC_FEE, BLOB, SET_CODE = range(5)
"""Types of transactions, by the number that they begin with; the first has none."""

BEFORE_REPLAY_PROTECTION = (27, 28)
"""What `v` is where the chain's id is not signed (EIP-155)."""


def _unsigned(transaction: Json) -> list[Item]:
    """The fields that are signed, in their order. Raises ValueError for a type that is younger than this reader."""
    kind = number(transaction["type"])
    if kind > SET_CODE:
        raise ValueError(f"transactions of type {kind} are unknown here")
    fees = ("gasPrice",) if kind < DYNAMIC_FEE else ("maxPriorityFeePerGas", "maxFeePerGas")
    fields: list[Item] = [
        quantity(transaction["nonce"]),
        *(quantity(transaction[name]) for name in fees),
        quantity(transaction["gas"]),
        raw(transaction["to"]),
        quantity(transaction["value"]),
        raw(transaction["input"]),
    ]
    if kind == LEGACY:
        return fields
    fields = [quantity(transaction["chainId"]), *fields, _access_list(transaction)]
    if kind == BLOB:
        fields += [quantity(transaction["maxFeePerBlobGas"]), [raw(each) for each in transaction["blobVersionedHashes"]]]
    if kind == SET_CODE:
        fields.append([_authorisation(each) for each in transaction["authorizationList"]])
    return fields


def _access_list(transaction: Json) -> Item:
    return [[raw(each["address"]), [raw(key) for key in each["storageKeys"]]] for each in transaction.get("accessList") or ()]


def _authorisation(given: Json) -> Item:
    terms = [quantity(given["chainId"]), raw(given["address"]), quantity(given["nonce"])]
    return [*terms, quantity(given["yParity"]), quantity(given["r"]), quantity(given["s"])]


def encoded(transaction: Json) -> bytes:
    """The transaction as its block holds it, of which its hash is taken."""
    kind, fields = number(transaction["type"]), _unsigned(transaction)
    parity = quantity(transaction["v"] if kind == LEGACY else transaction.get("yParity", transaction["v"]))
    content = encode([*fields, parity, quantity(transaction["r"]), quantity(transaction["s"])])
    return bytes([kind]) + content if kind else content


def sender(transaction: Json) -> str:
    """Who signed the transaction. Raises ValueError where the signature is none, InputError without the extra `evm`."""
    kind, fields = number(transaction["type"]), _unsigned(transaction)
    if kind == LEGACY:
        v = number(transaction["v"])
        old = v in BEFORE_REPLAY_PROTECTION
        parity = v - 27 if old else (v - 35) % 2
        digest = keccak(encode(fields if old else [*fields, minimal((v - 35) // 2), b"", b""]))
    else:
        parity = number(transaction.get("yParity", transaction["v"]))
        digest = keccak(bytes([kind]) + encode(fields))
    return signer(digest, number(transaction["r"]), number(transaction["s"]), parity)


def signer(digest: bytes, r: int, s: int, parity: int) -> str:
    """The address whose key signed a digest. Raises ValueError where no key can have."""
    try:
        from coincurve import PublicKey
    except ImportError as error:
        raise InputError(missing_extra("evm", "recovering who signed an EVM transaction")) from error
    try:
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big") + bytes([parity])
        key = PublicKey.from_signature_and_message(signature, digest, hasher=None).format(compressed=False)
    except Exception as error:  # coincurve raises plain Exception where a signature yields no key
        raise ValueError(f"a signature that no key can have made ({error})") from error
    return "0x" + keccak(key[1:])[12:].hex()
