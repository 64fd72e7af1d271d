"""Columns of a case as a pandas frame: amounts exact, times as datetimes. Here, so that a frame costs no graph."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from itertools import repeat
from typing import TYPE_CHECKING, Any, Literal, get_args

from tracer.did_you_mean import hint
from tracer.errors import InputError
from tracer.model import Asset, Memo

if TYPE_CHECKING:
    import pandas

Units = Literal["smallest", "coins"]
"""`smallest`: integers of the smallest unit. `coins`: whole coins, as exact decimals."""

OF_A_PARTY = ("label", "service", "role")
"""What a frame of transfers says of both ends, as `sender_label` and so on."""

NOBODY = (None, None, "account")
"""What is said of an address that no label, service or theft names."""

INT64_ROOM = 1 << 63


def frame(columns: Mapping[str, Sequence[Any]], amounts: Collection[str], asset: Asset, units: Units = "smallest") -> pandas.DataFrame:
    """The columns as a frame; `time` as datetime64 in UTC.

    Integers are int64 where even the sum of a column fits that, else Python integers (dtype object); so is what is unknown in places.
    Raises InputError for other units.
    """
    import pandas

    if units not in get_args(Units):
        raise InputError(f"units={units!r}: {hint(str(units), get_args(Units))}")
    made = {name: _amounts(column, asset, units) if name in amounts else column for name, column in columns.items()}
    table = pandas.DataFrame(made)
    for name in ("time",):
        if name in table.columns:
            table[name] = pandas.to_datetime(table[name], unit="s", utc=True)
    for name in ("theft", "height"):
        if name in table.columns:
            table[name] = table[name].astype("Int64")
    return table


def _amounts(column: Sequence[Any], asset: Asset, units: Units) -> pandas.Series[Any]:
    import pandas

    if units == "coins":
        coin = Decimal(1).scaleb(-asset.decimals)
        return pandas.Series([None if amount is None else _coins(amount, coin) for amount in column], dtype=object)
    narrow = None not in column and sum(map(abs, column)) < INT64_ROOM
    return pandas.Series(column, dtype="int64" if narrow else object)


def _coins(amount: int, coin: Decimal) -> Decimal:
    """An amount in whole coins, every digit of it: the digits of a product are not cut, as those of a quotient may be."""
    from decimal import Context

    return Context(prec=80).multiply(Decimal(amount), coin)


def parties(columns: dict[str, list[Any]], said: Mapping[str, Sequence[Any]]) -> None:
    """Adds what is said of each address (label, service, role) to both ends of transfers; of one that is not there, NOBODY."""
    for place, name in enumerate(OF_A_PARTY):
        of = {address: values[place] for address, values in said.items()}
        for side in ("sender", "recipient"):
            columns[f"{side}_{name}"] = list(map(of.get, columns[side], repeat(NOBODY[place])))


def memo_columns(memos: Sequence[Memo | None]) -> dict[str, list[Any]]:
    """Text, kind and bytes of memos, as columns."""
    return {
        "memo": [memo and memo.text for memo in memos],
        "memo_kind": [memo and memo.kind for memo in memos],
        "memo_hex": [memo and memo.content.hex() for memo in memos],
    }
