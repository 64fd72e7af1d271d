"""Who can stop stolen value, by the kind of addressee; what each is asked: `report/messages_to_addressees.py`."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, str] = {
    "service": "the service at which it was deposited",
    "deposit": "the service to which alone the address forwards (inferred)",
    "bridge": "the bridge that was asked to pay it out on another chain",
    "issuer": "the issuer of the token, whose contract can freeze it where it is",
    "nobody": "nobody known yet: it is held at addresses of no service that a label names",
}
"""Who can stop value, in words, in the order of the list. Another kind is another entry here, in `who_holds_stolen_value.py` and, if
somebody can be asked, in `report/messages_to_addressees.py`."""
