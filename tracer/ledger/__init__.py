"""Every transfer of one asset in chain order; balances; the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.ledger.audit import Audit, audit, balances_of, checked_of, gaps_of, openings_of
from tracer.ledger.gap import Gap
from tracer.ledger.ledger import Ledger
from tracer.ledger.ledger_columns import NOBODY, Columns

if TYPE_CHECKING:
    from tracer.ledger.assembly import assemble

__all__ = ["NOBODY", "Audit", "Columns", "Gap", "Ledger", "assemble", "audit", "balances_of", "checked_of", "gaps_of", "openings_of"]


def __getattr__(name: str) -> Any:
    """Assembly is imported when asked for: a command that only reads a case does without."""
    if name != "assemble":
        raise AttributeError(f"module 'tracer.ledger' has no attribute {name!r}")
    from tracer.ledger import assembly

    return assembly.assemble
