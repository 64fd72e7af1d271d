"""NEM (NIS1): addresses, transactions and all that moves a balance there.

What is known without asking is stated here; the rest is imported when it is called, since a table too asks which kinds of rows
there are, and needs no cryptography for it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from tracer.chains import Chain, Nodes, RowKind, bare_hash
from tracer.chains.nem.terms import TERMS
from tracer.chains.node_requirements import Ability
from tracer.errors import InputError
from tracer.model import Asset, Event, Exchange, Marking, Reading

if TYPE_CHECKING:
    from tracer.chains.nem.reader import NisReader

KINDS = (RowKind("levy"), RowKind("rental"), RowKind("creation"), RowKind("harvest", sender=False))

MOST_QUESTIONS = 50
"""A node refuses everything above as many questions a second (nis: DoSFilter), the refused ones counted."""

POLLED = ("/chain/last-block", "/account/unconfirmedTransactions")
"""What a watch asks at every poll."""


def _asset(symbol: str, decimals: int | None) -> Asset:
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


def _address(text: str) -> str:
    """The address without hyphens, in capitals. Raises AddressError."""
    from tracer.chains.nem.addresses import nem_address

    return nem_address(text)


def _marker(text: str) -> str:
    """A mosaic that is a marker, by `namespace:name`."""
    if not re.fullmatch(r"[^:\s]+:[^:]+", text):
        raise InputError("is no mosaic: write namespace:name")
    return text


def _markings(events: Iterable[Event], markers: Collection[str], tip: int | None) -> list[Marking]:
    """Every span in which an address held one of the markers."""
    from tracer.chains.nem.markers import markings

    return markings(events, markers, tip)


def _scan(exchanges: Iterable[Exchange], asset: Asset, source: str) -> Reading:
    """The ledger of `asset` in a recording that holds every block from 1 to the tip."""
    from tracer.chains.nem.answers import Answers
    from tracer.chains.nem.scan import scan

    return scan(Answers(exchanges, source), asset, source)


def _reader(exchanges: Iterable[Exchange], asset: Asset, source: str, nodes: Nodes | None) -> NisReader:
    """Reads account by account: first what `exchanges` hold, then `nodes`, if there are any."""
    from tracer.chains.nem.answers import Answers
    from tracer.chains.nem.reader import NisReader
    from tracer.chains.node.client import NodeClient
    from tracer.chains.node.recorded_once import without_repeats

    if nodes is not None:
        nodes = nodes._replace(record=without_repeats(nodes.record, POLLED))
    return NisReader(Answers(exchanges, source), NodeClient(nodes) if nodes else None, asset, source)


def _abilities() -> tuple[Ability, ...]:
    from tracer.chains.nem.node_requirements import ABILITIES

    return ABILITIES


CHAIN = Chain(
    summary="NEM, NIS1 nodes: XEM and mosaics",
    asset=_asset,
    address=_address,
    tx_hash=bare_hash,
    terms=TERMS,
    kinds=KINDS,
    default_asset="xem",
    max_rate=MOST_QUESTIONS,
    marker=_marker,
    markings=_markings,
    scan=_scan,
    reader=_reader,
    abilities=_abilities,
)
