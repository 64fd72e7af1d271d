"""The ledger of a case in `case.db`."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

from tracer.gc_pause import collector_paused
from tracer.ledger import NOBODY, Columns, Ledger
from tracer.ledger.ledger_columns import in_less_memory
from tracer.ledger.split_by_asset import Rest, of_first_asset, of_other_assets, put_together
from tracer.model import Account, Asset, Event, Memo, NodeSource, OrderBasis, Rejection, Terms
from tracer.store.record.amounts_as_stored import Amounts, Kept, amounts_in, keeping, known_amounts_in
from tracer.store.record.database import CANONICAL, LEDGER, CaseDb
from tracer.store.record.model_as_columns import json_in, json_of, made, numbered
from tracer.store.record.packed import KEPT, OF_A_FORM, hashes_read


def save_ledger(db: CaseDb, ledger: Ledger) -> None:
    """Replaces the ledger, and with it all that was traced on the one before. Of several assets, the first stands by itself, as the
    ledger of a case of one asset does, and the others beside it."""
    rest, amounts_of_all = of_other_assets(ledger) if ledger.others else None, keeping(ledger)
    ledger = of_first_asset(ledger)
    amounts = keeping(ledger)
    accounts = _accounts(ledger.accounts, amounts)
    del accounts["asset"]  # it is the first
    with db.stage():
        db.clear(CANONICAL)
        db.forget("rules")
        db.forget("others")
        db.insert("accounts", accounts)
        with db.indexed_after("transfers"):
            db.insert("transfers", _transfers(ledger.columns, amounts))
        db.insert("events", _events(ledger.events))
        db.insert("rejections", numbered(Rejection, ledger.rejections))
        if rest:
            _save_rest(db, rest, amounts_of_all)
        _note(db, ledger)


def add_rows(db: CaseDb, ledger: Ledger, held: int) -> None:
    """Adds the rows from `held` on to a record that holds those before, of one asset, of these very accounts and without events or
    rejections; what was traced on them is taken away first."""
    behind: Any = (column[held:] for column in ledger.columns)
    with db.stage():
        db.clear([table for table in CANONICAL if table not in LEDGER])
        db.forget("rules")
    with db.stage(few=True):
        db.insert("transfers", _transfers(Columns(*behind), keeping(ledger)))
        _note(db, ledger)


def _note(db: CaseDb, ledger: Ledger) -> None:
    """Notes what a ledger is besides its rows."""
    db.note(
        asset=_asset_text(ledger.asset),
        tip=json_of(ledger.tip),
        complete=json_of(ledger.complete),
        order_basis=ledger.order_basis,
        cut_from=json_of(ledger.cut_from),
        terms=json_of(ledger.terms._asdict()),
        unordered=json_of(ledger.unordered),
        notes=json_of(ledger.notes),
        nodes=json_of([node._asdict() for node in ledger.nodes]),
        tip_hash=json_of(ledger.tip_hash),
    )


@collector_paused()
def load_ledger(db: CaseDb) -> Ledger:
    """The ledger of the first asset, as it was written. Raises StoreError if there is none yet."""
    accounts = db.select("accounts", (name for name in Account._fields if name != "asset"))
    accounts["asset"] = [0] * len(accounts["address"])
    return Ledger(accounts=_load_accounts(accounts), columns=_load_columns(db, "transfers"), **load_besides_rows(db))


def load_besides_rows(db: CaseDb) -> dict[str, Any]:
    """What a ledger has besides accounts and rows, as it was written."""
    return {
        "asset": load_asset(db),
        "events": _load_events(db, "events"),
        "rejections": tuple(made(Rejection, db.select("rejections", Rejection._fields))),
        "tip": json.loads(db.required("tip")),
        "complete": json.loads(db.required("complete")),
        "order_basis": _order_basis(db),
        "cut_from": json.loads(db.noted("cut_from") or "null"),
        "terms": Terms(**json.loads(db.required("terms"))),
        "unordered": json.loads(db.noted("unordered") or "0"),
        "notes": tuple(json.loads(db.noted("notes") or "[]")),
        "nodes": tuple(NodeSource(**node) for node in json.loads(db.noted("nodes") or "[]")),
        "tip_hash": json.loads(db.noted("tip_hash") or "null"),
    }


@collector_paused()
def load_whole(db: CaseDb, first: Ledger) -> Ledger:
    """The ledger of all assets, of which `first` is that of the first: itself where there are no others."""
    others = load_others(db)
    if not others:
        return first
    accounts = db.select("other_accounts", ("id", *Account._fields))
    numbers = tuple(accounts.pop("id"))
    rest = Rest(others, numbers, _load_accounts(accounts), _load_columns(db, "other_transfers"), _load_events(db, "other_events"))
    return put_together(first, rest)


def load_others(db: CaseDb) -> tuple[Asset, ...]:
    """What the case counts besides the first asset."""
    return tuple(map(asset_noted, json.loads(db.noted("others") or "[]")))


def _save_rest(db: CaseDb, rest: Rest, amounts: Callable[[Amounts], Kept]) -> None:
    db.note(others=json_of(list(map(_asset_text, rest.assets))))
    db.insert("other_accounts", _accounts(rest.accounts, amounts) | {"id": rest.numbers})
    asset = dict(zip(rest.numbers, (account.asset for account in rest.accounts), strict=True))
    sides = zip(rest.columns.sender, rest.columns.recipient, strict=True)
    moved = [asset[recipient if sender == NOBODY else sender] for sender, recipient in sides]
    db.insert("other_transfers", _transfers(rest.columns, amounts) | {"asset": moved})
    db.insert("other_events", _events(rest.events))


def _accounts(accounts: Sequence[Account], amounts: Callable[[Amounts], Kept]) -> dict[str, Any]:
    columns = numbered(Account, accounts)
    return columns | {name: amounts(columns[name]) for name in ("opening", "served")}


def _load_accounts(columns: dict[str, list[Any]]) -> tuple[Account, ...]:
    return tuple(made(Account, {**columns, "opening": amounts_in(columns["opening"]), "served": known_amounts_in(columns["served"])}))


def _events(events: Sequence[Event]) -> dict[str, Any]:
    columns = numbered(Event, events)
    return columns | {"attributes": map(json_of, columns["attributes"])}


def _load_events(db: CaseDb, table: str) -> tuple[Event, ...]:
    columns = db.select(table, Event._fields)
    return tuple(made(Event, columns | {"attributes": list(json_in(columns["attributes"]))}))


def _order_basis(db: CaseDb) -> OrderBasis:
    bases: tuple[OrderBasis, ...] = ("chain", "file", "time")
    return bases[bases.index(cast(OrderBasis, db.required("order_basis")))]


def load_asset(db: CaseDb) -> Asset:
    """What the ledger counts. Raises StoreError if there is no ledger yet."""
    return asset_noted(db.required("asset"))


def asset_noted(text: str) -> Asset:
    """The asset that the record notes in these words."""
    chain, symbol, decimals = json.loads(text)
    return Asset(chain=chain, symbol=symbol, decimals=decimals)


def _asset_text(asset: Asset) -> str:
    return json_of([asset.chain, asset.symbol, asset.decimals])


def _transfers(c: Columns, amounts: Callable[[Amounts], Kept]) -> dict[str, Any]:
    return c._asdict() | {
        "sender": map(_account, c.sender) if NOBODY in c.sender else c.sender,
        "recipient": map(_account, c.recipient) if NOBODY in c.recipient else c.recipient,
        "amount": amounts(c.amount),
        "fee": amounts(c.fee),
        "memo_kind": (memo and memo.kind for memo in c.memo) if any(c.memo) else c.memo,
        "memo": (memo and memo.content for memo in c.memo),
        "verified": map(int, c.verified),
    }


def _load_columns(db: CaseDb, table: str) -> Columns:
    columns = _packed_columns(db) if table in KEPT else db.select(table, (*Columns._fields, "memo_kind"))
    memos = zip(columns.pop("memo_kind"), columns["memo"], strict=True)
    columns |= {
        "sender": [NOBODY if sender is None else sender for sender in columns["sender"]],
        "recipient": [NOBODY if recipient is None else recipient for recipient in columns["recipient"]],
        "amount": amounts_in(columns["amount"]),
        "fee": amounts_in(columns["fee"]),
        "memo": [Memo(kind=kind, content=content) if kind else None for kind, content in memos],
        "verified": [bool(verified) for verified in columns["verified"]],
    }
    return in_less_memory(Columns(**columns))


def _packed_columns(db: CaseDb) -> dict[str, Any]:
    """The rows of the first asset as they are kept. That takes less time and memory than the view: what many share is one object."""
    columns: dict[str, Any] = db.select("kept_transfers", ("form", *(name for name in Columns._fields if name not in OF_A_FORM)))
    forms = db.select("forms", ("id", *OF_A_FORM))
    numbers, of_row = forms.pop("id"), columns.pop("form")
    for name, values in forms.items():
        columns[name] = list(map(dict(zip(numbers, values, strict=True)).__getitem__, of_row))
    columns["tx_hash"] = hashes_read(columns["tx_hash"], columns.pop("hash_prefix"))
    return columns


def _account(number: int) -> int | None:
    return None if number == NOBODY else number
