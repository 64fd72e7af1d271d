"""What stands beside the trace of a case in `case.db`. Evidence is kept unmasked: masking is of what leaves the folder."""

from __future__ import annotations

from tracer.evidence import Context
from tracer.model import Claim, Evidence, Marking, Price, Statement
from tracer.store.record.amounts_as_stored import kept_singly, known_amounts_in
from tracer.store.record.database import CONTEXT, CaseDb
from tracer.store.record.ledger import load_others
from tracer.store.record.model_as_columns import made, numbered


def save_context(db: CaseDb, context: Context) -> None:
    """Replaces what stands beside the trace."""
    evidence, claims = numbered(Evidence, context.evidence), numbered(Claim, context.claims)
    evidence["third_party"] = map(int, evidence["third_party"])
    claims |= {name: kept_singly(claims[name]) for name in ("least", "most")}
    with db.stage():
        db.clear(CONTEXT)
        db.insert("markings", numbered(Marking, context.markings))
        db.insert("evidence", evidence)
        db.insert("claims", claims)
        db.insert("prices", numbered(Price, context.prices))
        db.insert("statements", numbered(Statement, context.statements))
        others = [(asset, price) for asset, prices in context.other_prices.items() for price in prices]
        if others:
            db.insert("other_prices", {"asset": [asset for asset, _ in others], **numbered(Price, [price for _, price in others])})


def load_context(db: CaseDb) -> Context:
    """What stands beside the trace, as it was written."""
    evidence, claims = db.select("evidence", Evidence._fields), db.select("claims", Claim._fields)
    evidence["third_party"] = list(map(bool, evidence["third_party"]))
    claims |= {name: known_amounts_in(claims[name]) for name in ("least", "most")}
    return Context(
        markings=made(Marking, db.select("markings", Marking._fields)),
        evidence=made(Evidence, evidence),
        claims=made(Claim, claims),
        prices=made(Price, db.select("prices", Price._fields)),
        statements=made(Statement, db.select("statements", Statement._fields)),
        other_prices=_other_prices(db),
    )


def _other_prices(db: CaseDb) -> dict[int, list[Price]]:
    """The prices of the assets besides the first, by their numbers."""
    found: dict[int, list[Price]] = {}
    for row in db.query("SELECT * FROM other_prices ORDER BY id") if load_others(db) else ():
        found.setdefault(row["asset"], []).append(Price(**{name: row[name] for name in Price._fields}))
    return found
