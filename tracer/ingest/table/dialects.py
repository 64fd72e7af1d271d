"""Dialects: tables as well-known exporters and data sets write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tracer.ingest.table.parse import CellError, CellReader, text_or_none, whole
from tracer.ingest.table.rows import Values

Arrange = Callable[[Values], dict[int, str]]
"""Makes our columns of the dialect's own, in place; gives the rows that cannot be understood, and why."""

ZERO_ADDRESS = "0x" + 40 * "0"
FAILED: Mapping[str, Any] = {"receipt_status": 0}


NEEDED = ("sender", "recipient", "amount")
DIRECTIONS = ("amount_in", "amount_out")
CHOOSING = ("token", *DIRECTIONS)
OPTIONAL = ("height", "position", "time", "tx_hash", "fee", "kind", "memo", "basis")


class Dialect(NamedTuple):
    """`columns` are our names and the file's; `readers` are for what only the dialect knows, of which `needs` must be there.

    `hash_once`: a transaction has one line, so a line that repeats another is the same row.
    """

    columns: Mapping[str, str]
    readers: Mapping[str, CellReader] = {}
    needs: tuple[str, ...] = ()
    unit: str = "smallest"
    utc: bool = False
    hash_once: bool = False
    arrange: Arrange = lambda _: {}


OUR_NAMES = Dialect(columns={name: name for name in (*NEEDED, *OPTIONAL)})
"""A table whose columns are called as ours are."""


def _receipt_number(text: str) -> int:
    if not text.strip():
        raise ValueError("is empty, so the fee is unknown: join the receipts, or leave the column out and all fees are read as 0")
    return whole(text)


def _number_or_none(text: str) -> int | None:
    return whole(text) if text.strip() else None


def _status(text: str) -> int | None:
    if text.strip() not in ("", "0", "1"):
        raise ValueError("is neither 0 (failed) nor 1")
    return _number_or_none(text)


def _ethereum_transactions(values: Values) -> dict[int, str]:
    """Fees from receipts; failed transactions move nothing; what creates a contract pays the contract."""
    amounts, senders, recipients = values["amount"], values["sender"], values["recipient"]
    if "fee" not in values and "gas_used" in values and (prices := _gas_prices(values)):
        values["fee"] = [price * used for price, used in zip(prices, values["gas_used"], strict=True)]
    if 0 in (status := values.get("status", [])):
        values["amount"] = amounts = [0 if each == 0 else amount for amount, each in zip(amounts, status, strict=True)]
        values["attributes"] = [FAILED if each == 0 else {} for each in status]
    rejected: dict[int, str] = {}
    if None in recipients:
        created = values.get("contract", [None] * len(recipients))
        for row, recipient in enumerate(recipients):
            if recipient is None:
                recipients[row] = created[row] or (senders[row] if amounts[row] == 0 else None)
                if recipients[row] is None:
                    rejected[row] = "it creates a contract and receipt_contract_address does not say which: who received is unknown"
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


def _ethereum_token_transfers(values: Values) -> dict[int, str]:
    """What comes from the zero address is made, what goes to it is destroyed."""
    senders, recipients = values["sender"], values["recipient"]
    made, burnt = ([each == ZERO_ADDRESS for each in side] for side in (senders, recipients))
    if any(made) or any(burnt):
        values["kind"] = ["mint" if m else "burn" if b else "transfer" for m, b in zip(made, burnt, strict=True)]
        values["sender"] = [None if m else sender for m, sender in zip(made, senders, strict=True)]
        values["recipient"] = [None if b else recipient for b, recipient in zip(burnt, recipients, strict=True)]
    both = "it goes from the zero address to the zero address: nothing is made and nothing destroyed"
    return {row: both for row, (m, b) in enumerate(zip(made, burnt, strict=True)) if m and b}


DIALECTS: Mapping[str, Dialect] = {
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
        readers={
            "gas_used": _receipt_number,
            "gas_price": _number_or_none,
            "effective_gas_price": _number_or_none,
            "status": _status,
            "contract": text_or_none,
        },
        utc=True,
        hash_once=True,
        arrange=_ethereum_transactions,
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
        needs=("token",),
        utc=True,
        arrange=_ethereum_token_transfers,
    ),
    # flow_records.csv; its times have no offset and are Etherscan's, UTC.
    "launder_net": Dialect(
        columns={
            "sender": "From",
            "recipient": "To",
            "amount": "Value_in_USD",
            "height": "Block",
            "time": "Timestamp",
            "tx_hash": "Tx_hash",
        },
        unit="coin",
        utc=True,
    ),
    # transactions.csv and alert_transactions.csv; no blocks: the order is the day, then the file's.
    "amlsim": Dialect(
        columns={
            "sender": "orig_acct",
            "recipient": "bene_acct",
            "amount": "base_amt",
            "time": "tran_timestamp",
            "tx_hash": "tran_id",
        },
        unit="coin",
        utc=True,
        hash_once=True,
    ),
}
