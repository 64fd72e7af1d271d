"""Lists of labels that are no TagPacks: CSV with a header, JSON by address or as a list of objects, told by the names of their fields.

A row needs an address and a name. Without a source the file is the source; a confidence that is not in the TagPack vocabulary is
"unknown", since nobody can say what it is on that scale.
"""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from tracer.errors import AddressError, InputError
from tracer.labels.book import OWN
from tracer.labels.network_filter import NAMELESS, TakenLabels, Wanted, elsewhere, once_each
from tracer.labels.tagpack import CONFIDENCE
from tracer.labels.text_of_label_file import text_of
from tracer.model import Label

FIELDS: Mapping[str, Sequence[str]] = {
    field: names.split()
    for field, names in {
        "address": "address addr walletaddress wallet accountaddress account contractaddress contract publicaddress",
        "name": "name nametag addressname publicname publicnametag walletname labelname owner entity label tag title",
        "category": "category categories labeltype type kind labels tags label tag",
        "actor": "actor entity organization organisation service exchange",
        "source": "source sourceurl reference ref url link",
        "time": "lastmod date time updated updatedat lastupdated modified added addedat timestamp created createdat",
        "network": "network chain blockchain chainname chainid",
        "currency": "currency coin asset symbol",
        "confidence": "confidence",
        "author": "author addedby creator",
    }.items()
}
"""What a field may be called, in the order in which it is looked for; capitals, spaces and signs aside."""

LONGEST = {"address": 256, "name": 1000, "source": 4000, "actor": 256, "author": 256}  # characters, as of a TagPack
SHOWN = 40  # characters of a value in an error
MILLISECONDS = 100_000_000_000  # no count of seconds that is a day of a label is as large

Row = tuple[str, Mapping[str, Any]]
"""The place of a row in its file, and its values by the names of the file."""


def read_list(path: Path, wanted: Wanted) -> TakenLabels:
    """The labels of a CSV or JSON list that are of the case, in file order, and how many rows were left out and why.

    Raises InputError naming file, line or entry, value and the mend.
    """
    text = text_of(path)
    rows = _json_rows(path, text) if path.suffix.lower() == ".json" else csv_rows(text, str(path), inert=path.name == OWN)
    return found_in(rows, path.name, wanted)


def found_in(rows: Iterable[Row], pack: str, wanted: Wanted) -> TakenLabels:
    """The labels of some rows. `pack` is what they are called together, and the source of those that state none."""
    left_out: Counter[str] = Counter()
    labels = []
    for where, row in rows:
        stated = stated_in(row)
        address, name = _words(where, stated, "address"), _words(where, stated, "name")
        if not address or not name:
            left_out[NAMELESS] += 1
            continue
        network, currency = _words(where, stated, "network"), _words(where, stated, "currency")
        try:
            if not wanted.takes(network or None, currency or None):
                left_out[elsewhere(network or None, currency or None)] += 1
                continue
        except ValueError as error:
            raise InputError(f"{where}: the label {error}") from error
        labels.append(_label(where, stated, pack, wanted))
    return TakenLabels(once_each(labels, left_out), left_out)


def _label(where: str, stated: Mapping[str, Any], pack: str, wanted: Wanted) -> Label:
    try:
        address = wanted.address(_words(where, stated, "address"))
    except AddressError as error:
        raise InputError(f"{where}: {error}") from error
    confidence = _words(where, stated, "confidence")
    confidence = confidence if confidence in CONFIDENCE else "unknown"
    kinds = _kinds(stated.get("category"))
    author = _words(where, stated, "author")
    return Label(
        address=address,
        label=_words(where, stated, "name"),
        category=kinds[0] if kinds else None,
        concepts=tuple(kinds[1:]),
        source=_words(where, stated, "source") or pack,
        confidence=confidence,
        level=CONFIDENCE[confidence],
        lastmod=_day(where, stated.get("time")),
        actor=_words(where, stated, "actor") or None,
        pack=pack,
        context=json.dumps({"author": author}) if author else None,
        network=_words(where, stated, "network") or None,
    )


def stated_in(row: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row by our names, as the file has them."""
    return {field: row[name] for field, name in _names(tuple(row)).items()}


@lru_cache(maxsize=64)
def _names(header: tuple[str, ...]) -> Mapping[str, str]:
    """Our field -> what the file calls it. A name of the file stands for one of ours only."""
    theirs = {re.sub(r"[^a-z0-9]", "", str(name).casefold()): name for name in reversed(header)}
    columns: dict[str, str] = {}
    for field, names in FIELDS.items():
        name = next((name for name in names if name in theirs), None)
        if name is not None:
            columns[field] = theirs.pop(name)
    return columns


def _words(where: str, stated: Mapping[str, Any], field: str) -> str:
    """The text of a field without spaces around it; "" where there is none."""
    value = stated.get(field)
    if value is None or isinstance(value, (list, dict, bool, float)):
        return ""
    text = str(value).strip()
    if len(text) > LONGEST.get(field, 1000):
        raise InputError(f"{where}: {field} has {len(text):,} characters, and at most {LONGEST.get(field, 1000):,} are taken: shorten it")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError(f"{where}: {field} holds half a character: correct it") from None
    return text.replace("\x00", "")


def _kinds(value: Any) -> list[str]:
    """Categories as the words that `[stops]` names them by: `Hot Wallet; Exchange` becomes hot_wallet and exchange."""
    several = value if isinstance(value, list) else re.split(r"[;|,]", value) if isinstance(value, str) else []
    words = ("_".join(str(word).casefold().split())[:200] for word in several)
    return list(dict.fromkeys(word for word in words if word))


def _day(where: str, value: Any) -> str | None:
    """The day or moment a row states, in ISO 8601; None where it states none."""
    text = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not text:
        return None
    if re.fullmatch(r"\d{9,13}", text, re.ASCII):
        seconds = int(text) if int(text) < MILLISECONDS else int(text) // 1000
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    day = re.match(r"(\d{4})[-/](\d\d)[-/](\d\d)(?!\d)", text, re.ASCII)
    try:
        date.fromisoformat("-".join(day.groups()) if day else "")
    except ValueError:
        raise InputError(f"{where}: time {text[:SHOWN]!r} is no day that can be told: write 2018-01-26, or UNIX seconds") from None
    return text[:41].replace("/", "-") if day else None


def csv_rows(text: str, name: str, *, inert: bool = False) -> Iterator[Row]:
    """The rows of a CSV, whose delimiter its header shows. `inert`: we wrote it, with an apostrophe before what a spreadsheet would run.

    Raises InputError where the header names no address and no name.
    """
    lines = text.splitlines(keepends=True)
    first = next((line for line in lines if line.strip()), "")
    delimiter = max(",;\t|", key=first.count)
    reader = csv.DictReader(lines, delimiter=delimiter, strict=True)
    try:
        stated = stated_in(dict.fromkeys(reader.fieldnames or ()))
        if missing := [field for field in ("address", "name") if field not in stated]:
            raise InputError(
                f"{name}:1: no column says {' or '.join(missing)}: a list of labels begins with a line such as address,name,category,source"
            )
        for row in reader:
            if row.get(None):
                raise InputError(
                    f"{name}:{reader.line_num}: more cells than the header has: put cells with {delimiter!r} in them in quotes"
                )
            yield f"{name}:{reader.line_num}", {key: cell.removeprefix("'") for key, cell in row.items() if cell} if inert else row
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num + 1}: no CSV ({error}): close the quote that is open here") from error


def _json_rows(path: Path, text: str) -> Iterator[Row]:
    """The entries of a JSON list: objects in a list, or names or objects by their address."""
    try:
        content = json.loads(text, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: no JSON, or a name stands twice in an object ({str(error)[:100]}): correct it") from error
    if isinstance(content, dict) and len(lists := [value for value in content.values() if isinstance(value, list)]) == 1:
        content = lists[0]  # a list in an envelope
    if isinstance(content, dict):
        for number, (address, value) in enumerate(content.items(), 1):
            yield (
                f"{path}: entry {number}",
                {**value, "address": address} if isinstance(value, dict) else {"address": address, "name": value},
            )
    elif isinstance(content, list) and all(isinstance(entry, dict) for entry in content):
        yield from ((f"{path}: entry {number}", entry) for number, entry in enumerate(content, 1))
    else:
        raise InputError(f'{path}: no list of labels: write [{{"address": ..., "name": ..., "category": ...}}]')


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(next(name for name in names if names.count(name) > 1)[:SHOWN])
    return unique
