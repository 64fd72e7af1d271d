"""What leaves the house: freeze lists."""

from tracer.report.freeze import Freeze, FreezeList, freeze, write

__all__ = ["Freeze", "FreezeList", "freeze", "write"]
