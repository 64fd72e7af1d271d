"""LaunderNetEvm41: flows of real thefts, from the source addresses to labelled exchange deposits.

What is decided here, and not by the data set: every flow out of a source address is a theft; every terminal address is a
service that absorbs; openings are the least that keeps each balance from going below zero (modelled); rows are in the order
of blocks, inside a block of the file; a unit is a cent of the value in US dollars at the time of the flow, not a coin.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from tracer.errors import InputError
from tracer.ingest.table.dialects import DIALECTS
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_reader import read_table
from tracer.ledger import Ledger, assemble
from tracer.model import Asset
from tracer.tracing import RULES, Stops, Trace, follow
from tracer.tracing.theft_of_row import theft_of
from tracer.validation.labelled_data_set_files import FLOWS, SOURCES, TERMINALS, clusters_of, part_of
from tracer.validation.tagged_attempts import deposits

CENTS = Asset("table", "usd", 2)
THEFTS = {"cluster_1": "Atomic Wallet", "cluster_3": "LI.FI", "cluster_4": "TxPhish"}
"""Clusters 1 and 3 are named by the labels in their flows; 4 by its label (Fake_Phishing324039), its days and its 13 terminals."""

NAMES = tuple(THEFTS)
PEERS = {
    "MFTracer (published)": (("0.964", None), ("0.996", None), ("0.925", None)),
    "BlockchainSpider Poison, depth 2": (("0.13", None), ("0.76", None), ("0.08", None)),
    "BlockchainSpider Poison, depth 50": (("1.00", None), ("1.00", None), ("1.00", None)),
    "BlockchainSpider Haircut": (("0.88", None), ("0.36", None), ("0.92", None)),
    "BlockchainSpider APPR, epsilon 1e-3": (("0.80", None), ("1.00", None), ("0.77", None)),
    "BlockchainSpider TTR (Redirect)": (("0.72", None), ("0.36", None), ("0.46", None)),
    "EthereumBlacklisting haircut": (("1.000", "0.849"), ("0.970", "0.881"), ("0.923", "0.206")),
    "EthereumBlacklisting FIFO": (("0.901", "0.847"), ("0.909", "0.882"), ("0.769", "0.209")),
    "EthereumBlacklisting seniority": (("0.921", "0.855"), ("0.970", "0.882"), ("0.769", "0.201")),
    "EthereumBlacklisting reversed seniority": (("0.901", "0.847"), ("0.909", "0.881"), ("0.846", "0.209")),
}
"""Recall and share of the loot at terminal addresses, by cluster in the order of NAMES, as decimal text; docs/validation.md
says where each is from. Ours to state, not to compute: they are not recomputed here."""


def launder_net(folder: Path) -> dict[str, Any]:
    """Per theft and rule: the share of known terminal addresses that stolen value reached, and the share of the loot there.

    Thefts are never added up: `ranges` has the least and the most of each figure over them. `left_out`: the clusters that were not
    measured, and why. Raises InputError where none was.
    """
    clusters: dict[str, dict[str, Any]] = {}
    left_out: list[str] = []
    for name, place in clusters_of(folder):
        try:
            if name in clusters:
                raise InputError(f"{place}: a second {name}")
            clusters[name] = _cluster(place, name)
        except InputError as error:
            left_out.append(str(error))
    if not clusters:
        raise InputError(
            left_out[0] if left_out else f"{folder}: there is no folder cluster_1 or cluster 2 in it, so nothing can be measured"
        )
    return {
        "population": "illicit flows only: recall is an upper bound, precision is not defined",
        "unit": "cents of the value in US dollars at the time of each flow",
        "clusters": clusters,
        "ranges": _ranges(clusters),
        "left_out": left_out,
    }


def _ranges(clusters: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, list[str]]]:
    """The least and the most of recall and share of the loot, by rule; nothing of one theft alone."""
    if len(clusters) < 2:
        return {}
    rules = {rule: [of["rules"][rule] for of in clusters.values()] for rule in RULES}
    figures = ("recall", "share_of_loot")
    return {
        rule: {figure: [end((cluster[figure] for cluster in every), key=Fraction) for end in (min, max)] for figure in figures}
        for rule, every in rules.items()
    }


def _cluster(folder: Path, name: str) -> dict[str, Any]:
    ledger = _ledger(part_of(folder, FLOWS))
    sources, terminals = _addresses(part_of(folder, SOURCES)), _addresses(part_of(folder, TERMINALS))
    trace = _traced(folder, ledger, sources, terminals)
    return {
        "theft": THEFTS.get(name),
        "flows": len(ledger),
        "source_addresses": len(sources),
        "terminal_addresses": len(terminals),
        "thefts": len(trace.thefts),
        "touched": sum(address in trace.touched for address in terminals),
        "rules": {rule: _found(trace, rule, terminals) for rule in trace.rules},
        "peers": {peer: _stated(*shares[NAMES.index(name)]) for peer, shares in PEERS.items()} if name in NAMES else {},
        "deposit_address": deposits(folder),
    }


def _ledger(path: Path) -> Ledger:
    format = TableFormat(path.name, CENTS, _address, DIALECTS["launder_net"], order="oldest_first", doubles="each")
    return assemble(CENTS, [read_table(path, format)])


def _address(text: str) -> str:
    return text.strip().lower()


def _traced(folder: Path, ledger: Ledger, sources: set[str], terminals: set[str]) -> Trace:
    thefts = [theft_of(t, "out of a source") for t in ledger if t.sender in sources and t.amount and t.recipient != t.sender]
    if not thefts:
        raise InputError(f"{folder}: no flow leaves a source address: are its source addresses and its flow records of one theft?")
    if not terminals:
        raise InputError(f"{folder}: its terminal addresses name nobody, so there is nothing to be found")
    return follow(ledger, thefts, Stops(services=dict.fromkeys(terminals, "terminal")), RULES)


def _found(trace: Trace, rule: str, terminals: set[str]) -> dict[str, Any]:
    at = {e.address: e.amounts[rule] for e in trace.endpoints if e.reason == "service" and e.amounts[rule]}
    stolen, value = trace.rules[rule].total, sum(at.values())
    return {
        "found": len(at),
        "recall": thousandths(len(at), len(terminals)),
        "stolen": str(stolen),
        "value": str(value),
        "share_of_loot": thousandths(value, stolen),
    }


def _stated(recall: str, share_of_loot: str | None) -> dict[str, str | None]:
    return {"recall": recall, "share_of_loot": share_of_loot}


def thousandths(part: int, whole: int) -> str:
    """A part of a whole with three digits after the point, rounded half up.

    >>> thousandths(2, 3)
    '0.667'
    """
    thousandths = (2000 * part + whole) // (2 * whole)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}"


def _addresses(path: Path) -> set[str]:
    """One address a line."""
    try:
        return set(path.read_text(encoding="utf-8-sig").lower().split())
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
