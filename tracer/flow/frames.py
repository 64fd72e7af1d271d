"""Columns of a case as a pandas frame: amounts exact, times as datetimes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, get_args

from tracer.errors import InputError
from tracer.model import Asset, Memo
from tracer.wording import hint

if TYPE_CHECKING:
    import pandas

    from tracer.flow.graph import FlowGraph

Units = Literal["smallest", "coins"]
"""`smallest`: integers of the smallest unit. `coins`: whole coins, as exact decimals."""

OF_A_PARTY = ("label", "service", "role")
"""What a frame of transfers says of both ends, as `sender_label` and so on."""

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
    found = pandas.DataFrame(made)
    for name in ("time",):
        if name in found.columns:
            found[name] = pandas.to_datetime(found[name], unit="s", utc=True)
    for name in ("theft", "height"):
        if name in found.columns:
            found[name] = found[name].astype("Int64")
    return found


def _amounts(column: Sequence[Any], asset: Asset, units: Units) -> pandas.Series[Any]:
    import pandas

    if units == "coins":
        coin = Decimal(1).scaleb(-asset.decimals)
        return pandas.Series([None if each is None else _coins(each, coin) for each in column], dtype=object)
    narrow = all(each is not None for each in column) and sum(map(abs, column)) < INT64_ROOM
    return pandas.Series(column, dtype="int64" if narrow else object)


def _coins(amount: int, coin: Decimal) -> Decimal:
    """An amount in whole coins, every digit of it: the digits of a product are not cut, as those of a quotient may be."""
    from decimal import Context

    return Context(prec=80).multiply(Decimal(amount), coin)


def parties(columns: dict[str, list[Any]], said: Mapping[str, Iterable[Any]]) -> None:
    """Adds what is said of each address (label, service, role) to both ends of transfers."""
    for side in ("sender", "recipient"):
        for place, name in enumerate(OF_A_PARTY):
            of = {address: tuple(values)[place] for address, values in said.items()}
            columns[f"{side}_{name}"] = [of[address] for address in columns[side]]


def memo_columns(memos: Sequence[Memo | None]) -> dict[str, list[Any]]:
    """Text, kind and bytes of memos, as columns."""
    return {
        "memo": [memo and memo.text for memo in memos],
        "memo_kind": [memo and memo.kind for memo in memos],
        "memo_hex": [memo and memo.content.hex() for memo in memos],
    }


def edge_columns(flow: FlowGraph) -> dict[str, list[Any]]:
    """The transfers of a flow graph as columns, in ledger order."""
    edges = sorted(flow.edges(data=True), key=lambda edge: edge[2]["row"])
    columns: dict[str, list[Any]] = {"row": [edge["row"] for *_, edge in edges]}
    columns |= {"sender": [sender for sender, *_ in edges], "recipient": [recipient for _, recipient, _ in edges]}
    for name in "height position time tx_hash amount fee kind".split():
        columns[name] = [edge[name] for *_, edge in edges]
    columns |= memo_columns([edge["memo"] for *_, edge in edges])
    for name in "basis verified provisional theft cut".split():
        columns[name] = [edge[name] for *_, edge in edges]
    columns["tags"] = [" ".join(edge["tags"]) for *_, edge in edges]
    columns |= {rule: [edge[rule] for *_, edge in edges] for rule in flow.rules}
    parties(columns, {address: [node[name] for name in OF_A_PARTY] for address, node in flow.nodes(data=True)})
    return columns
