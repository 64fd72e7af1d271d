"""What a block's hash covers: its header by its fields, and through roots its transactions, receipts and withdrawals.

The encodings are those of the Ethereum execution specifications up to Prague; a header with other fields does not hash to its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tracer.chains.evm.addresses import created_address
from tracer.chains.evm.gas_price import gas_price
from tracer.chains.evm.rlp_and_keccak import Item, encode, keccak, number, quantity, raw
from tracer.chains.evm.transaction_hashes import encoded, sender
from tracer.chains.evm.trie import root_of_list

Json = Mapping[str, Any]

NONCE_BYTES = 8

LATER_FIELDS = (
    ("baseFeePerGas", quantity),  # London
    ("withdrawalsRoot", raw),  # Shanghai
    ("blobGasUsed", quantity),  # Cancun
    ("excessBlobGas", quantity),
    ("parentBeaconBlockRoot", raw),
    ("requestsHash", raw),  # Prague
)
"""Fields that upgrades added at the end of the header, in their order; an older block lacks the last ones."""


def header_hash(block: Json) -> str:
    """The hash of a block, computed from the fields of its header."""
    fields: list[Item] = [
        raw(block["parentHash"]),
        raw(block["sha3Uncles"]),
        raw(block["miner"]),
        raw(block["stateRoot"]),
        raw(block["transactionsRoot"]),
        raw(block["receiptsRoot"]),
        raw(block["logsBloom"]),
        quantity(block["difficulty"]),
        quantity(block["number"]),
        quantity(block["gasLimit"]),
        quantity(block["gasUsed"]),
        quantity(block["timestamp"]),
        raw(block["extraData"]),
        raw(block["mixHash"]),
        raw(block["nonce"]).rjust(NONCE_BYTES, b"\0"),
    ]
    for name, form in LATER_FIELDS:
        if block.get(name) is None:
            break
        fields.append(form(block[name]))
    return "0x" + keccak(encode(fields)).hex()


def uncovered(block: Json) -> str:
    """Why a block is not what its hash covers; "" if it is: header, transactions, their senders, withdrawals."""
    if header_hash(block) != block["hash"]:
        return "its fields do not have the hash that it names"
    payments = [encoded(each) for each in block["transactions"]]
    for place, (transaction, content) in enumerate(zip(block["transactions"], payments, strict=True)):
        if "0x" + keccak(content).hex() != transaction["hash"]:
            return f"transaction {place} does not have the hash that it names"
        if number(transaction["transactionIndex"]) != place or transaction["blockHash"] != block["hash"]:
            return f"transaction {place} names another place than its own"
        if sender(transaction) != transaction["from"]:
            return f"transaction {place} is signed by somebody else than {transaction['from']}"
    if root_of_list(payments) != raw(block["transactionsRoot"]):
        return "its transactions do not have the root that its header names"
    if block.get("withdrawalsRoot") is None:
        return ""
    withdrawals = [_withdrawal(each) for each in block["withdrawals"]]
    return (
        "" if root_of_list(withdrawals) == raw(block["withdrawalsRoot"]) else "its withdrawals do not have the root that its header names"
    )


def _withdrawal(withdrawal: Json) -> bytes:
    fields = ("index", "validatorIndex", "address", "amount")
    return encode([raw(withdrawal[name]) if name == "address" else quantity(withdrawal[name]) for name in fields])


def receipts_fault(block: Json, receipts: Sequence[Json]) -> str:
    """Why receipts are not those of a block; "" if they are.

    Under the root stand status, gas and logs; places, parties, prices and the gas of each are recomputed from what a hash covers.
    """
    if len(receipts) != len(block["transactions"]):
        return f"{len(receipts)} receipts for {len(block['transactions'])} transactions"
    if root_of_list([_receipt(each) for each in receipts]) != raw(block["receiptsRoot"]):
        return "the receipts do not have the root that the header names"
    used = logs = 0
    for place, (transaction, receipt) in enumerate(zip(block["transactions"], receipts, strict=True)):
        used += number(receipt["gasUsed"])
        if why := _receipt_fault(block, transaction, receipt, used, logs):
            return f"receipt {place} {why}"
        logs += len(receipt["logs"])
    return "" if used == number(block["gasUsed"]) else "the receipts use another amount of gas than the header names"


def _receipt(receipt: Json) -> bytes:
    """A receipt as its root holds it; before Byzantium it names a state in place of a status."""
    kind = number(receipt.get("type", "0x0"))
    outcome = quantity(receipt["status"]) if receipt.get("status") else raw(receipt["root"])
    logs: list[Item] = [[raw(log["address"]), [raw(topic) for topic in log["topics"]], raw(log["data"])] for log in receipt["logs"]]
    content = encode([outcome, quantity(receipt["cumulativeGasUsed"]), raw(receipt["logsBloom"]), logs])
    return bytes([kind]) + content if kind else content


def _receipt_fault(block: Json, transaction: Json, receipt: Json, used: int, logs: int) -> str:
    """What a receipt says beside what its root covers, and what that makes of it."""
    if receipt["transactionHash"] != transaction["hash"] or receipt["from"] != transaction["from"] or receipt["to"] != transaction["to"]:
        return "is of another transaction"
    if number(receipt["cumulativeGasUsed"]) != used:
        return "uses another amount of gas than its place in the block says"
    made = None if transaction["to"] else created_address(transaction["from"], number(transaction["nonce"]))
    if receipt.get("contractAddress") != made:
        return f"names {receipt.get('contractAddress')} as the contract that it creates"
    if number(receipt["effectiveGasPrice"]) != gas_price(block, transaction):
        return "names another price of gas than the transaction offers in this block"
    if any(
        number(log["logIndex"]) != logs + place or log["transactionHash"] != transaction["hash"]
        for place, log in enumerate(receipt["logs"])
    ):
        return "has logs that name another place than their own"
    return ""
