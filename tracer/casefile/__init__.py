"""`case.toml`: what is asked."""

from tracer.casefile.schema import CaseFile, ClaimEntry, Source, StopOptions, TheftQuery

__all__ = ["CaseFile", "ClaimEntry", "Source", "StopOptions", "TheftQuery"]
