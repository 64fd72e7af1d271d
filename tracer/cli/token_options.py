"""The options that name a token of an EVM chain in place of its own coin."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import click


class TokenSaid(NamedTuple):
    """The contract of a token, and its digits after the point, as far as the command line says them."""

    contract: str | None
    decimals: int | None


def token_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --token and --decimals to a command, which takes both as `token`."""

    @click.option("--token", metavar="CONTRACT", help="For a wallet or hashes on an EVM chain: the token that was stolen.")
    @click.option(
        "--decimals",
        type=click.IntRange(0, 77),
        help="With --token: its number of decimal places; needed without --node.  [default: what a node says]",
    )
    @wraps(command)
    def told(token: str | None, decimals: int | None, **given: Any) -> Any:
        return command(token=TokenSaid(token, decimals), **given)

    return told
