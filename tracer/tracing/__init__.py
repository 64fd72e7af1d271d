"""Which money is the stolen money: rules, kernels, stops, the certificate."""

from tracer.tracing.engine import Stolen, Trace, follow
from tracer.tracing.rules import RULES
from tracer.tracing.stops import Stops
from tracer.tracing.thefts import candidates, thefts_by_hash

__all__ = ["RULES", "Stolen", "Stops", "Trace", "candidates", "follow", "thefts_by_hash"]
