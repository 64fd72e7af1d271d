"""All that the figures of a case assume, and the same case without each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from tracer.model import Assumption
from tracer.plan.assumption_removal import Grounds, Removal
from tracer.plan.conversions_under_assumptions import Exchanging
from tracer.plan.without_conversions import only_named, without_conversions
from tracer.plan.without_labels import without_labels
from tracer.plan.without_rows import without_openings, without_orders, without_stated_rows
from tracer.wording import counted, utc

BESIDE = "it stands beside the trace, and no figure is computed from it"


class Assumed(NamedTuple):
    """The assumptions of a case; and what is not taken away one by one, each in words that complete "not tried: ..."."""

    removals: Sequence[Removal]
    left_out: Sequence[str]


def assumed(case: Grounds, most_blocks: int, several: Exchanging | None = None) -> Assumed:
    """All that is assumed. Of the blocks whose order could matter, the `most_blocks` through which most was traced are taken one by one.
    `several`: the case where it counts several assets.
    """
    orders, left_out = without_orders(case, most_blocks)
    if several:
        left_out += only_named(several)
    removals = [
        *_without_thefts(case),
        *without_labels(case),
        *_without_limits(case),
        *(without_conversions(several) if several else ()),
        *without_openings(case),
        *orders,
        *without_stated_rows(case),
        *_without_statements(case),
        *_without_unread(case),
    ]
    if untouched := len(case.trace.stops.services) - len(case.services):
        addresses = counted(untouched, "service address", "service addresses")
        left_out.append(f"the labels of {addresses} that no stolen value can reach, where nothing can change")
    return Assumed(removals, left_out)


def _without_thefts(case: Grounds) -> Iterator[Removal]:
    """That a payment is a theft: somebody accepted it as one."""
    thefts = case.trace.thefts
    for gone in thefts:
        assumption = Assumption("theft", f"{gone.label} ({gone.tx_hash or f'row {gone.row}'})")
        if len(thefts) == 1:
            yield Removal(assumption, why="it is the only theft: without it nothing is stolen", possible=False)
        else:
            others = [theft for theft in thefts if theft is not gone]
            yield Removal(assumption, partial(case.asking, thefts=others))


def _without_limits(case: Grounds) -> Iterator[Removal]:
    stops = case.trace.stops
    if stops.dust:
        limit = case.ledger.asset.stated(stops.dust)
        yield case.with_stops(Assumption("threshold", f"the dust limit of {limit}"), stops._replace(dust=0))
    if stops.until is not None:
        yield case.with_stops(Assumption("threshold", f"the cut-off at {utc(stops.until)}"), stops._replace(until=None))


def _without_statements(case: Grounds) -> Iterator[Removal]:
    for statement in case.statements:
        yield Removal(Assumption("statement", f"the statement on deposit {statement.deposit} by {statement.source}"), why=BESIDE)


def _without_unread(case: Grounds) -> Iterator[Removal]:
    """Accounts at which the trail stops because not all of their rows are there."""
    unread = len({end.address for end in case.trace.endpoints if end.reason == "not_fetched"})
    if unread:
        said = f"the stop at {counted(unread, 'account')} whose history was not read, or not whole"
        yield Removal(Assumption("unread", said), why="what they paid is not in the ledger: read them", possible=False)
