"""Tables -> a data set, on Spark: the readers of tables read one file each on the executors, Spark orders, numbers and writes.

Only what does not hang on the order of lines comes this way: tables that state heights and positions, in any dialect. Of others
`conversion_to_data_set.py` makes a data set, in one process. The layout is the same, and so are the rows.
"""

from __future__ import annotations

import importlib
import json
import os
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from tracer.casefile import CaseFile
from tracer.dataset.conversion_to_data_set import Converted, held_of, move_in, the_source, work_folder
from tracer.dataset.data_set_writer import HASHES, Hashes
from tracer.dataset.layout import ABOUT, AccountsFile, Description, RowsFile, as_json, digits_for
from tracer.dataset.spark_executor_tasks import ELSEWHERE, STAGED, reading_task, writing_task
from tracer.dataset.staging_line_by_line import Staged
from tracer.errors import InputError
from tracer.ingest.table.column_names import columns_there
from tracer.ingest.table.file_as_text_columns import header
from tracer.ingest.table.notes import Tally
from tracer.ingest.table.order_of_lines import Order
from tracer.ingest.table.table_format import TableFormat, format_of
from tracer.model import Rejection

HASHES_ON_SPARK: Mapping[Hashes, str] = {"hex": "unhex(tx_hash)", "0xhex": "unhex(substr(tx_hash, 3))", "text": "encode(tx_hash, 'UTF-8')"}
"""How Spark makes the bytes of a hash."""

ROWS_OF_A_FILE = 1 << 22
"""Rows that one executor sorts and writes as one file, about: 200 MB."""

COLUMNS = (
    "row", "asset", "height", "position", "time", "tx_hash", "sender", "recipient", "amount", "fee", "kind", "basis", "verified", "memo",
    "memo_kind", "attributes",
)  # fmt: skip
"""Of the files of rows, in their order."""


def convert_on_spark(question: CaseFile, folder: Path, session: Any, more: Sequence[Path] = ()) -> Converted:
    """Writes the one table of a case as a new data set, on the Spark of the session, and with it `more` tables that are read alike.

    Tables, folder and the folder beside it in which it works must have the same path on all machines. Raises InputError naming file,
    line and value, and of tables that only one process reads.
    """
    source = the_source(question, ("table",))
    format, tables = format_of(question, source), [question.file(source.path, ("sources", 0, "path")), *more]
    _require_plain_question(format, tables, folder)
    with work_folder(folder) as work:
        conversion = _OnSpark(session, question, work)
        staged = conversion.staged(tables)
        everywhere = conversion.everywhere()
        held = held_of(tables[0], format, staged, "", everywhere, None)
        if strangers := conversion.strangers(held.whole):
            raise InputError(f"{format.source}: whole names {strangers[0]}, which stands in no row: check the address")
        accounts = conversion.accounts()
        rows = conversion.rows(format.asset.symbol)
        count = sum(each.rows for each in rows)
        about = Description((held._replace(rows=count),), tuple(rows), tuple(accounts), ())
        (conversion.made / ABOUT).write_text(as_json(about), encoding="utf-8", newline="\n")
        move_in(conversion.made, folder)
    return Converted(count, about.addresses, len(staged.rejections))


def _require_plain_question(format: TableFormat, tables: Sequence[Path], folder: Path) -> None:
    """Raises InputError of what is asked that only one process does."""
    if folder.exists():
        raise InputError(f"{folder} exists: name a folder that does not with -o; only one process adds to what there is (--append)")
    if format.openings is not None:
        raise InputError(f"{format.openings}: opening balances are not read on Spark: {ELSEWHERE}")
    first = header(tables[0], format.delimiter)
    if len(tables) > 1 and "token" in columns_there(tables[0], format, first) and format.token is None:
        raise InputError(f"{tables[0]}: has a column of tokens, and another table may have another token: choose one with --token")
    for table in tables[1:]:
        if (there := header(table, format.delimiter)) != first:
            raise InputError(f"{table}: has columns {', '.join(there)}, and {tables[0].name} has {', '.join(first)}: write two data sets")


def _mapped(frame: Any, task: Callable[[Iterator[Any]], Iterator[Any]], schema: str) -> Any:
    """What a task makes of the rows of a frame."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)  # of which nothing is used here
        return frame.mapInArrow(task, schema)


class _OnSpark:
    """One conversion, each stage of which is Parquet in the folder `work` before the next begins."""

    def __init__(self, session: Any, question: CaseFile, work: Path) -> None:
        self.session, self.question, self.work, self.made = session, question, work, work / "made"
        self.f = importlib.import_module("pyspark.sql.functions")
        self.parts = 1
        for name in ("rows", "accounts"):
            (self.made / name).mkdir(parents=True)

    def staged(self, tables: Sequence[Path]) -> Staged:
        """Reads all tables, each by one task, and sees that their rows have places of their own."""
        paths = [(number, str(table.absolute())) for number, table in enumerate(tables)]
        given = self.session.createDataFrame(paths, "number int, path string").repartition(len(tables), "number")
        read = reading_task(self.question.text, str(self.question.path.absolute()))
        self._keep(_mapped(given, read, f"{STAGED}, number int, said string"), "staged")
        told = self._kept("staged").where("said IS NOT NULL").orderBy("number").select("said").collect()
        said: list[dict[str, Any]] = [json.loads(text) for (text,) in told]
        faults = [each["error"] for each in said if "error" in each]
        if all(each["lacks"] for each in said):
            faults += said[0]["lacks"]
        if faults:
            raise InputError(faults[0])
        tally = Tally(sum(each["rows"] for each in said), sum(each["failed"] for each in said), tuple(said[0]["unread"]))
        order = Order()
        order.by_height = order.placed = True
        count = self._rows().count()
        if not count:
            raise InputError(f"{tables[0]}: has no rows: there is nothing to write")
        self.parts = max(1, round(count / ROWS_OF_A_FILE))
        taken = self._rows().groupBy("height", "position").count().where("count > 1").orderBy("height", "position").first()
        if taken:
            height, position, several = taken
            where = f"position {position} of height {height}"
            raise InputError(f"{tables[0].parent}: {several} rows have {where}: without --engine spark their lines are named")
        return Staged(count, order, tally, tuple(Rejection(**each) for one in said for each in one["rejections"]))

    def everywhere(self) -> tuple[str, ...]:
        """The addresses that stand in every row."""
        f, first = self.f, self._rows().select("sender", "recipient").first()
        possible = sorted({side for side in first if side})
        always = [f.every(f.coalesce((f.col("sender") == each) | (f.col("recipient") == each), f.lit(False))) for each in possible]
        found = self._rows().agg(*always).first() if possible else ()
        return tuple(address for address, stands in zip(possible, found, strict=True) if stands)

    def strangers(self, whole: Sequence[str]) -> list[str]:
        """Of some addresses those that stand in no row."""
        found = self._sides().where(self.f.col("address").isin(list(whole))).collect() if whole else []
        return sorted(set(whole) - {address for (address,) in found})

    def accounts(self) -> list[AccountsFile]:
        """Numbers the addresses, by address, and writes them."""
        self._number(self._sides(), ["address"], "accounts")
        numbered = self._numbered("accounts", ["address"], "number").select(self.f.col("number").cast("int").alias("number"), "address")
        return [
            AccountsFile(each["file"], each["number"][0], each["rows"], each["size"], each["sha256"])
            for each in self._written(numbered, "accounts", ["number"])
        ]

    def rows(self, asset: str) -> list[RowsFile]:
        """Orders and numbers the rows, and writes them."""
        f, (hashes, length) = self.f, self._hashes()
        accounts = self._numbered("accounts", ["address"], "number").select("address", f.col("number").cast("int").alias("account"))
        rows = self._rows()
        for side in ("sender", "recipient"):
            rows = rows.join(accounts.withColumnRenamed("address", side), side, "left").drop(side).withColumnRenamed("account", side)
        self._number(rows, ["height", "position"], "ordered")
        widest = self._rows().agg(f.max("amount"), f.max("fee")).first()
        made = {"asset": f.lit(asset), "verified": f.lit(False), "tx_hash": f.expr(HASHES_ON_SPARK[hashes])}
        made |= {
            name: f.col(name).cast(f"decimal({digits_for(int(most))},0)") for name, most in zip(("amount", "fee"), widest, strict=True)
        }
        numbered = self._numbered("ordered", ["height", "position"], "row").withColumns(made).select(*COLUMNS)
        return [
            RowsFile(
                each["file"], asset, each["rows"], each["height"][0], each["height"][1], hashes, "decimal", each["size"], each["sha256"]
            )
            for each in self._written(numbered, "rows", ["row", "height"], length)
        ]

    def _hashes(self) -> tuple[Hashes, int | None]:
        """What the bytes of hashes are, and how many each has; None where they differ, or a row has none."""
        f, tx_hash = self.f, self.f.col("tx_hash")
        rows = self._rows()
        first = rows.where("tx_hash IS NOT NULL").select("tx_hash").first()
        form: Hashes = "0xhex" if first and first[0].startswith("0x") else "hex"
        fits, lacking, least, most = rows.agg(
            f.every(tx_hash.rlike(f"^({HASHES[form][0]})$")),
            f.count_if(tx_hash.isNull()),
            f.min(f.length(tx_hash)),
            f.max(f.length(tx_hash)),
        ).first()
        if fits is False or lacking or least != most:
            return "text" if fits is False else form, None
        return form, len(bytes.fromhex(first[0].removeprefix("0x")))

    def _rows(self) -> Any:
        return self._kept("staged").where("said IS NULL").drop("number", "said")

    def _sides(self) -> Any:
        """The addresses that stand in a row, each once."""
        sides = [self._rows().select(self.f.col(side).alias("address")) for side in ("sender", "recipient")]
        return sides[0].union(sides[1]).where("address IS NOT NULL").distinct()

    def _keep(self, frame: Any, name: str) -> None:
        frame.write.parquet(str(self.work / name))

    def _kept(self, name: str) -> Any:
        return self.session.read.parquet(str(self.work / name))

    def _number(self, frame: Any, order: Sequence[str], name: str) -> None:
        """Keeps the rows of a frame in parts, of which each stands before the next."""
        parted = frame.repartitionByRange(self.parts, *order).withColumn("part", self.f.spark_partition_id())
        self._keep(parted, name)

    def _numbered(self, name: str, order: Sequence[str], number: str) -> Any:
        """What was kept so, numbered from 0."""
        f, window = self.f, importlib.import_module("pyspark.sql").Window.partitionBy("part").orderBy(*order)
        counts = sorted((part, count) for part, count in self._kept(name).groupBy("part").count().collect())
        before = [0, *accumulate(count for _, count in counts)]
        offsets = self.session.createDataFrame(
            [(part, start) for (part, _), start in zip(counts, before, strict=False)], "part int, start bigint"
        )
        counted = self._kept(name).join(f.broadcast(offsets), "part").withColumn(number, f.row_number().over(window) - 1 + f.col("start"))
        return counted.drop("part", "start")

    def _written(self, numbered: Any, name: str, bounds: Sequence[str], length: int | None = None) -> list[dict[str, Any]]:
        """Writes rows by their number, the first of `bounds`, each part as a file by one task; of each file in their order what it is,
        and the first and the last of each column in `bounds`."""
        ordered = numbered.repartitionByRange(self.parts, bounds[0]).sortWithinPartitions(bounds[0])
        write = writing_task(str(self.made / name), bounds, length)
        said = [json.loads(text) for (text,) in _mapped(ordered, write, "said string").collect()]
        files = sorted(said, key=lambda each: each[bounds[0]][0])
        for number, each in enumerate(files):
            each["file"], part = f"{name}/{number:05d}.parquet", self.made / name / each["file"]
            os.replace(part, self.made / each["file"])
        return files
