"""What explorers of EVM chains hand out: Etherscan and its kind as CSV and from their API, Blockscout as CSV."""

from __future__ import annotations

from tracer.ingest.table.dialects.dialect import Dialect
from tracer.ingest.table.dialects.ethereum import ETHER, creations, gas_number, number_or_none, token_transfers, transactions

HASH = "Transaction Hash|Txhash"
NO_PICTURES = ("TokenId", "Token ID", "tokenID")
PICTURES = "the number of a picture's token is no amount: leave this file out"
NOT_WITHIN = "it holds no payments inside transactions, which stand in a file of their own"
NO_PLACE = "and does not state the place of a row in its block, so rows of one transaction stand as in the file"

EXPORT = {"tx_hash": HASH, "height": "Blockno", "time": "UnixTimestamp|DateTime (UTC)|DateTime", "sender": "From"}
API = {"tx_hash": "hash", "height": "blockNumber", "time": "timeStamp", "sender": "from", "recipient": "to"}
BLOCKSCOUT = {"tx_hash": "TxHash", "height": "BlockNumber", "time": "UnixTimestamp", "sender": "FromAddress", "recipient": "ToAddress"}
"""What all files of one publisher call the same columns: Etherscan's CSV, its API, Blockscout's CSV."""

FILES: dict[str, Dialect] = {
    # "Download CSV" of an address at Etherscan, BscScan, Polygonscan ... (November 2026). The symbol in the headers is the chain's
    # coin, and one header has the price of the day in it. An empty Status is success here, and 0 in the export of internal ones.
    "etherscan_transactions": Dialect(
        columns={
            **EXPORT,
            "recipient": "To",
            "contract": "ContractAddress",
            "amount_in": "Value_IN(*)",
            "amount_out": "Value_OUT(*)",
            "fee": "TxnFee(*)",
        },
        told_by=(HASH, "From", "To", "Value_IN(*)", "Value_OUT(*)", "TxnFee(*)"),
        unit="coin",
        utc=True,
        status={"Status": ("",)},
        thousands=True,
        decimals=ETHER,
        hash_once=True,
        silent=f"{NOT_WITHIN}, {NO_PLACE}",
        arrange=creations,
    ),
    "etherscan_internal": Dialect(
        columns={
            **EXPORT,
            "recipient": "TxTo|To",
            "contract": "ContractAddress",
            "amount_in": "Value_IN(*)",
            "amount_out": "Value_OUT(*)",
        },
        told_by=(HASH, "ParentTxFrom", "From", "TxTo|To", "Value_IN(*)", "Value_OUT(*)"),
        unit="coin",
        utc=True,
        status={"Status": ("0",)},
        thousands=True,
        decimals=ETHER,
        silent=f"it holds no fees, {NO_PLACE}",
        arrange=creations,
    ),
    "etherscan_tokens": Dialect(
        columns={
            **EXPORT,
            "recipient": "To",
            "amount": "TokenValue|Value",
            "token": "ContractAddress",
        },
        told_by=(HASH, "From", "To", "TokenValue|Value", "ContractAddress", "TokenName", "TokenSymbol"),
        unlike=NO_PICTURES,
        unit="coin",
        utc=True,
        thousands=True,
        silent=f"it holds no fees and no decimals of the token, {NO_PLACE}",
        arrange=token_transfers,
    ),
    "etherscan_pictures": Dialect(columns={}, told_by=(HASH, "From", "To", "TokenId|Token ID", "ContractAddress"), refused=PICTURES),
    # Etherscan API v2, module account: txlist, txlistinternal, tokentx; Blockscout answers alike.
    "etherscan_api_txlist": Dialect(
        columns={
            **API,
            "position": "transactionIndex",
            "contract": "contractAddress",
            "amount": "value",
            "gas_used": "gasUsed",
            "gas_price": "gasPrice",
        },
        told_by=("hash", "blockNumber", "timeStamp", "from", "to", "value", "gasPrice", "gasUsed", "isError"),
        readers={"gas_used": gas_number, "gas_price": number_or_none},
        status={"isError": ("0",), "txreceipt_status": ("1", "")},
        decimals=ETHER,
        hash_once=True,
        silent=f"{NOT_WITHIN}, nor what a second layer charges beside gas",
        arrange=transactions,
    ),
    "etherscan_api_txlistinternal": Dialect(
        columns={
            **API,
            "contract": "contractAddress",
            "amount": "value",
        },
        told_by=("blockNumber", "timeStamp", "from", "to", "value", "isError", "traceId|errCode"),
        unlike=("gasPrice", "tokenSymbol"),
        status={"isError": ("0",)},
        decimals=ETHER,
        silent=f"it holds no fees, {NO_PLACE}",
        arrange=creations,
    ),
    "etherscan_api_tokentx": Dialect(
        columns={
            **API,
            "amount": "value",
            "token": "contractAddress",
            "decimals": "tokenDecimal",
        },
        told_by=("hash", "blockNumber", "timeStamp", "from", "to", "value", "contractAddress", "tokenSymbol", "tokenDecimal"),
        unlike=NO_PICTURES,
        silent=f"its fees are paid in the chain's coin and not read, {NO_PLACE}",
        arrange=token_transfers,
    ),
    "etherscan_api_pictures": Dialect(columns={}, told_by=("hash", "timeStamp", "from", "to", "tokenID"), refused=PICTURES),
    # Blockscout's CSV exports (apps/explorer/lib/explorer/chain/csv_export): wei, and a status of words.
    "blockscout_transactions": Dialect(
        columns={
            **BLOCKSCOUT,
            "contract": "ContractAddress",
            "amount": "Value",
            "fee": "Fee",
        },
        told_by=("TxHash", "BlockNumber", "FromAddress", "ToAddress", "Value", "Fee", "Status"),
        utc=True,
        status={"Status": ("ok",)},
        ignore=("Type",),
        decimals=ETHER,
        hash_once=True,
        silent=f"{NOT_WITHIN}, {NO_PLACE}",
        arrange=creations,
    ),
    "blockscout_internal": Dialect(
        columns={
            **BLOCKSCOUT,
            "contract": "ContractAddress",
            "amount": "Value",
        },
        told_by=("TxHash", "BlockNumber", "FromAddress", "ToAddress", "CallType", "Value", "ErrCode"),
        utc=True,
        status={"ErrCode": ("",), "CallType": ("", "call")},
        decimals=ETHER,
        silent="it holds no fees of transactions, and its rows of one block do not stand as they were executed",
        arrange=creations,
    ),
    "blockscout_tokens": Dialect(
        columns={
            **BLOCKSCOUT,
            "amount": "TokensTransferred",
            "token": "TokenContractAddress",
        },
        told_by=("TxHash", "BlockNumber", "FromAddress", "ToAddress", "TokenContractAddress", "TokensTransferred"),
        utc=True,
        status={"Status": ("ok",)},
        ignore=("Type",),
        silent=f"its fees are paid in the chain's coin and not read, it holds no decimals of the token, {NO_PLACE}",
        arrange=token_transfers,
    ),
}
