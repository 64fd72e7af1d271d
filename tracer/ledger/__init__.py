"""Every transfer of one asset in chain order; balances; the audit."""

from tracer.ledger.assembly import assemble
from tracer.ledger.audit import Audit, Gap, audit, balances_of, checked_of, gaps_of
from tracer.ledger.columns import NOBODY, Columns
from tracer.ledger.ledger import Ledger

__all__ = ["NOBODY", "Audit", "Columns", "Gap", "Ledger", "assemble", "audit", "balances_of", "checked_of", "gaps_of"]
