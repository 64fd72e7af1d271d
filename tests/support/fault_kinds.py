"""Every kind of fault of the simulated node, where it strikes, and how a run that meets it ends."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from support.live_cases import VICTIM, LiveCase
from support.nis_server import NisServer

from tracer.errors import CaseError, NodeError

PAID = "dc153a5f87e04bded29090209e6321b96227e295de1f3ca5b4c537410a81da01"
"""A payment of 80 million by the theft's recipient, which every run reads."""

ACCOUNTS = 2
ALWAYS = 10**6
NOTHING: Mapping[str, Any] = MappingProxyType({})
SEVERITY = ("healed", "gap", "refused")

HEIGHT, BLOCK, ACCOUNT = "/chain/height", "/block/at/public", "/account/get"
LISTS, HARVESTS, PAID_BY = "/account/transfers/all", "/account/harvests", "/account/transfers/outgoing"


class End(NamedTuple):
    """How a run ended: `healed`, `refused`, with a gap in the coverage (`gap`), or `silent`: wrong without a word. `said`: the words."""

    how: str
    said: str


class Kind(NamedTuple):
    """A kind of fault of a run's only node, at a path, for good unless `times` says less. `end`: how the run ends; `said`: its words."""

    fault: str
    path: str
    end: str = "refused"
    said: str = "an answer that cannot be"
    how: Mapping[str, Any] = NOTHING
    times: int = ALWAYS


KINDS = [
    Kind("error_500", BLOCK, said="status 500"),
    Kind("refuses", ACCOUNT, said="status 404"),
    Kind("storm_429", LISTS, said="status 429"),
    Kind("unavailable", HARVESTS, said="status 503"),
    Kind("forbidden", HEIGHT, said="status 403"),
    Kind("unauthorised", BLOCK, said="status 401"),
    Kind("not_implemented", ACCOUNT, said="status 501"),
    Kind("no_content", LISTS, said="status 204"),
    Kind("part", HARVESTS, said="status 206"),
    Kind("redirect", HEIGHT, said="status 302"),
    Kind("error_as_200", BLOCK),
    Kind("hang", ACCOUNT, said="silent for too long", how={"seconds": 2}),
    Kind("drip", BLOCK, said="no whole answer within"),
    Kind("slow_headers", LISTS, said="no whole answer within"),
    Kind("dead", ACCOUNT, said="no connection"),
    Kind("reset", LISTS, said="no connection"),
    Kind("no_http", HEIGHT, said="no connection"),
    Kind("header_flood", BLOCK, said="no connection"),
    Kind("cut_body", ACCOUNT, said="breaks off"),
    Kind("cut_chunks", LISTS, said="breaks off"),
    Kind("too_short", BLOCK),
    Kind("cut_json", HARVESTS),
    Kind("half_zipped", HEIGHT, said="breaks off"),
    Kind("no_zip", BLOCK, said="does not unpack"),
    Kind("unasked_coding", ACCOUNT, said="packed as 'br'"),
    Kind("zipped", "/", "healed", ""),
    Kind("bomb", BLOCK, said="larger than 16 MiB", how={"mebibytes": 64}),
    Kind("endless", ACCOUNT, said="larger than 16 MiB"),
    Kind("too_large", LISTS, said="larger than 16 MiB"),
    Kind("padded", "/", said="MiB together beyond what is usual"),
    Kind("many", HARVESTS, said="more than 250,000 values", how={"values": 300_000}),
    Kind("deep", HEIGHT, said="nested deeper than 64"),
    Kind("deep_object", BLOCK, said="nested deeper than 64"),
    Kind("unclosed", ACCOUNT, said="nested deeper than 64"),
    Kind("not_json", LISTS),
    Kind("empty_body", HARVESTS),
    Kind("byte_order_mark", HEIGHT),
    Kind("no_text", BLOCK, said="is no text"),
    Kind("two_answers", ACCOUNT),
    Kind("wrong_type", LISTS),
    Kind("null", HARVESTS),
    Kind("number", HEIGHT),
    Kind("text", BLOCK),
    Kind("empty_object", ACCOUNT),
    Kind("not_a_number", HEIGHT),
    Kind("long_number", HEIGHT),
    Kind("as_floats", "/"),
    Kind("as_texts", ACCOUNT),
    Kind("negative", "/"),
    Kind("duplicate_page", LISTS),
    Kind("missing_page", LISTS, "gap", "xem short"),
    Kind("reversed_page", "/", "healed", ""),
    Kind("twice_in_page", "/", "healed", ""),
    Kind("empty_list", "/", said="as far as 127.0.0.1:.* showed it; add another node"),
    Kind("missing_transaction", "/", "healed", "", {"transaction": PAID}),
    Kind("foreign_transaction", LISTS, said="the block it names does not hold it"),
    Kind("wrong_height", LISTS, said="the block it names does not hold it"),
    Kind("false_hash", LISTS, said="the block it names does not hold it"),
    Kind("false_income", HARVESTS, "healed", ""),
    Kind("lying_balance", ACCOUNT, "gap", r"for \d+ others?, they do not"),
    Kind("another_account", ACCOUNT, said="was asked for", how={"instead": VICTIM}),
    Kind("lying_amount", BLOCK, said="its signature does not hold", how={"transaction": PAID}),
    Kind("false_signature", BLOCK, said="its signature does not hold", how={"transaction": PAID}),
    Kind("same_block", BLOCK, said="it is block 2,"),
    Kind("emptied_block", BLOCK, said="its signature does not hold"),
    Kind("turned_block", BLOCK, said="its signature does not hold"),
    Kind("restamped", BLOCK, said="holds a transaction signed at", how={"by": -3600}),
    Kind("stranger", "/", said="block 1000000000 of .* so many take until"),
    Kind("tall", HEIGHT, said='"height": 1000000000}: status 404'),
    Kind("climbing", HEIGHT, "gap", "states no balance to compare it with"),
    Kind("behind", ACCOUNT, said="is behind: height 100 after 484", how={"tip": 100}),
    Kind("switch", ACCOUNT, "healed", "", {"recording": None}),
    Kind("wrong_place", "/", "healed", ""),
]

SLOW = ("hang", "drip", "slow_headers")
"""Kinds that cost a run seconds: in a pair they strike once."""


def inject(node: NisServer, kind: Kind) -> None:
    node.inject(kind.fault, match=kind.path, times=kind.times, **kind.how)


def end_of(place: Path, whole: str, *nodes: NisServer) -> End:
    """How a run on these nodes ends, gaps allowed; `whole` is the digest of the run without a fault."""
    try:
        found = LiveCase(place, ACCOUNTS).trace(*nodes, allow_gaps=True)
    except (NodeError, CaseError) as error:
        return End("refused", str(error))
    if found.manifest["results_digest"] == whole:
        return End("healed", "\n".join(found.flow.about.coverage))
    if not found.audit.adds_up or found.audit.unstated:
        return End("gap", "\n".join((*found.flow.about.gaps, *found.flow.about.coverage)))
    return End("silent", "\n".join(found.flow.about.coverage))
