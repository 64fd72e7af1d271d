"""One ledger of 300 rows as every dialect writes it: hexadecimal addresses, failed payments, two tokens and the chain's coin.

The forms are those of docs/case-files.md; every address, hash and amount is made here.
"""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

ZERO = "0x" + 40 * "0"
USDT, WETH = "0x" + 20 * "d5", "0x" + 20 * "e7"
SYMBOLS = {USDT: ("USDT", "Tether USD", 6), WETH: ("WETH", "Wrapped Ether", 18)}
PEOPLE = ["0x" + 20 * f"{n:02x}" for n in range(0xA1, 0xA9)]


class Payment(NamedTuple):
    """A row of the ledger; `index` and `place` are those of its transaction in the block and of its log in the block."""

    block: int
    index: int
    place: int
    time: int
    tx_hash: str
    sender: str
    recipient: str
    amount: int
    gas_used: int
    gas_price: int
    failed: bool
    token: str | None


def payments(rows: int = 300, seed: int = 14) -> list[Payment]:
    """A ledger: one row a transaction, one to four a block. A failed one states an amount that did not move."""
    dice = random.Random(seed)
    made: list[Payment] = []
    block, index = 100, 0
    for number in range(rows):
        if index >= dice.randint(0, 3):
            block, index = block + dice.randint(1, 9), 0
        token = dice.choice([None, None, USDT, WETH])
        sender, recipient = dice.sample(PEOPLE, 2)
        if token and dice.random() < 0.1:
            sender, recipient = dice.choice([(ZERO, recipient), (sender, ZERO)])
        made.append(
            Payment(
                block=block,
                index=index,
                place=index * 3,
                time=1_600_000_000 + 12 * block,
                tx_hash=f"0x{number:064x}",
                sender=sender,
                recipient=recipient,
                amount=dice.randint(1, 10 ** (22 if token is None else 10)),
                gas_used=dice.randint(21_000, 90_000),
                gas_price=dice.randint(1, 10**11),
                failed=token is None and dice.random() < 0.15,
                token=token,
            )
        )
        index += 1
    return made


def coins(amount: int, decimals: int, apart: bool = False) -> str:
    """Decimal text, exact; with commas between thousands where asked."""
    whole, part = divmod(amount, 10**decimals)
    fraction = f"{part:0{decimals}d}".rstrip("0")
    return (f"{whole:,}" if apart else str(whole)) + (f".{fraction}" if fraction else "")


def day(time: int, form: str = "%Y-%m-%d %H:%M:%S") -> str:
    return datetime.fromtimestamp(time, UTC).strftime(form)


def as_csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def api(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return json.dumps({"status": "1", "message": "OK", "result": rows}).encode()


def as_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def as_parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Addresses and hashes as bytes, as cryo writes them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def cells(name: str) -> list[Any]:
        return [bytes.fromhex(v[2:]) if isinstance(v, str) and v.startswith("0x") else v for v in (row[name] for row in rows)]

    file = io.BytesIO()
    pq.write_table(pa.table({name: cells(name) for name in rows[0]}), file)
    return file.getvalue()


def as_xlsx(*sheets: Sequence[Sequence[str | int | float]]) -> bytes:
    """A workbook of some sheets: text as text, numbers as the numbers a spreadsheet keeps."""
    file = io.BytesIO()
    numbers = range(1, len(sheets) + 1)
    parts = {name: text.replace("_EACH_", "".join(each.format(n=n) for n in numbers)) for name, (text, each) in XLSX_PARTS.items()}
    with zipfile.ZipFile(file, "w") as book:
        for name, text in parts.items():
            book.writestr(name, text)
        for number, rows in zip(numbers, sheets, strict=True):
            lines = "".join(f"<row>{''.join(map(_xlsx_cell, row))}</row>" for row in rows)
            book.writestr(f"xl/worksheets/sheet{number}.xml", f'<worksheet xmlns="{SHEET}"><sheetData>{lines}</sheetData></worksheet>')
    return file.getvalue()


SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
RELATIONS = "application/vnd.openxmlformats-package.relationships+xml"
XLSX_PARTS = {
    "[Content_Types].xml": (
        (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="{RELATIONS}"/>'
            '<Default Extension="xml" ContentType="application/xml"/></Types>'
        ),
        "",
    ),
    "_rels/.rels": (
        (
            f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>'
        ),
        "",
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{SHEET}" xmlns:r="{OFFICE}"><sheets>_EACH_</sheets></workbook>',
        '<sheet name="sheet {n}" sheetId="{n}" r:id="r{n}"/>',
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{PACKAGE}/relationships">_EACH_</Relationships>',
        f'<Relationship Id="r{{n}}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{{n}}.xml"/>',
    ),
}
"""The parts of a workbook besides its sheets, each with what it has for each sheet."""


def _xlsx_cell(value: str | float) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c><v>{value!r}</v></c>"


# A row in each dialect


def etherscan(p: Payment, wallet: str = PEOPLE[0]) -> dict[str, Any]:
    value, into = coins(p.amount, 18, apart=True), p.recipient == wallet
    return {
        "Transaction Hash": p.tx_hash,
        "Blockno": p.block,
        "UnixTimestamp": p.time,
        "DateTime (UTC)": day(p.time),
        "From": p.sender,
        "To": p.recipient,
        "ContractAddress": "",
        "Value_IN(ETH)": value if into else "0",
        "Value_OUT(ETH)": "0" if into else value,
        "CurrentValue @ $1812.40/Eth": "$1.00",
        "TxnFee(ETH)": coins(p.gas_used * p.gas_price, 18),
        "TxnFee(USD)": "0.79",
        "Historical $Price/Eth": "385.1",
        "Status": "Error(0)" if p.failed else "",
        "ErrCode": "Out of gas" if p.failed else "",
        "Method": "Transfer",
    }


def etherscan_internal(p: Payment) -> dict[str, Any]:
    row = etherscan(p)
    kept = {key: row[key] for key in ("Transaction Hash", "Blockno", "UnixTimestamp", "DateTime (UTC)")}
    amounts = {key: row[key] for key in ("ContractAddress", "Value_IN(ETH)", "Value_OUT(ETH)", "CurrentValue @ $1812.40/Eth")}
    outer = {"ParentTxFrom": PEOPLE[1], "ParentTxTo": PEOPLE[2], "ParentTxETH_Value": "0", "From": p.sender, "TxTo": p.recipient}
    return {**kept, **outer, **amounts, "Status": int(p.failed), "ErrCode": row["ErrCode"], "Type": "call"}


def etherscan_tokens(p: Payment) -> dict[str, Any]:
    symbol, name, decimals = SYMBOLS[p.token or USDT]
    return {
        "Transaction Hash": p.tx_hash,
        "Blockno": p.block,
        "UnixTimestamp": p.time,
        "DateTime (UTC)": day(p.time),
        "From": p.sender,
        "To": p.recipient,
        "TokenValue": coins(p.amount, decimals, apart=True),
        "USDValueDayOfTx": "N/A",
        "ContractAddress": p.token,
        "TokenName": name,
        "TokenSymbol": symbol,
    }


def txlist(p: Payment) -> dict[str, Any]:
    return {
        "blockNumber": str(p.block),
        "timeStamp": str(p.time),
        "hash": p.tx_hash,
        "transactionIndex": str(p.index),
        "from": p.sender,
        "to": p.recipient,
        "value": str(p.amount),
        "gasPrice": str(p.gas_price),
        "isError": str(int(p.failed)),
        "txreceipt_status": str(int(not p.failed)),
        "input": "0x",
        "contractAddress": "",
        "gasUsed": str(p.gas_used),
    }


def txlistinternal(p: Payment) -> dict[str, Any]:
    kept = ("blockNumber", "timeStamp", "hash", "from", "to", "value", "contractAddress", "isError")
    return {key: txlist(p)[key] for key in kept} | {"type": "call", "traceId": "0", "errCode": "out of gas" if p.failed else ""}


def tokentx(p: Payment) -> dict[str, Any]:
    symbol, name, decimals = SYMBOLS[p.token or USDT]
    kept = ("blockNumber", "timeStamp", "hash", "from", "to", "value", "transactionIndex", "gasPrice", "gasUsed")
    of_token = {"contractAddress": p.token, "tokenName": name, "tokenSymbol": symbol, "tokenDecimal": str(decimals)}
    return {key: txlist(p)[key] for key in kept} | of_token


def blockscout(p: Payment) -> dict[str, Any]:
    return {
        "TxHash": p.tx_hash,
        "BlockNumber": p.block,
        "UnixTimestamp": day(p.time, "%Y-%m-%d %H:%M:%S.000000Z"),
        "FromAddress": p.sender,
        "ToAddress": p.recipient,
        "ContractAddress": "",
        "Type": "IN" if p.recipient == PEOPLE[0] else "OUT",
        "Value": p.amount,
        "Fee": p.gas_used * p.gas_price,
        "Status": "error" if p.failed else "ok",
        "ErrCode": "Reverted" if p.failed else "",
        "CurrentPrice": "1812.4",
    }


def blockscout_internal(p: Payment) -> dict[str, Any]:
    kept = ("TxHash", "BlockNumber", "UnixTimestamp", "FromAddress", "ToAddress", "ContractAddress", "Value", "ErrCode")
    return {key: blockscout(p)[key] for key in kept} | {"Index": 0, "Type": "call", "CallType": "call", "GasUsed": p.gas_used}


def blockscout_tokens(p: Payment) -> dict[str, Any]:
    kept = ("TxHash", "BlockNumber", "UnixTimestamp", "FromAddress", "ToAddress", "Type", "Status", "ErrCode")
    of_token = {"TokenContractAddress": p.token, "TokenSymbol": SYMBOLS[p.token or USDT][0], "TokensTransferred": p.amount}
    return {key: blockscout(p)[key] for key in kept} | of_token | {"TransactionFee": p.gas_used * p.gas_price}


def etl(p: Payment, time: str | int | None = None) -> dict[str, Any]:
    return {
        "hash": p.tx_hash,
        "nonce": 1,
        "block_number": p.block,
        "transaction_index": p.index,
        "from_address": p.sender,
        "to_address": p.recipient,
        "value": str(p.amount),
        "gas": 90_000,
        "gas_price": p.gas_price,
        "input": "0x",
        "block_timestamp": time or p.time,
        "receipt_gas_used": p.gas_used,
        "receipt_contract_address": "",
        "receipt_status": int(not p.failed),
        "receipt_effective_gas_price": p.gas_price,
    }


def etl_tokens(p: Payment, time: str | int | None = None) -> dict[str, Any]:
    return {
        "token_address": p.token,
        "from_address": p.sender,
        "to_address": p.recipient,
        "value": str(p.amount),
        "transaction_hash": p.tx_hash,
        "log_index": p.place,
        "block_timestamp": time or p.time,
        "block_number": p.block,
    }


def etl_traces(p: Payment, time: str | int | None = None) -> dict[str, Any]:
    return {
        "block_number": p.block,
        "transaction_hash": p.tx_hash,
        "transaction_index": p.index,
        "from_address": p.sender,
        "to_address": p.recipient,
        "value": str(p.amount),
        "trace_type": "call",
        "call_type": "call",
        "reward_type": "",
        "subtraces": 0,
        "trace_address": "",
        "error": "Reverted" if p.failed else "",
        "status": int(not p.failed),
        "block_timestamp": time or p.time,
    }


def bigquery(of: Callable[..., dict[str, Any]]) -> Callable[[Payment], dict[str, Any]]:
    """The same columns in a newline-delimited export of BigQuery: times in words."""
    return lambda p: of(p, day(p.time, "%Y-%m-%d %H:%M:%S UTC"))


def cryo_native(p: Payment) -> dict[str, Any]:
    return {
        "block_number": p.block,
        "transaction_index": p.index,
        "transfer_index": p.index * 2,
        "transaction_hash": p.tx_hash,
        "from_address": p.sender,
        "to_address": p.recipient,
        "value_binary": p.amount.to_bytes(32, "big"),
        "value_string": str(p.amount),
        "value_f64": float(p.amount),
        "chain_id": 1,
    }


def cryo_transactions(p: Payment) -> dict[str, Any]:
    more = {"gas_used": p.gas_used, "gas_price": p.gas_price, "success": not p.failed, "n_input_bytes": 0, "timestamp": p.time}
    return {key: value for key, value in cryo_native(p).items() if key != "transfer_index"} | more


def cryo_tokens(p: Payment) -> dict[str, Any]:
    row = {key: value for key, value in cryo_native(p).items() if key != "transfer_index"}
    return row | {"log_index": p.place, "erc20": p.token}


def tronscan(p: Payment) -> dict[str, Any]:
    symbol, name, decimals = SYMBOLS[p.token or USDT]
    return {
        "Txn Hash": p.tx_hash[2:],
        "Block": p.block,
        "Status": "CONFIRMED",
        "Result": "SUCCESS",
        "Time(UTC)": day(p.time),
        "From": p.sender,
        "To": p.recipient,
        "Token": name,
        "Amount": coins(p.amount, decimals),
        "Token Symbol": symbol,
    }


def tronscan_quant(p: Payment) -> dict[str, Any]:
    return {
        "transaction_id": p.tx_hash[2:],
        "block": p.block,
        "block_ts": p.time * 1000,
        "from_address": p.sender,
        "to_address": p.recipient,
        "quant": str(p.amount),
        "contract_address": p.token,
        "confirmed": True,
        "contractRet": "SUCCESS",
        "finalResult": "SUCCESS",
        "revert": False,
        "event_type": "Transfer",
        "tokenInfo": {"tokenId": p.token, "tokenAbbr": SYMBOLS[p.token or USDT][0], "tokenDecimal": SYMBOLS[p.token or USDT][2]},
    }


def tronscan_direction(p: Payment) -> dict[str, Any]:
    return {
        "hash": p.tx_hash[2:],
        "block": p.block,
        "block_timestamp": p.time * 1000,
        "from": p.sender,
        "to": p.recipient,
        "amount": str(p.amount),
        "contract_address": p.token,
        "confirmed": 1,
        "contract_ret": "SUCCESS",
        "final_result": "SUCCESS",
        "revert": 0,
        "event_type": "Transfer",
        "direction": 2 if p.recipient == PEOPLE[0] else 1,
        "decimals": SYMBOLS[p.token or USDT][2],
    }


def trongrid(p: Payment) -> dict[str, Any]:
    symbol, name, decimals = SYMBOLS[p.token or USDT]
    return {
        "transaction_id": p.tx_hash[2:],
        "token_info": {"symbol": symbol, "address": p.token, "decimals": decimals, "name": name},
        "block_timestamp": p.time * 1000,
        "from": p.sender,
        "to": p.recipient,
        "type": "Transfer",
        "value": str(p.amount),
    }


def solscan(p: Payment) -> dict[str, Any]:
    return {
        "Signature": p.tx_hash,
        "Block Time": p.time,
        "Human Time": day(p.time, "%Y-%m-%dT%H:%M:%S.000Z"),
        "Action": "MINT" if p.sender == ZERO else "BURN" if p.recipient == ZERO else "TRANSFER",
        "From": p.sender.replace(ZERO, ""),
        "To": p.recipient.replace(ZERO, ""),
        "Amount": p.amount,
        "Flow": "in" if p.recipient == PEOPLE[0] else "out",
        "Value": "12.4",
        "Decimals": SYMBOLS[p.token or USDT][2],
        "Token Address": p.token,
    }


class Written(NamedTuple):
    """How a dialect is written: a row of it, the file of its rows, and what it cannot say: fees, failed rows, blocks."""

    row: Callable[[Payment], dict[str, Any]]
    file: Callable[[Sequence[Mapping[str, Any]]], bytes] = as_csv
    token: str | None = None
    fees: bool = False
    failed: bool = True
    blocks: bool = True


def of_token(row: Callable[[Payment], dict[str, Any]], file: Callable[..., bytes] = as_csv, token: str = USDT, **lacks: bool) -> Written:
    return Written(row, file, token, **lacks)


WRITERS: Mapping[str, Sequence[Written]] = {
    "etherscan_transactions": [Written(etherscan, fees=True)],
    "etherscan_internal": [Written(etherscan_internal)],
    "etherscan_tokens": [of_token(etherscan_tokens), of_token(etherscan_tokens, lambda rows: as_xlsx(sheet_of(rows)))],
    "etherscan_api_txlist": [Written(txlist, api, fees=True), Written(txlist, fees=True)],
    "etherscan_api_txlistinternal": [Written(txlistinternal, api), Written(txlistinternal)],
    "etherscan_api_tokentx": [of_token(tokentx, api), of_token(tokentx)],
    "blockscout_transactions": [Written(blockscout, fees=True)],
    "blockscout_internal": [Written(blockscout_internal)],
    "blockscout_tokens": [of_token(blockscout_tokens)],
    "ethereum_etl_transactions": [Written(etl, fees=True), Written(bigquery(etl), as_lines, fees=True)],
    "ethereum_etl_token_transfers": [of_token(etl_tokens), of_token(bigquery(etl_tokens), as_lines)],
    "ethereum_etl_traces": [Written(etl_traces), Written(bigquery(etl_traces), as_lines)],
    "cryo_native_transfers": [Written(cryo_native, as_parquet, failed=False)],
    "cryo_transactions": [Written(cryo_transactions, as_parquet, fees=True)],
    "cryo_erc20_transfers": [of_token(cryo_tokens, as_parquet)],
    "tronscan_trc20": [of_token(tronscan, token="USDT")],
    "tronscan_api_transfers": [of_token(tronscan_quant, lambda rows: json.dumps({"total": len(rows), "token_transfers": rows}).encode())],
    "tronscan_api_trc20": [of_token(tronscan_direction, lambda rows: json.dumps({"data": rows, "code": 200}).encode())],
    "trongrid_trc20": [of_token(trongrid, lambda rows: json.dumps({"data": rows, "success": True}).encode(), blocks=False)],
    "solscan": [of_token(solscan, blocks=False)],
}
"""Each dialect as it is written, some in two forms of a file."""


def sheet_of(rows: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[Any]]:
    return [list(rows[0]), *(list(row.values()) for row in rows)]
