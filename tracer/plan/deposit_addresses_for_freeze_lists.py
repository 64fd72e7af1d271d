"""Accounts that only forward to one exchange: deposit addresses, as far as the rows of a case tell.

They stand on freeze lists, and among what can be stopped. The tag of the same name
(`tagging/deposit_address_tag_hubs_mixers.py`) is another thing: a measure against thresholds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tracer.labels import LabelBook
from tracer.ledger import NOBODY, Ledger

CUSTODIANS = {"exchange", "hosted_wallet", "payment_processor"}
"""Categories of services that give each customer an address of his own (INTERPOL dark web taxonomy)."""


class DepositAddress(NamedTuple):
    """An address that, by all its rows, of whatever asset, only ever paid one service. `deposits`: rows by which others paid it; `sweeps`:
    rows by which it paid the service."""

    address: str
    service: str
    deposits: tuple[int, ...]
    sweeps: tuple[int, ...]

    @property
    def said(self) -> str:
        """What it is, as an inference."""
        return f"deposit address, probably of {self.service} (inferred)"


def deposit_addresses(ledger: Ledger, services: Mapping[str, str], labels: LabelBook) -> dict[str, DepositAddress]:
    """The deposit addresses, by address; none of them is a stop: they are followed like any account.

    Read whole, without a label, paid by somebody else than the service; whatever they pay, they pay one service that holds money for
    customers, and never with a memo: where memos tell customers apart, the memo identifies the customer, and the payer may be anybody.
    """
    custodial = {address: name for address, name in services.items() if any(label.category in CUSTODIANS for label in labels.of(address))}
    numbers = {number: name for address, name in custodial.items() for number in ledger.holdings_of(address)}
    c, accounts = ledger.columns, ledger.accounts
    paid: dict[int, list[int]] = {}
    other: set[int] = set()
    for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True)):
        if sender != NOBODY and c.amount[row] and sender != recipient:
            if recipient in numbers and c.memo[row] is None:
                paid.setdefault(sender, []).append(row)
            else:
                other.add(sender)
    out = {*services, *(accounts[number].address for number in other)}
    sweeps: dict[str, list[int]] = {}
    for number, rows in paid.items():
        sweeps.setdefault(accounts[number].address, []).extend(rows)
    found = {}
    for address, rows in sweeps.items():
        names = {numbers[c.recipient[row]] for row in rows}
        whole = all(accounts[number].coverage == "full" for number in ledger.holdings_of(address))
        if address not in out and len(names) == 1 and whole and not labels.of(address):
            found[address] = DepositAddress(address, names.pop(), (), tuple(sorted(rows)))
    return _with_deposits(ledger, found, numbers)


def _with_deposits(ledger: Ledger, found: Mapping[str, DepositAddress], services: Mapping[int, str]) -> dict[str, DepositAddress]:
    c = ledger.columns
    whose = {number: address for address in found for number in ledger.holdings_of(address)}
    deposits: dict[str, list[int]] = {address: [] for address in found}
    for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True)):
        if recipient in whose and c.amount[row] and services.get(sender) != found[whose[recipient]].service and sender != recipient:
            deposits[whose[recipient]].append(row)
    return {address: each._replace(deposits=tuple(deposits[address])) for address, each in found.items() if deposits[address]}
