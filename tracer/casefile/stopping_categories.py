"""Which kinds of label end the trace where the case file names none; that a label is of one: `plan/service_stops.py`."""

from __future__ import annotations

STOPPING_CATEGORIES = ("exchange", "service")
"""The default of `stops.categories`: a label's category or one of its concepts."""
