"""The command line: one short function per command that reads options, makes one library call and prints."""

from tracer.cli.main import main

__all__ = ["main"]
