"""The hops of a record as they are kept: those of all thefts in a row of the ledger together, as JSON, an amount by the number of its
theft. Of 32 million hops this takes a third of the time of writing each, and half of that of hashing them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, pairwise
from typing import Any, NamedTuple

from tracer.store.record.model_as_columns import DELETE
from tracer.tracing.hops_in_numpy import runs

Columns = Mapping[str, Iterable[Any]]
"""Hops by the fields of `Hop`, in the order of rows and thefts; amounts as they are kept."""


class KeptRow(NamedTuple):
    """What kept_hops has of a row under one rule: its hops, and its fees; None where there are none."""

    row_key: int
    parts: str | None
    fee_parts: str | None


KEY = ("rule", "row_key", "fee", "theft")
"""By which the hops are hashed in order."""

BY_KEY = """
    SELECT '[' || json_quote(rules.rule) || ',' || row_key || ',' AS head, parts, fee_parts
    FROM rules CROSS JOIN kept_hops ON kept_hops.rule = rules.id ORDER BY rules.rule, row_key"""
"""What `hop_lines` takes: how the line of each hop of a row begins, and the rest of them."""


def kept_rows(hops: Columns, fees: Columns, key_of: Callable[[int], int]) -> Iterator[KeptRow]:
    """Hops and fees under one rule as rows of kept_hops. `key_of`: the key of a row.

    >>> hops, fees = {"row": [5, 5, 6], "theft": [0, 2, 2], "amount": [7, 9, 1]}, {"row": [6], "theft": [2], "amount": [3]}
    >>> for row in kept_rows(hops, fees, key_of=lambda row: row):
    ...     print(*row)
    5 {"0":7,"2":9} None
    6 {"2":1} {"2":3}
    """
    of_hops, of_fees = _parts(hops), _parts(fees)
    hop, fee = next(of_hops, _NONE), next(of_fees, _NONE)
    while (row := min(hop.row, fee.row)) < _NONE.row:
        parts = fee_parts = None
        if hop.row == row:
            parts, hop = hop.parts, next(of_hops, _NONE)
        if fee.row == row:
            fee_parts, fee = fee.parts, next(of_fees, _NONE)
        yield KeptRow(key_of(row), parts, fee_parts)


def hop_lines(rows: Sequence[tuple[str, str | None, str | None]]) -> Iterator[str]:
    """The hops in rows that BY_KEY selects, as they are hashed: a JSON array a line, of the columns of the view.

    Text is put in the place of text, which takes a third of the time of SQLite's json. Other rows than `kept_rows` makes have lines that
    no hop has.
    """
    if not _as_made([parts for _, *sides in rows for parts in sides if parts is not None]):
        yield from map(json.dumps, rows)
        return
    for head, *sides in rows:
        for fee, parts in enumerate(sides):
            if parts is not None:
                of_side = f"{head}{fee},"
                lines = parts[2:-1].replace(',"', f"]\n{of_side}")
                yield f"{of_side}{lines}]".replace('":', ",")


def _as_made(texts: Sequence[str]) -> bool:
    """Whether texts are parts of hops, as far as their lines could be those of hops: as many numbers of thefts as hops, and on one line."""
    whole = "\n".join(texts)
    return (
        whole[:2] + whole[-1:] in ("", '{"}')
        and whole.count('}\n{"') == whole.count("\n") == max(len(texts) - 1, 0)
        and whole.count('":') == whole.count(',"') + len(texts)
        and whole.isascii()
        and DELETE not in whole
    )


class _Parts(NamedTuple):
    row: int
    parts: str | None


_NONE = _Parts(1 << 64, None)
"""Comes after all rows."""


def _parts(columns: Columns) -> Iterator[_Parts]:
    """The hops of each row, together."""
    thefts, amounts = iter(columns["theft"]), iter(columns["amount"])
    first = list(islice(amounts, 1))
    forms = _Forms('"%s"' if first and isinstance(first[0], str) else "%d")
    amounts = chain(first, amounts)
    for row, count in runs(columns["row"]):
        yield _Parts(row, forms[tuple(islice(thefts, count))] % tuple(islice(amounts, count)))


class _Forms(dict[tuple[int, ...], str]):
    """The text of parts by their thefts, with a `place` for each amount: the same thefts are in many rows."""

    def __init__(self, place: str) -> None:
        self._place = place

    def __missing__(self, thefts: tuple[int, ...]) -> str:
        if any(after <= theft for theft, after in pairwise(thefts)):
            raise ValueError(f"the thefts of a row are not in ascending order, each once: {', '.join(map(str, thefts))}")
        self[thefts] = form = "{" + ",".join(f'"{theft}":{self._place}' for theft in thefts) + "}"
        return form
