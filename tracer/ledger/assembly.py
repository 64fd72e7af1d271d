"""Readings of one or more sources -> one ledger: ordered, each row once, openings filled in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, count, islice, pairwise
from operator import le, lt
from typing import Any

from tracer.errors import LedgerError
from tracer.ledger.balances import replay
from tracer.ledger.columns import NOBODY, Columns
from tracer.ledger.exports import lacking, require_one_place
from tracer.ledger.ledger import Ledger
from tracer.ledger.merging import each_row_once, merged
from tracer.ledger.ties import unordered_pairs
from tracer.ledger.width import require_exact
from tracer.model import NO_TERMS, Account, Asset, Coverage, Reading, Terms, Transfer, holder_of, holding_of
from tracer.wording import counted

CLAIMS: tuple[Coverage, ...] = ("full", "boundary", "partial")
"""Of what several sources say of one account the first of these stands: that its history is whole, that it is not to be followed."""

BATCH = 500
"""Transfers held as such at a time, the others being columns: at 700 the garbage collector looks through all there is (measured:
twice the time)."""


def assemble(asset: Asset, readings: Sequence[Reading], form: Callable[[str], str] = str, others: Sequence[Asset] = ()) -> Ledger:
    """The ledger all readings make together, of one asset; or of several, in one order: then transfers and accounts state their numbers.

    A row that two sources hold is kept once (`merging`); `form` gives a hash its one form. An account whose opening no source states
    opens with the least that keeps its balance from going below zero, marked modelled. Raises LedgerError where two sources contradict
    each other: another transaction in one place, another opening of one account, other rules of the chain; and where an amount is too
    wide to be exact, or an address could be taken for a holding of another one.
    """
    terms = _terms(readings)
    numbers: dict[str | None, int] = defaultdict(count().__next__)
    lengths: list[int] = []
    columns = _columns(chain.from_iterable(_measured(reading.transfers, lengths) for reading in readings), numbers, several=bool(others))
    by_chain = None not in columns.height
    doubted = _doubted(columns, readings, lengths, numbers, form)
    accounts = _accounts(readings, numbers, doubted, several=bool(others))
    columns = _numbered(columns, numbers, accounts)
    accounts = _covered(accounts, columns)
    loose = _loose_sources(readings, lengths, columns)
    columns, shared = _in_order(columns, readings, lengths, by_chain, form)
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
        complete=len(readings) == 1 + len(others) and all(reading.complete for reading in readings),
        order_basis="time" if not by_chain else "file" if several else "chain",
        cut_from=readings[0].cut_from if len(readings) == 1 else None,
        terms=terms,
        unordered=unordered,
        notes=(*(note for reading in readings for note in reading.notes), *shared, *map(_doubt, sorted(doubted))),
        nodes=tuple(node for reading in readings for node in reading.nodes),
        tip_hash=max(
            ((reading.tip, reading.tip_hash) for reading in readings if reading.tip is not None and reading.tip_hash), default=(0, None)
        )[1],
        others=tuple(others),
    )


def _loose_sources(readings: Sequence[Reading], lengths: Sequence[int], columns: Columns) -> set[str]:
    """What rows state as their source where it does not say in which place of its block a row stands."""
    spans = zip(readings, _spans(lengths), strict=True)
    return {columns.source[row] for reading, rows in spans if not reading.placed for row in rows}


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


def _columns(transfers: Iterable[Transfer], numbers: dict[str | None, int], *, several: bool) -> Columns:
    """The transfers as columns, in the order they come. `numbers` gives the accounts numbers as they are first named; of several assets,
    they are named as holdings."""
    numbers[None] = numbers[""] = NOBODY
    columns: Any = Columns(*([] for _ in Columns._fields))
    source = iter(transfers)
    while batch := list(islice(source, BATCH)):
        fields = dict(zip(Transfer._fields, zip(*batch, strict=True), strict=True))
        for side in ("sender", "recipient"):
            if several:
                fields[side] = _holdings(fields[side], fields["asset"])
            fields[side] = tuple(map(numbers.__getitem__, fields[side]))
        fields["attributes"] = _texts(fields["attributes"])
        for name, column in zip(Columns._fields, columns, strict=True):
            column.extend(fields[name])
    return Columns(*columns)


def _holdings(addresses: Sequence[str | None], assets: Sequence[int]) -> tuple[str | None, ...]:
    """The names of what addresses hold of assets. Raises LedgerError for an address that has the form of such a name."""
    if odd := next((address for address in addresses if address and holder_of(address) != (address, 0)), None):
        raise LedgerError(f"address {odd!r} ends as the name of a holding does, in a case of several assets: write it in another way")
    return tuple(address and holding_of(address, asset) for address, asset in zip(addresses, assets, strict=True))


def _texts(attributes: Sequence[Any]) -> Sequence[str]:
    """JSON of each, equal ones as one object."""
    if not any(attributes):
        return ["{}"] * len(attributes)
    same: dict[str, str] = {}
    texts = ("{}" if not row_attributes else json.dumps(row_attributes, sort_keys=True) for row_attributes in attributes)
    return tuple(same.setdefault(text, text) for text in texts)


def _doubted(
    columns: Columns, readings: Sequence[Reading], lengths: Sequence[int], numbers: Mapping[str | None, int], form: Callable[[str], str]
) -> set[str]:
    """Those whose exports were taken for whole, and are not: another source has payments that they lack."""
    if len(readings) < 2 or not any(reading.owner for reading in readings):
        return set()
    owners = [None if reading.owner is None else numbers[reading.owner] for reading in readings]
    short = lacking(columns, _spans(lengths), owners, form)
    return {reading.owner for reading in readings if reading.owner and numbers[reading.owner] in short}


def _doubt(owner: str) -> str:
    return f"Another source has payments of {owner} that its own export lacks: it was read in part."


def _spans(lengths: Sequence[int]) -> list[range]:
    """The rows of each source among all of them."""
    return [range(first, last) for first, last in pairwise(accumulate(lengths, initial=0))]


def _accounts(readings: Iterable[Reading], named: Iterable[str | None], doubted: Collection[str], *, several: bool) -> list[Account]:
    """All accounts, by address. Of those that a source only names in a transfer nothing is claimed: they open with what is least."""
    known: dict[str, Account] = {}
    for reading in readings:
        for account in reading.accounts:
            if account.address == reading.owner and reading.owner in doubted:
                account = account._replace(coverage="partial")
            other = known.get(account.holding)
            known[account.holding] = account if other is None else _together(other, account)
    for name in named:
        if name and name not in known:
            known[name] = _unclaimed(name, several)
    return [known[name] for name in sorted(known)]


def _unclaimed(name: str, several: bool) -> Account:
    """The account of a holding of which nothing is claimed."""
    address, asset = holder_of(name) if several else (name, 0)
    return Account(address, None, "modelled", "partial", asset=asset)


def _together(one: Account, other: Account) -> Account:
    """What two sources say of one account. Raises LedgerError where they state two openings."""
    if one.opening != other.opening and None not in (one.opening, other.opening):
        raise LedgerError(f"two sources disagree on what {one.address} opens with: {one.opening} or {other.opening}")
    first, second = (other, one) if one.opening is None else (one, other)
    if first.served is None:
        first = first._replace(served=second.served, served_height=second.served_height)
    return first._replace(coverage=min(one.coverage, other.coverage, key=CLAIMS.index))


def _covered(accounts: Sequence[Account], columns: Columns) -> list[Account]:
    """The same; who never pays, and is not claimed to be there whole, is at the boundary: there is nothing to follow it on."""
    paying = set(columns.sender)
    return [
        account._replace(coverage="boundary") if account.coverage == "partial" and number not in paying else account
        for number, account in enumerate(accounts)
    ]


def _numbered(columns: Columns, numbers: dict[str | None, int], accounts: Sequence[Account]) -> Columns:
    """The same, with accounts numbered by address instead of by appearance."""
    final = [NOBODY] * (len(numbers) + 1)  # the last one is where NOBODY, -1, finds itself
    for number, account in enumerate(accounts):
        if account.holding in numbers:
            final[numbers[account.holding]] = number
    return columns._replace(sender=[final[n] for n in columns.sender], recipient=[final[n] for n in columns.recipient])


def _in_order(
    columns: Columns, readings: Sequence[Reading], lengths: Sequence[int], by_chain: bool, form: Callable[[str], str]
) -> tuple[Columns, list[str]]:
    """The rows in the order that counts, each once; and a sentence, where some stood in several sources that do not place them."""
    placed = [reading.placed for reading in readings]
    if len(readings) > 1:
        require_one_place(columns, _spans(lengths), placed, form)
    if by_chain and (len(readings) < 2 or all(placed)):
        return _by_row_key(columns, form), []
    if len(readings) < 2:
        return _by_time(columns), []
    if not by_chain:
        _require_times(columns)
    ordered, shared = merged(columns, _spans(lengths), placed, readings[0].terms.position_bits if by_chain else None, form)
    return ordered, [f"{counted(shared, 'row')} that several sources hold: counted once."] if shared else []


def _require_times(columns: Columns) -> None:
    """Raises LedgerError at a row without a time, among sources that only their times can put into one order."""
    row = next((row for row, time in enumerate(columns.time) if time is None), None)
    if row is not None:
        raise LedgerError(
            f"{columns.source[row]} states no time of transaction {columns.tx_hash[row] or 'without a hash'}, and "
            f"{columns.source[columns.height.index(None)]} no heights: nothing puts their rows into one order: give both heights, or times"
        )


def _by_time(columns: Columns) -> Columns:
    """Stable: the order of the file decides within one second. Rows that already know their place keep it."""
    times: Sequence[Any] = columns.time
    keys = columns.row_key
    if keys and keys[0] >= 0 and all(map(lt, keys, islice(keys, 1, None))):
        return columns
    if not all(map(le, times, islice(times, 1, None))):
        columns = _picked(columns, sorted(range(len(times)), key=times.__getitem__))
    return columns._replace(row_key=list(range(len(times))))


def _by_row_key(columns: Columns, form: Callable[[str], str]) -> Columns:
    """Each row once, whoever held it first."""
    keys = columns.row_key
    if all(map(lt, keys, islice(keys, 1, None))):
        return columns
    return _picked(columns, list(each_row_once(columns, sorted(range(len(keys)), key=keys.__getitem__), form)))


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
