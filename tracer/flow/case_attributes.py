"""What a flow graph holds on its case as a whole, apart from its addresses and transfers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tracer.evidence import Compared
from tracer.evidence.both_answers import SeveralAssets
from tracer.evidence.statements import Told
from tracer.evidence.valuation import Valuation
from tracer.evidence.valuation_all_assets import HeadTable
from tracer.model import NO_BOUNDS, Answer, Asset, BaseRate, Bounds, Evidence, Marking, Stamp, Tag, Unlabelled
from tracer.tracing import Outcome


class About(NamedTuple):
    """The case of a flow graph: what was asked, what came of it, and what stands beside the trace.

    `outcome` has the thefts, what each made stolen, the fees and the endpoints. `primary` is None, and `reason` empty, where no
    rule was declared. `coverage`, `limits` and `gaps` are sentences; `gaps` is empty where the ledger adds up. `evidence`,
    `claims` and `statements` are masked unless the graph was made unmasked; `valuation` is None without prices. `unlabelled` are accounts
    with signs of a service, most signs first. `base_rates`: how often each tag's shape is seen outside the trail. `measured`: by tag
    and preset, how often it was false elsewhere, a sentence with its population. `rests`: what the
    figures of services rest on, a sentence each, once it was computed. `stamp` says of which results this is, and goes with whatever is
    drawn or written of it. `declared` says what had been seen when the rule was declared, where anything had. `several`: both answers of a
    case of several assets, of which all else here is of the first, followed; None of a case of one. `worth`: each of these answers in one
    currency, None of a case of one asset.
    """

    name: str
    title: str
    asset: Asset
    primary: str | None
    reason: str
    outcome: Outcome
    coverage: Sequence[str]
    limits: Sequence[str]
    gaps: Sequence[str]
    checked: str
    measured: Mapping[tuple[str, str], str]
    bounds: Bounds = NO_BOUNDS
    tags: Sequence[Tag] = ()
    base_rates: Sequence[BaseRate] = ()
    unlabelled: Sequence[Unlabelled] = ()
    markings: Sequence[Marking] = ()
    evidence: Sequence[Evidence] = ()
    claims: Sequence[Compared] = ()
    valuation: Valuation | None = None
    statements: Sequence[Told] = ()
    rests: Sequence[str] = ()
    stamp: Stamp = Stamp("", "")
    declared: Sequence[str] = ()
    several: SeveralAssets | None = None
    worth: Mapping[Answer, HeadTable] | None = None

    @property
    def markers(self) -> tuple[str, ...]:
        """The mosaics that mark some address."""
        return tuple(sorted({marking.marker for marking in self.markings}))
