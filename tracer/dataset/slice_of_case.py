"""What a case needs of a ledger bigger than a case: found from what the case names, read as a ledger like any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.dataset.data_set_reader import DataSet, Payments
from tracer.dataset.excerpt import reading
from tracer.ledger import Ledger, assemble
from tracer.model import Asset, Reading

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Sought(NamedTuple):
    """What a case names before anything is traced: transactions by hash, payments by wallet, and other addresses."""

    hashes: tuple[str, ...]
    payments: tuple[Payments, ...]
    addresses: tuple[str, ...]


class Slice(NamedTuple):
    """What of the data set a case needs: for each account whether all its rows, and rows that are needed whoever moves them."""

    accounts: NDArray[Any]
    rows: NDArray[Any]


class Slicing(NamedTuple):
    """How a slice is found: what the case names is looked up first; `extent` then says, from those rows, what is needed."""

    sought: Sought
    extent: Callable[[DataSet, Ledger], Slice]


def excerpt(data: DataSet, asset: Asset, sought: Sought) -> Ledger:
    """A ledger of nothing but what a case names: enough to find its thefts, and to say which are not there."""
    return _excerpt(data, asset, sought, data.rows_of_hashes(sought.hashes))


def _excerpt(data: DataSet, asset: Asset, sought: Sought, transactions: NDArray[Any]) -> Ledger:
    import numpy as np

    last = [data.rows - 1]  # so that the excerpt has times and hashes where the data set has them
    rows = np.unique(np.concatenate([transactions, *map(data.rows_of_payments, sought.payments), last]))
    return assemble(asset, [reading(data, rows, np.zeros(len(data.addresses), bool), _named(sought))])


def read_slice(data: DataSet, asset: Asset, slicing: Slicing) -> Reading:
    """The slice that a case needs, and what it names."""
    import numpy as np

    transactions = data.rows_of_hashes(slicing.sought.hashes)
    accounts, rows = slicing.extent(data, _excerpt(data, asset, slicing.sought, transactions))
    wanted = np.unique(np.concatenate([data.rows_of_accounts(accounts), rows, transactions]))
    return reading(data, wanted, accounts, _named(slicing.sought))


def _named(sought: Sought) -> list[str]:
    return [*sought.addresses, *(payments.wallet for payments in sought.payments)]
