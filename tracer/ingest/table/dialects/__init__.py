"""Dialects: tables as well-known explorers, exporters and data sets write them, told by their headers."""

from tracer.ingest.table.dialects.dialect import CHOOSING, DIRECTIONS, NEEDED, OPTIONAL, OUR_NAMES, Dialect, column_meant
from tracer.ingest.table.dialects.headers import DIALECTS, PLAIN, dialect_named, dialect_provider, told_by_header

__all__ = [
    "CHOOSING",
    "DIALECTS",
    "DIRECTIONS",
    "NEEDED",
    "OPTIONAL",
    "OUR_NAMES",
    "PLAIN",
    "Dialect",
    "column_meant",
    "dialect_named",
    "dialect_provider",
    "told_by_header",
]
