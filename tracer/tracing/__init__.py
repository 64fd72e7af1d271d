"""Which money is the stolen money: rules, kernels, stops, the certificate."""

from tracer.tracing.engine import Stolen, Trace, follow
from tracer.tracing.outcome import Outcome, outcome_of
from tracer.tracing.rules import RULES
from tracer.tracing.stops import Stops, role_of, stop_of
from tracer.tracing.thefts import candidates, thefts_by_hash

__all__ = [
    "RULES",
    "Outcome",
    "Stolen",
    "Stops",
    "Trace",
    "candidates",
    "follow",
    "outcome_of",
    "role_of",
    "stop_of",
    "thefts_by_hash",
]
