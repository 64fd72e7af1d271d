"""Which dialect a table's header tells, and which dialects there are: ours, and what other distributions bring."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence

from tracer.chains.plugins import Provider, brought, provider_of
from tracer.ingest.table.dialects import ethereum, explorers, tron_solana_and_data_sets
from tracer.ingest.table.dialects.dialect import OUR_NAMES, Dialect

PLAIN = "plain"
"""What a case file calls a table of no dialect, whose columns are ours or named."""

DIALECTS: Mapping[str, Dialect] = ChainMap({PLAIN: OUR_NAMES}, explorers.FILES, ethereum.FILES, tron_solana_and_data_sets.FILES)

GROUP = "tracer.dialects"
"""The entry points by which another distribution brings a dialect: a name, and the `Dialect` that it loads."""


def dialect_named(name: str) -> Dialect | None:
    """The dialect of that name: one of ours, else what an installed distribution brings; None where there is none. Raises InputError."""
    return DIALECTS.get(name) or brought(GROUP, name, Dialect)


def dialect_provider(name: str | None) -> Provider | None:
    """Which distribution brought a dialect; None for one of our own."""
    return None if name is None or name in DIALECTS else provider_of(GROUP, name)


def told_by_header(header: Sequence[str]) -> str | None:
    """The dialect whose columns a header has; of several the one told by the most of them; None if it is of no dialect."""
    told = [name for name, dialect in DIALECTS.items() if dialect.told(header)]
    return max(told, key=lambda name: len(DIALECTS[name].told_by), default=None)
