"""How a table is read: parsed once from what the case file says of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.errors import InputError
from tracer.ingest.chain import asset_of, checked_address, terms_of_files
from tracer.ingest.table.dialects import DIALECTS, DIRECTIONS, OUR_NAMES, PLAIN, Dialect, told_by_header
from tracer.ingest.table.files import delimiter_of, header
from tracer.ingest.table.marks import AS_IT_STANDS, Marks
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
    `delimiter` is what separates the cells of a CSV, where its first lines do not say it; `marks` how its numbers are written. `told`:
    the dialect that the header told, where the case file names none. `terms` are the chain's.
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
    delimiter: str = ""
    marks: Marks = AS_IT_STANDS
    told: str = ""
    terms: Terms = NO_TERMS

    @property
    def stated_in(self) -> Literal["smallest", "coin"]:
        """What amounts are stated in: the dialect knows it of its own columns."""
        named = [self.columns[ours] for ours in ("amount", *DIRECTIONS) if ours in self.columns]
        own = all(any(self.dialect.has(ours, each) for ours in ("amount", *DIRECTIONS)) for each in named)
        return self.dialect.unit if self.dialect.unit is not None and own else self.unit


def format_of(question: CaseFile, source: Source) -> TableFormat:
    """The format of a table of the case: its dialect as the case file names it, else as the header of the file tells it.

    Raises CaseError naming the line of a dialect that there is not, that has no tokens or another unit; InputError of a file that
    cannot be read, or of which no trace can be made.
    """
    path, told = question.folder / source.path, ""
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
            openings=question.folder / source.balances if source.balances else None,
            token=source.token,
            coverage=source.coverage,
            order=source.order,
            utc=source.utc,
            status=_successes({**dialect.status, **source.status}),
            ignore=source.ignore,
            delimiter=source.delimiter,
            marks=_marks_of(path, source, dialect),
            told=told,
            terms=terms_of_files(question),
        ),
    )


def _successes(status: Mapping[str, Collection[str]]) -> dict[str, set[str]]:
    return {column: {value.strip().lower() for value in values} for column, values in status.items()}


def _marks_of(path: Path, source: Source, dialect: Dialect) -> Marks:
    """Decimal marks as the case file states them; a question in a file of semicolons, which a spreadsheet may have written anew; else
    as the dialect writes them."""
    if source.decimal_mark:
        return Marks(source.decimal_mark)
    doubted = delimiter_of(path, source.delimiter) == ";"
    return Marks("." if dialect.thousands and not doubted else "", doubted)


def _checked(question: CaseFile, source: Source, format: TableFormat) -> TableFormat:
    if source.unit == "coin" and format.stated_in == "smallest":
        number, name = question.sources.index(source), format.told or source.dialect
        why = f'unit = "coin", and amounts of {name} are whole smallest units: leave it out, or write dialect = "{PLAIN}" if it is none'
        raise question.fault(("sources", number, "unit"), why)
    return format


def _named_apart(source: Source) -> Mapping[str, str]:
    """The columns that have keys of their own in a case file."""
    named = {"token": source.token_column, "amount_in": source.amount_in, "amount_out": source.amount_out}
    return {ours: theirs for ours, theirs in named.items() if theirs}


def _dialect_of(question: CaseFile, source: Source, told: str) -> Dialect:
    number, name = question.sources.index(source), source.dialect or told
    if name and name not in DIALECTS:
        raise question.fault(("sources", number, "dialect"), f"dialect = {name!r} is none that is known: {hint(name, DIALECTS)}")
    dialect = DIALECTS[name] if name else OUR_NAMES
    if source.token is not None and "token" not in {**dialect.columns, **source.columns, **_named_apart(source)}:
        why = 'token = ... chooses one of several: say which column names them, token_column = "..."'
        raise question.fault(("sources", number, "token"), why)
    return dialect
