"""Which labels a case takes: those of its network. What is left out is counted by reason, and refuses nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import NamedTuple

from tracer.labels.networks import network_named
from tracer.model import Label

TWICE = "given twice"
TRANSACTIONS = "of a transaction and not of an address"
NAMELESS = "without an address or a name"


class Wanted(NamedTuple):
    """What a case asks of labels: its network (None: it does not say), the symbol of its asset, the one form of an address.

    `address` raises AddressError.
    """

    network: str | None
    currency: str
    address: Callable[[str], str]

    def takes(self, network: str | None, currency: str | None) -> bool:
        """Whether a tag of that network, or where it states none of that currency, is of the case.

        Raises ValueError, with the mend, where the case does not say its network and so nobody knows.
        """
        of_coin = currency is not None and currency.casefold() == self.currency.casefold()
        if of_coin and network in (None, currency):
            return True  # the very asset, on a network that nobody states
        if network is None and currency is None:
            return True
        named = _named(network or currency or "")
        if self.network is None:
            if of_coin:
                return True
            raise ValueError(
                f'is of {named}, and the case does not say its network: write network = "{named}", or its own, in the case file'
            )
        return named == self.network


class TakenLabels(NamedTuple):
    """The labels of one or several files, in their order, and how many tags were left out, by reason."""

    labels: list[Label]
    left_out: Mapping[str, int]


def elsewhere(network: str | None, currency: str | None) -> str:
    """The reason why a tag of another network is left out."""
    return f"of {_named(network or currency or '')[:40]}"


def once_each(labels: Iterable[Label], left_out: Counter[str]) -> list[Label]:
    """The labels, each of those that are the same in everything once; the others are counted in `left_out`."""
    every = list(labels)
    kept = list(dict.fromkeys(every))
    if len(kept) < len(every):
        left_out[TWICE] += len(every) - len(kept)
    return kept


_named = cache(network_named)
