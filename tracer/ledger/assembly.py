"""Readings of one or more sources -> one ledger: ordered, each row once, openings filled in."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import count, islice, pairwise
from typing import Any

from tracer.errors import LedgerError
from tracer.ledger.inconsistent_sources import lacking
from tracer.ledger.ledger import Ledger
from tracer.ledger.ledger_columns import NOBODY, Columns, in_less_memory
from tracer.ledger.modelled_openings import with_openings
from tracer.ledger.order import loose_sources, put_in_order, spans_of, unordered_of
from tracer.ledger.overflow import require_exact
from tracer.model import NO_TERMS, Account, Asset, Coverage, Reading, Terms, Transfer, holder_of, holding_of
from tracer.model.columnar import Columnar
from tracer.model.hashes import Hashes

CLAIMS: tuple[Coverage, ...] = ("full", "boundary", "partial")
"""Of what several sources say of one account the first of these stands: that its history is whole, that it is not to be followed."""

BATCH = 500
"""Transfers held as such at a time, the others being columns: at 700 the garbage collector looks through all there is (measured:
twice the time)."""


def assemble(
    asset: Asset,
    readings: Sequence[Reading],
    form: Callable[[str], str] = str,
    others: Sequence[Asset] = (),
    before: Ledger | None = None,
) -> Ledger:
    """The ledger all readings make together, of one asset; or of several, in one order: then transfers and accounts state their numbers.

    A row that two sources hold is kept once (`merging`); `form` gives a hash its one form. An account whose opening no source states
    opens with the least that keeps its balance from going below zero, marked modelled. Raises LedgerError where two sources contradict
    each other: another transaction in one place, another opening of one account, other rules of the chain; and where an amount is too
    wide to be exact, or an address could be taken for a holding of another one.

    `before` is what the one reading's source came to when it was shorter: the rows of the reading stand behind its own.
    """
    terms = _terms(readings)
    named = [account.holding for account in before.accounts] if before else []
    numbers: dict[str | None, int] = defaultdict(count(len(named)).__next__, zip(named, count()))
    columns = Columns(*([] for _ in Columns._fields))
    lengths = _add(columns, readings, numbers, several=bool(others))
    if before:
        columns = _behind(before.columns, columns)
        lengths = [len(columns.row_key)]
    by_chain = None not in columns.height
    doubted = _doubted(columns, readings, lengths, numbers, form)
    accounts = _accounts(readings, numbers, doubted, several=bool(others))
    columns = _numbered(columns, numbers, accounts)
    accounts = _covered(accounts, columns)
    loose = loose_sources(readings, lengths, columns)
    columns, shared = put_in_order(columns, readings, lengths, by_chain, form)
    several, unordered = unordered_of(columns, by_chain, loose)
    accounts = with_openings(accounts, columns)
    require_exact(columns, accounts)
    return Ledger(
        asset=asset,
        accounts=tuple(accounts),
        columns=in_less_memory(columns),
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


def _terms(readings: Sequence[Reading]) -> Terms:
    """The terms that all readings state. Raises LedgerError where they differ: row keys of two widths are of no one order."""
    terms = readings[0].terms if readings else NO_TERMS
    if other := next((reading.terms for reading in readings if reading.terms != terms), None):
        raise LedgerError(
            f"the sources number their rows differently (positions of {terms.position_bits} and of {other.position_bits} bits, "
            f"final after {terms.finality} and {other.finality} blocks): they are of two chains, or a table beside a node; leave one out"
        )
    return terms


def _add(columns: Any, readings: Iterable[Reading], numbers: dict[str | None, int], *, several: bool) -> list[int]:
    """Adds the transfers of all readings to columns, in the order they come; gives how many each reading has. `numbers` gives the accounts
    numbers as they are first named; of several assets, they are named as holdings."""
    numbers[None] = numbers[""] = NOBODY
    ends = [len(columns.row_key)]
    for reading in readings:
        for fields in _fields_of(reading.transfers):
            for side in ("sender", "recipient"):
                if several:
                    fields[side] = _holdings(fields[side], fields["asset"])
                fields[side] = list(map(numbers.__getitem__, fields[side]))
            fields["attributes"] = _texts(fields["attributes"])
            for name, column in zip(Columns._fields, columns, strict=True):
                column.extend(fields[name])
        ends.append(len(columns.row_key))
    return [after - before for before, after in pairwise(ends)]


def _behind(before: Columns, more: Columns) -> Columns:
    """The rows of both, one after the other."""
    together: Any = {name: [*getattr(before, name), *getattr(more, name)] for name in Columns._fields if name != "tx_hash"}
    hashes: Any = before.tx_hash if isinstance(before.tx_hash, Hashes) else [*before.tx_hash]
    return Columns(**together, tx_hash=hashes + more.tx_hash)


def _fields_of(transfers: Iterable[Transfer]) -> Iterator[dict[str, Any]]:
    """The fields of transfers as columns: of those held as columns all at once, which takes a quarter of the time, else some at a time."""
    if isinstance(transfers, Columnar):
        yield dict(transfers.columns)
        return
    source = iter(transfers)
    while batch := list(islice(source, BATCH)):
        yield dict(zip(Transfer._fields, zip(*batch, strict=True), strict=True))


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
    short = lacking(columns, spans_of(lengths), owners, form)
    return {reading.owner for reading in readings if reading.owner and numbers[reading.owner] in short}


def _doubt(owner: str) -> str:
    return f"Another source has payments of {owner} that its own export lacks: it was read in part."


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
    if final[: len(accounts)] == list(range(len(accounts))):
        return columns
    return columns._replace(sender=[final[n] for n in columns.sender], recipient=[final[n] for n in columns.recipient])
