"""Two answers held against each other: which figures moved, and what of the question differs."""

from tracer.compare.results import Comparison, compare_results

__all__ = ["Comparison", "compare_results"]
