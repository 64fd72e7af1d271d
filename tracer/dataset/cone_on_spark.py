"""The cone on Spark: the first row that can bring each account stolen value, in rounds over all rows at once.

A round takes the accounts whose first row became earlier in the round before, and looks at what they pay from there on: of each
recipient the first such row counts. The rounds end when no row becomes earlier. Rows that stop the trail, or move nothing, are not among
the moves; these are kept in partitions by time and by sender, so that a round reads only what its accounts can have paid.

Every round is a folder of Parquet: a run that was killed goes on after the last one that is whole.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

MOST_PARTS = 16
"""Parts of the moves by time, and again by sender: a power of two, as an account's part is the last bits of its number."""

ROWS_OF_A_PART = 1 << 17
"""Fewer rows make fewer parts: a part is a file, and a file takes its time however small."""

WHOLE = "_SUCCESS"
"""What Spark writes into a folder last."""


class Round(NamedTuple):
    """A round: how many accounts were reached first or earlier in it, and the bytes that were shuffled between executors."""

    number: int
    accounts: int
    shuffled: int

    @property
    def sentence(self) -> str:
        """What is printed of it.

        >>> Round(3, 1204, 52_000).sentence
        'round 3: 1,204 accounts reached first or earlier, 52,000 bytes shuffled'
        """
        return f"round {self.number}: {self.accounts:,} accounts reached first or earlier, {self.shuffled:,} bytes shuffled"


Report = Callable[[Round], None]


class ConeOnSpark:
    """Who can be reached over `moves`, a frame of row, sender, recipient and whether it is dust, from accounts and the row each begins at.

    `work` is a folder that driver and executors see, of this question alone; `rows` how many rows there are.
    """

    def __init__(self, session: Any, work: Path, rows: int, report: Report) -> None:
        self.session, self.work, self.report = session, work, report
        self.parts = min(MOST_PARTS, 1 << (rows // ROWS_OF_A_PART).bit_length())
        self.span = max(1, -(-rows // self.parts))
        self.shuffled = 0
        self.f = importlib.import_module("pyspark.sql.functions")

    def reached(self, moves: Callable[[], Any], begins: Mapping[int, int]) -> Any:
        """A frame of the accounts whose whole history is needed: reached, or paid nothing but dust by one that is."""
        self._keep_moves(moves)
        if not any((self.work / "moves").glob("span=*")):  # nothing moves on: the theft was the last row, or paid a service
            return self.session.createDataFrame([(account,) for account in begins], "account int")
        number, first = self._rounds_made(), self._round(0)
        if number < 0:
            schema = "account int, since bigint"
            self.session.createDataFrame(list(begins.items()), schema).coalesce(1).write.mode("overwrite").parquet(str(first))
            number = 0
        reached = self._read(self._round(number)).count()
        while reached:
            reached = self._next(number, self._read(self._round(number)))
            number += 1
        known, kept = self._known(number), self._moves()
        paid = kept.where("dust").join(known, kept.sender == known.account).where("row > since")
        return known.select("account").union(paid.select(self.f.col("recipient").alias("account"))).distinct()

    def _keep_moves(self, moves: Callable[[], Any]) -> None:
        """Writes the moves by time and sender, unless an earlier run did."""
        if (self.work / "moves" / WHOLE).exists():
            return
        f = self.f
        parted = moves().withColumn("span", (f.col("row") / self.span).cast("int")).withColumn("bucket", self._bucket("sender"))
        parted.repartition("span", "bucket").write.mode("overwrite").partitionBy("span", "bucket").parquet(str(self.work / "moves"))

    def _next(self, number: int, newest: Any) -> int:
        """The round after `number`, in which the accounts of `newest` were reached; gives how many accounts it reached."""
        f = self.f
        least = newest.agg(f.min("since")).first()[0]
        buckets = [bucket for (bucket,) in newest.select(self._bucket("account")).distinct().collect()]
        kept = self._moves().where((f.col("span") >= least // self.span) & f.col("bucket").isin(buckets) & ~f.col("dust"))
        paid = kept.join(newest, kept.sender == newest.account).where("row > since")
        found = paid.groupBy(f.col("recipient").alias("account")).agg(f.min("row").alias("at"))
        known = self._known(number)
        earlier = found.join(known, "account", "left").where("since IS NULL OR at < since")
        made = self._round(number + 1)
        earlier.select("account", f.col("at").alias("since")).write.mode("overwrite").parquet(str(made))
        shuffled = shuffled_by(self.session)
        accounts = int(self._read(made).count())
        self.report(Round(number + 1, accounts, shuffled - self.shuffled))
        self.shuffled = shuffled
        return accounts

    def _known(self, number: int) -> Any:
        """The first row of every account that was reached up to a round."""
        rounds = self.session.read.parquet(*(str(self._round(each)) for each in range(number + 1)))
        return rounds.groupBy("account").agg(self.f.min("since").alias("since"))

    def _moves(self) -> Any:
        return self._read(self.work / "moves")

    def _read(self, path: Path) -> Any:
        return self.session.read.parquet(str(path))

    def _bucket(self, side: str) -> Any:
        return self.f.col(side).bitwiseAND(self.parts - 1).alias("bucket")

    def _round(self, number: int) -> Path:
        return self.work / "rounds" / f"{number:05d}"

    def _rounds_made(self) -> int:
        """The last round that an earlier run finished; -1 where there is none."""
        number = -1
        while (self._round(number + 1) / WHOLE).exists():
            number += 1
        return number


def shuffled_by(session: Any) -> int:
    """The bytes that all executors of a session have written for each other so far, those that were lost included."""
    executors = session.sparkContext._jsc.sc().statusStore().executorList(False)
    return sum(int(executors.apply(number).totalShuffleWrite()) for number in range(executors.size()))
