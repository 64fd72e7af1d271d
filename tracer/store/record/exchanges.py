"""What changes one asset into another, and the answer beside the finding, in `case.db`."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any

from tracer.ledger import Ledger
from tracer.model import NO_EXCHANGES, Answer, Conversion, Exchanges, Hop, Leg, Recognised
from tracer.store.record.database import CaseDb
from tracer.store.record.nouns import json_of
from tracer.tracing import Reconciliation

SIDES = ("given", "received")


def save_exchanges(db: CaseDb, exchanges: Exchanges) -> None:
    """Adds the conversions of a case, and what is only named."""
    through = {*exchanges.substituted}
    legs = {
        f"{side}_{name}": [_cell(getattr(getattr(each, side), name)) for each in exchanges.conversions]
        for side in SIDES
        for name in Leg._fields
    }
    db.insert("conversions", {
        "id": range(len(exchanges.conversions)),
        **{name: [getattr(each, name) for each in exchanges.conversions] for name in ("owner", "tx_hash", "kind", "pool")},
        **legs,
        "before": [json_of([str(units) for units in each.before]) if each.before else None for each in exchanges.conversions],
        **{name: [json_of(getattr(each, name)) for each in exchanges.conversions] for name in ("doubts", "said", "pools")},
        "substituted": [int(number in through) for number in range(len(exchanges.conversions))],
    })  # fmt: skip
    plain = ("kind", "owner", "tx_hash", "counterparty", "said", "far_address", "far_id", "far_chain")
    db.insert("recognised", {
        "id": range(len(exchanges.recognised)),
        **{name: [getattr(each, name) for each in exchanges.recognised] for name in plain},
        **{side: [json_of([_leg_text(leg) for leg in getattr(each, side)]) for each in exchanges.recognised] for side in SIDES},
    })  # fmt: skip


def load_exchanges(db: CaseDb) -> Exchanges:
    """The conversions as they were written, and what is only named."""
    conversions, substituted = [], []
    for row in map(dict, db.query("SELECT * FROM conversions ORDER BY id")):
        legs = {side: _leg(**{name: row[f"{side}_{name}"] for name in Leg._fields}) for side in SIDES}
        before = row["before"] and json.loads(row["before"])
        fields: dict[str, Any] = {name: row[name] for name in ("owner", "tx_hash", "kind", "pool")} | legs
        fields |= {name: tuple(json.loads(row[name])) for name in ("doubts", "said", "pools")}
        conversions.append(Conversion(**fields, before=(int(before[0]), int(before[1])) if before else None))
        if row["substituted"]:
            substituted.append(row["id"])
    recognised = []
    for row in map(dict, db.query("SELECT * FROM recognised ORDER BY id")):
        del row["id"]
        recognised.append(Recognised(**row | {side: tuple(_leg(**leg) for leg in json.loads(row[side])) for side in SIDES}))
    if not conversions and not recognised:
        return NO_EXCHANGES
    return Exchanges(tuple(conversions), tuple(recognised), tuple(substituted))


def save_exchanged(db: CaseDb, ledger: Ledger, rule: str, hops: Sequence[Hop]) -> None:
    """Adds what pools themselves held of stolen value, and paid in a conversion that the trail goes through."""
    db.insert("exchanged", {
        "rule": [rule] * len(hops),
        "row_key": [ledger.columns.row_key[hop.row] for hop in hops],
        "theft": [hop.theft for hop in hops],
        "amount": [str(hop.amount) for hop in hops],
    })  # fmt: skip


def load_exchanged(db: CaseDb, ledger: Ledger, rule: str) -> tuple[Hop, ...]:
    """The same, as it was written."""
    rows = db.query("SELECT row_key, theft, amount FROM exchanged WHERE rule = ? ORDER BY row_key, theft", rule)
    return tuple(
        Hop(row=bisect_left(ledger.columns.row_key, row["row_key"]), theft=row["theft"], amount=int(row["amount"])) for row in rows
    )


def save_reconciled(db: CaseDb, answer: Answer, assets: Iterable[Reconciliation]) -> None:
    """Adds the reconciliation of each asset in one of the two answers."""
    lines = [
        (each, rule, theft) for each in assets for rule, stolen in each.stolen.items() for theft in range(len(stolen))
    ]  # fmt: skip
    db.insert("reconciliation", {
        "answer": [answer] * len(lines),
        "asset": [each.asset for each, _, _ in lines],
        "rule": [rule for _, rule, _ in lines],
        "theft": [theft for _, _, theft in lines],
        **{name: [str(getattr(each, name)[rule][theft]) for each, rule, theft in lines] for name in Reconciliation._fields[1:]},
    })  # fmt: skip


def load_reconciled(db: CaseDb) -> dict[Answer, tuple[Reconciliation, ...]]:
    """The reconciliation of each asset, by answer; empty in a case of one asset."""
    found: dict[Answer, dict[int, dict[str, dict[str, list[int]]]]] = {}
    for row in db.query("SELECT * FROM reconciliation ORDER BY answer, asset, rule, theft"):
        of = found.setdefault(row["answer"], {}).setdefault(row["asset"], {})
        for name in Reconciliation._fields[1:]:
            of.setdefault(name, {}).setdefault(row["rule"], []).append(int(row[name]))
    return {
        answer: tuple(
            Reconciliation(asset, **{name: {rule: tuple(units) for rule, units in by_rule.items()} for name, by_rule in sums.items()})
            for asset, sums in assets.items()
        )
        for answer, assets in found.items()
    }


def _cell(value: Any) -> Any:
    return json_of(list(map(str, value))) if isinstance(value, tuple) else value if value is None else str(value)


def _leg_text(leg: Leg) -> dict[str, Any]:
    return {name: _cell(getattr(leg, name)) for name in Leg._fields}


def _leg(asset: str, amount: str, rows: str, worth: str | None) -> Leg:
    return Leg(asset=int(asset), amount=int(amount), rows=tuple(map(int, json.loads(rows))), worth=worth)
