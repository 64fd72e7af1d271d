"""One address out of a record of any size: only its rows are read, and those of the accounts that somebody asks about, by SQLite's
indexes. Whatever is asked, the answer is that of the whole ledger and trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast, overload

from tracer.ledger import NOBODY, Columns
from tracer.ledger.by_address import AddressesByNumber, IndexedLedger, OwnPayment, Side
from tracer.ledger.ledger import Sides
from tracer.model import Account, Hop, Memo
from tracer.store.record.amounts_as_stored import amounts_in, known_amounts_in
from tracer.store.record.conversions import load_exchanges
from tracer.store.record.database import CaseDb
from tracer.store.record.hops import KeptHops
from tracer.store.record.ledger import load_besides_rows
from tracer.store.record.model_as_columns import made
from tracer.store.record.trace import load_endpoints, load_stolen, load_stops, traced_rules
from tracer.tracing import Trace
from tracer.tracing.theft_of_row import theft_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

K = TypeVar("K")
V = TypeVar("V")

SIDES: tuple[Side, Side] = ("recipient", "sender")
PAYMENTS = """
    SELECT row_key, time, sender, recipient, amount, fee FROM kept_transfers WHERE {side} = ? AND sender <> recipient
        AND form IN (SELECT id FROM forms WHERE kind = 'transfer') ORDER BY row_key"""


def load_ledger_by_index(db: CaseDb) -> IndexedLedger:
    """The ledger of the first asset, of which what is asked for is read."""
    rows = RowsRead(db)
    values: dict[str, Any] = {name: _Read(partial(rows.value, name), rows.count) for name in Columns._fields}
    (accounts,) = db.asked("SELECT count(*) AS accounts FROM accounts")["accounts"]
    return _Kept(
        accounts=cast(Any, _Read(partial(_account, db), lambda: accounts)),
        columns=Columns(**values),
        index=cast(dict[str, int], _Asked(partial(_number, db), lambda: db.asked("SELECT address FROM accounts")["address"])),
        rows=rows,
        **load_besides_rows(db),
    )


def load_trace_by_index(db: CaseDb, ledger: IndexedLedger) -> Trace:
    """The trace on that ledger, of which the hops that are asked for are read. Raises StoreError if the case has not been traced."""
    rows, rules, names = cast(_Kept, ledger).rows, traced_rules(db), AddressesByNumber(ledger)
    thefts = db.select("thefts", ("row_key", "label"))
    declared = zip(map(ledger.transfer, rows.numbers(thefts["row_key"])), thefts["label"], strict=True)
    cuts, first = db.select("cuts", ("row_key", "reason")), ledger.touched()
    by_rule = {rule: load_stolen(db, ledger, names, rule) for rule in rules}
    return Trace(
        thefts=tuple(theft_of(transfer, label) for transfer, label in declared),
        stops=load_stops(db, load_exchanges(db).followed),
        rows=int(db.required("rows")),
        rules={
            rule: replace(stolen, hops=_HopsByRow(rows, ledger, rule, 0), fees=_HopsByRow(rows, ledger, rule, 1))
            for rule, stolen in by_rule.items()
        },
        cuts=dict(zip(rows.numbers(cuts["row_key"]), cuts["reason"], strict=True)),
        touched=_Asked(lambda address: first.get(ledger.index[address])),
        endpoints=load_endpoints(db, rules),
    )


class RowsRead:
    """The rows of a record, each read when it is asked for. The number of a row is its place among the keys of all."""

    def __init__(self, db: CaseDb) -> None:
        self.db, self._values = db, dict[int, dict[str, Any]]()
        self._hops: dict[int, dict[tuple[str, int], list[Hop]]] = {}
        self._sums: dict[int, dict[tuple[str, int], int]] = {}

    @cached_property
    def keys(self) -> NDArray[Any]:
        """The key of each row, first to last."""
        import numpy

        (written,) = self.db.asked("SELECT group_concat(row_key) AS keys FROM kept_transfers")["keys"]  # as text: half the time of rows
        return numpy.sort(numpy.fromstring(written or "", dtype=numpy.int64, sep=","))

    def count(self) -> int:
        return len(self.keys)

    def numbers(self, keys: Sequence[int]) -> list[int]:
        """The numbers of the rows with these keys."""
        import numpy

        found: list[int] = self.keys.searchsorted(numpy.array(keys, dtype=numpy.int64)).tolist()
        return found

    def value(self, name: str, row: int) -> Any:
        """What stands in a column of a ledger in this row."""
        if row not in self._values:
            (found,) = map(dict, self.db.query("SELECT * FROM transfers WHERE row_key = ?", int(self.keys[row])))
            kind = found.pop("memo_kind")
            found |= {side: NOBODY if found[side] is None else found[side] for side in ("sender", "recipient")}
            found |= {amount: int(found[amount]) for amount in ("amount", "fee")}
            found |= {"memo": Memo(kind=kind, content=found["memo"]) if kind else None, "verified": bool(found["verified"])}
            self._values[row] = found
        return self._values[row][name]

    def hops(self, row: int) -> dict[tuple[str, int], list[Hop]]:
        """The hops of a row, by rule and by whether they are fees."""
        if row not in self._hops:
            self._hops[row] = {}
            sql = "SELECT rule, fee, theft, amount FROM hops WHERE row_key = ? ORDER BY theft"
            for found in self.db.query(sql, int(self.keys[row])):
                hop = Hop(row=row, theft=found["theft"], amount=int(found["amount"]))
                self._hops[row].setdefault((found["rule"], found["fee"]), []).append(hop)
        return self._hops[row]

    def sums(self, row: int) -> Mapping[tuple[str, int], int]:
        """The stolen value of a row, by rule and by whether it is a fee."""
        if row not in self._sums:
            self._sums[row] = {which: sum(hop.amount for hop in hops) for which, hops in self.hops(row).items()}
        return self._sums[row]


@dataclass(frozen=True, kw_only=True)
class _Kept(IndexedLedger):
    """The ledger of a record."""

    rows: RowsRead

    def rows_of(self, account: int) -> Sides:
        sides = (self.rows.db.asked(f"SELECT row_key FROM kept_transfers WHERE {side} = ? ORDER BY row_key", account) for side in SIDES)
        return Sides(*(self.rows.numbers(side["row_key"]) for side in sides))

    def payments(self, side: Side, account: int) -> Iterable[OwnPayment]:
        found = self.rows.db.asked(PAYMENTS.format(side=side), account)
        numbers, amounts, fees = self.rows.numbers(found["row_key"]), amounts_in(found["amount"]), amounts_in(found["fee"])
        return map(OwnPayment, numbers, found["time"], found["sender"], found["recipient"], amounts, fees)

    def rows_with_memo(self, recipient: int, memo: bytes) -> list[int]:
        found = self.rows.db.asked("SELECT row_key FROM kept_transfers WHERE recipient = ? AND memo = ?", recipient, memo)
        return self.rows.numbers(found["row_key"])

    def touched(self) -> dict[int, int]:
        found = self.rows.db.asked("SELECT account, row_key FROM touched")
        return dict(zip(found["account"], self.rows.numbers(found["row_key"]), strict=True))

    @cached_property
    def balances(self) -> list[int]:
        return cast(list[int], _Read(self._balance, lambda: len(self.accounts)))

    def _balance(self, account: int) -> int:
        """As `ledger.balances` plays it: a payment to oneself moves only its fee."""
        sent = self.rows.db.asked("SELECT recipient, amount, fee FROM kept_transfers WHERE sender = ?", account)
        came = self.rows.db.asked("SELECT amount FROM kept_transfers WHERE recipient = ? AND sender IS NOT ?", account, account)
        left = (amount for recipient, amount in zip(sent["recipient"], amounts_in(sent["amount"]), strict=True) if recipient != account)
        return (self.accounts[account].opening or 0) + sum(amounts_in(came["amount"])) - sum(left) - sum(amounts_in(sent["fee"]))


class _HopsByRow(KeptHops):
    """The hops under a rule, or the fees, row by row."""

    def __init__(self, rows: RowsRead, ledger: IndexedLedger, rule: str, fee: int) -> None:
        super().__init__(rows.db, ledger, rule, fee)
        self._rows, self._which = rows, (rule, fee)

    def sums(self, by: Literal["row", "theft"]) -> Mapping[int, int]:
        return _Asked(self._sum) if by == "row" else super().sums(by)

    def of_row(self, row: int) -> list[Hop]:
        return self._rows.hops(row).get(self._which, [])

    def _sum(self, row: int) -> int | None:
        return self._rows.sums(row).get(self._which)


class _Read(Sequence[V]):
    """Values by number, each read when it is asked for."""

    def __init__(self, read: Callable[[int], V], count: Callable[[], int]) -> None:
        self._read, self._count = read, count

    @overload
    def __getitem__(self, number: int) -> V: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[V]: ...
    def __getitem__(self, number: int | slice) -> V | Sequence[V]:
        if isinstance(number, slice):
            return [self._read(each) for each in range(*number.indices(len(self)))]
        return self._read(number)

    def __len__(self) -> int:
        return self._count()


def _nobody() -> Iterable[Any]:
    raise TypeError("what is read by index is not gone through")


class _Asked(Mapping[K, V]):
    """Values by key, each read when it is asked for; None where there is none."""

    def __init__(self, read: Callable[[K], V | None], every: Callable[[], Iterable[K]] = _nobody) -> None:
        self._read, self._every = read, every

    def __getitem__(self, key: K) -> V:
        value = self._read(key)
        if value is None:
            raise KeyError(key)
        return value

    def __iter__(self) -> Iterator[K]:
        return iter(self._every())

    def __len__(self) -> int:
        return sum(1 for _ in self._every())


def _account(db: CaseDb, number: int) -> Account:
    columns = db.select("accounts", (name for name in Account._fields if name != "asset"), id=number)
    columns |= {"asset": [0], "opening": amounts_in(columns["opening"]), "served": known_amounts_in(columns["served"])}
    return made(Account, columns)[0]


def _number(db: CaseDb, address: str) -> int | None:
    found = db.asked("SELECT id FROM accounts WHERE address = ?", address)["id"]
    return found[0] if found else None
