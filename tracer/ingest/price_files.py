"""The files in which prices come: our own table, and the layouts of the usual sources, told by their headers or the shape of their JSON.

Layouts are facts of the sources' downloads and answers: CoinGecko (CSV, market_chart), CoinMarketCap, Yahoo Finance, Binance klines (with
a header, without one, REST), Kraken OHLC (the same), CryptoDataDownload, CryptoCompare. Of a candle the closing price is taken, at the
moment the candle closes: before it nobody knew it.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import InputError
from tracer.ingest.table.file_as_text_columns import header, parts, place
from tracer.ingest.table.times import moment

OWN = ("time", "price", "source")
NO_TEXT = (".gz", ".parquet", ".xlsx")  # how files end that only the reader of tables opens
DAY = 86_400
SHOWN = 40  # characters of a value in an error
BINANCE = ("open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count", "buy", "buy_quote", "ignore")
KRAKEN = ("time", "open", "high", "low", "close", "volume", "count")
KRAKEN_REST = ("time", "open", "high", "low", "close", "vwap", "volume", "count")
WITHOUT_HEADER = {len(names): names for names in (BINANCE, KRAKEN, KRAKEN_REST)}
"""What the cells of a line are where no header says it, by their number."""


class PriceLayout(NamedTuple):
    """What a source calls the moment, the price and, of a candle, the moment it closes; of the columns that must be there all are."""

    name: str
    time: str
    price: str
    closes: str | None = None
    candle: bool = False
    needs: tuple[str, ...] = ()


LAYOUTS = (
    PriceLayout("CoinGecko", "snappedat", "price"),
    PriceLayout("CoinMarketCap", "timeopen", "close", "timeclose", True),
    PriceLayout("Binance klines", "opentime", "close", "closetime", True),
    PriceLayout("CryptoDataDownload", "unix", "close", None, True, ("symbol",)),
    PriceLayout("Kraken OHLC", "time", "close", None, True, ("count",)),
    PriceLayout("CryptoCompare", "time", "close", None, True, ("volumefrom",)),
    PriceLayout("Yahoo Finance", "date", "close", None, True, ("adjclose",)),
    PriceLayout("candles", "timestamp", "close", None, True),
    PriceLayout("candles", "unix", "close", None, True),
    PriceLayout("candles", "time", "close", None, True),
    PriceLayout("candles", "date", "close", None, True),
    PriceLayout("prices", "timestamp", "price"),
    PriceLayout("prices", "time", "price"),
    PriceLayout("prices", "date", "price"),
)
"""In the order in which they are looked for; names are in small letters, without signs."""


NOBODY = {layout.name for layout in LAYOUTS if layout.name.islower()}
"""Layouts that are nobody's in particular: whose prices they are must be said."""


class Stated(NamedTuple):
    """A price as a file states it: where, its moment (UNIX seconds), and its text. `source` is None where the row names none."""

    where: str
    time: int
    price: str
    source: str | None


class PriceFile(NamedTuple):
    """What a file is, its prices in its order, and the currency it names itself, if any. `own`: it is our own table, time,price,source.

    `zoneless`: some time has no zone and was read as UTC.
    """

    layout: str
    prices: list[Stated]
    currency: str | None
    own: bool = False
    zoneless: bool = False


Rows = list[tuple[str, Mapping[str, str]]]
"""Rows with their places; the names of their columns in small letters, without signs."""


def read_price_file(path: Path) -> PriceFile:
    """The prices of a file. Raises InputError naming file, line and value, or the columns that would be read."""
    rows = _json_rows(path) if path.suffix.lower() == ".json" else _csv_rows(path)
    if not rows:
        raise InputError(f"{path}: holds no price: write a line time,price,source")
    names = rows[0][1].keys()
    if set(OWN) <= names:
        return PriceFile(
            "own", [Stated(where, _moment(where, row["time"], utc=False), row["price"], row["source"]) for where, row in rows], None, True
        )
    layout = next((known for known in LAYOUTS if {known.time, known.price, known.closes or known.time, *known.needs} <= names), None)
    if layout is None:
        missing = ", ".join(sorted(set(OWN) - names))
        raise InputError(
            f"{rows[0][0]}: no column {missing}: it needs time,price,source, or the header of a source such as CoinGecko or Yahoo"
        )
    zoneless = any(_zoneless(row[layout.closes or layout.time]) for _, row in rows)
    return PriceFile(layout.name, _stated(rows, layout), _currency(rows), zoneless=zoneless)


def _stated(rows: Rows, layout: PriceLayout) -> list[Stated]:
    known = [
        (where, _moment(where, row[layout.closes or layout.time], utc=True), row)
        for where, row in rows
        if row[layout.price].strip() != "null"
    ]
    wait = 0
    if layout.candle and layout.closes is None:
        times = sorted({time for _, time, _ in known})
        wait = min((later - time for time, later in pairwise(times)), default=DAY)
    return [Stated(where, time + wait, row[layout.price], row.get("source") or None) for where, time, row in known]


def _moment(where: str, text: str, *, utc: bool) -> int:
    """UNIX seconds; sources of candles write milliseconds and microseconds too, and times in UTC without saying so."""
    text = text.strip()
    if not text:
        raise InputError(f"{where}: time is empty: write 2018-01-25T15:00:00Z")
    try:
        return moment(text[:-3] if utc and re.fullmatch(r"\d{16}", text, re.ASCII) else text, utc)
    except ValueError as error:
        raise InputError(f"{where}: time {text[:SHOWN]!r} {error}") from error


def _zoneless(text: str) -> bool:
    """Whether a time is one only if it is taken to be in UTC."""
    try:
        moment(text.strip(), False)
    except ValueError:
        return not re.fullmatch(r"\d{16}", text.strip(), re.ASCII)
    return False


def _currency(rows: Rows) -> str | None:
    """The currency of a pair such as XEM/JPY, where a column names one and only one."""
    pairs = {row["symbol"].strip().upper() for _, row in rows if row.get("symbol")}
    quotes = {re.split(r"[/_-]", pair)[-1] for pair in pairs if re.search(r"[/_-]", pair)}
    return quotes.pop() if len(quotes) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _csv_rows(path: Path) -> Rows:
    """The rows of a table. A line above the header that is an address alone is skipped, as CryptoDataDownload has one."""
    if path.suffix.lower() in NO_TEXT:
        names = header(path)
        return [
            (place(path, line), dict(zip(map(_plain, names), cells, strict=True)))
            for part in parts(path, names)
            for line, *cells in zip(part.lines, *(part.columns[name] for name in names), strict=True)
        ]
    lines = _text(path).splitlines()
    first = next((number for number, line in enumerate(lines) if line.strip() and not re.match(r"\W{0,2}https?://", line)), 0)
    delimiter = max(",;\t", key=lines[first].count) if lines else ","
    reader = csv.reader(lines[first:], delimiter=delimiter, strict=True)
    try:
        cells = [(reader.line_num + first, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num + first + 1}: no CSV ({error}): close the quote that is open here") from error
    if not cells:
        return []
    names = [_plain(name) for name in cells[0][1]]
    if cells[0][1][0].strip().isdigit():
        if len(names) not in WITHOUT_HEADER:
            raise InputError(f"{path}:{cells[0][0]}: no line names the columns: write time,price,source above it")
        names = [_plain(name) for name in WITHOUT_HEADER[len(names)]]
    else:
        _require_readable(path, cells[0][0], names)
        del cells[0]
    return list(_named(path, names, cells))


def _require_readable(path: Path, line: int, names: Sequence[str]) -> None:
    """Raises InputError for a header that no row could be read by, so that an empty file is refused for its header too."""
    if not set(OWN) <= set(names) and not any({layout.time, layout.price} <= set(names) for layout in LAYOUTS):
        missing = ", ".join(name for name in OWN if name not in names)
        raise InputError(
            f"{path}:{line}: no column {missing}: it needs time,price,source, or the header of a source such as CoinGecko or Yahoo"
        )


def _named(path: Path, names: Sequence[str], cells: Sequence[tuple[int, Sequence[str]]]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for line, row in cells:
        if len(row) != len(names):
            raise InputError(f"{path}:{line}: {len(row)} cells, and the header has {len(names)}: put cells with commas in them in quotes")
        yield f"{path}:{line}", dict(zip(names, row, strict=True))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: no UTF-8 text: save the prices in UTF-8") from error


def _json_rows(path: Path) -> Rows:
    """The entries of a JSON answer: objects, or lists whose places mean what they mean at CoinGecko, Binance or Kraken.

    No number becomes a float.
    """
    try:
        content = json.loads(_text(path), parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no JSON ({str(error)[:100]}): is the answer whole?") from error
    entries = _entries(content)
    if not entries:
        raise InputError(f'{path}: no list of prices: write [{{"time": 1516892400, "price": "110.9", "source": "..."}}]')
    rows: Rows = []
    for number, entry in enumerate(entries, 1):
        where = f"{path}: entry {number}"
        if isinstance(entry, list):
            names = {2: ("snapped_at", "price"), 12: BINANCE, 8: KRAKEN_REST}.get(len(entry))
            if names is None:
                raise InputError(f"{where}: a list of {len(entry)}, and neither CoinGecko's (2), Kraken's (8) nor Binance's (12)")
            entry = dict(zip(names, entry, strict=True))
        rows.append((where, {_plain(str(name)): "" if value is None else str(value) for name, value in entry.items()}))
    if strange := next((where for where, row in rows if row.keys() != rows[0][1].keys()), None):
        raise InputError(f"{strange}: has other fields than the first entry")
    return rows


def _entries(content: Any) -> list[Any]:
    """The list of prices in an answer: CoinGecko's `prices`, Kraken's and CryptoCompare's envelopes, or the list itself."""
    while isinstance(content, dict):
        inner = content.get("prices") or next((value for value in content.values() if isinstance(value, (list, dict)) and value), None)
        content = inner
    return content if isinstance(content, list) and all(isinstance(entry, (list, dict)) for entry in content) else []
