"""NIS JSON -> the bytes that were hashed and signed. All cryptography is symbol-sdk-python's.

A transaction's hash is Keccak-256 of its serialisation without signature; a block served by `/block/at/public`
carries no hashes at all, so they are computed here and compared with whatever hash a node states.
Layouts: catbuffer schemas of NEM (`symbolchain.nc`).
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sha3
from symbolchain import nc
from symbolchain.CryptoTypes import PublicKey, Signature
from symbolchain.nem.KeyPair import Verifier
from symbolchain.nem.Network import Network

Json = Mapping[str, Any]

TRANSFER, DELEGATION, MULTISIG_CHANGE, COSIGNATURE, MULTISIG = 0x0101, 0x0801, 0x1001, 0x1002, 0x1004
NAMESPACE, MOSAIC_DEFINITION, MOSAIC_SUPPLY = 0x2001, 0x4001, 0x4002

_HEAD = 4 + 4 + 4 + 4 + 32
"""Bytes before the signature: type, version, time stamp, length of the key, the key."""

NETWORKS = {network.identifier: network for network in Network.NETWORKS}


def network_stated(version: int) -> Network:
    """The network named by the high byte of a version field (0x68 mainnet, 0x98 testnet).

    Raises KeyError for a network the SDK does not know.
    """
    return NETWORKS[(version >> 24) & 0xFF]


def block_hash(block: Json) -> str:
    """The block's hash, which the next block repeats as prevBlockHash. Layout: nis `Block` and `BlockHeader` serialisation."""
    return str(sha3.keccak_256(_block_bytes(block)).hexdigest())


def block_signature_holds(block: Json) -> bool:
    """Whether the harvester's key signed exactly these transactions in this order."""
    return holds(block["signer"], _block_bytes(block), block["signature"])


def _block_bytes(block: Json) -> bytes:
    previous = bytes.fromhex(block["prevBlockHash"]["data"])
    transactions = [_signed(transaction) for transaction in block["transactions"]]
    return b"".join(
        [
            struct.pack("<iIII", block["type"], block["version"] & 0xFFFFFFFF, block["timeStamp"], 32),
            bytes.fromhex(block["signer"]),
            struct.pack("<II", 4 + len(previous), len(previous)),
            previous,
            struct.pack("<QI", block["height"], len(transactions)),
            *(struct.pack("<I", len(content)) + content for content in transactions),
        ]
    )


def _signed(transaction: Json) -> bytes:
    """A transaction as a block holds it: with its signature, a multisig with its cosignatures."""
    plain = serialised(transaction)
    signature = bytes.fromhex(transaction["signature"])
    head, rest = plain[:_HEAD], plain[_HEAD:]
    signed = head + struct.pack("<I", len(signature)) + signature + rest
    if transaction["type"] == MULTISIG:
        cosignatures = [_signed(each) for each in transaction["signatures"]]
        signed += struct.pack("<I", len(cosignatures)) + b"".join(struct.pack("<I", len(each)) + each for each in cosignatures)
    return signed


def hash_of(transaction: Json) -> str:
    """The transaction's hash, lower-case hexadecimal."""
    return str(sha3.keccak_256(serialised(transaction)).hexdigest())


def signature_holds(transaction: Json) -> bool:
    """Whether the signer's key made the signature the node serves with the transaction."""
    return holds(transaction["signer"], serialised(transaction), transaction["signature"])


@lru_cache(maxsize=1 << 16)  # a live run reads the same blocks at every ranking of its frontier: half of its time without this
def holds(public_key: str, content: bytes, signature: str) -> bool:
    """Whether `signature` (hexadecimal) over `content` is by `public_key`: Ed25519 with Keccak-512."""
    try:
        return bool(Verifier(PublicKey(public_key)).verify(content, Signature(signature)))
    except ValueError:
        return False


def serialised(transaction: Json) -> bytes:
    """The signed bytes of a transaction as NIS serves it (for a multisig: outer with inner, no cosignatures).

    Raises KeyError, ValueError or OverflowError where a field is absent, mistyped or out of range.
    """
    return _serialised(json.dumps(transaction))


@lru_cache(maxsize=1 << 14)  # its hash, its signature and that of its block ask for the same bytes, and every reading of the block again
def _serialised(text: str) -> bytes:
    """By everything that the node said: a transaction that differs in one field has bytes of its own."""
    return bytes(_model(json.loads(text)).serialize())


class UnknownTypeError(ValueError):
    """A type or version of transaction that did not exist when this was written: it cannot be hashed, so nothing of it be checked."""


def _model(transaction: Json) -> Any:
    kind, version = transaction["type"], transaction["version"]
    if (kind, version & 0xFF) not in _CLASSES:
        raise UnknownTypeError(f"type {kind} in version {version & 0xFF} is unknown")
    model = _CLASSES[kind, version & 0xFF]()
    model.network = nc.NetworkType((version >> 24) & 0xFF)
    model.timestamp = nc.Timestamp(transaction["timeStamp"])
    model.signer_public_key = nc.PublicKey(transaction["signer"])
    model.fee = nc.Amount(transaction["fee"])
    model.deadline = nc.Timestamp(transaction["deadline"])
    _FILL[kind](model, transaction)
    return model


def _transfer(model: Any, transaction: Json) -> None:
    model.recipient_address = _address(transaction["recipient"])
    model.amount = nc.Amount(transaction["amount"])
    message = transaction.get("message")
    if message and message.get("payload"):
        model.message = nc.Message()
        model.message.message_type = nc.MessageType(message["type"])
        model.message.message = bytes.fromhex(message["payload"])
    if transaction["version"] & 0xFF == 2:
        model.mosaics = [_sized_mosaic(mosaic) for mosaic in transaction["mosaics"]]


def _delegation(model: Any, transaction: Json) -> None:
    model.link_action = nc.LinkAction(transaction["mode"])
    model.remote_public_key = nc.PublicKey(transaction["remoteAccount"])


def _multisig_change(model: Any, transaction: Json) -> None:
    model.modifications = [_sized_modification(order, m) for order, m in enumerate(transaction["modifications"])]
    if transaction["version"] & 0xFF == 2:
        model.min_approval_delta = (transaction.get("minCosignatories") or {}).get("relativeChange", 0)


def _cosignature(model: Any, transaction: Json) -> None:
    model.other_transaction_hash = nc.Hash256(transaction["otherHash"]["data"])
    model.multisig_account_address = _address(transaction["otherAccount"])


def _multisig(model: Any, transaction: Json) -> None:
    model.inner_transaction = _model(transaction["otherTrans"])


def _namespace(model: Any, transaction: Json) -> None:
    model.rental_fee_sink = _address(transaction["rentalFeeSink"])
    model.rental_fee = nc.Amount(transaction["rentalFee"])
    model.name = transaction["newPart"].encode()
    if transaction.get("parent"):
        model.parent_name = transaction["parent"].encode()


def _mosaic_definition(model: Any, transaction: Json) -> None:
    stated = transaction["mosaicDefinition"]
    definition = model.mosaic_definition = nc.MosaicDefinition()
    definition.owner_public_key = nc.PublicKey(stated["creator"])
    definition.id = _mosaic_id(stated["id"])
    definition.description = stated["description"].encode()
    definition.properties = [_sized_property(stated_property) for stated_property in stated["properties"]]
    if stated.get("levy"):
        levy = definition.levy = nc.MosaicLevy()
        levy.transfer_fee_type = nc.MosaicTransferFeeType(stated["levy"]["type"])
        levy.recipient_address = _address(stated["levy"]["recipient"])
        levy.mosaic_id = _mosaic_id(stated["levy"]["mosaicId"])
        levy.fee = nc.Amount(stated["levy"]["fee"])
    model.rental_fee_sink = _address(transaction["creationFeeSink"])
    model.rental_fee = nc.Amount(transaction["creationFee"])


def _mosaic_supply(model: Any, transaction: Json) -> None:
    model.mosaic_id = _mosaic_id(transaction["mosaicId"])
    model.action = nc.MosaicSupplyChangeAction(transaction["supplyType"])
    model.delta = nc.Amount(transaction["delta"])


def _address(text: str) -> Any:
    return nc.Address(text.encode())


def _mosaic_id(stated: Json) -> Any:
    mosaic_id = nc.MosaicId()
    mosaic_id.namespace_id.name = stated["namespaceId"].encode()
    mosaic_id.name = stated["name"].encode()
    return mosaic_id


def _sized_mosaic(stated: Json) -> Any:
    sized = nc.SizePrefixedMosaic()
    sized.mosaic.mosaic_id = _mosaic_id(stated["mosaicId"])
    sized.mosaic.amount = nc.Amount(stated["quantity"])
    return sized


def _sized_property(stated: Json) -> Any:
    sized = nc.SizePrefixedMosaicProperty()
    sized.property_.name = stated["name"].encode()
    sized.property_.value = stated["value"].encode()
    return sized


def _sized_modification(order: int, stated: Json) -> Any:
    sized = nc.SizePrefixedMultisigAccountModification()
    sized.modification.modification_type = nc.MultisigAccountModificationType(stated["modificationType"])
    sized.modification.cosignatory_public_key = nc.PublicKey(stated["cosignatoryAccount"])
    # NIS sorts by Base32 address text, the SDK by address bytes and refuses the other order: the served order is the signed one.
    sized.modification.comparer = lambda: order
    return sized


_FILL: dict[int, Callable[[Any, Json], None]] = {
    TRANSFER: _transfer,
    DELEGATION: _delegation,
    MULTISIG_CHANGE: _multisig_change,
    COSIGNATURE: _cosignature,
    MULTISIG: _multisig,
    NAMESPACE: _namespace,
    MOSAIC_DEFINITION: _mosaic_definition,
    MOSAIC_SUPPLY: _mosaic_supply,
}

_CLASSES = {
    (TRANSFER, 1): nc.NonVerifiableTransferTransactionV1,
    (TRANSFER, 2): nc.NonVerifiableTransferTransactionV2,
    (DELEGATION, 1): nc.NonVerifiableAccountKeyLinkTransactionV1,
    (MULTISIG_CHANGE, 1): nc.NonVerifiableMultisigAccountModificationTransactionV1,
    (MULTISIG_CHANGE, 2): nc.NonVerifiableMultisigAccountModificationTransactionV2,
    (COSIGNATURE, 1): nc.NonVerifiableCosignatureV1,
    (MULTISIG, 1): nc.NonVerifiableMultisigTransactionV1,
    (NAMESPACE, 1): nc.NonVerifiableNamespaceRegistrationTransactionV1,
    (MOSAIC_DEFINITION, 1): nc.NonVerifiableMosaicDefinitionTransactionV1,
    (MOSAIC_SUPPLY, 1): nc.NonVerifiableMosaicSupplyChangeTransactionV1,
}
