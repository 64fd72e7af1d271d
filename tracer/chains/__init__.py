"""What differs from chain to chain, behind four functions. A chain is a folder here that fills a `Chain`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import NamedTuple

from tracer.errors import InputError
from tracer.model import Asset, Exchange, Reading


class Chain(NamedTuple):
    """`asset` by the symbol of the case file; `address` checked and in its one form; `read` recorded answers."""

    summary: str
    asset: Callable[[str], Asset]
    address: Callable[[str], str]
    read: Callable[[Iterable[Exchange], Asset, str], Reading]


NAMES = ("nem",)


def chain(name: str) -> Chain:
    """The chain of that name, imported when asked for. Raises InputError for one that is not in `NAMES`."""
    if name not in NAMES:
        raise InputError(f"chain {name!r} is unknown: it is one of {', '.join(NAMES)}, or table for files of any account chain")
    found: Chain = import_module(f"tracer.chains.{name}").CHAIN
    return found
