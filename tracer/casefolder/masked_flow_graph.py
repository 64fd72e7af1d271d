"""The flow graph of a traced case, as columns: masked here, and so in all that is drawn or exported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tracer.casefile import STOPPING_CATEGORIES, CaseFile
from tracer.evidence.coverage import LIMITS, coverage_of
from tracer.evidence.valuation_all_assets import tables_in_money
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, checked_of, gaps_of
from tracer.model import NO_BOUNDS, BaseRate, Bounds, Looked, Rests, Stamp, Tag
from tracer.plan.conversions import several_assets
from tracer.plan.tags import tagged_sentences
from tracer.plan.unlabelled_services import likely_services, unlabelled_sentences
from tracer.tagging.error_rates import measured_of
from tracer.tracing import BothAnswers, Trace, outcome_of

if TYPE_CHECKING:
    from tracer.evidence import Context
    from tracer.flow.flow_columns import FlowColumns


def flow_columns_of(
    question: CaseFile,
    ledger: Ledger,
    verdict: Audit,
    trace: Trace,
    labels: LabelBook,
    context: Context,
    bounds: Bounds = NO_BOUNDS,
    tags: Sequence[Tag] = (),
    rests: Rests | None = None,
    rates: Sequence[BaseRate] = (),
    answers: BothAnswers | None = None,
    *,
    looked: Looked | None = None,
    results_digest: str = "",
    unmasked: bool = False,
    declared: Sequence[str] = (),
) -> FlowColumns:
    """The flow graph of a traced case as columns, and all that is printed with it. Masked here, and so in all that is drawn or exported."""
    from tracer.evidence import compared, masked, masked_claim, masked_statement
    from tracer.evidence.statements import assumption_of, statements_beside
    from tracer.evidence.valuation import valued
    from tracer.evidence.what_figures_rest_on import rests_sentences
    from tracer.flow import About, flow_columns

    told = statements_beside(list(context.statements if unmasked else map(masked_statement, context.statements)), ledger, trace)
    missing = labels.missing(question.stops.categories, STOPPING_CATEGORIES)
    likely = likely_services(ledger, labels, trace, tags, question.leading_rule)
    about = About(
        name=question.name,
        title=question.title or question.name,
        asset=ledger.asset,
        primary=question.trace.primary,
        reason=question.trace.reason,
        outcome=outcome_of(trace),
        coverage=(
            *coverage_of(ledger, verdict, trace, labels, context.markings, missing),
            *unlabelled_sentences(ledger, trace, likely, question.leading_rule),
            *(*tagged_sentences(looked), *filter(None, [assumption_of(told)])),
        ),
        limits=LIMITS,
        gaps=gaps_of(ledger, verdict),
        checked=checked_of(verdict),
        bounds=bounds,
        tags=tags,
        base_rates=rates,
        measured=measured_of(tags, question.thresholds),
        unlabelled=likely,
        markings=context.markings,
        evidence=sorted(context.evidence if unmasked else map(masked, context.evidence), key=lambda piece: piece.time),
        claims=compared(list(context.claims if unmasked else map(masked_claim, context.claims)), ledger, trace, labels.addresses),
        valuation=valued(trace, ledger, context.prices) if context.prices else None,
        statements=told,
        rests=rests_sentences(rests, ledger.asset, question.leading_rule) if rests else (),
        stamp=Stamp(question.name, results_digest),
        declared=declared,
        several=several_assets(question, answers, ledger.terms),
        worth=tables_in_money(answers, trace.thefts, context) or None,
    )
    return flow_columns(ledger, trace, labels, about)
