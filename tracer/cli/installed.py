"""`tracer --version`: this version, and with --json what it reads, writes and finds installed beside it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import metadata
from typing import Any

import click

from tracer.cli.output import print_json
from tracer.version import __version__

DISTRIBUTION = "chain-tracer"


def print_version(as_json: bool) -> None:
    """One line; or, for whoever has to say later what a result was made with, all that can change what the program does."""
    if as_json:
        print_json(installed())
    else:
        click.echo(f"tracer, version {__version__}")


def installed() -> dict[str, Any]:
    """Versions of tracer, of Python, of the schemas of record and graph; of each extra what is installed of it, None what is not."""
    import platform
    import sqlite3

    from tracer.store.graph.schema import GRAPH_VERSION
    from tracer.store.record.database import VERSION

    return {
        "tracer": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "sqlite": sqlite3.sqlite_version,
        "record_schema": VERSION,
        "graph_model": GRAPH_VERSION,
        "extras": extras(metadata.requires(DISTRIBUTION) or ()),
    }


def extras(requirements: Iterable[str]) -> dict[str, dict[str, str | None]]:
    """The distributions of each extra with their versions, without those for developers.

    >>> extras(["numpy>=1.26", "no-such-thing>=1; extra == 'fast'"])
    {'fast': {'no-such-thing': None}}
    """
    by_extra: dict[str, dict[str, str | None]] = {}
    for requirement in requirements:
        name = re.match(r"[\w.-]+", requirement)
        extra = re.search(r"extra == ['\"](\w+)['\"]", requirement)
        if name and extra and extra[1] != "dev":
            by_extra.setdefault(extra[1], {})[name[0]] = version_of(name[0])
    return by_extra


def version_of(distribution: str) -> str | None:
    """The version of what is installed, None where it is not."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
