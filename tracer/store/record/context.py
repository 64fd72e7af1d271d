"""What stands beside the trace of a case in `case.db`. Evidence is kept unmasked: masking is of what leaves the folder."""

from __future__ import annotations

from tracer.evidence import Context
from tracer.model import Claim, Evidence, Marking, Price, Statement
from tracer.store.record.amounts import kept_singly, known_amounts_in
from tracer.store.record.database import CONTEXT, CaseDb
from tracer.store.record.nouns import made, numbered


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
    )
