"""The few other assumptions under which a case is traced for its page: without each source of labels, with another dust limit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tracer.model import Assumption
from tracer.plan.assumption_removal import Asked, Grounds, Removal
from tracer.plan.without_labels import without_each_source

MOST_RUNS = 12
MOST_ROWS = 50_000
"""Rows of the ledger that all these runs together may follow, a third of a second's work: the page is drawn whenever a result changes."""

TENFOLD = 10


class OtherRun(NamedTuple):
    """The case under another assumption, which completes "what if there were ..."."""

    assumption: Assumption
    asked: Callable[[], Asked]


class Planned(NamedTuple):
    """The runs that are worth making; of the others a sentence each, why not."""

    runs: Sequence[OtherRun]
    not_run: Sequence[str]


def what_ifs(case: Grounds, most_runs: int = MOST_RUNS, most_rows: int = MOST_ROWS) -> Planned:
    """What to trace besides the case as it was asked: dust limits first, then the sources of labels by name."""
    runs, not_run = list[OtherRun](), list[str]()
    possible = min(most_runs, most_rows // max(1, len(case.ledger)))
    for changed in (*_other_dust(case), *without_each_source(case)):
        if changed.anew is None:
            not_run.append(f"{changed.assumption.what}: nothing changes, {changed.why}")
        elif len(runs) < possible:
            runs.append(OtherRun(changed.assumption, changed.anew))
        else:
            not_run.append(f"{changed.assumption.what}: not traced for this page; tracer rests and tracer rules --without-labels do it")
    return Planned(runs, not_run)


def _other_dust(case: Grounds) -> Iterator[Removal]:
    stops, asset = case.trace.stops, case.ledger.asset
    for limit in dict.fromkeys((stops.dust // TENFOLD, stops.dust * TENFOLD)):
        if limit != stops.dust:
            said = f"a dust limit of {asset.stated(limit)} instead of {asset.stated(stops.dust)}"
            yield case.with_stops(Assumption("threshold", said), stops._replace(dust=limit))
