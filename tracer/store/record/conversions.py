"""What changes one asset into another, and the answer beside the finding, in `case.db`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from tracer.model import ANSWERS, NO_EXCHANGES, Answer, Conversion, Endpoint, Exchanges, Leg, Recognised, Unlisted
from tracer.store.record.database import CaseDb
from tracer.store.record.ledger import load_asset, load_others
from tracer.store.record.model_as_columns import json_of
from tracer.tracing import BothAnswers, Reconciliation

SIDES = ("given", "received")


def save_exchanges(db: CaseDb, exchanges: Exchanges) -> None:
    """Adds the conversions of a case, and what is only named. A case of one asset has none."""
    if exchanges == NO_EXCHANGES:
        return
    db.note(given_elsewhere=json_of(list(map(str, sorted(exchanges.elsewhere)))))
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
    if not load_others(db):
        return NO_EXCHANGES
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
    elsewhere = frozenset(map(int, json.loads(db.noted("given_elsewhere") or "[]")))
    return Exchanges(tuple(conversions), tuple(recognised), tuple(substituted), elsewhere)


def save_answers(db: CaseDb, answers: BothAnswers) -> None:
    """Adds both answers over all assets to the trace just saved."""
    with db.stage():
        db.note(unlisted=json_of([each._asdict() for each in answers.unlisted]))
        db.clear(("conversions", "recognised"))
        save_exchanges(db, answers.exchanges)  # with those in which the trail goes on: the trace of the first asset goes on in none
        ends = [(answer, end) for answer, endpoints in answers.endpoints.items() for end in endpoints]
        db.insert("answers", {
            "id": range(len(ends)),
            "answer": [answer for answer, _ in ends],
            **{name: [getattr(end, name) for _, end in ends] for name in ("asset", "address", "reason", "service", "basis")},
            "amounts": [json_of({rule: str(units) for rule, units in end.amounts.items()}) for _, end in ends],
            "by_theft": [json_of({rule: list(map(str, units)) for rule, units in end.by_theft.items()}) for _, end in ends],
        })  # fmt: skip
        for answer, assets in answers.reconciliation.items():
            _save_reconciled(db, answer, assets)


def load_answers(db: CaseDb) -> BothAnswers | None:
    """Both answers as they were written; None of a case of one asset."""
    others = load_others(db)
    if not others:
        return None
    endpoints: dict[Answer, list[Endpoint]] = {answer: [] for answer in ANSWERS}
    for row in map(dict, db.query("SELECT * FROM answers ORDER BY id")):
        del row["id"]
        amounts = {rule: int(units) for rule, units in json.loads(row["amounts"]).items()}
        by_theft = {rule: tuple(map(int, units)) for rule, units in json.loads(row["by_theft"]).items()}
        endpoints[row.pop("answer")].append(Endpoint(**row | {"amounts": amounts, "by_theft": by_theft}))
    return BothAnswers(
        assets=(load_asset(db), *others),
        exchanges=load_exchanges(db),
        endpoints={answer: tuple(ends) for answer, ends in endpoints.items()},
        reconciliation=_load_reconciled(db),
        unlisted=tuple(
            Unlisted(each["token"], tuple(each["received_by"]), tuple(each["held_by"])) for each in json.loads(db.noted("unlisted") or "[]")
        ),
    )


def other_balances(db: CaseDb, address: str) -> dict[int, int | None]:
    """What an address holds after the last row of each other asset that it ever had, by its number; None where its history was not read.
    Only its own rows are read."""
    found: dict[int, int | None] = {}
    for account in map(dict, db.query("SELECT id, asset, opening, coverage FROM other_accounts WHERE address = ? ORDER BY asset", address)):
        number = account["id"]
        paid = db.query("SELECT amount, fee, recipient IS sender AS own FROM other_transfers WHERE sender = ?", number)
        came = db.query("SELECT amount FROM other_transfers WHERE recipient = ? AND sender IS NOT recipient", number)
        out = sum(int(row["fee"]) + (0 if row["own"] else int(row["amount"])) for row in paid)
        held = int(account["opening"]) + sum(int(row["amount"]) for row in came) - out
        found[account["asset"]] = held if account["coverage"] == "full" else None
    return found


def _save_reconciled(db: CaseDb, answer: Answer, assets: Iterable[Reconciliation]) -> None:
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


def _load_reconciled(db: CaseDb) -> dict[Answer, tuple[Reconciliation, ...]]:
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
