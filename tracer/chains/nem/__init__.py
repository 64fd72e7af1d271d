"""NEM (NIS1): addresses, transactions and all that moves a balance there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracer.chains import Chain, Nodes
from tracer.chains.nem.addresses import checked_address
from tracer.chains.nem.answers import Answers
from tracer.chains.nem.markers import markings
from tracer.chains.nem.reader import NisReader
from tracer.chains.nem.scan import scan
from tracer.chains.node.client import NodeClient
from tracer.errors import InputError
from tracer.model import Asset, Exchange, Reading


def asset(symbol: str, decimals: int | None) -> Asset:
    """XEM, six digits after the point; or a mosaic by `namespace:name`, with the divisibility the case file states."""
    if symbol.lower() == "xem":
        if decimals not in (None, 6):
            raise InputError(f"xem has 6 digits after the point, not {decimals}: leave decimals out")
        return Asset("nem", "xem", 6)
    if not re.fullmatch(r"[a-z0-9._-]+:[a-z0-9'_ -]+", symbol):
        raise InputError(f'asset {symbol!r} is none of nem: write asset = "xem", or a mosaic as "namespace:name"')
    if decimals is None:
        raise InputError(f"asset {symbol!r} needs decimals = ..., the divisibility of the mosaic")
    return Asset("nem", symbol, decimals)


def scan_recording(exchanges: Iterable[Exchange], asset: Asset, source: str) -> Reading:
    """The ledger of `asset` in a recording that holds every block from 1 to the tip."""
    return scan(Answers(exchanges, source), asset, source)


def reader(exchanges: Iterable[Exchange], asset: Asset, source: str, nodes: Nodes | None) -> NisReader:
    """Reads account by account: first what `exchanges` hold, then `nodes`, if there are any."""
    answers = Answers(exchanges, source)
    return NisReader(answers, NodeClient(nodes) if nodes else None, asset, source)


CHAIN = Chain("NEM, NIS1 nodes: XEM and mosaics", asset, checked_address, scan_recording, reader, markings)
