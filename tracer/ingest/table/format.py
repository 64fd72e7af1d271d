"""How a table is read: parsed once from what the case file says of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.errors import AddressError
from tracer.ingest.chain import asset_of, checked_address, hash_form, terms_of_files
from tracer.ingest.table.dialects import DIALECTS, OUR_NAMES, Dialect
from tracer.ingest.table.rows import LineOrder
from tracer.model import NO_TERMS, Asset, Basis, Coverage, Terms
from tracer.wording import hint


class TableFormat(NamedTuple):
    """What is known of a table besides its cells.

    `source` is what its rows state as their source; `address` gives the one form of an address. `columns` names the file's header
    where it differs from the dialect's. `unit` is "smallest" (integers) or "coin" (decimal text). `openings` is a table of
    address and opening: an address it does not name opens at 0, and without it what accounts open with stays unknown. `token`
    chooses one where there are several. `coverage` is what the table claims of accounts in general: "full" where all their rows are
    in it, "boundary" where none is to be followed, "partial" where it claims nothing. `whole` are those all of whose rows are there;
    None: where one address stands in every row, it is that one.
    `order` says in which order the lines stand, where they do not show it. `utc`: times without an offset are in UTC. `status`
    names columns that say whether a payment succeeded, and the values that mean so; `ignore` columns that only look like it.
    `doubles`: what a line is that repeats another, where it does not show it. `tx_hash` gives a hash its one form. `terms` are the
    chain's.
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
    coverage: Coverage = "partial"
    whole: Collection[str] | None = None
    order: LineOrder | None = None
    utc: bool = False
    status: Mapping[str, Collection[str]] = {}
    ignore: Collection[str] = ()
    doubles: Literal["once", "each"] | None = None
    tx_hash: Callable[[str], str] = str
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
        coverage=_coverage_of(source),
        whole=_whole_of(question, source),
        order=source.order,
        utc=source.utc,
        status={column: {value.strip().lower() for value in values} for column, values in source.status.items()},
        ignore=source.ignore,
        doubles=source.doubles,
        tx_hash=hash_form(question),
        terms=terms_of_files(question),
    )


def _coverage_of(source: Source) -> Coverage:
    """What a table claims of its accounts in general: with a table of openings, as with whole = "all", their whole history."""
    if source.whole == "all" or (source.balances and source.whole is None):
        return "full"
    return source.coverage or "partial"


def _whole_of(question: CaseFile, source: Source) -> Collection[str] | None:
    """The accounts that the case file calls whole, in their one form. Raises CaseError naming the line of one that is mistyped."""
    if source.whole is None or source.whole == "all":
        return None
    try:
        return frozenset(checked_address(question, address) for address in source.whole)
    except AddressError as error:
        raise question.fault(("sources", question.sources.index(source), "whole"), str(error)) from error


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
