"""A ledger of several assets -> the ledger of the first, the asset of the thefts, by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tracer.ledger.columns import NOBODY, Columns
from tracer.ledger.ledger import Ledger


def of_first_asset(ledger: Ledger) -> Ledger:
    """The rows, accounts and events of the first asset, and a note that says so."""
    rows = [row for row in range(len(ledger)) if not ledger.asset_of(row)]
    kept = [number for number, account in enumerate(ledger.accounts) if not account.asset]
    place = [NOBODY] * (len(ledger.accounts) + 1)  # the last one is where NOBODY, -1, finds itself
    for number, account in enumerate(kept):
        place[account] = number
    picked: Any = {name: list(map(getattr(ledger.columns, name).__getitem__, rows)) for name in Columns._fields}
    sides = {side: [place[number] for number in picked[side]] for side in ("sender", "recipient")}
    tokens = {asset.symbol for asset in ledger.others}
    note = (
        f"The case counts {len(ledger.assets)} assets. Rows, figures and tables are of the first, {ledger.asset.symbol}; what was given "
        "for another one ends there (converted), and what became of that stands apart, in the summary."
    )
    return replace(
        ledger,
        accounts=tuple(ledger.accounts[number] for number in kept),
        columns=Columns(**{**picked, **sides}),
        events=tuple(event for event in ledger.events if event.object not in tokens),
        others=(),
        notes=(note, *ledger.notes),
        index={},
    )
