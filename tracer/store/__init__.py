"""Where a case is kept: `case.db`, and what it is projected into."""

from tracer.store.case_db import LEDGER, CaseDb

__all__ = ["LEDGER", "CaseDb"]
