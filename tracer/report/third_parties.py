"""Who is a third party, and the ledger in which all of them are one account.

A third party is an account that carries no stolen value under any rule, unless in payments too small to follow. All of them become one
account, since a name of its own for each could be found again on the chain by its amounts. Rows between them are left out, and so are
theirs with services and drained accounts, whose own business decides no figure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tracer.ledger import NOBODY, Ledger
from tracer.ledger.ledger_columns import Columns
from tracer.model import Account
from tracer.report.commitments import POOLED
from tracer.tracing import Trace
from tracer.wording import counted

HIDDEN = "(third party)"
"""What stands in a text for the address of one."""

COMMITTED = "committed"
"""The tie of a row whose place on the chain is withheld."""


class Redaction(NamedTuple):
    """What was taken out. `parties`: accounts that are one now; `dropped`: rows left out; `rows`: new row -> old row, of those that
    stayed; `hidden`: of these, the new rows whose hash, memo, block and time are withheld."""

    parties: frozenset[int]
    dropped: int
    rows: tuple[int, ...]
    hidden: frozenset[int]

    @property
    def sentence(self) -> str:
        """What is printed with everything that is made of the redacted case."""
        return (
            f"Third parties are redacted: {counted(len(self.parties), 'account')} that carried no stolen value, but for what was too small "
            f'to follow, stand as one, "{POOLED}"; {counted(self.dropped, "row")} of theirs left out; of '
            f"{counted(len(self.hidden), 'row')} hash, memo, block and time are withheld, and a salted commitment stands for them. "
            "The figures of everybody else are those of the whole case."
        )


def redaction_of(ledger: Ledger, trace: Trace) -> Redaction:
    """Who is a third party, which of their rows stay and which are hidden."""
    c, known, absorbing = ledger.columns, _known(ledger, trace), _absorbing(ledger, trace)
    rows, hidden = list[int](), set[int]()
    for row, ends in enumerate(zip(c.sender, c.recipient, strict=True)):
        here = {end for end in ends if end != NOBODY}
        if not here & known or (here - known and here & absorbing):
            continue
        if here - known:
            hidden.add(len(rows))
        rows.append(row)
    parties = frozenset(range(len(ledger.accounts))) - known
    return Redaction(parties, len(ledger) - len(rows), tuple(rows), frozenset(hidden))


def _known(ledger: Ledger, trace: Trace) -> set[int]:
    """Who stays: the two sides of each theft, whoever carried stolen value that was followed, and services."""
    c = ledger.columns
    known = {ledger.index[address] for theft in trace.thefts for address in (theft.sender, theft.recipient)}
    known |= {ledger.index[address] for address in trace.stops.services if address in ledger.index}
    for row in trace.carrying:
        known |= {c.sender[row]} if trace.cuts.get(row) == "dust" else {c.sender[row], c.recipient[row]}
    return known - {NOBODY}


def _absorbing(ledger: Ledger, trace: Trace) -> set[int]:
    """Services, and drained accounts that never held stolen value: what they do with others decides no figure."""
    c = ledger.columns
    held = {c.recipient[row] for row in trace.carrying if row not in trace.cuts}
    named = {*trace.stops.services, *(theft.sender for theft in trace.thefts)}
    return {ledger.index[address] for address in named if address in ledger.index} - held


def redacted_ledger(ledger: Ledger, trace: Trace, taken: Redaction, commitments: Mapping[int, str]) -> Ledger:
    """The ledger of those who stay, and of the third parties as one account, the last."""
    kept = [number for number in range(len(ledger.accounts)) if number not in taken.parties]
    number = {old: new for new, old in enumerate(kept)} | dict.fromkeys(taken.parties, len(kept)) | {NOBODY: NOBODY}
    absorbing = _absorbing(ledger, trace)
    accounts = [ledger.accounts[old]._replace(**_unread(old in absorbing)) for old in kept]
    columns = _columns(ledger.columns, taken, commitments, number)
    pool = Account(POOLED, _enough(columns, len(kept)), "modelled", "full")
    hide, stay = hiding(ledger, taken), {account.address for account in accounts}
    events = tuple(
        event._replace(attributes=hidden_in(hide, event.attributes))
        for event in ledger.events
        if {event.subject, event.object or event.subject} <= stay
    )
    return Ledger(
        asset=ledger.asset,
        accounts=(*accounts, pool),
        columns=columns,
        events=events,
        rejections=tuple(each._replace(record="") for each in ledger.rejections),
        tip=ledger.tip,
        complete=False,
        order_basis=ledger.order_basis,
        cut_from=ledger.cut_from,
        terms=ledger.terms,
        unordered=ledger.unordered,
        notes=(*map(hide, ledger.notes), taken.sentence),
        nodes=ledger.nodes,
        tip_hash=ledger.tip_hash,
    )


def _unread(absorbs: bool) -> dict[str, Any]:
    """What is no longer said of an account part of whose rows are left out."""
    return {"coverage": "boundary", "served": None, "served_height": None} if absorbs else {}


def _columns(c: Columns, taken: Redaction, commitments: Mapping[int, str], number: Mapping[int, int]) -> Columns:
    """The rows that stay. A hidden row has no place on the chain: its key is negative, and its fee is no longer said."""
    new = Columns(*([] for _ in Columns._fields))
    for place, row in enumerate(taken.rows):
        values = {name: column[row] for name, column in c._asdict().items()}
        values["sender"], values["recipient"] = number[c.sender[row]], number[c.recipient[row]]
        if place in taken.hidden:
            said = json.dumps({"commitment": commitments[place], "tie": COMMITTED})
            values |= {"row_key": -place - 1, "height": None, "position": 0, "time": None, "tx_hash": None, "memo": None, "source": ""}
            values |= {"verified": False, "attributes": said, "fee": 0 if c.sender[row] in taken.parties else c.fee[row]}
        for name, column in new._asdict().items():
            column.append(values[name])
    return new


def _enough(c: Columns, pool: int) -> int:
    """The least opening with which the third parties together are never below zero."""
    held = least = 0
    for sender, recipient, amount, fee in zip(c.sender, c.recipient, c.amount, c.fee, strict=True):
        held += amount * (recipient == pool) - (amount + fee) * (sender == pool)
        least = min(least, held)
    return -least


def hiding(ledger: Ledger, taken: Redaction) -> Callable[[str], str]:
    """A function that takes the addresses of third parties out of a text."""
    names = {ledger.accounts[number].address for number in taken.parties}
    spaced = sorted((name for name in names if not re.fullmatch(r"\w+", name)), key=len, reverse=True)

    def hide(text: str) -> str:
        for name in spaced:
            text = text.replace(name, HIDDEN)
        return re.sub(r"\w+", lambda word: HIDDEN if word[0] in names else word[0], text)

    return hide


def hidden_in(hide: Callable[[str], str], value: Any) -> Any:
    """A value of JSON with third parties taken out of its texts."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, Mapping):
        return {name: hidden_in(hide, each) for name, each in value.items()}
    return [hidden_in(hide, each) for each in value] if isinstance(value, (list, tuple)) else value
