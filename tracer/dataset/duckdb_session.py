"""DuckDB, which sorts, numbers and writes what memory does not hold (extra `scale`)."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.wording import missing_extra

MEMORY = "2GB"
"""What it holds before it goes on on disk. Ten million rows were no faster with 8 GB."""

MAGIC = "*?["
"""Marks in a path that DuckDB takes for a pattern."""


def work_database(work: Path) -> Any:
    """A database in the folder `work`, in which it also puts what memory does not hold. It loads nothing from anywhere."""
    try:
        duckdb, _ = importlib.import_module("duckdb"), importlib.import_module("pyarrow")
    except ImportError as error:
        raise InputError(missing_extra("scale", "writing a data set")) from error
    database = duckdb.connect(str(work / "work.duckdb"))
    for setting in (
        f"memory_limit = '{MEMORY}'",
        f"temp_directory = {quoted(work / 'spilled')}",
        "preserve_insertion_order = true",
        "enable_progress_bar = false",
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
    ):
        database.execute(f"SET {setting}")
    database.begin()  # it is never ended: what stands in the work folder is for this run alone, and needs not be kept
    return database


def errors() -> type[Exception]:
    """What DuckDB raises."""
    found: type[Exception] = importlib.import_module("duckdb").Error
    return found


def quoted(text: object) -> str:
    """A text as SQL has it."""
    return "'" + str(text).replace("'", "''") + "'"


def identifier(column: str) -> str:
    """The name of a column as SQL has it."""
    return '"' + column.replace('"', '""') + '"'
