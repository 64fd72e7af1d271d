"""A table of prices: `time,price,source`, one whole coin at a time. Prices stay decimal text, so that nothing is rounded."""

from __future__ import annotations

import re
from pathlib import Path

from tracer.errors import InputError
from tracer.ingest.table.files import header, parts, place
from tracer.ingest.table.parse import moment_or_none
from tracer.model import Price

COLUMNS = ("time", "price", "source")
LONGEST = 40  # characters of a price


def read_prices(path: Path, currency: str) -> list[Price]:
    """The prices of a CSV, in order of time. Raises InputError naming file, line and value."""
    if missing := set(COLUMNS) - set(header(path)):
        raise InputError(f"{place(path, 1)}: no column {', '.join(sorted(missing))}: it needs time,price,source")
    found: dict[int, Price] = {}
    for part in parts(path, COLUMNS):
        for line, *cells in zip(part.lines, *(part.columns[name] for name in COLUMNS), strict=True):
            price = _price(place(path, line), *cells, currency=currency)
            if found.setdefault(price.time, price) != price:
                raise InputError(f"{place(path, line)}: a second price for {cells[0]!r}: leave one of the two")
    if not found:
        raise InputError(f"{path}: holds no price: write a line time,price,source")
    return [found[time] for time in sorted(found)]


def _price(where: str, time: str, price: str, source: str, *, currency: str) -> Price:
    try:
        moment = moment_or_none(time.strip(), utc=False)
    except ValueError as error:
        raise InputError(f"{where}: time {time[:LONGEST]!r} {error}") from error
    if moment is None:
        raise InputError(f"{where}: time is empty: write 2018-01-25T15:00:00Z")
    if len(price) > LONGEST or not re.fullmatch(r"\d+(\.\d+)?", price.strip(), re.ASCII):
        raise InputError(f"{where}: price {price[:LONGEST]!r} is no decimal number: write 110.9, without currency or separators")
    if not source.strip():
        raise InputError(f"{where}: source is empty: a price is somebody's")
    return Price(moment, price.strip(), currency, source.strip())
