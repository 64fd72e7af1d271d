"""Files of TRON, Solana, published data sets, and those that cannot be traced."""

from __future__ import annotations

from tracer.ingest.table.dialects.dialect import Dialect
from tracer.ingest.table.dialects.ethereum import token_transfers

NO_BALANCES = "it holds no fees, and TRON states no balance of a past block, so nothing can be audited"
ACTIONS = {"transfer": "transfer", "create_account": "transfer", "close_account": "transfer", "mint": "mint", "burn": "burn"}


def _action(text: str) -> str:
    if (kind := ACTIONS.get(text.strip().lower().replace(" ", "_"))) is None:
        raise ValueError(f"is an action of which nothing says what it moves: known are {', '.join(ACTIONS)}; take the row out")
    return kind


def _multiplier(text: str) -> None:
    if text.strip() not in ("", "1"):
        raise ValueError("multiplies what is shown, and an amount times a fraction is rounded: export the token's raw amounts")


FILES: dict[str, Dialect] = {
    # Tronscan's "Export" of TRC-20 transfers; its API /api/token_trc20/transfers and /api/transfer/trc20; TronGrid's
    # /v1/accounts/ADDRESS/transactions/trc20, of which a row of type Approval allows a payment and moves nothing.
    "tronscan_trc20": Dialect(
        columns={
            "tx_hash": "Txn Hash|Transaction Hash",
            "height": "Block",
            "time": "Time(UTC)|Time (UTC)",
            "sender": "From",
            "recipient": "To",
            "amount": "Amount",
            "token": "Token Symbol|Token",
        },
        told_by=("Txn Hash|Transaction Hash", "Block", "Time(UTC)|Time (UTC)", "From", "To", "Amount", "Token Symbol|Token"),
        unit="coin",
        utc=True,
        status={"Status": ("confirmed",), "Result": ("success",)},
        silent=f"tokens are told by their symbol alone, which anybody may give to a token; {NO_BALANCES}",
        arrange=token_transfers,
    ),
    "tronscan_api_transfers": Dialect(
        columns={
            "tx_hash": "transaction_id",
            "height": "block",
            "time": "block_ts",
            "sender": "from_address",
            "recipient": "to_address",
            "amount": "quant",
            "token": "contract_address",
            "decimals": "tokenInfo.tokenDecimal",
        },
        told_by=("transaction_id", "block_ts", "from_address", "to_address", "quant"),
        status={
            "contractRet": ("success",),
            "finalResult": ("success",),
            "revert": ("false", "0"),
            "confirmed": ("true", "1"),
            "event_type": ("transfer",),
        },
        silent=NO_BALANCES,
        arrange=token_transfers,
    ),
    "tronscan_api_trc20": Dialect(
        columns={
            "tx_hash": "hash",
            "height": "block",
            "time": "block_timestamp",
            "sender": "from",
            "recipient": "to",
            "amount": "amount",
            "token": "contract_address",
            "decimals": "decimals",
        },
        told_by=("hash", "block", "block_timestamp", "from", "to", "amount", "contract_address", "event_type"),
        status={
            "contract_ret": ("success",),
            "final_result": ("success",),
            "revert": ("false", "0"),
            "confirmed": ("true", "1"),
            "event_type": ("transfer",),
        },
        ignore=("direction",),
        silent=NO_BALANCES,
        arrange=token_transfers,
    ),
    "trongrid_trc20": Dialect(
        columns={
            "tx_hash": "transaction_id",
            "time": "block_timestamp",
            "sender": "from",
            "recipient": "to",
            "amount": "value",
            "token": "token_info.address",
            "decimals": "token_info.decimals",
        },
        told_by=("transaction_id", "token_info.address", "block_timestamp", "from", "to", "type", "value"),
        status={"type": ("transfer",)},
        silent=f"it holds no blocks, so the order is the second's, then the file's; {NO_BALANCES}",
        arrange=token_transfers,
    ),
    # Solscan's "Export CSV" of transfers: amounts in smallest units, at most 5,000 rows.
    "solscan": Dialect(
        columns={
            "tx_hash": "Signature",
            "time": "Block Time|Human Time",
            "sender": "From",
            "recipient": "To",
            "amount": "Amount",
            "token": "Token Address",
            "decimals": "Decimals",
            "kind": "Action",
            "multiplier": "Multiplier",
        },
        told_by=("Signature", "Block Time|Human Time", "Action", "From", "To", "Amount", "Token Address", "Decimals"),
        readers={"kind": _action, "multiplier": _multiplier},
        utc=True,
        ignore=("Flow",),
        silent="it holds no fees and no blocks, so the order is the second's, then the file's",
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
        told_by=("Tx_hash", "Block", "Timestamp", "From", "To", "Value_in_USD"),
        unit="coin",
        utc=True,
        decimals=2,
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
        told_by=("tran_id", "orig_acct", "bene_acct", "base_amt", "tran_timestamp"),
        unit="coin",
        utc=True,
        decimals=2,
        hash_once=True,
    ),
    "blockchair_wallet": Dialect(
        columns={},
        told_by=("Affected address/xpub", "Effect", "Ticker", "Transaction hash"),
        refused="states what each payment did to one wallet, and neither who paid nor who was paid, no block, no fee: take the "
        "transactions from an explorer or a node",
    ),
}
