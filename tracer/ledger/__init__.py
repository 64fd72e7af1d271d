"""Every transfer of one asset in chain order; balances; the audit."""

from tracer.ledger.assembly import assemble
from tracer.ledger.audit import Audit, Gap, audit, checked_of, gaps_of
from tracer.ledger.columns import NOBODY, Columns
from tracer.ledger.ledger import Ledger

__all__ = ["NOBODY", "Audit", "Columns", "Gap", "Ledger", "assemble", "audit", "checked_of", "gaps_of"]
