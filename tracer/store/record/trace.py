"""The trace of a case in `case.db`, with the labels it rests on."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from tracer.errors import StoreError
from tracer.gc_pause import collector_paused
from tracer.ledger import Ledger
from tracer.model import Endpoint, Exchanges, HeldPart, Hop, Label, Theft
from tracer.store.record.amounts_as_stored import Amounts, Kept, amounts_in, keeping
from tracer.store.record.conversions import load_exchanges, save_exchanges
from tracer.store.record.database import RESTS, SUBSTITUTED, TAGS, TRACE, CaseDb
from tracer.store.record.hops import KeptHoldings, KeptHops, sums_of_hops
from tracer.store.record.model_as_columns import columns_of, json_in, json_of, made, numbered
from tracer.store.record.packed_hops import kept_rows
from tracer.tracing import BothAnswers, Outcome, Stolen, Stops, Trace
from tracer.tracing.hops_in_numpy import MANY
from tracer.tracing.stops import horizon
from tracer.tracing.theft_of_row import theft_of

FOLLOWED, OF_SUBSTITUTED = "", "substituted_"
"""How the names of the tables of each answer begin."""


def save_trace(db: CaseDb, ledger: Ledger, labels: Sequence[Label], trace: Trace, left_out: Mapping[str, int] | None = None) -> None:
    """Replaces labels and trace, and with them the tags of the trace before. `left_out`: how many tags are not among them, by reason."""
    stops = trace.stops
    with db.stage():
        db.clear((*TRACE, *TAGS))
        db.forget("rules")
        db.forget(RESTS)
        _save_labels(db, labels)
        db.note(labels_left_out=json.dumps(left_out or {}))
        services = sorted(stops.services)
        db.insert("services", {"address": services, "service": map(stops.services.__getitem__, services)})
        db.insert("thefts", {
            "number": range(len(trace.thefts)),
            "label": [theft.label for theft in trace.thefts],
            "row_key": [theft.row_key for theft in trace.thefts],
        })  # fmt: skip
        _save_by_rule(db, ledger, trace, FOLLOWED)
        _save_endpoints(db, trace.endpoints)
        save_exchanges(db, stops.exchanges)
        db.note(rules=json_of(list(trace.rules)), rows=str(trace.rows), dust=str(stops.dust), until=json_of(stops.until))


@collector_paused()
def load_trace(db: CaseDb, ledger: Ledger) -> Trace:
    """The trace as it was written on `ledger`; of several assets, what was followed, on that of the first or of all. Raises StoreError if
    the case has not been traced."""
    names = [account.address for account in ledger.accounts if not account.asset]
    return _load_by_rule(db, ledger, names, FOLLOWED, load_exchanges(db).followed, load_endpoints(db, traced_rules(db)))


@collector_paused()
def load_substituted(db: CaseDb, whole: Ledger, answers: BothAnswers) -> Trace:
    """The trace of the second answer as it was written, on the ledger of all assets."""
    names = [account.holding for account in whole.accounts]
    return _load_by_rule(db, whole, names, OF_SUBSTITUTED, answers.exchanges, answers.endpoints["substituted"])


def save_substituted(db: CaseDb, whole: Ledger, trace: Trace) -> None:
    """Adds the trace of the second answer, which is on the ledger of all assets, to that of the first."""
    with db.stage():
        db.clear(SUBSTITUTED)
        _save_by_rule(db, whole, trace, OF_SUBSTITUTED)


def _load_by_rule(
    db: CaseDb, ledger: Ledger, names: Sequence[str], of: str, exchanges: Exchanges, endpoints: tuple[Endpoint, ...]
) -> Trace:
    """A trace on a ledger. `names`: of accounts by the numbers that its tables have; `of`: what the names of those begin with."""
    keys = ledger.columns.row_key
    thefts = db.query("SELECT label, row_key FROM thefts ORDER BY number")
    cuts = db.select(f"{of}cuts", ("row_key", "reason"))
    touched = db.select(f"{of}touched", ("account", "row_key"))
    stops = load_stops(db, exchanges)
    return Trace(
        thefts=tuple(theft_of(ledger.transfer(bisect_left(keys, row_key)), label) for label, row_key in thefts),
        stops=stops,
        rows=horizon(ledger, stops) if ledger.others else int(db.required("rows")),  # that which is kept is of the first asset
        rules={rule: load_stolen(db, ledger, names, rule, of) for rule in traced_rules(db)},
        cuts={bisect_left(keys, key): reason for key, reason in zip(cuts["row_key"], cuts["reason"], strict=True)},
        touched={names[number]: bisect_left(keys, key) for number, key in zip(touched["account"], touched["row_key"], strict=True)},
        endpoints=endpoints,
    )


def left_in_record(db: CaseDb, ledger: Ledger, trace: Trace) -> Trace:
    """The same trace as it stands in the record: many hops are read from there once somebody asks for each of them, and only what they
    come to stays in memory. Thirty million take half a GB."""
    return replace(trace, rules={rule: _left_in_record(db, ledger, rule, stolen) for rule, stolen in trace.rules.items()})


def _left_in_record(db: CaseDb, ledger: Ledger, rule: str, stolen: Stolen) -> Stolen:
    if not isinstance(stolen.hops, KeptHops) and len(stolen.hops) + len(stolen.fees) < MANY:
        return stolen
    hops = KeptHops(db, ledger, rule, 0, known={"row": stolen.by_row})
    fees = KeptHops(db, ledger, rule, 1, known={"row": stolen.fees_by_row, "theft": dict(enumerate(stolen.burnt_by_theft))})
    return replace(stolen, hops=hops, fees=fees)


def load_stops(db: CaseDb, exchanges: Exchanges) -> Stops:
    """Where the trail stops, as it was written."""
    return Stops(
        services=dict(map(tuple, db.query("SELECT address, service FROM services ORDER BY address"))),
        dust=int(db.required("dust")),
        until=json.loads(db.required("until")),
        exchanges=exchanges,
    )


def load_outcome(db: CaseDb) -> Outcome:
    """The figures of the trace, without reading ledger and hops. Raises StoreError if the case has not been traced."""
    rules = traced_rules(db)
    taken: dict[str, list[int]] = {rule: [] for rule in rules}
    for rule, amount in db.query("SELECT rule, amount FROM stolen ORDER BY rule, theft"):
        taken[rule].append(int(amount))
    fees = {rule: sums_of_hops(db, "theft", rule, fee=1) for rule in rules}
    return Outcome(
        thefts=_load_thefts(db),
        taken={rule: tuple(amounts) for rule, amounts in taken.items()},
        fees_by_theft={rule: tuple(fees[rule].get(theft, 0) for theft in range(len(taken[rule]))) for rule in rules},
        endpoints=load_endpoints(db, rules),
    )


def load_labels(db: CaseDb) -> list[Label]:
    """The labels that the trace rests on, as they were written."""
    columns = db.select("labels", Label._fields)
    columns["concepts"] = list(map(tuple, json_in(columns["concepts"])))
    return made(Label, columns)


def load_left_out(db: CaseDb) -> dict[str, int]:
    """How many tags of the label files are not among the labels, by reason."""
    return dict(json.loads(db.noted("labels_left_out") or "{}"))


def traced_rules(db: CaseDb) -> list[str]:
    """The rules that were run. Raises StoreError if the case has not been traced."""
    rules = db.noted("rules")
    if rules is None:
        raise StoreError(f"{db.path}: the case has a ledger but no trace yet: run tracer trace again, it goes on from here")
    return list(json.loads(rules))


def _save_labels(db: CaseDb, labels: Sequence[Label]) -> None:
    columns = numbered(Label, labels)
    columns["concepts"] = map(json_of, columns["concepts"])
    db.insert("labels", columns)


def _save_by_rule(db: CaseDb, ledger: Ledger, trace: Trace, of: str) -> None:
    """What each rule says, where the trail stops and what money could have reached, into the tables whose names begin with `of`."""
    key, index = ledger.columns.row_key, ledger.index
    amounts = keeping(ledger, max((units for stolen in trace.rules.values() for units in stolen.topped_up.values()), default=0))
    for rule, stolen in trace.rules.items():
        _save_stolen(db, ledger, rule, stolen, amounts, of)
    db.insert(f"{of}cuts", {"row_key": map(key.__getitem__, trace.cuts), "reason": trace.cuts.values()})
    touched = trace.touched
    db.insert(f"{of}touched", {"account": map(index.__getitem__, touched), "row_key": map(key.__getitem__, touched.values())})


def _save_stolen(db: CaseDb, ledger: Ledger, rule: str, stolen: Stolen, amounts: Callable[[Amounts], Kept], of: str) -> None:
    index = ledger.index
    taken = len(stolen.taken)
    db.insert(f"{of}stolen", {"rule": [rule] * taken, "theft": range(taken), "amount": amounts(stolen.taken)})
    if of == FOLLOWED:
        hops, fees = columns_of(Hop, stolen.hops), columns_of(Hop, stolen.fees)
        hops["amount"], fees["amount"] = amounts(hops["amount"]), amounts(fees["amount"])
        db.insert_hops(rule, kept_rows(hops, fees, ledger.columns.row_key.__getitem__))
    else:
        for fee, side in enumerate((stolen.hops, stolen.fees)):
            db.insert(f"{of}hops", _hops(ledger, rule, side, amounts) | {"fee": [fee] * len(side)})
    if stolen.exchanged:
        db.insert("exchanged", _hops(ledger, rule, stolen.exchanged, amounts))
    held = columns_of(HeldPart, stolen.held)
    held |= {"account": map(index.__getitem__, held.pop("address")), "amount": amounts(held["amount"])}
    db.insert(f"{of}holdings", held | {"rule": [rule] * len(stolen.held)})
    db.insert(f"{of}top_ups", {
        "rule": [rule] * len(stolen.topped_up),
        "account": map(index.__getitem__, stolen.topped_up),
        "amount": amounts(stolen.topped_up.values()),
    })  # fmt: skip


def _hops(ledger: Ledger, rule: str, hops: Sequence[Hop], amounts: Callable[[Amounts], Kept]) -> dict[str, Iterable[Any]]:
    columns = columns_of(Hop, hops)
    keys = map(ledger.columns.row_key.__getitem__, columns.pop("row"))
    return columns | {"row_key": keys, "amount": amounts(columns["amount"]), "rule": [rule] * len(hops)}


def load_stolen(db: CaseDb, ledger: Ledger, names: Sequence[str], rule: str, of: str = FOLLOWED) -> Stolen:
    """What a rule says; hops and holdings are read when somebody asks for them."""
    topped_up = db.select(f"{of}top_ups", ("account", "amount"), rule=rule)
    return Stolen(
        taken=tuple(amounts_in(db.select(f"{of}stolen", ("amount",), rule=rule)["amount"])),
        hops=KeptHops(db, ledger, rule, 0, f"{of}hops"),
        fees=KeptHops(db, ledger, rule, 1, f"{of}hops"),
        held=KeptHoldings(db, names, rule, f"{of}holdings"),
        topped_up={names[number]: int(units) for number, units in zip(topped_up["account"], topped_up["amount"], strict=True)},
        exchanged=_load_exchanged(db, ledger, rule) if of else (),
    )


def _load_exchanged(db: CaseDb, ledger: Ledger, rule: str) -> tuple[Hop, ...]:
    """What pools held and paid in conversions that are substituted."""
    kept = db.select("exchanged", ("row_key", "theft", "amount"), rule=rule)
    rows = [bisect_left(ledger.columns.row_key, key) for key in kept.pop("row_key")]
    return tuple(made(Hop, {**kept, "row": rows, "amount": amounts_in(kept["amount"])}))


def _load_thefts(db: CaseDb) -> tuple[Theft, ...]:
    """The thefts as the tables have them, without a ledger."""
    rows = db.query("""
        SELECT theft.label, (SELECT COUNT(*) FROM transfers WHERE row_key < at.row_key) AS row, at.row_key, at.tx_hash, at.time,
            sender.address AS sender, recipient.address AS recipient, at.amount, at.basis
        FROM thefts AS theft JOIN transfers AS at USING (row_key) JOIN accounts AS sender ON sender.id = at.sender
            JOIN accounts AS recipient ON recipient.id = at.recipient ORDER BY theft.number""")
    return tuple(Theft(**{**row, "amount": int(row["amount"])}) for row in rows)


def _save_endpoints(db: CaseDb, endpoints: Sequence[Endpoint]) -> None:
    columns = numbered(Endpoint, endpoints)
    del columns["asset"]  # a record's trace is of one
    columns["amounts"] = (json_of({rule: str(amount) for rule, amount in e.amounts.items()}) for e in endpoints)
    columns["by_theft"] = (json_of({rule: list(map(str, parts)) for rule, parts in e.by_theft.items()}) for e in endpoints)
    db.insert("endpoints", columns)


def load_endpoints(db: CaseDb, rules: Sequence[str]) -> tuple[Endpoint, ...]:
    """Where the trail ends, as it was written."""
    columns = db.select("endpoints", (name for name in Endpoint._fields if name != "asset"))
    columns["asset"] = [0] * len(columns["address"])
    columns["amounts"] = [{rule: int(total[rule]) for rule in rules} for total in json_in(columns["amounts"])]
    columns["by_theft"] = [_ByTheft(text, rules) for text in columns["by_theft"]]
    return tuple(made(Endpoint, columns))


class _ByTheft(Mapping[str, tuple[int, ...]]):
    """What ended at an endpoint, by rule and theft: as the record's text until somebody asks for it. Of 60,000 endpoints and 11 thefts all
    of it takes 0.4 s and 100 MB to read, and few ask."""

    def __init__(self, text: str, rules: Sequence[str]) -> None:
        self._text, self._rules = text, rules

    def __getitem__(self, rule: str) -> tuple[int, ...]:
        return self._read[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def __eq__(self, other: object) -> bool:
        return dict(self) == other

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(dict(self))

    @cached_property
    def _read(self) -> dict[str, tuple[int, ...]]:
        split = json.loads(self._text)
        return {rule: tuple(map(int, split[rule])) for rule in self._rules}
