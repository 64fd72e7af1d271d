"""Bounds and their proofs in `case.db`, of the trace that stands there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

from tracer.ledger import Ledger
from tracer.model import Bound, Bounded, Bounds, Cut, Memo, Moved, Proof, Proofs, Side, bounded_by, bounds_of
from tracer.store.record.amounts_as_stored import amounts_in, kept_singly, known_amounts_in
from tracer.store.record.database import BOUNDS, CaseDb
from tracer.store.record.model_as_columns import columns_of, json_of, made

AMOUNTS = ("least", "most", "least_any_order", "most_any_order")


def save_bounds(db: CaseDb, ledger: Ledger, bounds: Bounds, proofs: Proofs) -> None:
    """Replaces the bounds and their proofs."""
    subjects = dict(bounded_by(bounds))
    number = {subject: id for id, subject in enumerate(subjects)}
    with db.stage():
        db.clear(BOUNDS)
        _save_figures(db, bounds, subjects)
        order = sorted(proofs.by_figure, key=lambda key: (number[key[0]], key[1]))
        db.insert("proofs", {
            "bound": [number[subject] for subject, _ in order],
            "figure": [figure for _, figure in order],
            "listed": [proofs.by_figure[key].cut.listed for key in order],
            "allocation": [proofs.by_figure[key].allocation for key in order],
        })  # fmt: skip
        key_of = ledger.columns.row_key
        sides = [(*key, n, side) for key in order for n, side in enumerate(proofs.by_figure[key].cut.sides)]
        db.insert("cut_sides", {
            "bound": [number[subject] for subject, _, _, _ in sides],
            "figure": [figure for _, figure, _, _ in sides],
            "number": [n for _, _, n, _ in sides],
            "account": [ledger.index[side.address] for *_, side in sides],
            "first": [key_of[side.first] for *_, side in sides],
            "until": [None if side.until is None else key_of[side.until] for *_, side in sides],
        })  # fmt: skip
        for name, moved in sorted(proofs.allocations.items()):
            columns = columns_of(Moved, moved)
            columns |= {"row_key": map(key_of.__getitem__, columns.pop("row"))}
            columns |= {each: kept_singly(columns[each]) for each in ("amount", "fee")}
            db.insert("allocations", columns | {"allocation": [name] * len(moved)})


def _save_figures(db: CaseDb, bounds: Bounds, subjects: dict[Bounded, Bound]) -> None:
    columns: dict[str, Iterable[Any]] = {"id": range(len(subjects)), **columns_of(Bounded, list(subjects))}
    columns |= {"names": map(json_of, columns["names"])}
    columns |= {
        "memo": [subject.memo and subject.memo.content.hex() for subject in subjects],
        "memo_kind": [subject.memo and subject.memo.kind for subject in subjects],
    }
    columns |= columns_of(Bound, list(subjects.values()))
    free = [bounds.any_order.get(subject) for subject in subjects]
    columns |= {"least_any_order": [each and each.least for each in free], "most_any_order": [each and each.most for each in free]}
    db.insert("bounds", columns | {name: kept_singly(cast(Iterable[int | None], columns[name])) for name in AMOUNTS})


def load_bounds(db: CaseDb) -> Bounds:
    """The bounds as they were written; none until `tracer bounds` has been run."""
    columns = db.select("bounds", AMOUNTS)
    amounts = {name: known_amounts_in(column) for name, column in columns.items()}
    found = dict(zip(_subjects(db), made(Bound, {name: amounts[name] for name in AMOUNTS[:2]}), strict=True))
    free = zip(found, amounts["least_any_order"], amounts["most_any_order"], strict=True)
    return bounds_of(found, {subject: Bound(least, most) for subject, least, most in free if least is not None and most is not None})


def load_proofs(db: CaseDb, ledger: Ledger) -> Proofs:
    """The proofs as they were written on `ledger`, by what they prove."""
    subjects = _subjects(db)
    row_of = {row_key: row for row, row_key in enumerate(ledger.columns.row_key)}
    sides: dict[tuple[int, str], list[Side]] = {}
    for bound, figure, account, first, until in db.query(
        "SELECT bound, figure, account, first, until FROM cut_sides ORDER BY bound, figure, number"
    ):
        end = None if until is None else row_of[until]
        sides.setdefault((bound, figure), []).append(Side(address=ledger.accounts[account].address, first=row_of[first], until=end))
    proofs = {
        (subjects[bound], figure): Proof(cut=Cut(listed=listed, sides=tuple(sides.get((bound, figure), ()))), allocation=allocation)
        for bound, figure, listed, allocation in db.query("SELECT bound, figure, listed, allocation FROM proofs ORDER BY bound, figure")
    }
    columns = db.select("allocations", ("allocation", "row_key", "amount", "fee"))
    names, keys = columns.pop("allocation"), columns.pop("row_key")
    amounts: dict[str, list[Any]] = {name: amounts_in(column) for name, column in columns.items()}
    moved: dict[str, list[Moved]] = {}
    for name, each in zip(names, made(Moved, {**amounts, "row": list(map(row_of.__getitem__, keys))}), strict=True):
        moved.setdefault(name, []).append(each)
    return Proofs(by_figure=proofs, allocations={name: tuple(parts) for name, parts in moved.items()})


def _subjects(db: CaseDb) -> list[Bounded]:
    """What each bound is of, in the order of their numbers."""
    columns = db.select("bounds", (*Bounded._fields, "memo_kind"))
    kinds, texts = columns.pop("memo_kind"), columns["memo"]
    columns["memo"] = [
        None if text is None else Memo(kind=kind, content=bytes.fromhex(text)) for kind, text in zip(kinds, texts, strict=True)
    ]
    columns["names"] = [tuple(json.loads(names)) for names in columns["names"]]
    return made(Bounded, columns)
