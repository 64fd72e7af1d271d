"""Staged rows in the order of the ledger, each once: what `read_table` does in memory, by DuckDB on disk, in the same words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tracer.dataset.staging_line_by_line import COLUMNS, Staged
from tracer.errors import InputError
from tracer.ingest.table.duplicate_rows import doubted, left_out
from tracer.ingest.table.order_of_lines import Order, place_taken
from tracer.ingest.table.table_format import TableFormat

ALIKE = "tx_hash, height, time, sender, recipient, amount, fee, kind"
"""What two lines have in common that are one row, besides their place where the table states it."""

FORM = "regexp_replace(lower(trim(tx_hash)), '^0x', '')"
"""A hash in one form, as `chains.bare_hash` has it."""


def settle(database: Any, path: Path, format: TableFormat, staged: Staged) -> str:
    """Makes the view `kept` of the view `staged`: the rows that count, with the positions that count. Gives the sentence on lines that
    were left out, if any were.

    Raises InputError as `read_table` does where lines repeat another, have one place, or show no order; of lines in no order it
    refuses all that have one height, or one time, whether or not they share an account.
    """
    order = staged.order
    said, doubles, taken = "", False, not order.placed or _taken(database, "staged")
    if taken and format.doubles != "each":
        said, doubles = _doubles(database, path, format, order)
    rows = "each_once" if doubles else "staged"
    if taken and order.placed and _taken(database, rows):
        raise _place_taken(database, path, rows)
    if order.mixed:
        _require_order(database, path, rows, order)
    position = _position(database, order, recounted=doubles)
    columns = ", ".join(f"{position} AS position" if each == "position" else each for each in COLUMNS)
    database.execute(f"CREATE VIEW kept AS SELECT {columns} FROM {rows}{_blocks(order, recounted=doubles)}")
    return said


def ordering(order: Order) -> str:
    """The order of the ledger, of rows of the view `kept`."""
    if order.by_height:
        return "height, position"
    return f"time, n{' DESC' if order.newest_first else ''}"


def _position(database: Any, order: Order, *, recounted: bool) -> str:
    """A row's position: as the table states it, or as its rows of one height stand in the file, read from the end that is its first."""
    if order.placed or not order.by_height:
        return "coalesce(position, 0)"
    if recounted:
        return f"row_number() OVER (PARTITION BY height ORDER BY n{' DESC' if order.newest_first else ''}) - 1"
    if order.newest_first:
        database.execute("CREATE TABLE blocks AS SELECT height AS block, count(*) AS rows_in FROM staged GROUP BY height")
        return "rows_in - 1 - position"
    return "position"


def _blocks(order: Order, *, recounted: bool) -> str:
    counted = order.newest_first and order.by_height and not recounted
    return " JOIN blocks ON block = height" if counted else ""


def _doubles(database: Any, path: Path, format: TableFormat, order: Order) -> tuple[str, bool]:
    """The sentence on lines left out because they repeat another; whether there are any: then the view `each_once` lacks them."""
    if not _repeated(database, order):
        return "", False
    once = "true" if format.doubles == "once" else f"(tx_hash IS NOT NULL AND ({format.dialect.hash_once} OR fee > 0))"
    asked = _first(database, f"SELECT line, first FROM repeated WHERE NOT {once} ORDER BY n LIMIT 1")
    if asked and not order.placed:
        raise doubted(path, *asked)
    found = _first(database, f"SELECT line, first, count(*) OVER () FROM repeated WHERE {once} ORDER BY n LIMIT 1")
    if not found:
        return "", False
    database.execute(f"CREATE VIEW each_once AS SELECT * FROM staged ANTI JOIN (SELECT n FROM repeated WHERE {once}) USING (n)")
    line, first, count = found
    return left_out(format, line, first, count), True


def _repeated(database: Any, order: Order) -> bool:
    """Makes the table `repeated` of the lines that repeat an earlier one, each with the first of those; gives whether there are any.

    What is held is a number of 64 bits a row; only rows that share it are compared.
    """
    alike = [FORM, *ALIKE.split(", ")[1:], *(["position"] if order.placed else [])]
    numbers = f"SELECT hash({', '.join(alike)}) AS number FROM staged"
    database.execute(f"CREATE TABLE shared AS SELECT number FROM ({numbers}) GROUP BY number HAVING count(*) > 1")
    if not _first(database, "SELECT 1 FROM shared LIMIT 1"):
        return False
    database.execute(
        "CREATE TABLE repeated AS SELECT n, line, first, tx_hash, fee FROM ("
        "SELECT n, line, tx_hash, fee, row_number() OVER alike AS copy, first_value(line) OVER alike AS first FROM staged "
        f"WHERE hash({', '.join(alike)}) IN (SELECT number FROM shared) "
        f"WINDOW alike AS (PARTITION BY {', '.join(alike)} ORDER BY n)) WHERE copy > 1"
    )
    return bool(_first(database, "SELECT 1 FROM repeated LIMIT 1"))


def _taken(database: Any, rows: str) -> bool:
    """Makes the table `taken` of places that several rows have; gives whether there are any."""
    places = f"SELECT height, position FROM {rows} GROUP BY height, position HAVING count(*) > 1"
    database.execute(f"CREATE OR REPLACE TABLE taken AS {places}")
    return bool(_first(database, "SELECT 1 FROM taken LIMIT 1"))


def _place_taken(database: Any, path: Path, rows: str) -> InputError:
    """The refusal of the first line whose height and position an earlier line has."""
    said = ", ".join(each for each in COLUMNS if each not in ("n", "line"))
    line, first, height, position, same = _first(
        database,
        "SELECT line, first, height, position, said IS NOT DISTINCT FROM first_said FROM ("
        f"SELECT n, line, height, position, row({said}) AS said, row_number() OVER place AS copy, first_value(line) OVER place AS first, "
        f"first_value(row({said})) OVER place AS first_said FROM {rows} SEMI JOIN taken USING (height, position) "
        "WINDOW place AS (PARTITION BY height, position ORDER BY n)) WHERE copy > 1 ORDER BY n LIMIT 1",
    )
    return place_taken(path, line, first, (height, position), same=same)


def _require_order(database: Any, path: Path, rows: str, order: Order) -> None:
    """Raises InputError where a file that shows no order of its lines has two rows of one height, or of one time."""
    what = "height" if order.by_height else "time"
    found = _first(database, f"SELECT {what}, count(*) FROM {rows} GROUP BY {what} HAVING count(*) > 1 ORDER BY {what} LIMIT 1")
    if found:
        place, several = found
        raise InputError(
            f"{path}: {what} rises and falls from line to line, and {several} rows have {what} {place}: which came first "
            'is not told: sort the file, or write order = "oldest_first" or "newest_first" in the source'
        )


def _first(database: Any, query: str) -> Any:
    return database.execute(query).fetchone()
