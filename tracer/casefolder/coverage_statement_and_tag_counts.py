"""What a case says of itself in words, read back where its run kept it, so that nobody waits for the whole ledger to see it again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from tracer.store.record.coverage_statement import CoverageStatement, load_stated
from tracer.store.record.tags import load_everywhere, load_looked

if TYPE_CHECKING:
    from tracer.casefolder.case import Case
    from tracer.model import Everywhere, Looked, Unlabelled


class Said:
    """The sentences of a `CaseFolder`."""

    @cached_property
    def looked(self: Case) -> Looked | None:
        """At how many addresses tags were looked for, of how many; None where no run noted it."""
        return load_looked(self.db)

    @cached_property
    def everywhere(self: Case) -> Everywhere | None:
        """What all payments come to, as heuristics hold an account against them; None where no run noted it."""
        return load_everywhere(self.db)

    @cached_property
    def stated(self: Case) -> CoverageStatement:
        """The coverage statement, and the accounts with the ways of a service: as the run kept them, or out of the flow graph."""
        kept = None if "flow_columns" in vars(self) else load_stated(self.db)
        return kept or CoverageStatement(tuple(self.flow_columns.about.coverage), tuple(self.flow_columns.about.unlabelled))

    @property
    def coverage(self: Case) -> Sequence[str]:
        """What was read, what was cut, and where the trail stops, a sentence each."""
        return self.stated.coverage

    @property
    def unlabelled(self: Case) -> Sequence[Unlabelled]:
        """The accounts that stolen value reached and that have signs of a service and no label, most signs first."""
        return self.stated.unlabelled
