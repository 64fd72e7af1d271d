"""Text for people: moments, counts, measures. Text from elsewhere is made inert in `terminal_and_csv_escaping.py`."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import overload

from tracer.model import BaseRate, Measure, Reason
from tracer.terminal_and_csv_escaping import plain

ANY_RULE = "any rule that follows the payments in order and neither adds to the stolen total nor loses any of it"
"""The rules for which a floor and a ceiling hold (docs/bounds.md, admissible)."""

PRIVATE_CHAIN = "so this is a private chain"
"""Of the first block, by the chain that knows the public networks; the report asks the ledger's notes for it."""

ENDED: Mapping[Reason, str] = {
    "service": "received by services",
    "returned": "returned to the victim",
    "unspent": "still held",
    "frozen": "frozen by the issuer where it is",
    "destroyed": "destroyed",
    "converted": "given for another asset",
    "dust": "too small to follow",
    "not_fetched": "not followed: history not read, or only in part",
}
"""Where stolen value is, by the reason why its trail ends, in the order in which the lines of a table stand."""


def place_text(reason: Reason, service: str | None) -> str:
    """Where stolen value is: the service by its name, else why the trail ends there.

    >>> place_text("service", "frozen"), place_text("frozen", None)
    ('frozen', 'frozen by the issuer where it is')
    """
    return service or ENDED[reason]


def first_sentence(page: str) -> str:
    """The first sentence of a docstring or of a page, on one line.

    >>> first_sentence('A sum is paid\\nin parts. Each is small.\\n\\nMore.')
    'A sum is paid in parts.'
    """
    paragraph = " ".join(page.strip().split("\n\n")[0].split())
    return re.split(r"(?<=\.) ", paragraph, maxsplit=1)[0]


@overload
def utc(time: int) -> str: ...


@overload
def utc(time: int | None) -> str | None: ...


def utc(time: int | None) -> str | None:
    """A moment (UNIX seconds) in ISO 8601; None of one that no source states.

    >>> utc(1516892696)
    '2018-01-25T15:04:56Z'
    """
    return None if time is None else datetime.fromtimestamp(time, UTC).isoformat().replace("+00:00", "Z")


def grouped(decimal: str) -> str:
    """Decimal text with its thousands apart.

    >>> grouped("58366671109.5")
    '58,366,671,109.5'
    """
    whole, point, part = decimal.partition(".")
    return f"{int(whole):,}{point}{part}"


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> counted(1, "theft"), counted(2, "address", "addresses")
    ('1 theft', '2 addresses')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def which(number: int, noun: str, does: str, do: str, plural: str = "") -> str:
    """A number with its noun, and the verb that agrees with it.

    >>> which(1, "account", "is", "are"), which(2, "address", "has", "have", "addresses")
    ('1 account is', '2 addresses have')
    """
    return f"{counted(number, noun, plural)} {does if number == 1 else do}"


def either(words: Sequence[str]) -> str:
    """The words as a choice between them.

    >>> either(("mint", "harvest", "tip"))
    'mint, harvest or tip'
    """
    return " or ".join([*filter(None, [", ".join(words[:-1])]), *words[-1:]])


def lasting(seconds: float) -> str:
    """How long something takes, as precisely as one waits for it.

    >>> lasting(12.7), lasting(754), lasting(7500)
    ('12 s', '12 min', '2 h 5 min')
    """
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, hours = whole // 60 % 60, whole // 3600
    return f"{hours:,} h {minutes} min" if hours else f"{minutes} min"


def measure_text(measure: Measure) -> str:
    """A measure for people: shares in per cent, and whether it holds.

    >>> measure_text(Measure("part that came back", 925_000, "ppm", "at least 500,000", True))
    'part that came back: 92.5 % (at least 50 %)'
    """
    value = "unknown" if measure.value is None else f"{measure.value:,}" if isinstance(measure.value, int) else measure.value
    unit, condition = measure.unit, "" if measure.threshold is None else f" ({measure.threshold})"
    if unit == "ppm":
        value, unit = percent(measure.value) if isinstance(measure.value, int) else value, ""
        condition = re.sub(r"[\d,]+", lambda found: percent(int(found[0].replace(",", ""))), condition)
    return f"{measure.name}: {value}{' ' + unit if unit else ''}{condition}{'; ' + measure.note if measure.note else ''}"


FEWEST_FOR_A_RATE = 200
"""Unrelated accounts below which a share says nothing: with none among 200, 1.5 in 100 may still have the shape (rule of three)."""


def base_rate_text(rate: BaseRate) -> str:
    """A base rate for people.

    >>> base_rate_text(BaseRate("fan_out", "default", 3, 1_212, 1_212))
    '3 of 1,212 unrelated accounts have this shape (default preset)'
    >>> base_rate_text(BaseRate("fan_out", "default", 0, 17, 17))
    'none of 17 unrelated accounts has this shape (default preset); no rate is given for fewer than 200'
    >>> base_rate_text(BaseRate("fan_out", "loose", 1, 2_000, 91_020))
    '1 of 2,000 unrelated accounts (drawn from 91,020) has this shape (loose preset)'
    """
    drawn = f" (drawn from {rate.unrelated:,})" if rate.looked_at < rate.unrelated else ""
    few = f"; no rate is given for fewer than {FEWEST_FOR_A_RATE:,}" if rate.looked_at < FEWEST_FOR_A_RATE else ""
    have = "has" if rate.tagged < 2 else "have"
    tagged, accounts = f"{rate.tagged:,}" if rate.tagged else "none", counted(rate.looked_at, "unrelated account")
    return f"{tagged} of {accounts}{drawn} {have} this shape ({rate.preset} preset){few}"


def percent(ppm: int) -> str:
    """Parts per million as per cent, exactly.

    >>> percent(925_000), percent(1_000_001)
    ('92.5 %', '100.0001 %')
    """
    whole, rest = divmod(ppm, 10_000)
    return f"{whole:,}" + (f".{rest:04d}".rstrip("0") if rest else "") + " %"


def shortened(text: str, most: int = 60) -> str:
    """The text, no longer than `most` characters.

    >>> shortened("x" * 100, 6)
    'xxx...'
    """
    return text if len(text) <= most else f"{text[: most - 3]}..."


def seconds(moment: datetime | None) -> int | None:
    """A moment as UNIX seconds, parts of a second left out; None stays None."""
    return None if moment is None else int(moment.timestamp())


def hosted(url: str) -> str:
    """The host and port of a node: no link that somebody could follow, and give away to the node's owner who is interested.

    >>> hosted("http://node.example:7890"), hosted("https://me:secret@[::1]:7891/x")
    ('node.example:7890', '[::1]:7891')
    """
    return plain(shortened(url.partition("://")[2].partition("/")[0].rpartition("@")[2] or url))


def lasted(span: int) -> str:
    """A span of seconds, in the largest unit of which it has two, rounded down.

    >>> lasted(90), lasted(7 * 60), lasted(7 * 3600), lasted(800 * 86400)
    ('90 seconds', '7 minutes', '7 hours', '2 years')
    """
    units = ((365 * 86_400, "years"), (86_400, "days"), (3600, "hours"), (60, "minutes"))
    length, unit = next(((length, unit) for length, unit in units if span >= 2 * length), (1, "seconds"))
    return f"{span // length:,} {unit}"


def missing_extra(extra: str, need: str) -> str:
    """Which optional part of tracer is not installed, and the command that installs it into the environment tracer runs in."""
    return f"{need} needs the extra {extra}: in a checkout of tracer, {sys.executable} -m pip install '.[{extra}]'"
