"""What is masked in all that leaves the case folder: the page, tables, JSON, CSV, exports. The record, `case.db` and `case.toml`, keeps it.

An IP address is a person's line, and a third party is no part of the case. Addresses of the chain are public and stay.
"""

from __future__ import annotations

import re
import tomllib

from tracer.errors import CaseError
from tracer.model import Claim, Evidence, Statement

MASKED = "(masked)"

# Lengths are bounded, so that no text makes the search slow.
_IP4 = re.compile(r"(?<![\d.])(\d{1,3}\.\d{1,3})(?:\.\d{1,3}){2}(?![\d.]*\d)")
_IP6 = re.compile(r"(?<![\w:])([0-9a-f]{1,4}:[0-9a-f]{0,4}):(?:[0-9a-f:.]{0,40}:)[0-9a-f.]{0,15}(?![\w:])", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")

_TABLES = re.compile(r"^(?=[ \t]*\[)", re.MULTILINE)  # where a table of a case file begins
_OFFCHAIN = re.compile(r"[ \t]*\[\[[ \t]*offchain[ \t]*\]\]")
_THEFTS = re.compile(r"[ \t]*\[\[[ \t]*thefts[ \t]*\]\]")


def masked_text(text: str) -> str:
    """The text without the line an IP address ends at (its first half, which names a provider, stays) and without e-mail addresses.

    >>> masked_text("login from 192.0.2.17, 2001:db8::1 and a.b@example.org")
    'login from 192.0.x.x, 2001:db8:x and (masked)'
    """
    return _MAIL.sub(MASKED, _IP6.sub(r"\1:x", _IP4.sub(r"\1.x.x", text)))


def masked(evidence: Evidence) -> Evidence:
    """The evidence as it may leave the folder: an IP address is cut to its network, a third party is not named."""
    value = MASKED if evidence.third_party else masked_text(evidence.value)
    source, subject = masked_text(evidence.source), masked_text(evidence.subject)
    return evidence._replace(value=value, source=source, subject=subject)


def masked_claim(claim: Claim) -> Claim:
    return claim._replace(says=masked_text(claim.says), source=masked_text(claim.source))


def masked_statement(statement: Statement) -> Statement:
    """The statement as it may leave the folder. Addresses of a chain are public, and stay."""
    return statement._replace(
        says=masked_text(statement.says), paid_to=masked_text(statement.paid_to), source=masked_text(statement.source)
    )


def masked_case(text: str) -> str:
    """The text of a case file as it may leave the folder: without its `[[offchain]]` tables, and with IP and e-mail addresses masked.

    The thefts stay as written, since the accounts of a table may be called anything. Raises CaseError where the evidence cannot be
    cut out with certainty: part of it might stay.

    >>> masked_case('chain = "nem"  # asked by a.b@example.org\\n[[offchain]]\\nvalue = "Jane Roe"\\n[stops]\\ndust = 1\\n')
    'chain = "nem"  # asked by (masked)\\n[stops]\\ndust = 1\\n'
    """
    tables = [table for table in _TABLES.split(text) if not _OFFCHAIN.match(table)]
    asked = tomllib.loads(text)
    asked.pop("offchain", None)
    try:
        whole = tomllib.loads("".join(tables)) == asked
    except tomllib.TOMLDecodeError:
        whole = False
    if not whole:
        raise CaseError(
            "case.toml: its evidence off the chain cannot be cut out, and does not leave the folder: write each piece under a line "
            "[[offchain]], and begin no line of a text with ["
        )
    return "".join(table if _THEFTS.match(table) else masked_text(table) for table in tables)
