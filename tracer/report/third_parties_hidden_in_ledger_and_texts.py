"""The ledger in which all third parties are one account, and texts without their addresses. Who they are: `who_is_third_party.py`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from tracer.ledger import NOBODY, Ledger
from tracer.ledger.ledger_columns import Columns
from tracer.model import Account
from tracer.report.who_is_third_party import POOLED, Redaction, absorbing_accounts
from tracer.tracing import Trace

HIDDEN = "(third party)"
"""What stands in a text for the address of one."""

COMMITTED = "committed"
"""The tie of a row whose place on the chain is withheld."""


def redacted_ledger(ledger: Ledger, trace: Trace, taken: Redaction, commitments: Mapping[int, str]) -> Ledger:
    """The ledger of those who stay, and of the third parties as one account, the last."""
    kept = [number for number in range(len(ledger.accounts)) if number not in taken.parties]
    number = {old: new for new, old in enumerate(kept)} | dict.fromkeys(taken.parties, len(kept)) | {NOBODY: NOBODY}
    absorbing = absorbing_accounts(ledger, trace)
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
