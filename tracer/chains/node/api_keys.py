"""Keys and passwords in the address of a node: filled in at the moment of asking, and kept nowhere."""

from __future__ import annotations

import os
import re
from urllib.parse import urlsplit, urlunsplit

from tracer.errors import NodeError


def keyless(url: str) -> str:
    """The address of a node as it may be written down: without a user's name and password.

    >>> keyless("https://me:secret@node.example:7891"), keyless("http://127.0.0.1:7890")
    ('https://node.example:7891', 'http://127.0.0.1:7890')
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


KEY = re.compile(r"\$\{(RPC_KEY\w*)\}")
"""A key in the address of a node, by the name of what holds it in the environment. Only such names: a case file of a stranger could
otherwise have anything that stands there sent to an address of his."""


def filled(address: str) -> str:
    """The address of a node with its keys, to be asked and never to be kept. Raises NodeError where the environment lacks one."""

    def key(found: re.Match[str]) -> str:
        if not os.environ.get(found[1]):
            raise NodeError(f"{address} needs a key: set {found[1]} in the environment")
        return os.environ[found[1]]

    return KEY.sub(key, address)


def hidden(address: str, text: str) -> str:
    """A text of a node with the keys of its address named in place of said: some repeat the question in their refusals."""
    for name in KEY.findall(address):
        text = text.replace(os.environ.get(name) or name, f"${{{name}}}")
    return text
