"""What a line of a list is known by, in every list and on every machine."""

from __future__ import annotations

import hashlib

ID = 12
"""Characters of a line's id."""


def line_id(addressee: str, about: tuple[object, ...]) -> str:
    """The same for the same thing: a digest of whose list it is on and of what it is about.

    >>> line_id("exchange", ("a1", "anna", 5)) == line_id("exchange", ("a1", "anna", 5))
    True
    """
    return hashlib.sha256(repr((addressee, *about)).encode("utf-8", "surrogatepass")).hexdigest()[:ID]
