"""Exact amounts out of a scaled graph: a query, rewritten to read the texts that stand beside the scaled amounts.

Where the amounts of a case pass 64 bits, the graph keeps each as 10^scale smallest units, rounded down, and the whole as a text beside
it (`amount`, `amount_exact`). The files of the book are written for the numbers; a graph that is not scaled is asked as they stand.
Of two whole numbers written out, the one with more digits is greater; of equally many, the one later in the alphabet.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from tracer.errors import QueryError

SUFFIX = "_exact"
"""What the name of an exact text ends with, after the name of its amount."""

ZEROS = "_zeros"
"""What the name of a parameter ends with that has the zeros at the end of another one, which is a number of `coins`."""

PART_LOST = 11
"""By how many units of a scaled graph a percentage may seem too small: whoever asks compares exactly, of the rows that this leaves."""

_HELD = r"(\w+)(?:\.(\w+)|\[(\$rule|\w+\.rule)\])"
_RETURNED = re.compile(rf"(?:(?:RETURN|,)\s+){_HELD} AS (\w+)")
_SUMMED = re.compile(rf"sum\({_HELD}\)(?: END)? AS (\w+)")
_SUMMED_WHERE = re.compile(rf"sum\(CASE WHEN ((?:(?!THEN).)+) THEN {_HELD} ELSE 0 END\) AS (\w+)")
_LEAST = re.compile(rf"reduce\(least = {_HELD}, each IN \[([^|]+)\] \| CASE WHEN each < least THEN each ELSE least END\) AS (\w+)")
_NOTHING = re.compile(r"(\w+)(?:\.(amount)|\[(\$rule)\]) (=|>) 0\b")
_LESS = re.compile(r"(\w+)\.(amount)() < (\w+)\.(amount)()")
_ROUND = re.compile(r"(\w+)\.(\w+) % \$(\w+) = 0")
_PART = re.compile(r"(\w+)\.(\w+) >= (\w+)\.(\w+) / 100 \* \$(\w+)")
_AT_LEAST = re.compile(rf"{_HELD} >= \$(\w+)")
_ORDERED = re.compile(r"ORDER BY [^\n]+")
_BY_PROPERTY = re.compile(r"(\w+)\.(amount|primary)() DESC")
_BY_NAME = re.compile(r"(?:^|(?<=,\s))(\w+)(?=,|\s*$)")
_UNION = "\nUNION ALL\n"

_ITEM = re.compile(r"(\w+)\.(\w+)(?:\s+AS\s+(\w+))?", re.IGNORECASE)
_SUM = re.compile(r"sum\(\s*(\w+)\.(\w+)\s*\)(?:\s+AS\s+(\w+))?", re.IGNORECASE)
_AFTER = re.compile(r"\b(?:ORDER\s+BY|SKIP|LIMIT)\b", re.IGNORECASE)
_OPEN, _CLOSED = "([{", ")]}"


def exactly(cypher: str, columns: Collection[str], parameters: Collection[str] = ()) -> str:
    """The query of the book, with exact texts as `NAME_exact` beside each amount of `columns`: a property, a sum, or the least of some.

    It compares whole amounts with each other, with 0, and with the amounts `parameters`, which it takes as texts, and sorts by them.
    Of a percentage it leaves rows that are just below, too.
    What it computes otherwise stays rounded down.

    >>> exactly("MATCH (h:Theft) WHERE h[$rule] > 0 RETURN h.amount AS amount", ["amount"])
    "MATCH (h:Theft) WHERE h[$rule + '_exact'] <> '0' RETURN h.amount AS amount, h.amount_exact AS amount_exact"
    >>> exactly("MATCH (h:Theft) RETURN sum(h.amount) AS amount", ["amount"])
    'MATCH (h:Theft) RETURN sum(h.amount) AS amount, collect(h.amount_exact) AS amount_exact'
    """
    return _UNION.join(_compared(_beside(part, columns), parameters) for part in cypher.split(_UNION))


def freely(cypher: str, amounts: Collection[str]) -> tuple[str, dict[str, str]]:
    """Anybody's query, with a column more for each one that is one of the properties `amounts` or its sum; and which is of which.

    Each part of a union likewise; raises QueryError where they differ in which columns are amounts.

    >>> freely("MATCH (h:Theft) RETURN h.label, h.amount AS much LIMIT 1", ["amount"])
    ('MATCH (h:Theft) RETURN h.label, h.amount AS much, h.amount_exact AS exact_1 LIMIT 1', {'much': 'exact_1'})
    """
    first, *rest = re.split(r"(\bUNION\b(?:\s+ALL\b)?)", cypher, flags=re.IGNORECASE)
    asked, columns = _freely(first, amounts)
    for union, part in zip(rest[::2], rest[1::2], strict=True):
        more, its = _freely(part, amounts)
        if its != columns:
            raise QueryError(
                "the amounts of this graph pass 64 bits, and a union is exact only where all its parts return the same amounts, by the "
                "same names, in the same places: ask the parts one by one"
            )
        asked += f" {union}{more}"
    return asked, columns


def _freely(cypher: str, amounts: Collection[str]) -> tuple[str, dict[str, str]]:
    """One part of a union, or a query without one."""
    place = max((found.start() for found in re.finditer(r"\bRETURN\b", cypher, re.IGNORECASE)), default=-1)
    if place < 0:
        return cypher, {}
    end = next((found.start() for found in _AFTER.finditer(cypher, place)), len(cypher))
    columns: dict[str, str] = {}
    returned = []
    for number, item in enumerate(_items(cypher[place + len("RETURN") : end])):
        returned.append(item)
        bare = re.sub(r"^\s*DISTINCT\s+", "", item, flags=re.IGNORECASE).strip()
        found = _ITEM.fullmatch(bare) or _SUM.fullmatch(bare)
        if found and found[2] in amounts:
            text = f"{found[1]}.{found[2]}{SUFFIX}"
            name = f"exact_{number}"
            columns[found[3] or bare] = name
            returned[-1] = f"{item.rstrip()}, {f'collect({text})' if found.re is _SUM else text} AS {name}"
    rest = cypher[end:]
    return cypher[:place] + "RETURN" + ",".join(returned) + (" " if rest and not returned[-1].endswith((" ", "\n")) else "") + rest, columns


def exact_amount(row: Mapping[str, Any], column: str, text: str) -> Any:
    """The amount of a column by the text, or the texts to add up, in the column `text`; as it stands where there is none."""
    texts = row.get(text)
    if isinstance(texts, list):
        return sum(map(int, texts))
    return row.get(column) if texts is None else int(texts)


def _items(returned: str) -> list[str]:
    """What a RETURN returns, cut at its own commas."""
    items, depth, begun = [], 0, 0
    for place, letter in enumerate(returned):
        depth += (letter in _OPEN) - (letter in _CLOSED)
        if letter == "," and not depth:
            items.append(returned[begun:place])
            begun = place + 1
    return [*items, returned[begun:]]


def _beside(cypher: str, columns: Collection[str]) -> str:
    """One part of a union with the texts of its columns; what an earlier clause makes is handed on by name from there."""
    before, returning, rest = cypher.rpartition("RETURN ")
    before, made = _with_texts(before, columns)
    returned, order, last = rest.partition("\nORDER BY ")
    returned, own = _with_texts(returning + returned, columns)
    returned = _BY_NAME.sub(lambda found: f"{found[0]}, {found[1]}{SUFFIX}" if found[1] in made else found[0], returned[len(returning) :])
    texts = {name for name, is_text in {**made, **own}.items() if is_text}
    return _ORDERED.sub(lambda found: _by_texts(found[0], texts), before + returning + returned + order + last)


def _with_texts(clauses: str, columns: Collection[str]) -> tuple[str, dict[str, bool]]:
    """Clauses with the texts of their amounts, and of which columns these are: whether each is a text, or a list of texts to add up."""
    made: dict[str, bool] = {}

    def as_it_stands(found: re.Match[str]) -> str:
        *held, column = found.groups()
        if column not in columns:
            return found[0]
        made[column] = True
        return f"{found[0]}, {_text(*held)} AS {column}{SUFFIX}"

    def added_up(found: re.Match[str]) -> str:
        *held, column = found.groups()
        if column not in columns:
            return found[0]
        made[column] = False
        return f"{found[0]}, collect({_text(*held)}) AS {column}{SUFFIX}"

    def added_up_where(found: re.Match[str]) -> str:
        condition, *held, column = found.groups()
        if column not in columns:
            return found[0]
        made[column] = False
        return f"{found[0]}, collect(CASE WHEN {condition} THEN {_text(*held)} END) AS {column}{SUFFIX}"

    def least(found: re.Match[str]) -> str:
        *held, others, column = found.groups()
        made[column] = True
        texts = re.sub(_HELD, lambda each: _text(*each.groups()), others)
        smaller = "CASE WHEN size(each) < size(least) OR (size(each) = size(least) AND each < least) THEN each ELSE least END"
        return f"{found[0]}, reduce(least = {_text(*held)}, each IN [{texts}] | {smaller}) AS {column}{SUFFIX}"

    clauses = _SUMMED_WHERE.sub(added_up_where, _SUMMED.sub(added_up, _RETURNED.sub(as_it_stands, clauses)))
    return _LEAST.sub(least, clauses), made


def _by_texts(order: str, texts: Collection[str]) -> str:
    """An ORDER BY that sorts by whole amounts, where it sorted by amounts that have a text."""

    def whole(text: str) -> str:
        return f"size({text}) DESC, {text} DESC"

    order = _BY_PROPERTY.sub(lambda found: whole(_text(*found.groups())), order)
    return re.sub(r"(?<![.\w])(\w+) DESC", lambda found: whole(found[1] + SUFFIX) if found[1] in texts else found[0], order)


def _compared(cypher: str, parameters: Collection[str]) -> str:
    """One part of a union, comparing texts where it compared amounts."""

    def with_nothing(found: re.Match[str]) -> str:
        *held, sign = found.groups()
        return f"{_text(*held)} {'=' if sign == '=' else '<>'} '0'"

    def with_another(found: re.Match[str]) -> str:
        one, other = _text(*found.groups()[:3]), _text(*found.groups()[3:])
        return f"(size({one}) < size({other}) OR size({one}) = size({other}) AND {one} < {other})"

    def round_one(found: re.Match[str]) -> str:
        text, unit = _text(found[1], found[2], None), found[3]
        rest = f"toInteger(left({text}, size({text}) - size(${unit}{ZEROS}))) % ${unit} = 0"
        return f"CASE WHEN NOT {text} ENDS WITH ${unit}{ZEROS} THEN false WHEN ${unit} = 1 THEN true ELSE {rest} END"

    def with_the_least(found: re.Match[str]) -> str:
        *held, least = found.groups()
        text = _text(*held)
        longer, as_long = (f"size({text}) {sign} size(${least})" for sign in (">", "="))
        return f"({longer} OR {as_long} AND {text} >= ${least})" if least in parameters else found[0]

    cypher = _PART.sub(rf"\1.\2 + {PART_LOST} >= \3.\4 / 100 * $\5", cypher)
    cypher = _LESS.sub(with_another, _ROUND.sub(round_one, _NOTHING.sub(with_nothing, cypher)))
    return _AT_LEAST.sub(with_the_least, cypher)


def _text(holder: str, name: str | None, key: str | None) -> str:
    """Where the exact text of an amount is: a property by its name, or by the rule that `key` names."""
    return f"{holder}.{name}{SUFFIX}" if name else f"{holder}[{key} + '{SUFFIX}']"
