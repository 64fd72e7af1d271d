"""The labelled data sets as they are published: which folder is which, and what each says of itself.

Names differ between copies in capitals, spaces and signs (`cluster 2/flow records.csv`, `cluster_2/flow_records.csv`), and no more.
AMLworld comes as blocks of text, AMLSim as a CSV with one of two headers.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import InputError

DAY = 86_400
FLOWS, SOURCES, TERMINALS = "flow records.csv", "source addresses.csv", "terminal addresses.csv"
KINDS = {"laundernetevm41": "launder_net_evm41", "amlworld": "amlworld", "amlsim": "amlsim"}
ALERTS = {
    "alert": ("alert_id", "ALERT_ID"),
    "kind": ("alert_type", "ALERT_TYPE"),
    "sender": ("orig_acct", "SENDER_ACCOUNT_ID"),
    "recipient": ("bene_acct", "RECEIVER_ACCOUNT_ID"),
    "amount": ("base_amt", "TX_AMOUNT"),
    "time": ("tran_timestamp", "TIMESTAMP"),
}
"""What AMLSim calls the columns of its alerts: in alert_transactions.csv, and in the alerts.csv of its example data."""
PATTERN = (
    "timestamp", "from_bank", "from_account", "to_bank", "to_account",
    "received", "received_in", "amount_paid", "paid_in", "format", "laundering",
)  # fmt: skip
"""The cells of a line of AMLworld's *_Patterns.txt, which has no header."""


class Payment(NamedTuple):
    time: int
    sender: str
    recipient: str
    amount: int


class Attempt(NamedTuple):
    """Payments that belong together, and the type somebody gave them."""

    kind: str
    payments: tuple[Payment, ...]


class Attempts(NamedTuple):
    """The attempts of one file of a data set, and the names of the others in its folder, which are not measured with it."""

    file: str
    attempts: list[Attempt]
    left_out: list[str]


def data_set_of(folder: Path) -> str | None:
    """Which data set a folder is, by its name or by what it holds; None if it is none."""
    if kind := KINDS.get(_plain(folder.name)):
        return kind
    if clusters_of(folder):
        return "launder_net_evm41"
    return "amlworld" if _patterns(folder) else "amlsim" if _alerts(folder) else None


def clusters_of(folder: Path) -> list[tuple[str, Path]]:
    """The folders of the clusters with names such as cluster_2, in the order of their numbers."""
    matches = ((re.fullmatch(r"cluster[\W_]?(\d+)", entry.name.casefold()), entry) for entry in folder.iterdir() if entry.is_dir())
    return [(f"cluster_{number}", entry) for number, entry in sorted((int(match[1]), entry) for match, entry in matches if match)]


def part_of(folder: Path, name: str) -> Path:
    """A file of a cluster, whatever signs its name has. Raises InputError if it is not there."""
    part = next((entry for entry in sorted(folder.iterdir()) if _plain(entry.name) == _plain(name)), None)
    if part is None:
        raise InputError(f"{folder / name.replace(' ', '_')}: there is no such file: is this a folder of LaunderNetEvm41?")
    return part


def amlworld_attempts(folder: Path) -> Attempts:
    """AMLworld's typed attempts, of the first of its pattern files. Raises InputError naming file and line."""
    files = _patterns(folder)
    if not files:
        raise InputError(
            f"{folder}: there is no laundering_patterns*.json and no *_Patterns.txt in it: is this the folder of the data set?"
        )
    path = files[0]
    try:
        attempts = list(_of_json(path)) if path.suffix == ".json" else list(_of_text(path))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'no UTF-8 text'})") from error
    return _some(path, attempts, files)


def amlsim_attempts(folder: Path) -> Attempts:
    """AMLSim's alerts, of the first of its alert files. Raises InputError naming file and line."""
    files = _alerts(folder)
    if not files:
        raise InputError(f"{folder}: there is no *alert_transactions.csv and no alerts.csv in it: is this the folder of the data set?")
    path = files[0]
    by_alert: dict[str, tuple[str, list[Payment]]] = {}
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        names = _alert_columns(path, reader.fieldnames or ())
        for row in reader:
            stated = {ours: (row[theirs] or "").strip() for ours, theirs in names.items()}
            _, payments = by_alert.setdefault(stated["alert"], (stated["kind"].casefold(), []))
            payments.append(_alert_payment(f"{path}:{reader.line_num}", stated))
    return _some(path, [Attempt(kind, tuple(payments)) for kind, payments in by_alert.values()], files)


def _some(path: Path, attempts: list[Attempt], files: list[Path]) -> Attempts:
    if not attempts:
        raise InputError(f"{path}: holds no attempt, so nothing can be measured: is it the file that the data set's authors published?")
    return Attempts(path.name, attempts, [file.name for file in files[1:]])


def _patterns(folder: Path) -> list[Path]:
    return sorted(
        entry for entry in folder.iterdir() if re.fullmatch(r"laundering_patterns.*\.json|.*patterns\.txt", entry.name.casefold())
    )


def _alerts(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if re.fullmatch(r".*alert_transactions\.csv|alerts\.csv", entry.name.casefold()))


def _of_text(path: Path) -> Iterator[Attempt]:
    """The blocks between BEGIN LAUNDERING ATTEMPT - TYPE and END; what stands between two of them is passed over."""
    kind, payments = None, list[Payment]()
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if begins := re.match(r"BEGIN LAUNDERING ATTEMPT\s*-\s*([^:]+)", line):
            kind, payments = begins[1].strip(), []
        elif line.startswith("END LAUNDERING ATTEMPT") and kind is not None:
            yield Attempt(kind, tuple(payments))
            kind = None
        elif kind is not None and line.strip():
            cells = next(csv.reader([line]))
            if len(cells) != len(PATTERN):
                raise InputError(f"{path}:{number}: {len(cells)} cells, and a payment of an attempt has {len(PATTERN)}: is the file whole?")
            payments.append(_amlworld(f"{path}:{number}", dict(zip(PATTERN, cells, strict=True))))
    if kind is not None:
        raise InputError(f"{path}: ends within an attempt ({kind}): copy it again")


def _of_json(path: Path) -> Iterator[Attempt]:
    """The same attempts as objects."""
    for number, pattern in enumerate(json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)["patterns"], 1):
        payments = (_amlworld(f"{path}: attempt {number}", transaction) for transaction in pattern["transactions"])
        yield Attempt(pattern["pattern_type"].split(":")[0], tuple(payments))


def _amlworld(where: str, transaction: Mapping[str, Any]) -> Payment:
    """An account is a bank's; a payment counts what was paid, in hundredths of whatever currency."""
    try:
        at = datetime.strptime(transaction["timestamp"].strip(), "%Y/%m/%d %H:%M").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError(f"{where}: time {transaction['timestamp'][:40]!r} is no 2022/09/01 00:06") from error
    ends = f"{transaction['from_bank']}/{transaction['from_account']}", f"{transaction['to_bank']}/{transaction['to_account']}"
    return Payment(int(at.timestamp()), *ends, _hundredths(where, transaction["amount_paid"]))


def _alert_columns(path: Path, header: Any) -> dict[str, str]:
    columns = {ours: next((name for name in header if name.strip() in theirs), None) for ours, theirs in ALERTS.items()}
    if missing := [ALERTS[ours][0] for ours, theirs in columns.items() if theirs is None]:
        raise InputError(f"{path}:1: no column {', '.join(missing)}: is it the alerts of AMLSim?")
    return {ours: theirs for ours, theirs in columns.items() if theirs is not None}


def _alert_payment(where: str, stated: Mapping[str, str]) -> Payment:
    """A payment of an alert; a time may be a step of the simulation, which is a day."""
    text = stated["time"]
    try:
        time = int(text) * DAY if text.isdigit() else int(datetime.fromisoformat(text).timestamp())
    except ValueError as error:
        raise InputError(f"{where}: time {text[:40]!r} is neither a step nor 2017-01-01T00:00:00Z") from error
    return Payment(time, stated["sender"], stated["recipient"], _hundredths(where, stated["amount"]))


def _hundredths(where: str, amount: object) -> int:
    try:
        return int(Decimal(str(amount).strip()) * 100)
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise InputError(f"{where}: amount {str(amount)[:40]!r} is no decimal number") from error


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.]", "", name.casefold())
