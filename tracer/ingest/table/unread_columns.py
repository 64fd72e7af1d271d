"""Columns that change what an amount means, where nothing reads them: each ends in a question, with the line that answers it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tracer.errors import InputError
from tracer.ingest.table.batches_of_rows import Part
from tracer.ingest.table.file_as_text_columns import place
from tracer.model import Asset
from tracer.wording import shortened

SHOWN = 100  # characters of a value in a question: an address is to be copied whole

WORDS_OF_SUCCESS = frozenset({"", "success", "successful", "succeeded", "ok", "confirmed", "finalized"})
"""What a column of success says of a payment that moved its amount, whatever the sense of its numbers."""

NUMBERS_OF_SUCCESS: Mapping[str, Collection[str]] = {
    **dict.fromkeys(("iserror", "haserror", "failed", "isfailed", "reverted", "isreverted"), ("0", "false", "no")),
    **dict.fromkeys(("success", "issuccess", "succeeded", "successful", "txreceiptstatus", "receiptstatus"), ("1", "true", "yes")),
    **dict.fromkeys(("status", "txstatus", "transactionstatus", "result", "txresult", "state", "contractret"), ()),
    **dict.fromkeys(("error", "err", "errcode", "errorcode", "errormessage", "revertreason"), ()),
}
"""Names of columns that say whether a payment moved its amount, and the numbers that say so where the name leaves no doubt. A bare
`status` does leave one: explorers write 1 for success in one export and 0 in the next."""

NO_VALUE_MOVES = frozenset({"delegatecall", "staticcall", "callcode"})
"""Calls within a transaction that state a value and move none."""

CALLS = frozenset({"type", "calltype", "tracetype", "action", "op"})

TOKENS = (
    "contractaddress", "tokenaddress", "tokencontractaddress", "contract", "token", "tokensymbol", "symbol", "mint", "asset", "currency",
    "coin", "ticker", "tokenname",
)  # fmt: skip
"""Names of columns that say of which token an amount is, the surest first."""

DECIMALS = frozenset({"decimals", "tokendecimal", "tokendecimals", "assetdecimals"})
"""Names of columns that say how many digits after the point a token has: what goes with amounts in smallest units."""

DIRECTIONS = frozenset({"direction", "inout", "side", "flow", "drcr", "creditdebit", "debitcredit", "transfertype", "type"})
IN_AND_OUT = frozenset("in out incoming outgoing credit debit received sent receive send deposit withdrawal".split())

INWARD = {
    "in": "out", "inflow": "outflow", "incoming": "outgoing", "credit": "debit", "received": "sent", "deposit": "withdrawal",
}  # fmt: skip
NOTHING = re.compile(r"[0.,]*")
OTHER_DIRECTION = INWARD | {out_of: into for into, out_of in INWARD.items()}


class Doubt(NamedTuple):
    """A column that nothing reads. `doubtful` says whether a value, or a second value beside `seen`, needs an answer; `question`
    words it for a value of the values seen so far."""

    column: str
    doubtful: Callable[[str, Collection[str]], bool]
    question: Callable[[str, Collection[str]], str]


class Doubts:
    """Looks through the columns of a file that nothing reads. Raises InputError at the first line that needs an answer."""

    def __init__(
        self, path: Path, unread: Sequence[str], *, amount: str | None, asset: Asset, unit: str, token_chosen: bool, status_named: bool
    ) -> None:
        self.path = path
        self.doubts = [doubt for column in unread for doubt in _doubts_of(column)]
        if amount is not None and (other := other_direction(amount, unread)):
            self.doubts.append(other)
        self.doubts += [_decimals_of(column, asset, unit) for column in unread if column_word(column) in DECIMALS]
        self.doubts = [doubt for doubt in self.doubts if not (doubt.question is _token and token_chosen)]
        self.doubts = [doubt for doubt in self.doubts if not (doubt.question is _status and status_named)]
        self.doubts.sort(key=lambda doubt: _rank(doubt.column))
        self.seen: dict[str, dict[str, None]] = {doubt.column: {} for doubt in self.doubts}

    @property
    def columns(self) -> set[str]:
        """Those that must be looked at."""
        return set(self.seen)

    def look(self, part: Part) -> None:
        for doubt in self.doubts:
            seen = self.seen[doubt.column]
            cells = [cell.strip() for cell in part.columns[doubt.column]]
            for value in dict.fromkeys(cells):
                seen.setdefault(value)
                if doubt.doubtful(value, seen):
                    question = doubt.question(doubt.column, seen)
                    where = place(self.path, part.lines[cells.index(value)])
                    raise InputError(f"{where}: {doubt.column} {_quoted(value)} {question}, or ignore = [{_quoted(doubt.column)}]")


def column_word(name: str) -> str:
    """A header without what spelling adds: TokenSymbol, token_symbol and "Token Symbol" are one."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def other_direction(amount: str, there: Sequence[str]) -> Doubt | None:
    """The column of the amounts that went the other way, as the header of the one that is read tells; doubtful where it has one."""
    words = re.findall(r"[A-Za-z]+|[^A-Za-z]+", amount)
    for number, word in enumerate(words):
        if other := OTHER_DIRECTION.get(word.lower()):
            wanted = column_word("".join([*words[:number], other, *words[number + 1 :]]))
            for column in there:
                if column_word(column) == wanted:
                    into, out_of = (amount, column) if word.lower() in INWARD else (column, amount)
                    return Doubt(column, lambda value, _: not NOTHING.fullmatch(value), partial(_other_way, amount, into, out_of))
    return None


def _other_way(amount: str, into: str, out_of: str, _column: str, _seen: Collection[str]) -> str:
    return (
        f"went the other way, and would be 0 since amount is {amount!r}: write amount_in = {_quoted(into)} and "
        f"amount_out = {_quoted(out_of)} in the source"
    )


def _decimals_of(column: str, asset: Asset, unit: str) -> Doubt:
    """Doubtful where amounts are read as coins, which need no decimals beside them, and where the asset of the case has others."""
    if unit == "coin":
        why = 'stands beside amounts in smallest units nearly everywhere, and unit = "coin" would multiply those: leave unit out'
        return Doubt(column, lambda value, _: value.removesuffix(".0") not in ("", "0"), lambda _column, _seen: why)
    why = f"is not what the case says, decimals = {asset.decimals} of {asset.symbol}: correct it there"
    return Doubt(column, lambda value, _: value.removesuffix(".0") not in ("", str(asset.decimals)), lambda _column, _seen: why)


def _doubts_of(column: str) -> Iterable[Doubt]:
    name = column_word(column)
    if name in NUMBERS_OF_SUCCESS:
        fine = _success(name)
        yield Doubt(column, lambda value, _: value.lower() not in fine, _status)
    if name in CALLS:
        yield Doubt(column, lambda value, _: value.lower() in NO_VALUE_MOVES, _call)
    if name in TOKENS:
        yield Doubt(column, lambda _, seen: len(seen) > 1, _token)
    if name in DIRECTIONS:
        yield Doubt(column, lambda value, seen: value.lower() in IN_AND_OUT and len(seen) > 1, _direction)


def _success(name: str) -> frozenset[str]:
    """What a column of this name says of a payment that moved its amount."""
    return WORDS_OF_SUCCESS.union(NUMBERS_OF_SUCCESS[name])


def _rank(column: str) -> int:
    if column_word(column) in DECIMALS:
        return len(TOKENS)
    return TOKENS.index(column_word(column)) if column_word(column) in TOKENS else -1


def _status(column: str, seen: Collection[str]) -> str:
    fine = _success(column_word(column))
    values = ", ".join(_quoted(value) for value in seen if value.lower() in fine) or "..."
    return (
        "may say that the payment failed and moved nothing, and nothing reads this column: name the values that mean success, "
        f"status = {{{_quoted(column)} = [{values}]}} in the source"
    )


def _call(column: str, seen: Collection[str]) -> str:
    values = ", ".join(_quoted(value) for value in seen if value.lower() not in NO_VALUE_MOVES) or '"call"'
    return f"moves nothing of the value it states: name what moves it, status = {{{_quoted(column)} = [{values}]}} in the source"


def _token(column: str, seen: Collection[str]) -> str:
    first = next(iter(seen))
    return (
        f"is another token than {_quoted(first)} before, and amounts of two tokens are never added up: write "
        f"token_column = {_quoted(column)} and token = {_quoted(first)} in the source"
    )


def _direction(column: str, seen: Collection[str]) -> str:
    return (
        f"says that some rows came in and some went out ({', '.join(map(_quoted, seen))}), and nothing reads this column: give the file "
        "columns of who paid and who was paid in every row"
    )


def _quoted(text: str) -> str:
    return json.dumps(shortened(text, SHOWN), ensure_ascii=False)
