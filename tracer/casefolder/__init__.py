"""The case folder: the answer. The library's front door is `CaseFolder.open(dir)`."""

from tracer.casefolder.folder import CaseFolder

__all__ = ["CaseFolder"]
