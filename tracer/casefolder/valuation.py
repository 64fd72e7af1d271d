"""What a case of several assets is worth, in each of its two answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tracer.model import Answer

if TYPE_CHECKING:
    from tracer.casefolder.folder import CaseFolder
    from tracer.evidence.valuation_all_assets import HeadTable


def head_tables(case: CaseFolder) -> Mapping[Answer, HeadTable]:
    """Each answer in one currency, at the time of each theft; nothing of a case of one asset."""
    from tracer.evidence.valuation_all_assets import tables_in_money

    return tables_in_money(case.answers, case.outcome.thefts, case.context)
