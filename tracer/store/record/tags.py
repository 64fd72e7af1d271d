"""The tags of a case in `case.db`. The rows they rest on are kept by their row keys."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from tracer.gc_pause import collector_paused
from tracer.ledger import Ledger
from tracer.model import BaseRate, Everywhere, Looked, Measure, Tag
from tracer.store.record.database import TAGS, CaseDb
from tracer.store.record.model_as_columns import columns_of, json_in, json_of, made, numbered


def save_tags(
    db: CaseDb,
    ledger: Ledger,
    tags: Sequence[Tag],
    rates: Sequence[BaseRate] = (),
    looked: Looked | None = None,
    everywhere: Everywhere | None = None,
) -> None:
    """Replaces the tags, and how often the shape of each is seen outside the trail. `looked`: at how many addresses tags were looked for,
    and `everywhere`, what all payments come to; None where nobody counted."""
    key = ledger.columns.row_key

    @cache  # the measures of a tag often rest on the same rows
    def keys(rows: tuple[int, ...]) -> str:
        return json_of([int(key[row]) for row in rows])

    columns = numbered(Tag, tags)
    del columns["measures"], columns["against"]  # a table of their own
    columns |= {
        "account": map(ledger.index.__getitem__, columns.pop("subject")),
        "row_key": (None if row is None else int(key[row]) for row in columns.pop("row")),
        "presets": map(json_of, columns["presets"]),
        "rows": map(keys, columns["rows"]),
    }
    with db.stage():
        db.clear(TAGS)
        db.insert("tags", columns)
        _save_measures(db, tags, keys)
        db.insert("base_rates", columns_of(BaseRate, rates))
        db.note(looked=json_of(looked), everywhere=json_of(everywhere))


@collector_paused()
def load_tags(db: CaseDb, ledger: Ledger) -> tuple[Tag, ...]:
    """The tags as they were written."""
    row_of = {int(row_key): row for row, row_key in enumerate(ledger.columns.row_key)}
    columns: dict[str, Any] = db.select("tags", ("id", "name", "account", "row_key", "status", "presets", "rows"))
    sides, numbers = _load_measures(db, row_of), columns.pop("id")
    columns |= {
        "subject": [ledger.accounts[account].address for account in columns.pop("account")],
        "row": [None if row_key is None else row_of[row_key] for row_key in columns.pop("row_key")],
        "presets": map(tuple, json_in(columns["presets"])),
        "measures": [tuple(sides.get((number, 0), ())) for number in numbers],
        "against": [tuple(sides.get((number, 1), ())) for number in numbers],
        "rows": _rows_in(columns["rows"], row_of),
    }
    return tuple(made(Tag, columns))


def load_base_rates(db: CaseDb) -> tuple[BaseRate, ...]:
    """The base rates of the tags; none where no unrelated account was read whole."""
    return tuple(made(BaseRate, db.select("base_rates", BaseRate._fields)))


def load_looked(db: CaseDb) -> Looked | None:
    """At how many addresses the tags were looked for; None where that was not noted."""
    noted = json.loads(db.noted("looked") or "null")
    return None if noted is None else Looked(*noted)


def load_everywhere(db: CaseDb) -> Everywhere | None:
    """What all payments come to, as heuristics hold an account against them; None where that was not noted."""
    noted = json.loads(db.noted("everywhere") or "null")
    return None if noted is None else Everywhere(*noted)


def _save_measures(db: CaseDb, tags: Sequence[Tag], keys: Callable[[tuple[int, ...]], str]) -> None:
    """The measures of all tags, of each those that hold first, then those against it."""
    places = [(number, place, tag) for number, tag in enumerate(tags) for place in range(len(tag.measures) + len(tag.against))]
    columns = columns_of(Measure, [measure for tag in tags for measure in (*tag.measures, *tag.against)])
    columns |= {
        "tag": [number for number, _, _ in places],
        "number": [place for _, place, _ in places],
        "against": [int(place >= len(tag.measures)) for _, place, tag in places],
        "value": map(json_of, columns["value"]),
        "threshold": map(json_of, columns["threshold"]),
        "holds": map(int, columns["holds"]),
        "rows": map(keys, columns["rows"]),
    }
    db.insert("measures", columns)


def _load_measures(db: CaseDb, row_of: Mapping[int, int]) -> dict[tuple[int, int], list[Measure]]:
    """The measures by the number of their tag and whether they are against it."""
    columns: dict[str, Any] = db.select("measures", ("tag", "against", *Measure._fields))
    tags, against = columns.pop("tag"), columns.pop("against")
    columns |= {
        "value": json_in(columns["value"]),
        "threshold": json_in(columns["threshold"]),
        "holds": map(bool, columns["holds"]),
        "rows": _rows_in(columns["rows"], row_of),
    }
    sides: dict[tuple[int, int], list[Measure]] = {}
    for tag, side, measure in zip(tags, against, made(Measure, columns), strict=True):
        sides.setdefault((tag, side), []).append(measure)
    return sides


def _rows_in(texts: Iterable[str], row_of: Mapping[int, int]) -> list[tuple[int, ...]]:
    return [tuple(row_of[row_key] for row_key in keys) for keys in json_in(texts)]
