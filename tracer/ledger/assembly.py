"""Readings of one or more sources -> one ledger: ordered, each row once, openings filled in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from tracer.errors import LedgerError
from tracer.ledger.ledger import NOBODY, Columns, Ledger
from tracer.model import Account, Asset, Reading, Transfer


def assemble(asset: Asset, readings: Sequence[Reading]) -> Ledger:
    """The ledger all readings make together.

    A row that two sources hold is kept once. An account whose opening no source states opens with the least that keeps
    its balance from going below zero, marked modelled. Raises LedgerError where two sources contradict each other:
    another transaction in one place, another opening of one account.
    """
    by_chain = all(t.height is not None for reading in readings for t in reading.transfers)
    transfers = _ordered([t for reading in readings for t in reading.transfers], by_chain)
    accounts = _accounts(readings, transfers)
    numbers = {account.address: number for number, account in enumerate(accounts)}
    columns = _columns(transfers, numbers)
    return Ledger(
        asset=asset,
        accounts=tuple(_with_openings(accounts, columns)),
        columns=columns,
        events=tuple(sorted((e for reading in readings for e in reading.events), key=lambda e: e[:2])),
        rejections=tuple(rejection for reading in readings for rejection in reading.rejections),
        tip=max((reading.tip for reading in readings if reading.tip is not None), default=None),
        complete=len(readings) == 1 and readings[0].complete,
        order_basis="chain" if by_chain else "time",
    )


def _ordered(transfers: list[Transfer], by_chain: bool) -> list[Transfer]:
    if not by_chain:
        transfers = sorted(transfers, key=lambda t: t.time)  # stable: the order of the file decides within one second
        return [t._replace(row_key=row, row=row) for row, t in enumerate(transfers)]
    once: dict[int, Transfer] = {}
    for transfer in transfers:
        other = once.setdefault(transfer.row_key, transfer)
        if _substance(other) != _substance(transfer):
            raise LedgerError(
                f"{other.source} and {transfer.source} contradict each other at height {transfer.height}, position "
                f"{transfer.position}: {other.tx_hash} pays {other.amount}, {transfer.tx_hash} pays {transfer.amount}; "
                "one of them was rolled back or is wrong: leave it out"
            )
    return [t._replace(row=row) for row, (_, t) in enumerate(sorted(once.items()))]


def _substance(transfer: Transfer) -> tuple[object, ...]:
    return transfer.tx_hash, transfer.sender, transfer.recipient, transfer.amount, transfer.fee


def _accounts(readings: Iterable[Reading], transfers: Iterable[Transfer]) -> list[Account]:
    """All accounts, by address. Those that a source only names in a transfer open with what is least."""
    known: dict[str, Account] = {}
    for reading in readings:
        for account in reading.accounts:
            other = known.setdefault(account.address, account)
            if other.opening != account.opening and None not in (other.opening, account.opening):
                raise LedgerError(f"two sources disagree on what {account.address} opens with: {other.opening} or {account.opening}")
            if other.opening is None:
                known[account.address] = account
    for address in {address for t in transfers for address in (t.sender, t.recipient) if address} - known.keys():
        known[address] = Account(address, None, "modelled", "full")
    return [known[address] for address in sorted(known)]


def _columns(transfers: Sequence[Transfer], numbers: dict[str, int]) -> Columns:
    return Columns(
        row_key=[t.row_key for t in transfers],
        height=[t.height for t in transfers],
        position=[t.position for t in transfers],
        time=[t.time for t in transfers],
        tx_hash=[t.tx_hash for t in transfers],
        sender=[numbers[t.sender] if t.sender else NOBODY for t in transfers],
        recipient=[numbers[t.recipient] if t.recipient else NOBODY for t in transfers],
        amount=[t.amount for t in transfers],
        fee=[t.fee for t in transfers],
        kind=[t.kind for t in transfers],
        memo=[t.memo for t in transfers],
        basis=[t.basis for t in transfers],
        source=[t.source for t in transfers],
        verified=[t.verified for t in transfers],
        attributes=[json.dumps(t.attributes, sort_keys=True) for t in transfers],
    )


def _with_openings(accounts: Sequence[Account], columns: Columns) -> list[Account]:
    lowest = [0] * len(accounts)
    held = [0] * len(accounts)
    for sender, recipient, amount, fee in zip(columns.sender, columns.recipient, columns.amount, columns.fee, strict=True):
        if sender != NOBODY:
            held[sender] -= fee if sender == recipient else fee + amount
            lowest[sender] = min(lowest[sender], held[sender])
        if recipient not in (NOBODY, sender):
            held[recipient] += amount
    return [
        account if account.opening is not None else account._replace(opening=-least, opening_basis="modelled")
        for account, least in zip(accounts, lowest, strict=True)
    ]
