"""Ledgers written on the screen: people's names, a row a line.

    opens alice 10, bob 3
    alice -> bob 5
    bob -> carol 4 fee 1 theft

A row may end in `theft` (a declared theft), `reported` or `modelled` (its basis). `boundary dave` marks an account whose
history was not read, `partial erin` one of which no source claims that all its payments are there. `mint -> bob 2` and
`bob -> burn 1` make and destroy coins. `frozen bob` and `released bob` are what an issuer does after the row above.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from tracer.flow import About, FlowGraph, build
from tracer.labels import LabelBook
from tracer.ledger import Ledger, assemble
from tracer.model import Account, Asset, Event, Label, Reading, Theft, Transfer, row_key
from tracer.tracing import RULES, Stops, Trace, follow, outcome_of

COIN = Asset("test", "coin", 0)
ROW = re.compile(r"(\w+) -> (\w+) (\d+)(?: fee (\d+))?((?: \w+)*)")


def written(text: str) -> tuple[Ledger, list[Theft]]:
    """The ledger and the thefts of a text."""
    openings: dict[str, int] = {}
    coverage: dict[str, str] = {}
    transfers: list[Transfer] = []
    declared: list[int] = []
    events: list[Event] = []
    for line in filter(None, (line.split("#")[0].strip() for line in text.splitlines())):
        if line.startswith("opens "):
            openings |= {name: int(amount) for name, amount in re.findall(r"(\w+) (\d+)", line.removeprefix("opens "))}
        elif line.startswith(("frozen ", "released ")):
            kind, _, name = line.partition(" ")
            events.append(Event(len(transfers), 1, 999 + len(transfers), "", kind, name, "issuer", {}))
        elif line.startswith(("boundary ", "partial ")):
            claimed, _, those = line.partition(" ")
            coverage |= dict.fromkeys(those.split(", "), claimed)
        else:
            sender, recipient, amount, fee, marks = ROW.fullmatch(line).groups()
            if "theft" in marks:
                declared.append(len(transfers))
            transfers.append(transfer(len(transfers), sender, recipient, int(amount), int(fee or 0), marks))
    names = {name for t in transfers for name in (t.sender, t.recipient) if name} | openings.keys()
    accounts = [Account(name, openings.get(name, 0), "chain", coverage.get(name, "full")) for name in sorted(names)]
    ledger = assemble(COIN, [Reading(transfers, events, accounts, [], tip=len(transfers), complete=False)])
    return ledger, [theft(ledger, row, f"theft {n}") for n, row in enumerate(declared, 1)]


def transfer(row: int, sender: str, recipient: str, amount: int, fee: int = 0, marks: str = "") -> Transfer:
    kind = {"mint": "mint", "burn": "burn"}.get(sender if sender == "mint" else recipient, "transfer")
    return Transfer(
        row_key=row_key(row + 1, 0),
        height=row + 1,
        position=0,
        time=1000 + row,
        tx_hash=f"{row:064x}",
        sender=None if sender == "mint" else sender,
        recipient=None if recipient == "burn" else recipient,
        amount=amount,
        fee=fee,
        kind=kind,
        memo=None,
        basis="reported" if "reported" in marks else "modelled" if "modelled" in marks else "chain",
        source="test",
        verified=True,
        attributes={},
    )


def theft(ledger: Ledger, row: int, label: str) -> Theft:
    t = ledger.transfer(row)
    return Theft(label, row, t.row_key, t.tx_hash, t.time, t.sender, t.recipient, t.amount, t.basis)


def traced(text: str, rules: Iterable[str] = RULES, **stops: object) -> Trace:
    """The ledger of a text, followed."""
    ledger, thefts = written(text)
    return follow(ledger, thefts, Stops(**stops), rules)


def drawn(ledger: Ledger, trace: Trace, labels: Sequence[Label] = (), **changes: object) -> FlowGraph:
    """The flow graph of a case called "case" that says nothing else of itself, but for `changes`."""
    about = About("case", "Case", ledger.asset, None, "", outcome_of(trace), (), (), (), "nothing was checked", {})
    return build(ledger, trace, LabelBook(labels), about._replace(**changes))


def ends(trace: Trace, rule: str) -> dict[str, int]:
    """Where the stolen value is under a rule: "address reason" -> amount, and fees."""
    found = {f"{e.address} {e.reason}": e.amounts[rule] for e in trace.endpoints if e.amounts[rule]}
    burnt = sum(hop.amount for hop in trace.rules[rule].fees)
    return found | ({"fees": burnt} if burnt else {})


def by_theft(trace: Trace, rule: str) -> dict[str, tuple[int, ...]]:
    """The same, by theft."""
    return {f"{e.address} {e.reason}": e.by_theft[rule] for e in trace.endpoints if e.amounts[rule]}
