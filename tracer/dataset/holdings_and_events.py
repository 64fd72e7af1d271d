"""What a recording of a chain says besides rows, in files of a data set: what accounts opened with and hold by the chain, and events."""

from __future__ import annotations

import importlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracer.dataset.arrow_files import vouched, write_file
from tracer.dataset.layout import DIGITS, AssetFile
from tracer.dataset.parquet_row_groups import arrow, row_groups
from tracer.errors import InputError
from tracer.model import Account, Event

HOLDING = ("stated_opening", "basis", "coverage", "served", "served_height", "omits")
"""The columns of a file of holdings, besides the account: the fields of an account by these names."""

EVENT = Event._fields


def write_holdings(folder: Path, name: str, asset: str, accounts: Iterable[Account], numbers: Mapping[str, int]) -> AssetFile:
    """Writes what is said of accounts, by their `numbers`. Raises InputError of a balance of more digits than the files hold."""
    pa = importlib.import_module("pyarrow")
    ordered = sorted(accounts, key=lambda account: numbers[account.address])
    amount = pa.decimal128(DIGITS, 0)
    columns = {
        "account": pa.array([numbers[account.address] for account in ordered], pa.int32()),
        "stated_opening": pa.array([_decimal(account.address, account.opening) for account in ordered], amount),
        "basis": pa.array([account.opening_basis for account in ordered], pa.string()),
        "coverage": pa.array([account.coverage for account in ordered], pa.string()),
        "served": pa.array([_decimal(account.address, account.served) for account in ordered], amount),
        "served_height": pa.array([account.served_height for account in ordered], pa.int64()),
        "omits": pa.array([account.omits for account in ordered], pa.string()),
    }
    return _written(folder, name, asset, columns)


def _decimal(address: str, amount: int | None) -> Decimal | None:
    if amount is not None and amount >= 10**DIGITS:
        raise InputError(f"{address} holds {amount}, and a data set holds balances of {DIGITS} digits at most: trace the recording itself")
    return None if amount is None else Decimal(amount)


def write_events(folder: Path, name: str, asset: str, events: Sequence[Event]) -> AssetFile:
    """Writes events, in the order of the chain."""
    pa = importlib.import_module("pyarrow")
    types = dict.fromkeys(("height", "position", "time"), pa.int64())
    columns = {each: pa.array([getattr(event, each) for event in events], types.get(each, pa.string())) for each in EVENT[:-1]}
    columns["attributes"] = pa.array([json.dumps(event.attributes, sort_keys=True) for event in events], pa.string())
    return _written(folder, name, asset, columns)


def _written(folder: Path, name: str, asset: str, columns: Mapping[str, Any]) -> AssetFile:
    pa = importlib.import_module("pyarrow")
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    table = pa.table(columns)
    rows = write_file(path, table.schema, table.to_batches())
    return AssetFile(name, asset, rows, *vouched(path))


def stated_holdings(paths: Iterable[Path], accounts: Mapping[int, str]) -> dict[int, Account]:
    """What is said of some accounts, given by number and address; by number."""
    found: dict[int, Account] = {}
    for path in paths:
        pa = arrow(path)
        wanted = pa.array(sorted(accounts), pa.int32())
        for group in row_groups(path):
            if any(map(group.extent("account").may_have, accounts)):
                table = group.read(["account", *HOLDING])
                for said in table.filter(pa.compute.is_in(table.column("account"), value_set=wanted)).to_pylist():
                    found[said["account"]] = _account(accounts[said["account"]], said)
    return found


def _account(address: str, said: Mapping[str, Any]) -> Account:
    opening, served = (None if said[name] is None else int(said[name]) for name in ("stated_opening", "served"))
    return Account(address, opening, said["basis"], said["coverage"], served, said["served_height"], said["omits"])


def events_of(paths: Collection[Path]) -> list[Event]:
    """All events that files hold."""
    found: list[Event] = []
    for path in paths:
        for group in row_groups(path):
            said = group.read(EVENT).to_pylist()
            found += (Event(**{**each, "attributes": json.loads(each["attributes"])}) for each in said)
    return found
