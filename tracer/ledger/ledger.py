"""The ledger: columns hold, views speak. Only this package and the tracing kernels see columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from tracer.ledger.balances import play
from tracer.ledger.finality import Confirmations, confirmations_of, is_provisional, last_final_height
from tracer.ledger.ledger_columns import NOBODY, Columns
from tracer.model import NO_TERMS, Account, Asset, Event, NodeSource, OrderBasis, Rejection, Terms, Transfer, holding_of

if TYPE_CHECKING:
    import pandas


class Sides(NamedTuple):
    """Rows in which an account is paid, and in which it pays; a payment to itself is in both."""

    arriving: list[int]
    leaving: list[int]


@dataclass(frozen=True)
class Ledger:
    """Every transfer of `asset` that the sources hold, in the order that counts; and of the `others`, where a case lists several assets.

    An account is a holding, what one address has of one asset; `index` finds its number by its name (`Account.holding`), which is the
    address alone where the asset is the first.

    `order_basis`: "chain" (height and place in the block), "file" (height, and rows of one block as a file has them) or "time" (a
    source without heights: by time, then as they stand in the file). `unordered`: pairs of rows that share an account and whose
    order is only a file's. `notes`: how the sources were read, a sentence each; `nodes`: those that were read. `complete`: nothing
    between the first row and the tip is left out. `tip_hash`: of the tip's block. `cut_from`: of how many rows this is the slice that
    the case needs, None where nothing was cut away. `terms`: the chain's own rules, as data.
    """

    asset: Asset
    accounts: tuple[Account, ...]
    columns: Columns
    events: tuple[Event, ...]
    rejections: tuple[Rejection, ...]
    tip: int | None
    complete: bool
    order_basis: OrderBasis
    cut_from: int | None = None
    terms: Terms = NO_TERMS
    unordered: int = 0
    notes: tuple[str, ...] = ()
    nodes: tuple[NodeSource, ...] = ()
    tip_hash: str | None = None
    others: tuple[Asset, ...] = ()
    index: dict[str, int] = field(repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.index.update((account.holding, number) for number, account in enumerate(self.accounts))

    @property
    def assets(self) -> tuple[Asset, ...]:
        """What is counted, by number: the asset of the thefts first."""
        return (self.asset, *self.others)

    def __len__(self) -> int:
        return len(self.columns.row_key)

    def __iter__(self) -> Iterator[Transfer]:
        return map(self.transfer, range(len(self)))

    def transfer(self, row: int) -> Transfer:
        """The row as everyone outside sees it."""
        c = self.columns
        return Transfer(
            row_key=c.row_key[row],
            height=c.height[row],
            position=c.position[row],
            time=c.time[row],
            tx_hash=c.tx_hash[row],
            sender=self._address(c.sender[row]),
            recipient=self._address(c.recipient[row]),
            amount=c.amount[row],
            fee=c.fee[row],
            kind=c.kind[row],
            memo=c.memo[row],
            basis=c.basis[row],
            source=c.source[row],
            verified=c.verified[row],
            attributes=json.loads(c.attributes[row]),
            asset=self.asset_of(row),
            row=row,
        )

    def asset_of(self, row: int) -> int:
        """The number of what moves in a row: of what its sender, or where nobody sends its recipient, has."""
        if not self.others:
            return 0
        sender = self.columns.sender[row]
        return self.accounts[self.columns.recipient[row] if sender == NOBODY else sender].asset

    def holdings_of(self, address: str) -> list[int]:
        """The numbers of all that an address holds, of whatever asset."""
        names = (holding_of(address, asset) for asset in range(len(self.assets)))
        return [self.index[name] for name in names if name in self.index]

    def _address(self, number: int) -> str | None:
        return None if number == NOBODY else self.accounts[number].address

    def provisional(self, row: int) -> bool:
        """Whether the row lay so near the tip, when it was read, that the chain could still be rewritten there."""
        return is_provisional(self.columns.height[row], last_final_height(self.tip, self.terms.finality))

    def confirmations(self, row: int) -> Confirmations | None:
        """How many blocks lay on the row's when it was read; None where no tip or height is stated, or no block is ever rewritten."""
        return confirmations_of(self.columns.height[row], self.tip, self.terms.finality)

    def time_of_block(self, height: int | None) -> int | None:
        """The time that a block states (UNIX seconds), as a node that ended with it or one of its rows has it; None where neither does."""
        if height is None:
            return None
        stated = next((node.tip_time for node in self.nodes if node.height == height and node.tip_time is not None), None)
        return stated if stated is not None else self._time_of_rows_at(height)

    def _time_of_rows_at(self, height: int) -> int | None:
        for at, time in zip(reversed(self.columns.height), reversed(self.columns.time), strict=True):
            if at is not None and at < height:
                return None
            if at == height and time is not None:
                return time
        return None

    @property
    def last_time(self) -> int | None:
        """The time of the last row that has one (UNIX seconds)."""
        return next((time for time in reversed(self.columns.time) if time is not None), None)

    def rows_of(self, account: int) -> Sides:
        """The rows in which an account is paid, and those in which it pays, first to last."""
        c = self.columns
        return Sides(*([row for row, each in enumerate(side) if each == account] for side in (c.recipient, c.sender)))

    def rows_of_hash(self, tx_hash: str, form: Callable[[str], str] = str) -> list[int]:
        """Rows of the transaction with that hash, outer or inner, first to last.

        `form` gives a hash the one form it has on the chain: a table, and who asks, may write it in another.
        """
        sought, known = form(tx_hash), self._looked_up.get(form, {})
        if sought in known:
            return known[sought]
        if form not in self._rows_by_hash:
            self._rows_by_hash[form] = {}
            for row, each in self._hashes():
                self._rows_by_hash[form].setdefault(form(each), []).append(row)
        return self._rows_by_hash[form].get(sought, [])

    def look_up(self, hashes: Iterable[str], form: Callable[[str], str] = str) -> None:
        """Finds the rows of these transactions for `rows_of_hash`, in one pass: it makes an index of all hashes where it is asked for
        another, which of a million rows takes a second and 200 MB."""
        found: dict[str, list[int]] = {form(tx_hash): [] for tx_hash in hashes}
        for row, each in self._hashes() if found else ():
            if (known := form(each)) in found:
                found[known].append(row)
        self._looked_up[form] = self._looked_up.get(form, {}) | found

    @cached_property
    def _rows_by_hash(self) -> dict[Callable[[str], str], dict[str, list[int]]]:
        return {}

    @cached_property
    def _looked_up(self) -> dict[Callable[[str], str], dict[str, list[int]]]:
        return {}

    def _hashes(self) -> Iterator[tuple[int, str]]:
        """Each row with the hash of its transaction, and with the inner one where it has one."""
        for row, (tx_hash, attributes) in enumerate(zip(self.columns.tx_hash, self.columns.attributes, strict=True)):
            if tx_hash is not None:
                yield row, tx_hash
            if "inner_hash" in attributes and (inner := json.loads(attributes)["inner_hash"]) not in (None, tx_hash):
                yield row, str(inner)

    def last_times(self, addresses: Iterable[str]) -> dict[str, int]:
        """The time of the last row of each of these addresses; those of whose last row no time is known are left out."""
        wanted = {self.index[address] for address in addresses if address in self.index}
        last: dict[int, int | None] = {}
        if not wanted:
            return {}
        c = self.columns
        for sender, recipient, time in zip(reversed(c.sender), reversed(c.recipient), reversed(c.time), strict=True):
            if sender in wanted or recipient in wanted:
                for account in {sender, recipient} & wanted:
                    last[account] = time
                    wanted.remove(account)
                if not wanted:
                    break
        return {self.accounts[number].address: time for number, time in last.items() if time is not None}

    @property
    def openings(self) -> list[int]:
        """What every account holds before the first row, by account number: a new list each time."""
        return [account.opening or 0 for account in self.accounts]

    @cached_property
    def balances(self) -> list[int]:
        """What every account holds after the last row, by account number."""
        held = self.openings
        play(self.columns, held)
        return held

    def to_pandas(self) -> pandas.DataFrame:
        """One line per row. Amounts are Python integers (dtype object), so that nothing is rounded or wraps.

        Times are UNIX seconds, missing (dtype Int64) where no source states one.
        """
        import pandas

        frame = pandas.DataFrame(list(self), columns=Transfer._fields)
        times = "Int64" if None in self.columns.time else "int64"
        return frame.astype({"amount": object, "fee": object, "time": times}).set_index("row")
