"""Which money is the stolen money: rules, kernels, stops, the certificate."""

from tracer.tracing.following import follow
from tracer.tracing.outcome_and_changes import Outcome, outcome_of
from tracer.tracing.reconciliation import BothAnswers, Reconciliation, reconciliations
from tracer.tracing.roles import role_of, stop_of
from tracer.tracing.rules import RULES
from tracer.tracing.stops import HeldAtTheEnd, Stops, end_of_row
from tracer.tracing.trace_result import Stolen, Trace, received_by
from tracer.tracing.weakest_tie import stolen_by_tie, ties_of

__all__ = [
    "RULES",
    "BothAnswers",
    "HeldAtTheEnd",
    "Outcome",
    "Reconciliation",
    "Stolen",
    "Stops",
    "Trace",
    "end_of_row",
    "follow",
    "outcome_of",
    "received_by",
    "reconciliations",
    "role_of",
    "stolen_by_tie",
    "stop_of",
    "ties_of",
]
