"""A case traced without a folder, and all that the trace says by names that a slice and the whole ledger share."""

from __future__ import annotations

from tracer.plan.how_sources_are_read import read_sources
from tracer.plan.labels import book_of, labels_of
from tracer.plan.service_stops import stops_of
from tracer.plan.thefts import thefts_of
from tracer.tracing import RULES, follow


def traced(case):
    ledger = read_sources(case)
    return ledger, follow(ledger, thefts_of(case, ledger), stops_of(case, book_of(case, labels_of(case))), RULES)


def said(ledger, trace):
    """All that a trace says, by what rows and accounts are called in any ledger."""
    key = ledger.columns.row_key
    return {
        "thefts": [theft._replace(row=0) for theft in trace.thefts],
        "endpoints": trace.endpoints,
        "touched": {address: key[row] for address, row in trace.touched.items()},
        "cuts": {key[row]: reason for row, reason in trace.cuts.items()},
        "rules": {
            rule: (
                stolen.taken,
                [hop._replace(row=key[hop.row]) for hop in stolen.hops],
                [fee._replace(row=key[fee.row]) for fee in stolen.fees],
                stolen.held,
                stolen.topped_up,
            )
            for rule, stolen in trace.rules.items()
        },
    }
