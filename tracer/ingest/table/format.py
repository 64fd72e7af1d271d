"""How a table is read: parsed once from what the case file says of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.ingest.chain import asset_of, checked_address, terms_of_files
from tracer.ingest.table.dialects import DIALECTS, OUR_NAMES, Dialect
from tracer.ingest.table.rows import LineOrder
from tracer.model import NO_TERMS, Asset, Basis, Coverage, Terms
from tracer.wording import hint


class TableFormat(NamedTuple):
    """What is known of a table besides its cells.

    `source` is what its rows state as their source; `address` gives the one form of an address. `columns` names the file's header
    where it differs from the dialect's. `unit` is "smallest" (integers) or "coin" (decimal text). `openings` is a table of
    address and opening: an address it does not name opens at 0, and without it what accounts open with stays unknown. `token`
    chooses one where there are several. `coverage` is "boundary" where the table holds some payments of its accounts only.
    `order` says in which order the lines stand, where they do not show it. `utc`: times without an offset are in UTC. `status`
    names columns that say whether a payment succeeded, and the values that mean so; `ignore` columns that only look like it.
    `terms` are the chain's.
    """

    source: str
    asset: Asset
    address: Callable[[str], str]
    dialect: Dialect = OUR_NAMES
    columns: Mapping[str, str] = {}
    unit: Literal["smallest", "coin"] = "smallest"
    basis: Basis = "reported"
    openings: Path | None = None
    token: str | None = None
    coverage: Coverage = "full"
    order: LineOrder | None = None
    utc: bool = False
    status: Mapping[str, Collection[str]] = {}
    ignore: Collection[str] = ()
    terms: Terms = NO_TERMS

    @property
    def stated_in(self) -> Literal["smallest", "coin"]:
        """What amounts are stated in: the dialect may know better than the source."""
        return "coin" if self.dialect.unit == "coin" else self.unit


def format_of(question: CaseFile, source: Source) -> TableFormat:
    """The format of a table of the case. Raises CaseError naming the line of a dialect that there is not, or has no tokens."""
    dialect = _dialect_of(question, source)
    return TableFormat(
        source=source.path,
        asset=asset_of(question),
        address=partial(checked_address, question),
        dialect=dialect,
        columns={**source.columns, **_named_apart(source)},
        unit=source.unit,
        basis=source.basis,
        openings=question.folder / source.balances if source.balances else None,
        token=source.token,
        coverage=source.coverage,
        order=source.order,
        utc=source.utc,
        status={column: {value.strip().lower() for value in values} for column, values in source.status.items()},
        ignore=source.ignore,
        terms=terms_of_files(question),
    )


def _named_apart(source: Source) -> Mapping[str, str]:
    """The columns that have keys of their own in a case file."""
    named = {"token": source.token_column, "amount_in": source.amount_in, "amount_out": source.amount_out}
    return {ours: theirs for ours, theirs in named.items() if theirs}


def _dialect_of(question: CaseFile, source: Source) -> Dialect:
    number = question.sources.index(source)
    if source.dialect is not None and source.dialect not in DIALECTS:
        why = f"dialect = {source.dialect!r} is none that is known: {hint(source.dialect, DIALECTS)}"
        raise question.fault(("sources", number, "dialect"), why)
    dialect = OUR_NAMES if source.dialect is None else DIALECTS[source.dialect]
    if source.token is not None and "token" not in {**dialect.columns, **source.columns, **_named_apart(source)}:
        why = 'token = ... chooses one of several: say which column names them, token_column = "..."'
        raise question.fault(("sources", number, "token"), why)
    return dialect
