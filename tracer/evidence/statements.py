"""What services say they did with deposits (`[[links]]`): their word, basis reported. Shown beside the deposit, and never traced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from tracer.errors import InputError
from tracer.evidence.claims import coins
from tracer.ledger import Ledger
from tracer.model import Asset, Statement
from tracer.tracing import Trace
from tracer.wording import counted, utc

NOT_READ = "the deposit was not read"
TOO_MUCH = "more than was deposited"


class Told(NamedTuple):
    """A statement and the deposit it is of: its `rows`, what they moved, where they arrived, and by rule what of it was stolen.

    `why` says what speaks against the statement on this ledger; "" where nothing does.
    """

    statement: Statement
    rows: tuple[int, ...]
    amount: int
    recipients: tuple[str, ...]
    traced: Mapping[str, int]
    why: str

    def as_data(self) -> dict[str, Any]:
        """The same as JSON values: amounts decimal text, of the deposit in smallest units, of the statement as it is worded."""
        deposit = {"rows": list(self.rows), "deposited": str(self.amount), "recipients": list(self.recipients)}
        traced = {rule: str(amount) for rule, amount in self.traced.items()}
        return {**self.statement._asdict(), "basis": "reported", **deposit, "traced": traced, "why": self.why}

    def sentence(self) -> str:
        """What is said, by whom, in a sentence."""
        said = self.statement
        amount = f"{said.amount} {said.asset}" if said.amount else "an amount that is not stated"
        way = f" to {said.paid_to}" * bool(said.paid_to) + f" on {said.network}" * bool(said.network)
        when = f", {utc(said.time)}" if said.time is not None else ""
        paid = f", in transaction {said.withdrawal}" * bool(said.withdrawal)
        rest = f". {said.says}" * bool(said.says) + f" ({self.why})" * bool(self.why)
        return f"of deposit {said.deposit}: paid on {amount}{way}{paid}{when}{rest}. Source: {said.source}, grade {said.grade}, reported"


def statements_beside(statements: Sequence[Statement], ledger: Ledger, trace: Trace) -> list[Told]:
    """Every statement with the deposit it is of, as far as that was read."""
    if not statements:
        return []
    wanted = {statement.deposit for statement in statements}
    rows_of: dict[str, list[int]] = {}
    for row, tx_hash in enumerate(ledger.columns.tx_hash):
        if tx_hash in wanted:
            rows_of.setdefault(tx_hash, []).append(row)
    return [_told(statement, rows_of.get(statement.deposit, []), ledger, trace) for statement in statements]


def _told(statement: Statement, rows: Sequence[int], ledger: Ledger, trace: Trace) -> Told:
    """The rows of a transaction that arrived at a service are the deposit; where none did, all of its rows are."""
    deposits = [row for row in rows if trace.cuts.get(row) == "service"] or list(rows)
    amount = sum(ledger.columns.amount[row] for row in deposits)
    traced = {rule: sum(stolen.by_row.get(row, 0) for row in deposits) for rule, stolen in trace.rules.items()}
    recipients = tuple(dict.fromkeys(str(ledger.transfer(row).recipient) for row in deposits))
    return Told(statement, tuple(deposits), amount, recipients, traced, _against(statement, deposits, amount, ledger.asset))


def _against(statement: Statement, rows: Sequence[int], amount: int, asset: Asset) -> str:
    if not rows:
        return NOT_READ
    if statement.amount is None or statement.asset.casefold() != asset.symbol.casefold():
        return ""
    return TOO_MUCH if (coins(statement.amount, asset) or 0) > amount else ""


def assumption_of(told: Sequence[Told]) -> str:
    """What bounds and figures assume about statements, as a sentence; "" where there is none."""
    if not told:
        return ""
    return (
        f"Assumed: {counted(len(told), 'statement')} of services on what they did with deposits ([[links]], basis reported) "
        f"{'is' if len(told) == 1 else 'are'} followed nowhere; for every figure the trail ends where the deposit arrived."
    )


def require_decimal(text: str) -> str:
    """The amount of a statement as decimal text. Raises InputError saying what would be right."""
    amount = text.strip()
    if not amount.isascii() or amount.count(".") > 1 or not amount.replace(".", "", 1).isdigit():
        raise InputError(f"amount {amount[:40]!r} is no decimal number: write whole coins as 12.5, without separators")
    return amount
