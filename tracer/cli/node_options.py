"""Which nodes a trace asks, through what, and how much at most."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS = (
    click.option(
        "--node",
        "nodes",
        multiple=True,
        metavar="URL,...",
        help="The nodes to query, in this order; they replace all sources that a case file names.",
    ),
    click.option("--offline", is_flag=True, help="Contact no node; use only what was recorded before."),
    click.option(
        "--rate",
        type=click.IntRange(min=1),
        help="Send a node at most this many requests per second.  [default: what the case file says, else 10]",
    ),
    click.option(
        "--proxy",
        metavar="URL",
        help="Reach nodes through this proxy; if it needs a password, set HTTPS_PROXY (for http:// nodes HTTP_PROXY) in the environment.",
    ),
    click.option(
        "--max-accounts",
        type=click.IntRange(min=1),
        help="Read at most this many accounts from nodes.  [default: what the case file says, else 1000]",
    ),
    click.option(
        "--max-requests",
        type=click.IntRange(min=1),
        help="Send nodes at most this many requests in all.  [default: what the case file says, else 100000]",
    ),
)


def node_options(command: F) -> F:
    """Adds --node, --offline, --rate, --proxy, --max-accounts and --max-requests to a command, which takes each by its own name."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command
