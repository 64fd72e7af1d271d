"""Every transfer of one asset in chain order; balances; the audit."""

from tracer.ledger.assembly import assemble
from tracer.ledger.audit import Audit, Gap, audit
from tracer.ledger.ledger import Columns, Ledger

__all__ = ["Audit", "Columns", "Gap", "Ledger", "assemble", "audit"]
