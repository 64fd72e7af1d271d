"""What rows of Ethereum's kind have in common, whoever wrote them; and the files of ethereum-etl, BigQuery and cryo."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.ingest.table.cells import CellError, whole
from tracer.ingest.table.dialects.dialect import Dialect
from tracer.ingest.table.table_rows import Values

ZERO_ADDRESSES = ("0x" + 40 * "0", "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb")
"""Twenty zero bytes, as EVM chains and as TRON writes them."""

FAILED: Mapping[str, Any] = {"receipt_status": 0}
ETHER = 18  # digits after the point, as of the coin of any EVM chain


def gas_number(text: str) -> int:
    if not text.strip():
        raise ValueError("is empty, so the fee is unknown: join the receipts, or leave the column out and all fees are read as 0")
    return whole(text)


def number_or_none(text: str) -> int | None:
    return whole(text) if text.strip() else None


def _status(text: str) -> int | None:
    if text.strip() not in ("", "0", "1"):
        raise ValueError("is neither 0 (failed) nor 1")
    return number_or_none(text)


def transactions(values: Values) -> dict[int, str]:
    """Fees from receipts; failed transactions move nothing; what creates a contract pays the contract."""
    amounts = values["amount"]
    if "fee" not in values and "gas_used" in values and (prices := _gas_prices(values)):
        values["fee"] = [price * used for price, used in zip(prices, values["gas_used"], strict=True)]
    if 0 in (status := values.get("status", [])):
        values["amount"] = [0 if success == 0 else amount for amount, success in zip(amounts, status, strict=True)]
        values["attributes"] = [FAILED if success == 0 else {} for success in status]
    return creations(values)


def creations(values: Values) -> dict[int, str]:
    """What creates a contract pays the contract; where that is not named and nothing moved, its maker pays himself."""
    amounts, senders, recipients = values["amount"], values["sender"], values["recipient"]
    rejected: dict[int, str] = {}
    if None in recipients:
        created = values.get("contract", [None] * len(recipients))
        for row, recipient in enumerate(recipients):
            if recipient is None:
                recipients[row] = created[row] or (senders[row] if amounts[row] == 0 else None)
                if recipients[row] is None:
                    rejected[row] = "it creates a contract that no column names: who received is unknown"
    return rejected


def _gas_prices(values: Values) -> list[int]:
    """What a unit of gas cost: the effective price, where a row has none the price offered."""
    effective, offered = values.get("effective_gas_price"), values.get("gas_price")
    prices = effective or offered or []
    if effective and offered:
        prices = [other if price is None else price for price, other in zip(effective, offered, strict=True)]
    if None in prices:
        column = "gas_price" if offered else "effective_gas_price"
        raise CellError(prices.index(None), column, "is empty, so the fee is unknown: leave the column out and all fees are read as 0")
    return prices


def token_transfers(values: Values) -> dict[int, str]:
    """What comes from the zero address is made, what goes to it is destroyed."""
    senders, recipients = values["sender"], values["recipient"]
    made, burnt = ([address in ZERO_ADDRESSES for address in side] for side in (senders, recipients))
    if any(made) or any(burnt):
        values["kind"] = ["mint" if m else "burn" if b else "transfer" for m, b in zip(made, burnt, strict=True)]
        values["sender"] = [None if m else sender for m, sender in zip(made, senders, strict=True)]
        values["recipient"] = [None if b else recipient for b, recipient in zip(burnt, recipients, strict=True)]
    both = "it goes from the zero address to the zero address: nothing is made and nothing destroyed"
    return {row: both for row, (m, b) in enumerate(zip(made, burnt, strict=True)) if m and b}


def _rewards(values: Values) -> dict[int, str]:
    """What comes from nobody, or from the zero address, is made; ether sent to the zero address stays there."""
    made = [sender is None or sender in ZERO_ADDRESSES for sender in values["sender"]]
    values["kind"] = ["mint" if new else "transfer" for new in made]
    values["sender"] = [None if new else sender for new, sender in zip(made, values["sender"], strict=True)]
    return {}


def _traces(values: Values) -> dict[int, str]:
    """Rewards and the first balances are made; the end of a contract that states no value moved an unknown amount."""
    unknown = [row for row, amount in enumerate(values["amount"]) if amount is None]
    for row in unknown:
        values["amount"][row] = 0
    _rewards(values)
    rejected = creations(values)
    return rejected | dict.fromkeys(unknown, "it states no value: what it moved is unknown")


CRYO_VALUE = "value_string|value"  # beside it value_f64, which is rounded, and value_binary

FILES: dict[str, Dialect] = {
    # Names as in the exporter's docs/schema.md; receipts joined as in its BigQuery tables, with the prefix receipt_.
    "ethereum_etl_transactions": Dialect(
        columns={
            "sender": "from_address",
            "recipient": "to_address",
            "amount": "value",
            "height": "block_number",
            "position": "transaction_index",
            "time": "block_timestamp",
            "tx_hash": "hash",
            "gas_used": "receipt_gas_used",
            "gas_price": "gas_price",
            "effective_gas_price": "receipt_effective_gas_price",
            "status": "receipt_status",
            "contract": "receipt_contract_address",
        },
        told_by=("hash", "nonce", "block_number", "from_address", "to_address", "value", "gas_price"),
        readers={
            "gas_used": gas_number,
            "gas_price": number_or_none,
            "effective_gas_price": number_or_none,
            "status": _status,
        },
        utc=True,
        decimals=ETHER,
        hash_once=True,
        silent="it holds neither payments inside transactions nor rewards",
        arrange=transactions,
    ),
    "ethereum_etl_token_transfers": Dialect(
        columns={
            "token": "token_address",
            "sender": "from_address",
            "recipient": "to_address",
            "amount": "value",
            "height": "block_number",
            "position": "log_index",
            "time": "block_timestamp",
            "tx_hash": "transaction_hash",
        },
        told_by=("token_address", "from_address", "to_address", "value", "transaction_hash", "log_index"),
        needs=("token",),
        utc=True,
        silent="it holds no fees, and the value of a picture's token is its number and no amount",
        arrange=token_transfers,
    ),
    # `status` is 0 for a call below one that failed, too (docs/schema.md).
    "ethereum_etl_traces": Dialect(
        columns={
            "sender": "from_address",
            "recipient": "to_address",
            "amount": "value",
            "height": "block_number",
            "time": "block_timestamp",
            "tx_hash": "transaction_hash",
        },
        told_by=("trace_type", "call_type", "from_address", "to_address", "value", "status"),
        readers={"amount": number_or_none},
        utc=True,
        status={"status": ("1",), "call_type": ("", "call")},
        decimals=ETHER,
        silent="it holds no fees",
        arrange=_traces,
    ),
    # cryo's datasets native_transfers, transactions and erc20_transfers (crates/freeze/src/datasets).
    "cryo_native_transfers": Dialect(
        columns={
            "sender": "from_address",
            "recipient": "to_address",
            "amount": CRYO_VALUE,
            "height": "block_number",
            "position": "transfer_index",
            "time": "timestamp",
            "tx_hash": "transaction_hash",
        },
        told_by=("block_number", "transfer_index", "from_address", "to_address"),
        decimals=ETHER,
        silent="it holds no fees, no times unless they were asked for, and calls that only lend code (delegatecall) look like payments",
        arrange=_rewards,
    ),
    "cryo_transactions": Dialect(
        columns={
            "sender": "from_address",
            "recipient": "to_address",
            "amount": CRYO_VALUE,
            "height": "block_number",
            "position": "transaction_index",
            "time": "timestamp",
            "tx_hash": "transaction_hash",
            "gas_used": "gas_used",
            "gas_price": "gas_price",
        },
        told_by=("transaction_hash", "block_number", "from_address", "to_address", "gas_used", "gas_price", "success"),
        readers={"gas_used": gas_number, "gas_price": number_or_none},
        status={"success": ("true",)},
        decimals=ETHER,
        hash_once=True,
        silent="it holds neither payments inside transactions nor rewards",
        arrange=transactions,
    ),
    "cryo_erc20_transfers": Dialect(
        columns={
            "token": "erc20",
            "sender": "from_address",
            "recipient": "to_address",
            "amount": CRYO_VALUE,
            "height": "block_number",
            "position": "log_index",
            "time": "timestamp",
            "tx_hash": "transaction_hash",
        },
        told_by=("erc20", "log_index", "transaction_hash", "from_address", "to_address"),
        needs=("token",),
        silent="it holds no fees, and no times unless they were asked for",
        arrange=token_transfers,
    ),
    "cryo_balance_diffs": Dialect(
        columns={},
        told_by=("block_number", "address", "from_value|from_value_string|from_value_f64", "to_value|to_value_string|to_value_f64"),
        refused="states balances and neither who paid nor who was paid: export native_transfers",
    ),
}
