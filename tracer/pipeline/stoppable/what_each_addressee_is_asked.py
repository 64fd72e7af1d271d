"""What each kind of addressee is asked: services to hold, bridges not to pay out, issuers to freeze; nobody where nobody can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Kind(NamedTuple):
    """Who can stop value, and what they are asked ("": nobody can be asked), in words."""

    who: str
    asked: str


KINDS: Mapping[str, Kind] = {
    "service": Kind(
        "the service at which it was deposited",
        "to hold what these customers have with you, and to keep the records of who they are; to say how much of it you could hold",
    ),
    "deposit": Kind(
        "the service to which alone the address forwards (inferred)",
        "to say whether these addresses belong to customers of yours; if they do, to hold what those customers have with you, and to keep "
        "the records of who they are",
    ),
    "bridge": Kind(
        "the bridge that was asked to pay it out on another chain",
        "to hold what you have not paid out of these requests; and to say of each what you paid out, where, when and in which transaction",
    ),
    "issuer": Kind(
        "the issuer of the token, whose contract can freeze it where it is",
        "to freeze what these addresses hold of the token, and to say when that is done",
    ),
    "nobody": Kind(
        "nobody known yet: it is held at addresses of no service that a label names",
        "",
    ),
}
"""Who can stop value, by the kind of addressee, in the order of the list. Another kind is another entry, here and in
`who_holds_stolen_value.py`."""
