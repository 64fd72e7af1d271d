"""The options that say which payments of a drained wallet are meant, in the words of a case file."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

if TYPE_CHECKING:
    from tracer.casefile.schema import TheftQuery

F = TypeVar("F", bound=Callable[..., Any])

KEYS = "from, until, to, min_amount, exclude"
DAY = r"\d{4}-\d{2}-\d{2}"
OPTIONS = "--to ADDRESS, --from MOMENT, --until MOMENT, --min-amount AMOUNT, --exclude HASH|ADDRESS"


class Narrowed(NamedTuple):
    """Which payments of a wallet are meant: only to these, only between two moments, from an amount on (as typed, in whole coins), without
    these hashes or recipients."""

    to: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_amount: str | None = None
    exclude: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: TheftQuery) -> Narrowed:
        """What a [[thefts]] table of a wallet says, but for its least amount."""
        return cls(query.to, query.from_, query.until, None, query.exclude)

    def lines(self, least: int) -> list[str]:
        """The lines of a [[thefts]] table; `least` is the least amount in smallest units, 0 for any."""
        said: dict[str, str] = {}
        if self.since:
            said["from"] = _moment(self.since)
        if self.until:
            said["until"] = _moment(self.until)
        if self.to:
            said["to"] = json.dumps(self.to, ensure_ascii=False)
        if least:
            said["min_amount"] = str(least)
        if self.exclude:
            said["exclude"] = json.dumps(self.exclude, ensure_ascii=False)
        return [f"{key} = {value}" for key, value in said.items()]


def read_moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
    """A day, or a time with its offset from UTC. Raises BadParameter."""
    if value is None:
        return None
    try:
        day_or_time = date.fromisoformat(value) if re.fullmatch(DAY, value) else datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no time: write 2018-01-26 or 2018-01-26T00:04:56Z") from None
    if not isinstance(day_or_time, datetime):
        return datetime(day_or_time.year, day_or_time.month, day_or_time.day, tzinfo=UTC)
    if day_or_time.tzinfo is None:
        raise click.BadParameter(f"{value!r} has no offset from UTC: write {value}Z")
    return day_or_time.astimezone(UTC)


def which_payments(command: F) -> F:
    """Options that say which payments of a wallet are thefts; the command gets them as one `narrowed`."""

    @functools.wraps(command)
    def told(**given: Any) -> Any:
        narrowed = Narrowed(*(given.pop(key) for key in Narrowed._fields))
        return command(**given, narrowed=narrowed)

    options = (
        click.option("--to", multiple=True, metavar="ADDRESS", help="For a wallet: only payments to this address (repeatable)."),
        click.option(
            "--from",
            "since",
            callback=read_moment,
            metavar="MOMENT",
            help="For a wallet: only payments from this moment on: a day (00:00 UTC) or a time such as 2018-01-26T00:04:56Z.",
        ),
        click.option(
            "--until",
            callback=read_moment,
            metavar="MOMENT",
            help="For a wallet: only payments up to this moment; a day means 00:00 UTC.",
        ),
        click.option(
            "--min-amount", metavar="AMOUNT", help="For a wallet: only payments of this amount or more, in coins or tokens, such as 1.5."
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="HASH|ADDRESS",
            help="For a wallet: leave out this transaction, or every payment to this address (repeatable).",
        ),
    )
    chosen: Any = told
    for option in reversed(options):
        chosen = option(chosen)
    return chosen  # type: ignore[no-any-return]


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
