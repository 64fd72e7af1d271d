"""What a confirmed transaction does to balances, and what else it changes: the rules of NIS, one function per type.

Sources: org.nem.core.model.TransferTransaction, MultisigTransaction, ProvisionNamespaceTransaction,
MosaicDefinitionCreationTransaction, DefaultMosaicTransferFeeCalculator (NIS 0.6.102).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.hashes_and_signatures import (
    DELEGATION,
    MOSAIC_DEFINITION,
    MOSAIC_SUPPLY,
    MULTISIG,
    MULTISIG_CHANGE,
    NAMESPACE,
    TRANSFER,
)
from tracer.chains.nem.messages import memo_of
from tracer.model import Memo

Json = Mapping[str, Any]
XEM = "nem:xem"
MICRO = 1_000_000  # an attached quantity is per whole multiplier, and `amount` is the multiplier in millionths
MOST_HOLDERS = 60  # accounts that one transaction takes a mosaic from: its rows have 64 places in their block
REDEFINITION = {0x68: 1_110_000}  # block of a network from which a new description keeps all balances (nis: BlockMarkerConstants)


class Effect(NamedTuple):
    """An amount of one mosaic that leaves `sender` for `recipient`; None on one side makes or destroys it."""

    mosaic: str
    sender: str | None
    recipient: str | None
    amount: int
    kind: str


class Occurrence(NamedTuple):
    """What else a transaction changes: becomes an Event of the ledger."""

    kind: str
    subject: str
    object: str | None
    attributes: Mapping[str, Any]


class Effects(NamedTuple):
    """All that one transaction does. The first effect is in XEM and by the account that pays `fee`."""

    effects: list[Effect]
    fee: int
    changes: list[Occurrence]
    memo: Memo | None
    attributes: dict[str, Any]


class Mosaics(NamedTuple):
    """Definitions in force and supplies in smallest units, by `namespace:name`: levies, mints and burns depend on them.

    `held`: what accounts hold of the mosaic whose ledger is made, as far as their rows were read; None where it is not followed.
    `replaced`: any new definition, of the description alone too, takes all units from all holders (nis: before MOSAIC_REDEFINITION_FORK).
    """

    definitions: dict[str, Json]
    supplies: dict[str, int]
    held: dict[str, int] | None = None
    replaced: bool = False


def outcome(transaction: Json, mosaics: Mosaics) -> Effects:
    """Effects and changes of a confirmed transaction, given the mosaics before it; a definition or supply change enters there.

    A multisig is unwrapped: `otherTrans.signer` moves the money and pays outer, inner and cosignature fees
    (MultisigTransaction.getDebtor). Raises KeyError, TypeError or ValueError on a record of another shape.
    """
    inner, fee, attributes = transaction, transaction["fee"], {}
    if transaction["type"] == MULTISIG:
        inner = transaction["otherTrans"]
        fee += inner["fee"] + sum(cosignature["fee"] for cosignature in transaction["signatures"])
        attributes = {
            "signed_by": address_of(transaction["signer"], transaction["version"]),
            "cosigned_by": [address_of(cosignature["signer"], cosignature["version"]) for cosignature in transaction["signatures"]],
        }
    payer = address_of(inner["signer"], inner["version"])
    effects, changes = _OUTCOMES[inner["type"]](inner, payer, mosaics)
    attributes |= {
        "type": inner["type"],
        "version": inner["version"] & 0xFF,
        "deadline_offset": inner["deadline"] - inner["timeStamp"],
        "signed_time": inner["timeStamp"],
    }
    return Effects(effects, fee, changes, memo_of(inner), attributes)


MOSAIC_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*:[a-z0-9][a-z0-9'_ -]*")
"""What NIS lets a mosaic be called (nis: NamespaceIdPart, MosaicId); anything else is no mosaic, whoever says so."""


def mosaic_name(mosaic_id: Json) -> str:
    return f"{mosaic_id['namespaceId']}:{mosaic_id['name']}"


def _transfer(transaction: Json, payer: str, mosaics: Mosaics) -> tuple[list[Effect], list[Occurrence]]:
    recipient, attached = transaction["recipient"], _attached(transaction)
    effects = [Effect(XEM, payer, recipient, attached.pop(XEM, 0), "transfer")]
    levies = []
    for mosaic, amount in attached.items():
        effects.append(Effect(mosaic, payer, recipient, amount, "transfer"))
        levies += _levy(mosaics.definitions.get(mosaic, {}), payer, amount)
    return effects + levies, []


def _attached(transaction: Json) -> dict[str, int]:
    """Smallest units of every mosaic a transfer moves. Attached ones are multiplied and truncated; equal ids add up first."""
    if transaction["version"] & 0xFF == 1 or not transaction["mosaics"]:  # version 1 signs none, whatever else the JSON holds
        return {XEM: transaction["amount"]}
    quantities: dict[str, int] = {}
    for mosaic in transaction["mosaics"]:
        name = mosaic_name(mosaic["mosaicId"])
        quantities[name] = quantities.get(name, 0) + mosaic["quantity"]
    return {name: transaction["amount"] * quantity // MICRO for name, quantity in quantities.items()}


def _levy(definition: Json, payer: str, amount: int) -> list[Effect]:
    """What the mosaic's levy takes from the sender on top: absolute, or in hundredths of a per cent of the amount moved."""
    levy = definition.get("levy")
    if not levy:
        return []
    taken = levy["fee"] if levy["type"] == 1 else levy["fee"] * amount // 10_000
    return [Effect(mosaic_name(levy["mosaicId"]), payer, levy["recipient"], taken, "levy")] if taken else []


def _delegation(transaction: Json, payer: str, _: Mosaics) -> tuple[list[Effect], list[Occurrence]]:
    remote = address_of(transaction["remoteAccount"], transaction["version"])
    mode = {1: "started", 2: "ended"}[transaction["mode"]]
    return _fee_only(payer), [Occurrence(f"delegation_{mode}", payer, remote, {})]


def _multisig_change(transaction: Json, payer: str, _: Mosaics) -> tuple[list[Effect], list[Occurrence]]:
    cosigners: dict[str, list[str]] = {"added": [], "removed": []}
    for modification in transaction["modifications"]:
        side = {1: "added", 2: "removed"}[modification["modificationType"]]
        cosigners[side].append(address_of(modification["cosignatoryAccount"], transaction["version"]))
    change = (transaction.get("minCosignatories") or {}).get("relativeChange", 0)
    return _fee_only(payer), [Occurrence("multisig_changed", payer, None, {**cosigners, "required_change": change})]


def _namespace(transaction: Json, payer: str, _: Mosaics) -> tuple[list[Effect], list[Occurrence]]:
    name = ".".join(part for part in (transaction.get("parent"), transaction["newPart"]) if part)
    paid = Effect(XEM, payer, transaction["rentalFeeSink"], transaction["rentalFee"], "rental")
    return [paid], [Occurrence("namespace_rented", payer, None, {"namespace": name})]


def _mosaic_definition(transaction: Json, payer: str, mosaics: Mosaics) -> tuple[list[Effect], list[Occurrence]]:
    definition = transaction["mosaicDefinition"]
    name = mosaic_name(definition["id"])
    properties = {entry["name"]: entry["value"] for entry in definition["properties"]}
    change = Occurrence(
        "mosaic_redefined" if name in mosaics.definitions else "mosaic_defined",
        payer,
        (definition.get("levy") or {}).get("recipient"),
        {"mosaic": name, **properties, "levy": dict(definition.get("levy") or {})},
    )
    effects = [Effect(XEM, payer, transaction["creationFeeSink"], transaction["creationFee"], "creation")]
    before = mosaics.definitions.get(name)
    if before is None or mosaics.replaced or _substance(before) != _substance(definition):
        # Since the fork a new description keeps all balances; anything else is allowed only while the creator owns everything.
        if before is not None:
            effects += _taken_away(name, payer, mosaics)
        mosaics.supplies[name] = int(properties["initialSupply"]) * 10 ** int(properties["divisibility"])
        effects.append(Effect(name, None, payer, mosaics.supplies[name], "mint"))
    mosaics.definitions[name] = definition
    return effects, [change]


def replaces(block: Json) -> bool:
    """Whether any new definition of a mosaic in the block, even of its description alone, takes all units from all holders."""
    return bool(block["height"] < REDEFINITION.get((block["version"] >> 24) & 0xFF, 0))


def _taken_away(name: str, payer: str, mosaics: Mosaics) -> list[Effect]:
    """What a new definition takes away: all that the creator has, or before the fork all that anybody has."""
    if not mosaics.replaced or mosaics.held is None:
        return [Effect(name, payer, None, mosaics.supplies[name], "burn")]
    holders = [(holder, amount) for holder, amount in mosaics.held.items() if amount > 0]
    if len(holders) > MOST_HOLDERS:
        raise ValueError(f"{name} is defined anew while {len(holders)} accounts hold it: their rows find no place in the block")
    return [Effect(name, holder, None, amount, "burn") for holder, amount in holders]


def _substance(definition: Json) -> Any:
    return definition["properties"], definition.get("levy") or {}


def _mosaic_supply(transaction: Json, payer: str, mosaics: Mosaics) -> tuple[list[Effect], list[Occurrence]]:
    name = mosaic_name(transaction["mosaicId"])
    change = {1: transaction["delta"], 2: -transaction["delta"]}[transaction["supplyType"]]
    effects = _fee_only(payer)
    if name in mosaics.definitions:
        units = change * 10 ** _divisibility(mosaics.definitions[name])
        mosaics.supplies[name] += units
        effects.append(Effect(name, None, payer, units, "mint") if units > 0 else Effect(name, payer, None, -units, "burn"))
    return effects, [Occurrence("mosaic_supply_changed", payer, None, {"mosaic": name, "whole_units": change})]


def _divisibility(definition: Json) -> int:
    return next(int(entry["value"]) for entry in definition["properties"] if entry["name"] == "divisibility")


def _fee_only(payer: str) -> list[Effect]:
    """A transaction that moves nothing is a payment to oneself that costs a fee."""
    return [Effect(XEM, payer, payer, 0, "fee")]


_OUTCOMES: dict[int, Callable[[Json, str, Mosaics], tuple[list[Effect], list[Occurrence]]]] = {
    TRANSFER: _transfer,
    DELEGATION: _delegation,
    MULTISIG_CHANGE: _multisig_change,
    NAMESPACE: _namespace,
    MOSAIC_DEFINITION: _mosaic_definition,
    MOSAIC_SUPPLY: _mosaic_supply,
}
