"""Labels made in a case: a CSV beside the case file, a line for each with who wrote it and when."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from tracer.errors import InputError
from tracer.labels.book import OWN
from tracer.labels.csv_and_json_lists import Row, csv_rows, found_in, stated_in
from tracer.labels.network_filter import TWICE, Wanted
from tracer.model import Label
from tracer.terminal_and_csv_escaping import write_csv

COLUMNS = ("address", "name", "category", "source", "author", "time", "network")


class Made(NamedTuple):
    """What holds for all labels that are made together: who made them, when (ISO 8601), and the source of those that state none."""

    author: str
    time: str
    source: str


def pasted(text: str) -> list[Row]:
    """The rows of a CSV that somebody pasted. Raises InputError where its header names no address and no name."""
    return list(csv_rows(text, "the paste"))


def with_labels(before: str, rows: Iterable[Row], made: Made, wanted: Wanted) -> tuple[str, list[Label]]:
    """The text of the file with some labels more, and these. `before`: its text now, "" where there is none.

    Raises InputError for a label without an address, a name or a source, of another network, or with an address that cannot be.
    """
    lines = [_line(where, stated_in(row), made) for where, row in rows]
    written = io.StringIO()
    write_csv(written, COLUMNS, lines)
    added = found_in(csv_rows(written.getvalue(), "the new labels", inert=True), OWN, wanted)
    refused = {reason: count for reason, count in added.left_out.items() if reason != TWICE}
    if refused or not added.labels:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in refused.items()) or "there is none"
        raise InputError(f"nothing is added, since of {len(lines):,} labels {reasons}: take these out of the paste")
    header = ",".join(COLUMNS)
    if before.strip() and before.lstrip("\ufeff").splitlines()[0] != header:
        raise InputError(f"{OWN}:1: its first line is no longer {header}: restore it, or give the file another name in [labels] files")
    text = written.getvalue() if not before.strip() else before.rstrip("\r\n") + "\n" + written.getvalue().partition("\n")[2]
    found_in(csv_rows(text, OWN, inert=True), OWN, wanted)  # a file that was edited into something else is refused before it is written
    return text, added.labels


def _line(where: str, stated: Mapping[str, Any], made: Made) -> list[str]:
    source = str(stated.get("source") or "").strip() or made.source.strip()
    if not source:
        raise InputError(f"{where}: a label is somebody's word: say whose with --source TEXT")
    by = {**stated, "source": source, "author": made.author, "time": made.time}
    return [str(by.get(name) or "").strip() for name in COLUMNS]
