"""Where a ledger bigger than a case is made and looked through: in this process, or on Spark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.dataset.data_set_of_case import Opened


class Engine(NamedTuple):
    """`name`: local or spark; `master`: the Spark that does it, None for the one that Spark's own configuration names."""

    name: str = "local"
    master: str | None = None

    @contextmanager
    def session(self) -> Iterator[Any]:
        """The session of Spark; None in this process. Raises InputError for a master without Spark."""
        if self.name == "local":
            if self.master:
                raise InputError(f"--master {self.master} says where Spark runs: write --engine spark with it")
            yield None
            return
        from tracer.dataset.data_set_on_spark import spark_session

        with spark_session(self.master) as session:
            yield session

    @contextmanager
    def opening(self, quiet: bool) -> Iterator[Opened | None]:
        """What opens data sets there, None in this process; on Spark each round is a line on stderr, unless `quiet`."""
        with self.session() as session:
            if session is None:
                yield None
                return
            from tracer.dataset.data_set_on_spark import on_spark

            yield on_spark(session, lambda each: None if quiet else click.echo(each.sentence, err=True))


def engine_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --engine and --master to a command, which takes both as `engine`."""

    @click.option(
        "--engine",
        type=click.Choice(["local", "spark"]),
        default="local",
        show_default=True,
        help="Where the work on a data set (Parquet files) is done: in this process, or on Spark.",
    )
    @click.option(
        "--master",
        metavar="URL",
        help="With --engine spark: the address of the Spark master, which distributes the work.  "
        "[default: what Spark is configured with, else local[*]]",
    )
    @wraps(command)
    def told(engine: str, master: str | None, **given: Any) -> Any:
        return command(engine=Engine(engine, master), **given)

    return told
