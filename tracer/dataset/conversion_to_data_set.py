"""A table -> a data set, out of core: read by the readers of tables, settled and written by DuckDB. Or a recording of a chain."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.dataset.data_set_writer import Written, write_rows
from tracer.dataset.duckdb_session import MAGIC, work_database
from tracer.dataset.layout import ABOUT, Description, Held, Owner, as_json, described
from tracer.dataset.order_and_duplicates import settle
from tracer.dataset.recording_to_data_set import held_of_recording, scanned, stage_recording, write_besides
from tracer.dataset.staging_line_by_line import Staged, stage
from tracer.dataset.staging_whole_columns import stage_plain
from tracer.errors import InputError
from tracer.ingest.chain_and_asset_of_case import asset_of
from tracer.ingest.table.file_as_text_columns import place
from tracer.ingest.table.notes import notes_of
from tracer.ingest.table.table_format import TableFormat, format_of
from tracer.ingest.table.table_reader import stated_openings
from tracer.ingest.table.whose_export import owner_note, owner_of
from tracer.ledger.overflow import BITS, TOO_WIDE
from tracer.wording import shortened

NOTHING = Description((), (), (), ())

OURS = "made-by-tracer-columns"
"""The file by which a folder to work in is known to be ours, so that no other is ever deleted."""

ADDRESS_CHARS = 100
"""Of an address in a message."""


class Converted(NamedTuple):
    """What was added to a data set: rows, accounts that it did not have, and records that were not understood."""

    rows: int
    accounts: int
    rejections: int


def convert(question: CaseFile, folder: Path, *, append: bool = False, advance: Callable[[int], None] = lambda _: None) -> Converted:
    """Writes the one table, or recording, of a case as a data set: into a new folder, or behind what a folder holds of the same asset.

    Rows come in ledger order whatever order the table has. The folder is changed at the end, by one move: what was killed before has
    changed nothing. Raises InputError naming file, line and value.
    """
    source = the_source(question, ("table", "recording"))
    if folder.exists() and not append:
        raise InputError(f"{folder} exists: name a folder that does not with -o, or write behind what it holds with --append")
    known = described(folder) if append else NOTHING
    with work_folder(folder) as work:
        made = work / "made"
        made.mkdir()
        made_by = _recorded if source.kind == "recording" else _converted
        described_now, converted = made_by(question, source, folder, known, work, advance)
        (made / ABOUT).write_text(as_json(described_now), encoding="utf-8", newline="\n")
        move_in(made, folder)
    return converted


def the_source(question: CaseFile, kinds: Sequence[str]) -> Source:
    """The one source of the case, of one of these kinds. Raises CaseError where it has others."""
    source = question.sources[0]
    if len(question.sources) > 1 or source.kind not in kinds:
        raise question.fault(("sources",), f"a data set is made of one {' or one '.join(kinds)} at a time: leave the other sources out")
    return source


@contextmanager
def work_folder(folder: Path) -> Iterator[Path]:
    """A folder to work in, beside the one that is made. What a run that was killed left there is deleted first."""
    work = folder.parent / f".{folder.name}.partial"
    if set(MAGIC) & set(str(folder.absolute())):
        raise InputError(f"{folder}: a path with one of {MAGIC} in it is a pattern to DuckDB: name another folder with -o")
    if work.is_symlink():
        raise InputError(f"{work}: is a link, and what is written here is written through none: delete it")
    if work.exists() and not (work / OURS).is_file():
        raise InputError(f"{work}: was not made by tracer columns, which would delete it: move it away, or name another folder with -o")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    (work / OURS).touch()
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def move_in(made: Path, folder: Path) -> None:
    """Puts what was made in place: a new folder whole; into one that stands first the files, then what names them."""
    if not folder.exists():
        shutil.move(made, folder)
        return
    for path in sorted(made.rglob("*.parquet")):
        target = folder / path.relative_to(made)
        target.parent.mkdir(exist_ok=True)
        os.replace(path, target)
    os.replace(made / ABOUT, folder / ABOUT)


def _converted(
    question: CaseFile, source: Source, folder: Path, known: Description, work: Path, advance: Callable[[int], None]
) -> tuple[Description, Converted]:
    format, path = format_of(question, source), question.file(source.path, ("sources", 0, "path"))
    database = work_database(work)
    try:
        staged = stage_plain(database, path, format) or stage(database, path, format, work, advance)
        if not staged.rows:
            raise InputError(f"{path}: has no rows: there is nothing to write")
        doubles = settle(database, path, format, staged)
        before = known.held(format.asset.symbol)
        held, openings = held_of(path, format, staged, doubles, _everywhere(database, before), before), None
        if before is None:
            openings = _openings(format)
        else:
            _require_after(database, path, known, format.asset.symbol, staged)
        written = write_rows(database, work / "made", folder, known, format.asset.symbol, staged.order, openings)
        _require_named(database, format, held, before)
    finally:
        database.close()
    described_now = _described(known, held._replace(rows=held.rows + written.rows.rows), written)
    return described_now, Converted(written.rows.rows, written.accounts.rows, len(staged.rejections))


def _recorded(
    question: CaseFile, source: Source, folder: Path, known: Description, work: Path, advance: Callable[[int], None]
) -> tuple[Description, Converted]:
    symbol, made = asset_of(question).symbol, work / "made"
    if known.held(symbol):
        raise InputError(f"{folder}: holds {symbol} already, and a recording is written as a whole: name a new folder with -o")
    found = scanned(question, source, advance)
    database = work_database(work)
    try:
        order, named = stage_recording(database, found, work), [account.address for account in found.reading.accounts]
        written = write_rows(database, made, folder, known, symbol, order, None, named)
        holdings, events = write_besides(database, made, len(known.rows), found)
    finally:
        database.close()
    now = _described(known, held_of_recording(found)._replace(rows=written.rows.rows), written)
    now = now._replace(holdings=(*known.holdings, *holdings), events=(*known.events, *events))
    return now, Converted(written.rows.rows, written.accounts.rows, len(found.reading.rejections))


def _described(known: Description, held: Held, written: Written) -> Description:
    others = [each for each in known.assets if each.asset != held.asset]
    return Description(
        assets=tuple(sorted([*others, held], key=lambda each: each.asset)),
        rows=(*known.rows, written.rows),
        accounts=(*known.accounts, written.accounts),
        openings=(*known.openings, *([written.openings] if written.openings else [])),
        holdings=known.holdings,
        events=known.events,
    )


def _openings(format: TableFormat) -> dict[str, int] | None:
    """What accounts open with, where a table states it. Raises InputError of one that is too wide."""
    if format.openings is None:
        return None
    stated = stated_openings(format, format.openings)
    for address, opening in stated.items():
        if opening >> BITS:
            raise InputError(f"{format.openings}: {shortened(address, ADDRESS_CHARS)!r} opens with {opening}, and {TOO_WIDE}")
    return stated


def held_of(path: Path, format: TableFormat, staged: Staged, doubles: str, everywhere: tuple[str, ...], before: Held | None) -> Held:
    """What is held of the asset when what was staged is added to what was held `before`; its `rows` are those before. `everywhere`: the
    addresses that stand in every row."""
    owner = owner_of(format, set(everywhere))
    if before and not before.owner:
        owner = None  # of rows that were not taken for the export of one wallet
    notes = tuple(filter(None, [*notes_of(format, staged.order, staged.tally), doubles]))
    now = Held(
        asset=format.asset.symbol,
        decimals=format.asset.decimals,
        rows=before.rows if before else 0,
        order="chain" if staged.order.by_height else "time",
        placed=staged.order.placed,
        coverage=format.coverage,
        whole=tuple(sorted(format.whole or ())),
        everywhere=everywhere,
        owner=Owner(owner, owner_note(format.source, owner)) if owner else None,
        openings=format.openings.name if format.openings else "",
        notes=notes,
        rejections=staged.rejections,
    )
    return _after(path, before, now) if before else now


def _after(path: Path, before: Held, now: Held) -> Held:
    """What both hold. Raises InputError where they do not go together."""
    if before.recorded:
        raise InputError(f"{path}: is a table, and what the data set holds of {before.asset} is a recording: write two data sets")
    stated = {name: (getattr(before, name), getattr(now, name)) for name in ("decimals", "order")}
    if now.coverage != "partial" or now.whole or now.openings:
        stated |= {name: (getattr(before, name), getattr(now, name)) for name in ("coverage", "whole", "openings")}
    for name, (one, other) in stated.items():
        if one != other:
            raise InputError(f"{path}: has {name} {other!r}, and the data set {one!r}: say of both the same, or write two data sets")
    return before._replace(
        placed=before.placed and now.placed,
        everywhere=now.everywhere,
        owner=before.owner if now.owner else None,
        notes=tuple(dict.fromkeys([*before.notes, *now.notes])),
        rejections=before.rejections + now.rejections,
    )


def _everywhere(database: Any, before: Held | None) -> tuple[str, ...]:
    """The addresses that stand in every row, of those before too."""
    sides = database.execute("SELECT sender, recipient FROM kept ORDER BY n LIMIT 1").fetchone()
    possible = sorted({side for side in sides if side} & (set(before.everywhere) if before else set(filter(None, sides))))
    if not possible:
        return ()
    checks = ", ".join("bool_and(sender IS NOT DISTINCT FROM ? OR recipient IS NOT DISTINCT FROM ?)" for _ in possible)
    found = database.execute(f"SELECT {checks} FROM kept", [each for each in possible for _ in range(2)]).fetchone()
    return tuple(address for address, always in zip(possible, found, strict=True) if always)


def _require_after(database: Any, path: Path, known: Description, asset: str, staged: Staged) -> None:
    """Raises InputError naming the first line that does not come after all that the data set holds of the asset."""
    end, what = max(file.last for file in known.rows if file.asset == asset), "height" if staged.order.by_height else "time"
    found = database.execute(f"SELECT line, {what} FROM kept WHERE {what} <= {end} ORDER BY n LIMIT 1").fetchone()
    if found:
        line, at = found
        raise InputError(
            f"{place(path, line)}: {what} {at}, and the data set goes to {what} {end} already: append only rows of a later {what}, or "
            "write the data set anew from all its rows"
        )


def _require_named(database: Any, format: TableFormat, held: Held, before: Held | None) -> None:
    """Raises InputError for an account that is called whole and stands in no row."""
    for address in held.whole if before is None else ():
        if not database.execute("SELECT 1 FROM kept WHERE sender = ? OR recipient = ? LIMIT 1", [address, address]).fetchone():
            raise InputError(f"{format.source}: whole names {address}, which stands in no row: check the address")
