"""The options that say which payments of a robbed wallet are meant, in the words of a case file."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from tracer.errors import InputError

if TYPE_CHECKING:
    from tracer.casefile.schema import TheftQuery
    from tracer.model import Asset

F = TypeVar("F", bound=Callable[..., Any])

KEYS = "from, until, to, min_amount, exclude"
DAY = r"\d{4}-\d{2}-\d{2}"
OPTIONS = "--to ADDRESS, --from MOMENT, --until MOMENT, --min-amount AMOUNT, --exclude HASH"


class Narrowed(NamedTuple):
    """Which payments of a wallet are meant, in the words of a case file: recipients, moments, smallest units, hashes or recipients."""

    to: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_amount: str | None = None
    exclude: tuple[str, ...] = ()

    @classmethod
    def of(cls, query: TheftQuery) -> Narrowed:
        """What a [[thefts]] table of a wallet says."""
        least = str(query.min_amount) if query.min_amount else None
        return cls(query.to, query.from_, query.until, least, query.exclude)

    def lines(self, asset: Asset | None = None) -> list[str]:
        """The lines of a [[thefts]] table. Raises InputError where the amount is none of the asset."""
        said: dict[str, str] = {}
        if self.since:
            said["from"] = _moment(self.since)
        if self.until:
            said["until"] = _moment(self.until)
        if self.to:
            said["to"] = json.dumps(self.to, ensure_ascii=False)
        if self.min_amount is not None:
            said["min_amount"] = str(_units(self.min_amount, asset))
        if self.exclude:
            said["exclude"] = json.dumps(self.exclude, ensure_ascii=False)
        return [f"{key} = {value}" for key, value in said.items()]


def _read_moment(_context: click.Context, _option: click.Parameter, value: str | None) -> datetime | None:
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


def narrowing(command: F) -> F:
    """Options that say which payments of a wallet are thefts; the command gets them as one `narrowed`."""

    @functools.wraps(command)
    def told(**given: Any) -> Any:
        narrowed = Narrowed(*(given.pop(key) for key in Narrowed._fields))
        return command(**given, narrowed=narrowed)

    options = (
        click.option("--to", multiple=True, metavar="ADDRESS", help="For a wallet: only what it paid to this address."),
        click.option("--from", "since", callback=_read_moment, metavar="MOMENT", help="For a wallet: only from this moment on (UTC)."),
        click.option("--until", callback=_read_moment, metavar="MOMENT", help="For a wallet: only up to this moment."),
        click.option(
            "--min-amount", metavar="AMOUNT", help="For a wallet: only from so many smallest units on; or with the unit, such as 5000eth."
        ),
        click.option("--exclude", multiple=True, metavar="HASH", help="For a wallet: not this transaction, or recipient."),
    )
    chosen: Any = told
    for option in reversed(options):
        chosen = option(chosen)
    return chosen  # type: ignore[no-any-return]


def _units(text: str, asset: Asset | None) -> int:
    """Smallest units, of a whole number of them or of coins with their unit. Raises InputError."""
    from tracer.ingest.table.parse import amount_of, whole

    stated = re.fullmatch(r"([\d_]+(?:\.\d+)?) ?([A-Za-z].*)?", text.strip(), re.ASCII)
    try:
        if stated is None:
            raise ValueError("is no amount")
        digits, unit = stated[1].replace("_", ""), stated[2]
        if unit is None:
            return whole(digits)
        if asset is None or unit.lower() != asset.symbol.lower():
            known = f": the asset is {asset.symbol}" if asset else ", and the asset is not known yet"
            raise ValueError(f"is in {unit}{known}")
        return amount_of(digits, asset, "coin")
    except ValueError as error:
        raise InputError(f"--min-amount {text}: {error}; write smallest units, or coins with their unit, such as 5000eth") from error


def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
