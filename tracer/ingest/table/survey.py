"""What a table says of itself before anybody has said anything of it: its dialect, tokens, decimals, wallet, order, first rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.ingest.chain_and_asset_of_case import hash_form
from tracer.ingest.table.dialects import DIALECTS, DIRECTIONS, OUR_NAMES, column_meant, told_by_header
from tracer.ingest.table.file_as_text_columns import header, parts
from tracer.ingest.table.notes import Tally, notes_of
from tracer.ingest.table.order_of_lines import Order
from tracer.ingest.table.table_format import format_of
from tracer.ingest.table.table_reader import portions
from tracer.ingest.table.table_rows import Values
from tracer.ingest.table.whose_export import in_every_row

SHOWN = 3  # rows
SYMBOLS = "TokenSymbol|Token Symbol|tokenInfo.tokenAbbr|token_info.symbol|token_symbol"
DECIMALS = "decimals|tokenDecimal|tokenInfo.tokenDecimal|token_info.decimals"


class Token(NamedTuple):
    """A token of a table, by what names it there; its symbol and decimals where the table has them."""

    name: str
    symbol: str = ""
    decimals: int | None = None


class Traits(NamedTuple):
    """What the header and the columns of a table show: the dialect that the header tells, the tokens, in the order they come, and
    whether amounts have a fraction; of a table without tokens the symbol and decimals of its one asset."""

    dialect: str
    tokens: Sequence[Token]
    fractions: bool
    symbol: str
    decimals: int | None


class FirstRow(NamedTuple):
    """A row as it was read; amount and fee in smallest units."""

    height: int | None
    time: int | None
    sender: str | None
    recipient: str | None
    amount: int
    fee: int
    tx_hash: str | None


class Survey(NamedTuple):
    """A table, read: how many rows it has, the first of them, the addresses that stand in each, the order of its lines in words, and
    how it was read, a sentence each."""

    rows: int
    first: Sequence[FirstRow]
    everywhere: Sequence[str]
    order: str
    notes: Sequence[str]


def traits_of(path: Path, source: Source) -> Traits:
    """What the table shows by itself. `source` is what is said of it already. Raises InputError of a file that cannot be read."""
    there = header(path, source.delimiter)
    told = source.dialect or told_by_header(there) or ""
    dialect = DIALECTS.get(told, OUR_NAMES)
    named = {**dialect.columns, **source.columns, **({"token": source.token_column} if source.token_column else {})}
    meant = {ours: column_meant(named[ours], there) for ours in ("token", "amount", *DIRECTIONS) if ours in named}
    meant |= {"symbol": column_meant(SYMBOLS, there), "decimals": column_meant(DECIMALS, there)}
    columns = {ours: theirs for ours, theirs in meant.items() if theirs}
    tokens: dict[str, Token] = {}
    fractions = False
    for part in parts(path, set(columns.values()), source.delimiter):
        cells = {ours: part.columns[theirs] for ours, theirs in columns.items()}
        for name, symbol, decimals in zip_longest(cells.get("token", ()), cells.get("symbol", ()), cells.get("decimals", ()), fillvalue=""):
            tokens.setdefault(name.strip().lower(), Token(name.strip(), symbol.strip(), _whole(decimals)))
        fractions = fractions or any(re.search(r"[.,]\d*[1-9]", cell) for ours in ("amount", *DIRECTIONS) for cell in cells.get(ours, ()))
    only = next(iter(tokens.values())) if len(tokens) == 1 else Token("")
    coin = re.search(r"\((\w+)\)", columns.get("amount_in", "")) if "token" not in columns else None
    several = tuple(tokens.values()) if "token" in columns else ()
    return Traits(told, several, fractions, only.symbol or (coin[1] if coin else dialect.symbol), _first(only.decimals, dialect.decimals))


def survey(question: CaseFile) -> Survey:
    """The one table of a case, read as a trace would read it. Raises InputError as that would."""
    (source,) = question.sources
    path, format = question.file(source.path), format_of(question, source)
    order, tally = Order(format.order), Tally()
    first: list[FirstRow] = []
    everywhere: set[str] | None = None
    for portion in portions(path, format, order, tally):
        first += _rows(portion.values, SHOWN - len(first))
        everywhere = in_every_row(everywhere, portion.values)
    addresses = tuple(sorted(everywhere or ()))
    return Survey(tally.rows, first, addresses, _in_words(order), notes_of(format, order, tally))


def _in_words(order: Order) -> str:
    if order.placed:
        return "each with its place in the block"
    return "newest first" if order.newest_first else "in no order" if order.mixed else "oldest first"


def named_as(question: CaseFile, texts: Sequence[str]) -> dict[str, Literal["transfer", "wallet"]]:
    """Which of the texts are transactions of the one table of a case, and which addresses; those that are neither are left out."""
    (source,) = question.sources
    format, form = format_of(question, source), hash_form(question)
    hashes, addresses = {form(text): text for text in texts}, {format.address(text): text for text in texts}
    kinds: dict[str, Literal["transfer", "wallet"]] = {}
    for portion in portions(question.file(source.path), format, Order(format.order), Tally()):
        kinds |= {hashes[name]: "transfer" for name in set(map(form, filter(None, portion.values.get("tx_hash", ())))) & hashes.keys()}
        kinds |= {addresses[name]: "wallet" for name in {*portion.values["sender"], *portion.values["recipient"]} & addresses.keys()}
    return kinds


def _rows(values: Values, count: int) -> list[FirstRow]:
    columns: Mapping[str, Sequence[Any]] = {name: values.get(name) or [0 if name == "fee" else None] * count for name in FirstRow._fields}
    return [FirstRow(*row) for row in zip(*(columns[name][:count] for name in FirstRow._fields), strict=False)]


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < SHOWN else None


def _first(*numbers: int | None) -> int | None:
    return next((number for number in numbers if number is not None), None)
