"""Readings of one or more sources -> one ledger: ordered, each row once, openings filled in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, count, islice, pairwise
from operator import le, lt
from typing import Any

from tracer.errors import LedgerError
from tracer.ledger.balances import replay
from tracer.ledger.columns import NOBODY, Columns
from tracer.ledger.ledger import Ledger
from tracer.ledger.ties import unordered_pairs
from tracer.ledger.width import require_exact
from tracer.model import NO_TERMS, Account, Asset, Reading, Terms, Transfer

BATCH = 500
"""Transfers held as such at a time, the others being columns: at 700 the garbage collector looks through all there is (measured:
twice the time)."""


def assemble(asset: Asset, readings: Sequence[Reading]) -> Ledger:
    """The ledger all readings make together.

    A row that two sources hold is kept once. An account whose opening no source states opens with the least that keeps
    its balance from going below zero, marked modelled. Raises LedgerError where two sources contradict each other:
    another transaction in one place, another opening of one account, other rules of the chain; and where an amount is too wide
    to be exact.
    """
    terms = _terms(readings)
    numbers: dict[str | None, int] = defaultdict(count().__next__)
    lengths: list[int] = []
    columns = _columns(chain.from_iterable(_measured(reading.transfers, lengths) for reading in readings), numbers)
    by_chain = None not in columns.height
    if not by_chain and len(readings) > 1:
        _refuse_twice(columns, lengths)
    accounts = _accounts(readings, numbers)
    columns = _numbered(columns, numbers, accounts)
    loose = _loose_sources(readings, lengths, columns)
    columns = _by_row_key(columns) if by_chain else _by_time(columns)
    several, unordered = _unordered(columns, by_chain, loose)
    accounts = _with_openings(accounts, columns)
    require_exact(columns, accounts)
    return Ledger(
        asset=asset,
        accounts=tuple(accounts),
        columns=columns,
        events=tuple(sorted((e for reading in readings for e in reading.events), key=lambda e: e[:2])),
        rejections=tuple(rejection for reading in readings for rejection in reading.rejections),
        tip=max((reading.tip for reading in readings if reading.tip is not None), default=None),
        complete=len(readings) == 1 and readings[0].complete,
        order_basis="time" if not by_chain else "file" if several else "chain",
        cut_from=readings[0].cut_from if len(readings) == 1 else None,
        terms=terms,
        unordered=unordered,
        notes=tuple(note for reading in readings for note in reading.notes),
    )


def _loose_sources(readings: Sequence[Reading], lengths: Sequence[int], columns: Columns) -> set[str]:
    """What rows state as their source where it does not say in which place of its block a row stands."""
    ends = list(accumulate(lengths, initial=0))
    spans = zip(readings, pairwise(ends), strict=True)
    return {source for reading, (first, last) in spans if not reading.placed for source in columns.source[first:last]}


def _unordered(columns: Columns, by_chain: bool, loose: set[str]) -> tuple[int, int]:
    """Pairs of rows in one block, or one second, that only a file orders; and how many of them share an account."""
    if by_chain and not loose:
        return 0, 0
    places, sides, rows = columns.height if by_chain else columns.time, (columns.sender, columns.recipient), range(len(columns.row_key))
    several, unordered = unordered_pairs(places, sides, rows, NOBODY)
    placed = [row for row in rows if columns.source[row] not in loose] if by_chain else []
    apart = unordered_pairs(places, sides, placed, NOBODY)
    return several - apart[0], unordered - apart[1]


def _terms(readings: Sequence[Reading]) -> Terms:
    """The terms that all readings state. Raises LedgerError where they differ: row keys of two widths are of no one order."""
    terms = readings[0].terms if readings else NO_TERMS
    if other := next((reading.terms for reading in readings if reading.terms != terms), None):
        raise LedgerError(
            f"the sources number their rows differently (positions of {terms.position_bits} and of {other.position_bits} bits, "
            f"final after {terms.finality} and {other.finality} blocks): they are of two chains, or a table beside a node; leave one out"
        )
    return terms


def _measured(transfers: Iterable[Transfer], lengths: list[int]) -> Iterator[Transfer]:
    """The same transfers; how many there were is added to `lengths` at the end."""
    length = 0
    for transfer in transfers:
        length += 1
        yield transfer
    lengths.append(length)


def _refuse_twice(columns: Columns, lengths: Sequence[int]) -> None:
    """Raises LedgerError where two sources hold the same transaction and no height tells that it is one."""
    first: dict[tuple[object, ...], int] = {}
    sources = chain.from_iterable([source] * length for source, length in enumerate(lengths))
    for row, source in enumerate(sources):
        same = first.setdefault((columns.time[row], *_substance(columns, row)), source)
        if columns.tx_hash[row] and same != source:
            raise LedgerError(
                f"two sources ({columns.source[row]} is one) both hold transaction {columns.tx_hash[row]}, and without heights it would "
                "count twice: leave one of the sources out, or give both a column height"
            )


def _columns(transfers: Iterable[Transfer], numbers: dict[str | None, int]) -> Columns:
    """The transfers as columns, in the order they come. `numbers` gives the accounts numbers as they are first named."""
    numbers[None] = numbers[""] = NOBODY
    columns: Any = Columns(*([] for _ in Columns._fields))
    source = iter(transfers)
    while batch := list(islice(source, BATCH)):
        fields = dict(zip(Transfer._fields, zip(*batch, strict=True), strict=True))
        for side in ("sender", "recipient"):
            fields[side] = tuple(map(numbers.__getitem__, fields[side]))
        fields["attributes"] = _texts(fields["attributes"])
        for name, column in zip(Columns._fields, columns, strict=True):
            column.extend(fields[name])
    return Columns(*columns)


def _texts(attributes: Sequence[Any]) -> Sequence[str]:
    """JSON of each, equal ones as one object."""
    if not any(attributes):
        return ["{}"] * len(attributes)
    same: dict[str, str] = {}
    texts = ("{}" if not row_attributes else json.dumps(row_attributes, sort_keys=True) for row_attributes in attributes)
    return tuple(same.setdefault(text, text) for text in texts)


def _accounts(readings: Iterable[Reading], named: Iterable[str | None]) -> list[Account]:
    """All accounts, by address. Those that a source only names in a transfer open with what is least."""
    known: dict[str, Account] = {}
    for reading in readings:
        for account in reading.accounts:
            other = known.setdefault(account.address, account)
            if other.opening != account.opening and None not in (other.opening, account.opening):
                raise LedgerError(f"two sources disagree on what {account.address} opens with: {other.opening} or {account.opening}")
            if other.opening is None:
                known[account.address] = account
            elif other.served is None:
                known[account.address] = other._replace(served=account.served, served_height=account.served_height)
    for address in named:
        if address and address not in known:
            known[address] = Account(address, None, "modelled", "full")
    return [known[address] for address in sorted(known)]


def _numbered(columns: Columns, numbers: dict[str | None, int], accounts: Sequence[Account]) -> Columns:
    """The same, with accounts numbered by address instead of by appearance."""
    final = [NOBODY] * (len(numbers) + 1)  # the last one is where NOBODY, -1, finds itself
    for number, account in enumerate(accounts):
        if account.address in numbers:
            final[numbers[account.address]] = number
    return columns._replace(sender=[final[n] for n in columns.sender], recipient=[final[n] for n in columns.recipient])


def _by_time(columns: Columns) -> Columns:
    """Stable: the order of the file decides within one second. Rows that already know their place keep it."""
    times, keys = columns.time, columns.row_key
    if keys and keys[0] >= 0 and all(map(lt, keys, islice(keys, 1, None))):
        return columns
    if not all(map(le, times, islice(times, 1, None))):
        columns = _picked(columns, sorted(range(len(times)), key=times.__getitem__))
    return columns._replace(row_key=list(range(len(times))))


def _by_row_key(columns: Columns) -> Columns:
    """Each row once, whoever held it first."""
    keys = columns.row_key
    if all(map(lt, keys, islice(keys, 1, None))):
        return columns
    return _picked(columns, list(_once(columns, sorted(range(len(keys)), key=keys.__getitem__))))


def _once(columns: Columns, rows: Iterable[int]) -> Iterator[int]:
    """Those of the rows, which are in the order of their keys, that do not repeat the one before."""
    before = None
    for row in rows:
        if before is None or columns.row_key[row] != columns.row_key[before]:
            before = row
            yield row
        elif _substance(columns, row) != _substance(columns, before):
            c = columns
            raise LedgerError(
                f"{c.source[before]} and {c.source[row]} contradict each other at height {c.height[row]}, position {c.position[row]}: "
                f"{c.tx_hash[before]} pays {c.amount[before]}, {c.tx_hash[row]} pays {c.amount[row]}; "
                "one of them was rolled back or is wrong: leave it out"
            )


def _substance(columns: Columns, row: int) -> tuple[object, ...]:
    c = columns
    return c.tx_hash[row], c.sender[row], c.recipient[row], c.amount[row], c.fee[row]


def _picked(columns: Columns, rows: Sequence[int]) -> Columns:
    picked: Any = (list(map(column.__getitem__, rows)) for column in columns)
    return Columns(*picked)


def _with_openings(accounts: Sequence[Account], columns: Columns) -> list[Account]:
    if all(account.opening is not None for account in accounts):
        return list(accounts)
    lowest = [0] * len(accounts)
    held = [0] * len(accounts)
    for sender in replay(columns, held):
        if sender != NOBODY and held[sender] < lowest[sender]:
            lowest[sender] = held[sender]
    return [
        account if account.opening is not None else account._replace(opening=-least, opening_basis="modelled")
        for account, least in zip(accounts, lowest, strict=True)
    ]
