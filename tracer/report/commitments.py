"""Commitments to rows: what stands for a row that is withheld, and what opens it again."""

from __future__ import annotations

import csv
import hashlib
import hmac
import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from tracer.errors import InputError
from tracer.ledger import Ledger
from tracer.report.who_is_third_party import POOLED


def cells_of(ledger: Ledger, row: int) -> dict[str, str | None]:
    """What a row says of its place on the chain and of its two sides, as it is committed to."""
    t = ledger.transfer(row)
    memo = t.memo.content.hex() if t.memo else None
    place = {"height": t.height, "position": t.position, "time": t.time}
    said = {name: None if value is None else str(value) for name, value in place.items()}
    return {**said, "tx_hash": t.tx_hash, "sender": t.sender, "recipient": t.recipient, "amount": str(t.amount), "memo_hex": memo}


def commitment(key: bytes, cells: Mapping[str, str | None]) -> str:
    """The commitment to a row: it says nothing without the nonce, and cannot be opened as another row."""
    return _sealed(nonce(key, cells), cells)


def nonce(key: bytes, cells: Mapping[str, str | None]) -> str:
    """The nonce of a row: one can be opened, and the others stay closed."""
    return hmac.new(key, _text(cells).encode(), hashlib.sha256).hexdigest()


def _text(cells: Mapping[str, str | None]) -> str:
    return json.dumps(dict(cells), sort_keys=True, ensure_ascii=True, separators=(",", ":"))


class Opened(NamedTuple):
    """Rows that a key file opens, each under the place of its line: what is withheld of it. `closed`: how many other lines with a
    commitment the file does not open; `wrong`: a sentence for each row that is not the one that was committed to."""

    rows: dict[str, dict[str, str | None]]
    closed: int
    wrong: list[str]


def open_rows(tables: Path, key_file: Path) -> Opened:
    """What a key file, or part of one, opens of a redacted export.

    Raises InputError where either cannot be read, or the file opens nothing of these tables.
    """
    known, place = _key_file(key_file), tables / "transfers.csv"
    found = Opened({}, 0, [])
    closed = 0
    try:
        with place.open(encoding="utf-8", newline="") as file:
            for number, cells in enumerate(csv.DictReader(file), 2):
                line = {name: (cell or "").removeprefix("'") for name, cell in cells.items() if name}
                stated = line.get("commitment")
                if not stated:
                    continue
                if stated not in known:
                    closed += 1
                    continue
                at, (salt, row) = f"transfers.csv:{number}", known[stated]
                if why := _not_so(line, stated, salt, row):
                    found.wrong.append(f"{at}: {why}")
                else:
                    found.rows[at] = row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{place}: cannot be read ({error}): name a redacted export or package") from error
    if not found.rows and not found.wrong:
        lacks = "its rows are others" if closed else "no row there is redacted"
        raise InputError(f"{key_file}: opens nothing of {tables}: {lacks}")
    return found._replace(closed=closed)


def _key_file(path: Path) -> dict[str, tuple[str, dict[str, str | None]]]:
    """The nonces and rows of a key file, by commitment."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["rows"]
        return {str(stated): (str(each["nonce"]), dict(each["row"])) for stated, each in rows.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: cannot be read as the key file of a redaction ({error})") from error


def _not_so(line: Mapping[str, str], stated: str, salt: str, row: Mapping[str, str | None]) -> str:
    """Why a row of the key file is not the one that a line stands for; "" where it is."""
    if _sealed(salt, row) != stated:
        return "the row in the key file is not the one that was committed to"
    other = [name for name in ("sender", "recipient") if line[name] not in (row.get(name) or "", POOLED)]
    if line["amount"] != row.get("amount") or other:
        return f"{(other or ['amount'])[0]} is not that of the row that was committed to"
    return ""


def _sealed(salt: str, cells: Mapping[str, str | None]) -> str:
    return hashlib.sha256(f"{salt}\n{_text(cells)}".encode()).hexdigest()
