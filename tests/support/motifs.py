"""Reads a motif: a small CSV ledger whose first row is the theft. `fixtures/motifs/README.md` says what stands in it."""

from __future__ import annotations

import csv
import json
from datetime import datetime
from pathlib import Path

from conftest import ROOT

from tracer.labels import LabelBook
from tracer.ledger import assemble
from tracer.model import Account, Asset, Event, Memo, Reading, Theft, Transfer, row_key
from tracer.plan.tags import view_of
from tracer.tagging import View
from tracer.tracing import Stops, follow

MOTIFS = ROOT / "fixtures" / "motifs"
DUST = 10
COIN = Asset("test", "coin", 0)


def motif(path: Path) -> View:
    """What the heuristics see of a motif, traced from its first row."""
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    events = [event for number, row in enumerate(rows) for event in _events(number, row)]
    return seen([_transfer(number, row) for number, row in enumerate(rows)], events)


def seen(transfers: list[Transfer], events: list[Event] | None = None) -> View:
    """What heuristics see of a ledger whose first transfer is the theft.

    Accounts called exchange... are labelled services; all are rich enough.
    """
    names = sorted({name for t in transfers for name in (t.sender, t.recipient) if name})
    accounts = [Account(name, _opening(name, transfers), "chain", "full") for name in names]
    ledger = assemble(COIN, [Reading(transfers, events or [], accounts, [], tip=len(transfers), complete=False)])
    t = ledger.transfer(0)
    theft = Theft("theft", 0, t.row_key, t.tx_hash, t.time, t.sender, t.recipient, t.amount, t.basis)
    stops = Stops(services={name: name for name in names if name.startswith("exchange")}, dust=DUST)
    trace = follow(ledger, [theft], stops, ["fifo", "haircut"])
    return view_of(ledger, LabelBook([]), trace)


def _opening(name: str, transfers: list[Transfer]) -> int:
    """What keeps a balance from going below zero."""
    held = least = 0
    for t in transfers:
        held += t.amount * (t.recipient == name) - (t.amount + t.fee) * (t.sender == name)
        least = min(least, held)
    return -least


def _transfer(number: int, row: dict[str, str]) -> Transfer:
    more = json.loads(row["more"]) if row["more"] else {}
    sender, recipient = row["sender"], row["recipient"]
    return Transfer(
        row_key=row_key(number + 1, 0), height=number + 1, position=0, time=_seconds(row), tx_hash=f"{number:064x}",
        sender=sender, recipient=recipient, amount=int(row["amount"]), fee=int(row["fee"] or 0),
        kind="fee" if sender == recipient else "transfer", memo=Memo("plain", row["memo"].encode()) if row["memo"] else None,
        basis="chain", source="motif", verified=True, attributes={} if "event" in more else more,
    )  # fmt: skip


def _events(number: int, row: dict[str, str]):
    more = json.loads(row["more"]) if row["more"] else {}
    if "event" in more:
        yield Event(number + 1, 0, _seconds(row), f"{number:064x}", more.pop("event"), row["sender"], None, more)


def _seconds(row: dict[str, str]) -> int:
    return int(datetime.fromisoformat(row["time"]).timestamp())
