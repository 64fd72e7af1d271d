"""`case.toml`: what is asked."""

from tracer.casefile.schema import CaseFile, ClaimEntry, Source, TheftQuery
from tracer.casefile.stopping_categories import STOPPING_CATEGORIES

__all__ = ["STOPPING_CATEGORIES", "CaseFile", "ClaimEntry", "Source", "TheftQuery"]
