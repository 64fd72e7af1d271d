"""What Spark's executors do for a data set: read a table by its readers, write rows as a file. Closures over text and numbers, which
Spark takes to where they run."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from tracer.casefile import CaseFile
from tracer.dataset.arrow_files import vouched, write_file
from tracer.dataset.layout import DIGITS
from tracer.dataset.staging_line_by_line import staged_columns
from tracer.errors import InputError
from tracer.ingest.table.notes import Tally
from tracer.ingest.table.order_of_lines import Order
from tracer.ingest.table.table_format import format_of
from tracer.ingest.table.table_reader import NoSuchTokenError, portions

STAGED = (
    "height bigint, position int, time bigint, tx_hash string, sender string, recipient string, amount decimal(38,0), fee decimal(38,0), "
    "kind string, basis string, memo binary, memo_kind string, attributes string"
)
ELSEWHERE = "leave --engine spark out: one process reads that"


def reading_task(text: str, place: str) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What reads tables as the case file `text` says, and gives their rows; of each table at last one row of what is `said` of it: what
    was counted and not understood, or why it cannot be read."""

    def read(batches: Iterator[Any]) -> Iterator[Any]:
        for batch in batches:
            for table in batch.to_pylist():
                yield from _rows_of_table(CaseFile.parse(text, Path(place)), table["path"], table["number"])

    return read


def _rows_of_table(question: CaseFile, path: str, number: int) -> Iterator[Any]:
    question = question.with_options({"allow_outside": True})  # the driver asked whether it may be read
    order, tally, rejections = Order(), Tally(), list[Mapping[str, Any]]()
    said: dict[str, Any] = {"lacks": []}
    try:
        source = question.sources[0]._replace(path=path)
        format = format_of(question._replace(sources=(source,)), source)
        for portion in portions(Path(path), format, order, tally):
            rejections += [each._asdict() for each in portion.rejections]
            if portion.lines:
                columns = staged_columns(
                    Path(path), format, portion, 10**DIGITS, f"files that Spark writes have {DIGITS} digits: {ELSEWHERE}"
                )
                yield _batch({**columns, "number": [number] * len(portion.lines)})
        if order.by_height is not None and not (order.by_height and order.placed):
            raise InputError(f"{path}: states no height and position of each row, so the order of its lines counts: {ELSEWHERE}")
    except NoSuchTokenError as error:
        said["lacks"].append(str(error))  # another table may have it
    except InputError as error:
        said["error"] = str(error)
    said |= {"rows": tally.rows, "failed": tally.failed, "unread": tally.unread, "rejections": rejections}
    yield _batch({"number": [number], "said": [json.dumps(said)]})


def _batch(columns: Mapping[str, Sequence[Any]]) -> Any:
    """Rows as Spark takes them; what is not among the columns is null."""
    pa = importlib.import_module("pyarrow")
    types = {"bigint": pa.int64(), "int": pa.int32(), "string": pa.string(), "binary": pa.binary(), "decimal(38,0)": pa.decimal128(38, 0)}
    count = len(columns["number"])
    made = {}
    for name, kind in (each.split() for each in f"{STAGED}, number int, said string".split(", ")):
        cells = columns.get(name) or [None] * count
        if kind.startswith("decimal"):
            cells = [None if cell is None else Decimal(cell) for cell in cells]
        made[name] = pa.array(cells, types[kind])
    return pa.record_batch(made)


def writing_task(folder: str, bounds: Sequence[str], length: int | None) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """What writes the rows that a task has as a file of the folder, and says what file that is."""

    def write(batches: Iterator[Any]) -> Iterator[Any]:
        pa = importlib.import_module("pyarrow")
        first = next(batches, None)
        if first is None:
            return
        said: dict[str, Any] = {name: [first.column(name)[0].as_py()] * 2 for name in bounds}
        path = Path(folder) / f"part-{said[bounds[0]][0]}.parquet"

        def watched() -> Iterator[Any]:
            for batch in chain([first], batches):
                for name in bounds:
                    said[name][1] = batch.column(name)[-1].as_py()
                yield batch

        unfinished = path.with_suffix(f".{os.getpid()}")  # of a task that was lost and is done again elsewhere
        said["rows"] = write_file(unfinished, first.schema, watched(), length)
        os.replace(unfinished, path)
        size, sha256 = vouched(path)
        yield pa.record_batch({"said": pa.array([json.dumps({**said, "file": path.name, "size": size, "sha256": sha256})])})

    return write
