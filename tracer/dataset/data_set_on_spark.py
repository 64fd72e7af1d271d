"""A data set asked on Spark (extra `scale`): the user's cluster, or one that Spark starts here. What comes out is what `DataSet` finds."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tracer.dataset.cone_on_spark import ConeOnSpark, Report
from tracer.dataset.data_set_reader import DataSet, RowsOf, hash_bytes
from tracer.dataset.layout import ABOUT, LIMB, LOWER
from tracer.errors import InputError
from tracer.tracing.cone_over_columns import Limits
from tracer.wording import missing_extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

HERE = "local[*]"
"""The master where nothing names another: all cores of this machine."""

SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.shuffle.partitions": "32",
}


@contextmanager
def spark_session(master: str | None) -> Iterator[Any]:
    """A session of Spark on `master`, or on what Spark's own configuration names. Raises InputError where Spark or Java is missing."""
    try:
        sql = importlib.import_module("pyspark.sql")
    except ImportError as error:
        raise InputError(missing_extra("scale", "Spark")) from error
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise InputError("Spark runs on Java 17 or newer, and there is none: install default-jre-headless (Debian), or set JAVA_HOME")
    builder = sql.SparkSession.builder.appName("tracer")
    for name, value in SETTINGS.items():
        builder = builder.config(name, value)
    if master is not None:
        builder = builder.master(master)
    if (master or HERE).startswith("local"):
        builder = builder.config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    if (master or HERE).startswith("local"):
        session.sparkContext.pythonExec = sys.executable  # else the first python3 of the PATH, which may not have tracer
    try:
        yield session
    finally:
        session.stop()


class SparkDataSet(DataSet):
    """A data set whose rows are looked through on Spark. `work` is a folder that driver and executors see: what a round came to is kept
    there until the slice is found, so that a run that was killed goes on. The rows of the slice themselves are read by the driver."""

    def __init__(self, folder: Path, name: str, asset: str, session: Any, work: Path, report: Report) -> None:
        super().__init__(folder, name, asset)
        self.session, self.work, self.report = session, work, report
        self.f = importlib.import_module("pyspark.sql.functions")

    def reachable(self, thefts: Sequence[int], limits: Limits, dust: int) -> NDArray[Any]:
        """The accounts whose whole history is needed, by rounds on Spark."""
        import numpy as np

        begins: dict[int, int] = {}
        for row, recipient in self._recipients(thefts):
            if row < min(limits.rows, self._absorbs_from(recipient, limits)):
                begins[recipient] = min(row, begins.get(recipient, row))
        work = self.work / self._question(begins, limits, dust)
        cone = ConeOnSpark(self.session, work, self.rows, self.report)
        found = cone.reached(lambda: self._moves(min(begins.values(), default=self.rows), limits, dust), begins)
        whole = np.zeros(len(self.addresses), bool)
        whole[found.toArrow().column("account").to_numpy()] = True
        shutil.rmtree(work, ignore_errors=True)
        with suppress(OSError):
            self.work.rmdir()  # unless the rounds of another question are in it
        return whole

    def rows_of_accounts(self, chosen: NDArray[Any]) -> NDArray[Any]:
        """Every row that one of the chosen accounts pays or is paid by, found on Spark."""
        import numpy as np

        wanted = self.session.createDataFrame([(int(number),) for number in np.flatnonzero(chosen)], "account int")
        rows = self._rows("row", "sender", "recipient")
        sides = [rows.join(wanted, rows[side] == wanted.account, "left_semi") for side in ("sender", "recipient")]
        return self._numbers(sides[0].union(sides[1]))

    def rows_of_hashes(self, hashes: Sequence[str]) -> NDArray[Any]:
        """The rows of the transactions with these hashes, found on Spark."""
        import numpy as np

        found = [np.empty(0, np.int64)]
        for each in self.row_files:
            forms = hash_bytes(hashes, each.file.hashes)
            column = self.f.col("tx_hash")
            if each.file.hashes == "text":
                column = self.f.lower(column.cast("string")).cast("binary")
            if forms:
                rows = self.session.read.parquet(str(each.path)).where(column.isin([self.f.lit(bytearray(form)) for form in forms]))
                found.append(self._numbers(rows))
        return np.sort(np.concatenate(found))

    def _moves(self, first: int, limits: Limits, dust: int) -> Any:
        """The rows from `first` on that can carry value further: stops removed."""
        f = self.f
        frames = []
        for each in self.row_files:
            if each.last > first:
                moves, small = self._amount(each, dust)
                frames.append(
                    self.session.read.parquet(str(each.path)).where(moves).select("row", "sender", "recipient", small.alias("dust"))
                )
        rows = frames[0] if frames else self.session.createDataFrame([], "row bigint, sender int, recipient int, dust boolean")
        for frame in frames[1:]:
            rows = rows.union(frame)
        rows = rows.where((f.col("row") >= first) & (f.col("row") < limits.rows) & (f.col("sender") != f.col("recipient")))
        stops = {**limits.drained, **dict.fromkeys(limits.services, 0)}
        stopped = self.session.createDataFrame([(int(a), int(row)) for a, row in stops.items()], "account int, absorbs bigint")
        joined = rows.join(f.broadcast(stopped), rows.recipient == stopped.account, "left").where("absorbs IS NULL OR row < absorbs")
        return joined.select("row", "sender", "recipient", "dust")

    def _amount(self, rows: RowsOf, dust: int) -> tuple[Any, Any]:
        """Whether a row moves anything, and whether that is dust."""
        f, names = self.f, rows.columns_of("amount")
        if len(names) == 1:
            amount = f.col(names[0])
            return amount > 0, amount < f.lit(str(min(dust, 10**38 - 1))).cast("decimal(38,0)")
        high, low = map(f.col, names)
        wide, narrow = (f.lit(str(part)).cast("decimal(20,0)") for part in (dust >> LIMB, dust & LOWER))
        return (high > 0) | (low > 0), (high < wide) | ((high == wide) & (low < narrow))

    def _recipients(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        found = self._rows("row", "recipient").where(self.f.col("row").isin(list(rows))).where("recipient IS NOT NULL")
        return [(row, recipient) for row, recipient in found.collect()]

    def _rows(self, *names: str) -> Any:
        return self.session.read.parquet(*(str(each.path) for each in self.row_files)).select(*names)

    def _numbers(self, rows: Any) -> NDArray[Any]:
        """The rows of a frame, ascending, each once."""
        import numpy as np

        found: NDArray[Any] = np.unique(rows.select("row").toArrow().column("row").to_numpy())
        return found

    def _absorbs_from(self, account: int, limits: Limits) -> int:
        """The row from which what an account is paid goes no further."""
        return 0 if account in set(limits.services) else limits.drained.get(account, limits.rows)

    def _question(self, begins: dict[int, int], limits: Limits, dust: int) -> str:
        """What marks the rounds of one question: a digest of it and of the data set."""
        stops = sorted(limits.services), sorted(limits.drained.items()), limits.rows
        asked = json.dumps([sorted(begins.items()), stops, dust]).encode()
        return hashlib.sha256(asked + (self.folder / ABOUT).read_bytes()).hexdigest()[:16]


def on_spark(session: Any, report: Report) -> Callable[[Path, str, str], DataSet]:
    """How a data set is opened to be asked on Spark: rounds are kept beside it, in `.NAME.cone`."""

    def opened(folder: Path, name: str, asset: str) -> DataSet:
        return SparkDataSet(folder, name, asset, session, folder.parent / f".{folder.name}.cone", report)

    return opened
