"""A ledger of which only the accounts that somebody asks for are read: what one address did, out of a record of any size."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, overload

from tracer.ledger.ledger import Ledger

Side = Literal["sender", "recipient"]


class OwnPayment(NamedTuple):
    """A row between two accounts, by their numbers; `time` is None where no source states it."""

    row: int
    time: int | None
    sender: int
    recipient: int
    amount: int
    fee: int


@dataclass(frozen=True)
class IndexedLedger(Ledger):
    """The same as the ledger, account by account: accounts, index and columns are read where they are asked for, and nobody goes through
    all of them."""

    def __post_init__(self) -> None:
        """The index comes with the record."""

    @abstractmethod
    def payments(self, side: Side, account: int) -> Iterable[OwnPayment]:
        """What an account paid another one, or was paid by it: rows of kind `transfer`, first to last."""

    @abstractmethod
    def rows_with_memo(self, recipient: int, memo: bytes) -> list[int]:
        """The rows that bring an account these bytes as a memo, of whatever kind."""

    @abstractmethod
    def touched(self) -> dict[int, int]:
        """The row that first touched each account that stolen value could have reached, by number."""


class AddressesByNumber(Sequence[str]):
    """The addresses of a ledger, by the numbers of accounts."""

    def __init__(self, ledger: Ledger) -> None:
        self._accounts = ledger.accounts

    @overload
    def __getitem__(self, number: int) -> str: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[str]: ...
    def __getitem__(self, number: int | slice) -> str | Sequence[str]:
        if isinstance(number, slice):
            return [account.address for account in self._accounts[number]]
        return self._accounts[number].address

    def __len__(self) -> int:
        return len(self._accounts)
