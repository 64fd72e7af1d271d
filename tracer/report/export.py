"""What `verify.py` recomputes a case from, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tracer.evidence import masked_case
from tracer.model import NO_EXCHANGES
from tracer.report.bounds import allocations_table, bounds_table, cuts_table
from tracer.report.provenance import put
from tracer.report.several_assets_tables import conversions_table, tables_of_all_assets
from tracer.report.tables import accounts_table, method_table, rules_table, statements_table, thefts_table, transfers_table
from tracer.report.what_figures_rest_on import rests_table

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder


def export(case: CaseFolder, folder: Path) -> list[Path]:
    """Writes what `verify.py` recomputes the case from, and gives the paths; of several assets, what `verify_swaps.py` does too.

    `case.toml` goes without its evidence off the chain, which the verifier does not read: it may name a third party. Bounds are left out of
    a redacted case: their proofs name third parties.
    Raises StoreError where a file cannot be written, CaseError where the evidence cannot be cut out.
    """
    return put(
        folder,
        {
            "case.toml": masked_case(case.question.text),
            "method.csv": method_table(case).csv(),
            "thefts.csv": thefts_table(case).csv(),
            "transfers.csv": transfers_table(case).csv(),
            "accounts.csv": accounts_table(case).csv(),
            "rules.csv": rules_table(case, by_theft=True).csv(),
            **({"conversions.csv": conversions_table(case).csv()} if case.trace.stops.exchanges != NO_EXCHANGES else {}),
            **{name: table.csv() for name, table in tables_of_all_assets(case).items()},
            **({"rests.csv": rests_table(case, case.rests).csv()} if case.rests else {}),
            **(
                {
                    "bounds.csv": bounds_table(case).csv(),
                    "cuts.csv": cuts_table(case).csv(),
                    "allocations.csv": allocations_table(case).csv(),
                }
                if case.bounds.endpoints and not case.withheld
                else {}
            ),
            **({"statements.csv": statements_table(case).csv()} if case.question.links else {}),
        },
        case.stamp,
    )
