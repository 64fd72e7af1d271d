"""How a table is read: parsed once from what the case file says of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.did_you_mean import hint
from tracer.errors import AddressError, InputError
from tracer.ingest.chain_and_asset_of_case import asset_of, checked_address, hash_form, terms_of_files
from tracer.ingest.table.decimal_and_thousands_marks import AS_IT_STANDS, Marks, marks_of
from tracer.ingest.table.dialects import DIALECTS, DIRECTIONS, OUR_NAMES, PLAIN, Dialect, dialect_named, told_by_header
from tracer.ingest.table.file_as_text_columns import header
from tracer.ingest.table.order_of_lines import LineOrder
from tracer.model import NO_TERMS, Asset, Basis, Coverage, Terms


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
    `delimiter` is what separates the cells of a CSV, where its first lines do not say it; `marks` how its numbers are written. `told`:
    the dialect that the header told, where the case file names none. `doubles`: what a line is that repeats another, where it does not
    show it. `tx_hash` gives a hash its one form. `terms` are the chain's.
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
    delimiter: str = ""
    marks: Marks = AS_IT_STANDS
    told: str = ""
    doubles: Literal["once", "each"] | None = None
    tx_hash: Callable[[str], str] = str
    terms: Terms = NO_TERMS

    @property
    def stated_in(self) -> Literal["smallest", "coin"]:
        """What amounts are stated in: the dialect knows it of its own columns."""
        named = [self.columns[ours] for ours in ("amount", *DIRECTIONS) if ours in self.columns]
        own = all(any(self.dialect.has(ours, name) for ours in ("amount", *DIRECTIONS)) for name in named)
        return self.dialect.unit if self.dialect.unit is not None and own else self.unit


def format_of(question: CaseFile, source: Source) -> TableFormat:
    """The format of a table of the case: its dialect as the case file names it, else as the header of the file tells it.

    Raises CaseError naming the line of a dialect that there is not, that has no tokens or another unit; InputError of a file that
    cannot be read, or of which no trace can be made.
    """
    path, told = question.file(source.path, ("sources", question.sources.index(source), "path")), ""
    if source.dialect is None:
        told = told_by_header(header(path, source.delimiter)) or ""
    dialect = _dialect_of(question, source, told)
    if dialect.refused:
        raise InputError(f"{path}: a file of this kind ({told or source.dialect}) {dialect.refused}")
    return _checked(
        question,
        source,
        TableFormat(
            source=source.path,
            asset=asset_of(question),
            address=partial(checked_address, question),
            dialect=dialect,
            columns={**source.columns, **_named_apart(source)},
            unit=source.unit,
            basis=source.basis,
            openings=question.file(source.balances, ("sources", question.sources.index(source), "balances")) if source.balances else None,
            token=source.token,
            coverage=_coverage_of(source),
            whole=_whole_of(question, source),
            order=source.order,
            utc=source.utc,
            status=_successes({**dialect.status, **source.status}),
            ignore=source.ignore,
            delimiter=source.delimiter,
            marks=marks_of(path, source, dialect),
            told=told,
            doubles=source.doubles,
            tx_hash=hash_form(question),
            terms=terms_of_files(question),
        ),
    )


def _successes(status: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    return {column: {value.strip().lower() for value in values} for column, values in status.items()}


def _checked(question: CaseFile, source: Source, format: TableFormat) -> TableFormat:
    if source.unit == "coin" and format.stated_in == "smallest":
        number, name = question.sources.index(source), format.told or source.dialect
        why = f'unit = "coin", and amounts of {name} are whole smallest units: leave it out, or write dialect = "{PLAIN}" if it is none'
        raise question.fault(("sources", number, "unit"), why)
    return format


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


def _dialect_of(question: CaseFile, source: Source, told: str) -> Dialect:
    number, name = question.sources.index(source), source.dialect or told
    dialect = dialect_named(name) if name else OUR_NAMES
    if dialect is None:
        raise question.fault(("sources", number, "dialect"), f"dialect = {name!r} is none that is known: {hint(name, DIALECTS)}")
    if source.token is not None and "token" not in {**dialect.columns, **source.columns, **_named_apart(source)}:
        why = 'token = ... chooses one of several: say which column names them, token_column = "..."'
        raise question.fault(("sources", number, "token"), why)
    return dialect
