"""A ledger of several assets -> the ledger of the first, the asset of the thefts, by itself, and the rest; and both together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, NamedTuple

from tracer.ledger.ledger import Ledger
from tracer.ledger.ledger_columns import NOBODY, Columns, in_less_memory
from tracer.model import Account, Asset, Event


class Rest(NamedTuple):
    """What a ledger of several assets has of all but the first. `numbers`: those of the accounts among the accounts of all assets, by
    which the columns name them."""

    assets: tuple[Asset, ...]
    numbers: tuple[int, ...]
    accounts: tuple[Account, ...]
    columns: Columns
    events: tuple[Event, ...]


def of_first_asset(ledger: Ledger) -> Ledger:
    """The rows, accounts and events of the first asset, and a note that says so. A ledger of one asset is that ledger."""
    if not ledger.others:
        return ledger
    kept = [number for number, account in enumerate(ledger.accounts) if not account.asset]
    place = [NOBODY] * (len(ledger.accounts) + 1)  # the last one is where NOBODY, -1, finds itself
    for number, account in enumerate(kept):
        place[account] = number
    return replace(
        ledger,
        accounts=tuple(ledger.accounts[number] for number in kept),
        columns=_numbered(_picked(ledger.columns, [row for row in range(len(ledger)) if not ledger.asset_of(row)]), place),
        events=tuple(event for event in ledger.events if event.object not in _tokens(ledger.others)),
        others=(),
        notes=(_note(ledger.assets), *ledger.notes),
        index={},
    )


def of_other_assets(ledger: Ledger) -> Rest:
    """What the ledger has besides."""
    numbers = tuple(number for number, account in enumerate(ledger.accounts) if account.asset)
    return Rest(
        assets=ledger.others,
        numbers=numbers,
        accounts=tuple(ledger.accounts[number] for number in numbers),
        columns=_picked(ledger.columns, [row for row in range(len(ledger)) if ledger.asset_of(row)]),
        events=tuple(event for event in ledger.events if event.object in _tokens(ledger.others)),
    )


def put_together(first: Ledger, rest: Rest) -> Ledger:
    """The ledger of all assets, of which these are the parts."""
    accounts = dict(zip(rest.numbers, rest.accounts, strict=True))
    free = (number for number in range(len(first.accounts) + len(rest.accounts)) if number not in accounts)
    place = [*free, NOBODY]
    accounts |= dict(zip(place, first.accounts, strict=False))
    parts = _numbered(first.columns, place), rest.columns
    columns: Any = {name: [value for part in parts for value in getattr(part, name)] for name in Columns._fields}
    keys = columns["row_key"]
    return replace(
        first,
        accounts=tuple(accounts[number] for number in range(len(accounts))),
        columns=_picked(Columns(**columns), sorted(range(len(keys)), key=keys.__getitem__)),
        events=tuple(sorted((*first.events, *rest.events), key=attrgetter("height", "position"))),
        others=rest.assets,
        notes=tuple(note for note in first.notes if note != _note((first.asset, *rest.assets))),
        index={},
    )


def _picked(columns: Columns, rows: Sequence[int]) -> Columns:
    picked: Any = {name: list(map(getattr(columns, name).__getitem__, rows)) for name in Columns._fields}
    return in_less_memory(Columns(**picked))


def _numbered(columns: Columns, numbers: Sequence[int]) -> Columns:
    """The same, accounts by these numbers in place of their own."""
    return columns._replace(sender=[numbers[each] for each in columns.sender], recipient=[numbers[each] for each in columns.recipient])


def _tokens(assets: Sequence[Asset]) -> set[str]:
    """What events call these assets: a token is known by its contract."""
    return {asset.symbol for asset in assets}


def _note(assets: Sequence[Asset]) -> str:
    return (
        f"The case counts {len(assets)} assets. Rows, figures and tables are of the first, {assets[0].symbol}; what was given "
        "for another one ends there (converted), and what became of that stands apart, in the summary."
    )
