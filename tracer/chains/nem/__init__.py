"""NEM (NIS1): addresses, transactions and all that moves a balance there."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.chains import Chain
from tracer.chains.nem.addresses import checked_address
from tracer.chains.nem.answers import Answers
from tracer.chains.nem.scan import scan
from tracer.errors import InputError
from tracer.model import Asset, Exchange, Reading


def asset(symbol: str) -> Asset:
    """XEM, six digits after the point. Raises InputError for another mosaic: those are events of the XEM ledger for now."""
    if symbol.lower() != "xem":
        raise InputError(f'asset {symbol!r} is not traced on nem: write asset = "xem"; other mosaics are events of its ledger')
    return Asset("nem", "xem", 6)


def read(exchanges: Iterable[Exchange], asset: Asset, source: str) -> Reading:
    """The ledger of `asset` in a recording that holds every block from 1 to the tip."""
    return scan(Answers(exchanges, source), source)


CHAIN = Chain("NEM, NIS1 nodes: XEM", asset, checked_address, read)
