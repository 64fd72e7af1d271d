"""Frames for a notebook, straight from the record: the ledger and the graph are not read for them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any

from tracer.ledger.finality import is_provisional, last_final_height
from tracer.ledger.frames import NOBODY, OF_A_PARTY, Units, frame, memo_columns, parties
from tracer.model import Memo
from tracer.store.record.hops import sums_of_hops
from tracer.tracing.roles import role_of_side

if TYPE_CHECKING:
    import pandas

    from tracer.casefolder.case import Case
    from tracer.store.record.database import CaseDb

OF_A_ROW = "height position time tx_hash amount fee kind".split()

ROWS = """
    SELECT t.row_key, t.sender, t.recipient, t.height, t.position, t.time, t.tx_hash, t.amount, t.fee, t.kind, t.basis, t.verified,
        t.memo_kind, t.memo
    FROM (SELECT row_key FROM kept_hops WHERE parts IS NOT NULL UNION SELECT row_key FROM touched) JOIN transfers t USING (row_key)
    WHERE t.sender IS NOT NULL AND t.recipient IS NOT NULL ORDER BY t.row_key"""
"""The rows of the flow graph: those that carried stolen value, or were the first to touch somebody."""


def transfers_frame(case: Case, units: Units = "smallest") -> pandas.DataFrame:
    """The transfers that carried stolen value or first touched somebody, a line each, in ledger order; `row` is the index.

    The same as `FlowGraph.to_pandas`. Raises InputError for other units.
    """
    db, rules = case.db, case.outcome.rules
    read = db.asked(ROWS)
    keys = read["row_key"]
    numbers = {*read["sender"], *read["recipient"]}
    addresses = {number: address for number, address in db.pairs("SELECT id, address FROM accounts") if number in numbers}
    columns: dict[str, list[Any]] = {"row": _rows(db, keys)}
    columns |= {side: [addresses[number] for number in read[side]] for side in ("sender", "recipient")}
    columns |= {name: read[name] for name in OF_A_ROW}
    columns |= {name: list(map(int, read[name])) for name in ("amount", "fee")}
    columns |= memo_columns([kind and Memo(kind, content) for kind, content in zip(read["memo_kind"], read["memo"], strict=True)])
    columns |= {"basis": read["basis"], "verified": list(map(bool, read["verified"])), "provisional": _provisional(db, read["height"])}
    columns |= _of_the_trace(db, keys)
    for rule in rules:
        carried = sums_of_hops(db, "row_key", rule, fee=0)
        columns[rule] = list(map(carried.get, keys, repeat(0)))
    parties(columns, said_of(case))
    return frame(columns, ("amount", "fee", *rules), case.asset, units).set_index("row")


def accounts_frame(case: Case, units: Units = "smallest") -> pandas.DataFrame:
    """Every account of the ledger, a line each: who it is, what it held at the end, what stolen value arrived, by rule."""
    from tracer.tracing import received_by, stop_of

    ledger, trace = case.ledger, case.trace
    received, nothing = received_by(ledger, trace), dict.fromkeys(trace.rules, 0)
    addresses = [account.address for account in ledger.accounts]
    said = said_of(case)
    columns: dict[str, list[Any]] = {"address": addresses}
    columns |= {name: [said.get(address, NOBODY)[place] for address in addresses] for place, name in enumerate(OF_A_PARTY)}
    columns["coverage"] = [account.coverage for account in ledger.accounts]
    columns["stop"] = [stop_of(address, ledger, trace) for address in addresses]
    columns["touched"] = [address in trace.touched for address in addresses]
    columns["opening"] = [account.opening for account in ledger.accounts]
    columns["balance"] = list(ledger.balances)
    for rule in trace.rules:
        columns[rule] = [received.get(address, nothing)[rule] for address in addresses]
    return frame(columns, ("opening", "balance", *trace.rules), case.asset, units)


def endpoints_frame(case: Case, units: Units = "smallest") -> pandas.DataFrame:
    """Where the stolen value is, a line for each address and reason: by rule, and the least and the most once bounds were computed."""
    ends, rules = case.outcome.endpoints, case.outcome.rules
    bounds = [case.bounds.endpoints.get((end.address, end.reason)) for end in ends]
    columns: dict[str, list[Any]] = {"address": [end.address for end in ends]}
    columns["label"] = [case.labels.name(end.address) for end in ends]
    columns |= {name: [getattr(end, name) for end in ends] for name in ("reason", "service", "basis")}
    columns |= {rule: [end.amounts[rule] for end in ends] for rule in rules}
    columns |= {"least": [bound and bound.least for bound in bounds], "most": [bound and bound.most for bound in bounds]}
    return frame(columns, (*rules, "least", "most"), case.asset, units)


def thefts_frame(case: Case, units: Units = "smallest") -> pandas.DataFrame:
    """The thefts in ledger order, numbered from 1: the amount of each on its face, and per rule what it made stolen."""
    thefts, taken = case.outcome.thefts, case.outcome.taken
    columns: dict[str, list[Any]] = {"theft": list(range(1, len(thefts) + 1))}
    for name in ("label", "row", "time", "tx_hash", "sender", "recipient", "amount", "basis"):
        columns[name] = [getattr(theft, name) for theft in thefts]
    columns |= {rule: list(amounts) for rule, amounts in taken.items()}
    return frame(columns, ("amount", *taken), case.asset, units)


def said_of(case: Case) -> Mapping[str, tuple[str | None, str | None, str]]:
    """Label, service and role of each address that is anybody in the case; every other one is NOBODY."""
    services = dict(case.db.pairs("SELECT address, service FROM services"))
    unread = {address for address, _ in case.db.pairs("SELECT address, id FROM accounts WHERE coverage = 'boundary'")}
    thefts = case.outcome.thefts
    drained, paid = {theft.sender for theft in thefts}, {theft.recipient for theft in thefts}
    return {
        address: (
            case.labels.name(address),
            services.get(address),
            role_of_side(drained=address in drained, service=address in services, paid=address in paid, unread=address in unread),
        )
        for address in {*services, *unread, *drained, *paid, *(label.address for label in case.labels.labels)}
    }


def _rows(db: CaseDb, keys: Sequence[int]) -> list[int]:
    """The numbers in the ledger of rows with these keys."""
    import numpy

    (written,) = db.asked("SELECT group_concat(row_key) AS keys FROM transfers")["keys"]  # as one text: half the time of as many rows
    every = numpy.sort(numpy.fromstring(written or "", dtype=numpy.int64, sep=","))
    rows: list[int] = numpy.searchsorted(every, numpy.array(keys, dtype=numpy.int64)).tolist()
    return rows


def _provisional(db: CaseDb, heights: Sequence[int | None]) -> list[bool]:
    """Whether each row lay so near the tip that the chain could still be rewritten there."""
    last = last_final_height(json.loads(db.required("tip")), json.loads(db.required("terms"))["finality"])
    return [is_provisional(height, last) for height in heights]


def _of_the_trace(db: CaseDb, keys: Sequence[int]) -> dict[str, list[Any]]:
    """Which theft each row is, from 1, why the trail stops with it, and the tags that name it."""
    thefts = dict(db.pairs("SELECT row_key, number + 1 FROM thefts"))
    cuts = dict(db.pairs("SELECT row_key, reason FROM cuts"))
    tags: dict[int, dict[str, None]] = {}
    for name, rows in db.pairs("SELECT name, rows FROM tags ORDER BY id"):
        for key in json.loads(rows):
            tags.setdefault(key, {})[name] = None
    together = {key: " ".join(names) for key, names in tags.items()}
    return {
        "theft": list(map(thefts.get, keys)),
        "cut": list(map(cuts.get, keys)),
        "tags": list(map(together.get, keys, repeat(""))),
    }
