"""Accounts that only forward to one exchange: deposit addresses, as far as the rows of a case tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tracer.labels import LabelBook
from tracer.ledger import NOBODY, Ledger

CUSTODIANS = {"exchange", "hosted_wallet", "payment_processor"}
"""Categories of services that give each customer an address of his own (INTERPOL dark web taxonomy)."""


class DepositAddress(NamedTuple):
    """An account that, by all its rows, only ever paid one service. `deposits`: rows by which others paid it; `sweeps`: rows by which it
    paid the service."""

    address: str
    service: str
    deposits: tuple[int, ...]
    sweeps: tuple[int, ...]

    @property
    def said(self) -> str:
        """What it is, as an inference."""
        return f"deposit address, likely of {self.service} (inferred)"


def deposit_addresses(ledger: Ledger, services: Mapping[str, str], labels: LabelBook) -> dict[str, DepositAddress]:
    """The deposit addresses, by address; none of them is a stop: they are followed like any account.

    Read whole, without a label, paid by somebody else than the service; whatever they pay, they pay one service that holds money for
    customers, and never with a memo: where customers are told apart by memos, who pays is the customer himself.
    """
    custodial = {address: name for address, name in services.items() if any(label.category in CUSTODIANS for label in labels.of(address))}
    numbers = {ledger.index[address]: name for address, name in custodial.items() if address in ledger.index}
    c = ledger.columns
    paid: dict[int, list[int]] = {}
    other: set[int] = {ledger.index[address] for address in services if address in ledger.index}
    for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True)):
        if sender != NOBODY and c.amount[row] and sender != recipient:
            if recipient in numbers and c.memo[row] is None:
                paid.setdefault(sender, []).append(row)
            else:
                other.add(sender)
    found = {}
    for number, sweeps in paid.items():
        account, names = ledger.accounts[number], {numbers[c.recipient[row]] for row in sweeps}
        if number not in other and len(names) == 1 and account.coverage == "full" and not labels.of(account.address):
            found[number] = DepositAddress(account.address, names.pop(), (), tuple(sweeps))
    return _with_deposits(ledger, found, numbers)


def _with_deposits(ledger: Ledger, found: Mapping[int, DepositAddress], services: Mapping[int, str]) -> dict[str, DepositAddress]:
    c = ledger.columns
    deposits: dict[int, list[int]] = {number: [] for number in found}
    for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True)):
        if recipient in deposits and c.amount[row] and services.get(sender) != found[recipient].service and sender != recipient:
            deposits[recipient].append(row)
    return {each.address: each._replace(deposits=tuple(deposits[number])) for number, each in found.items() if deposits[number]}
