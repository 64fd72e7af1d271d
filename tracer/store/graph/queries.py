"""The query book: `queries/*.cypher`, each with a header that says what it answers, and what its parameters and columns are.

A header is a comment a line: `// title:`, `// question:`, `// parameter NAME: TYPE = DEFAULT; meaning` (no default: it must be
given), `// column NAME: TYPE; meaning` (`TYPE = A - B`: an amount that is the difference of others; `TYPE in C`: an amount of the
asset that the column C names), `// reading:`. Every query also gets `$case`. The files run as they are in Neo4j's own browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tracer.errors import QueryError
from tracer.store.graph.backend import Backend, QueryAnswer
from tracer.store.graph.exact_queries import SUFFIX, ZEROS, exact_amount, exactly, freely
from tracer.store.graph.misspelt_names import refuse_unknown
from tracer.store.graph.refused_comparisons import refuse_scaled
from tracer.store.graph.schema import GRAPH_KINDS
from tracer.store.graph.values import alike

MOST_COUNTED = (1 << 31) - 1
"""A number beyond it is no count of anything that is asked about, and a product with it could pass 64 bits."""

NUMBERS = {"integer": (0, MOST_COUNTED), "count": (1, MOST_COUNTED), "percent": (0, 100), "amount": (0, None), "coins": (1, None)}
"""Types of parameters that are whole numbers: the least and the most of each; None: what 64 bits of smallest units hold."""

PARAMETER_TYPES = ("text", "rule", *NUMBERS)
COLUMN_TYPES = ("text", "texts", "path", "integer", "integers", "amount", "time", "flag")
BEYOND_INT64 = 1 << 63


COLUMN = r"// column (\w+): (\w+)(?: = (\w+(?: - \w+)+))?(?: >= (\w+) of (\w+))?(?: in (\w+))?; (.+)"

AMOUNTS = frozenset(each.name for kind in GRAPH_KINDS for each in kind.properties if each.type == "amount")


class Parameter(NamedTuple):
    """`default` is None where it must be given. An amount is in smallest units, `coins` in whole coins; a count is 1 or more."""

    name: str
    type: str
    default: str | None
    meaning: str


class Column(NamedTuple):
    """`less`: the column that this one is, less the others; so it is computed anew where a graph is scaled.

    `part`: the parameter that says how many hundredths of which column it has at least; so it is compared anew there. `unit`: the column
    that names the asset of an amount; "" where it is the case's first.
    """

    name: str
    type: str
    meaning: str
    less: tuple[str, ...] = ()
    part: tuple[str, str] | None = None
    unit: str = ""


UNIT = "amounts_in_units_of"
"""One more column of what free Cypher finds in a scaled graph, where it computes with amounts: 10^scale, the smallest units they are in."""


class Answer(NamedTuple):
    """What a query of the book found: its columns, and rows of their values; amounts in smallest units."""

    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]


class Query(NamedTuple):
    """A page of the book."""

    name: str
    title: str
    question: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    reading: str
    cypher: str

    @property
    def page(self) -> str:
        """What `tracer show` prints."""
        lines = [self.question, "", *(f"{p.name} ({p.type}{_said(p.default)}): {p.meaning}" for p in self.parameters)]
        lines += ["", *(f"{c.name} ({c.type}): {c.meaning}" for c in self.columns), "", self.reading, "", self.cypher]
        return "\n".join(lines)


class Subject(NamedTuple):
    """The case a query is about, as the graph's own node has it. `assets`: what people call each of several, with its decimals."""

    case: str
    asset: str
    decimals: int
    scale: int
    primary: str
    rules: tuple[str, ...]
    assets: Mapping[str, int]


@cache
def book() -> dict[str, Query]:
    """All queries by name. They stand in the package (`book/`), or next to it in a clone."""
    package = Path(__file__).parents[2]
    folder = next((place for place in (package / "book", package.parent / "queries") if place.is_dir()), None)
    return {path.stem: parsed(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.cypher"))} if folder else {}


def named(name: str) -> Query:
    """The query of that name. Raises QueryError."""
    if name not in book():
        raise QueryError(f"there is no query {name!r}: tracer list queries has the names")
    return book()[name]


def parsed(name: str, text: str) -> Query:
    """A query from its file. Raises QueryError naming the line that is not understood."""
    said: dict[str, str] = {}
    parameters: list[Parameter] = []
    columns: list[Column] = []
    lines = text.splitlines()
    head = next((n for n, line in enumerate(lines) if not line.startswith("//")), len(lines))
    for number, line in enumerate(lines[:head], 1):
        if found := re.fullmatch(r"// parameter (\w+): (\w+)(?: = ([^;]*))?; (.+)", line):
            parameters.append(Parameter(*found.groups()))
            known = found[2] in PARAMETER_TYPES
        elif found := re.fullmatch(COLUMN, line):
            less, part = tuple(found[3].split(" - ")) if found[3] else (), (found[4], found[5]) if found[4] else None
            columns.append(Column(found[1], found[2], found[7], less, part, found[6] or ""))
            known = found[2] in COLUMN_TYPES
        else:
            found = re.fullmatch(r"// (title|question|reading): (.+)", line)
            known = found is not None
            said |= {found[1]: found[2]} if found else {}
        if not known:
            raise QueryError(f"queries/{name}.cypher:{number}: {line!r} is no line of a header")
    if missing := {"title", "question", "reading"} - said.keys():
        raise QueryError(f"queries/{name}.cypher: the header has no {min(missing)}")
    cypher = "\n".join(lines[head:]).strip()
    return Query(name, said["title"], said["question"], tuple(parameters), tuple(columns), said["reading"], cypher)


def subject(backend: Backend, case: str) -> Subject:
    """What the graph says of a case. Raises QueryError if it holds none of that name, or one that is not whole."""
    given = {"case": case}
    found = backend.read(
        "MATCH (c:Case {case: $case}) "
        "RETURN c.asset AS asset, c.decimals AS decimals, c.scale AS scale, c.primary AS primary, c.batches AS batches",
        given,
    )
    if not found or found[0].pop("batches") is None:
        raise QueryError(f"{backend.where}: {'half of the' if found else 'no'} case {case!r} is in it: bring it in with tracer store")
    rules = backend.read("MATCH (r:Rule {case: $case}) RETURN r.rule AS rule ORDER BY rule", given)
    assets = backend.read("MATCH (a:Asset {case: $case}) RETURN a.name AS name, a.decimals AS decimals", given)
    counted = {row["name"]: row["decimals"] for row in assets}
    return Subject(case=case, rules=tuple(row["rule"] for row in rules), assets=counted, **found[0])


SECONDS = 60.0  # seconds a question may take, unless somebody says otherwise


def ask(backend: Backend, query: Query, about: Subject, given: Mapping[str, str], seconds: float = SECONDS) -> Answer:
    """What a query of the book finds, exactly, however large the amounts.

    Raises QueryError for a parameter that is missing, unknown or no value of its type, for a sum that passed 64 bits, and for a
    query that takes too long.
    """
    amounts, given_amounts = ([each.name for each in some if each.type == "amount"] for some in (query.columns, query.parameters))
    cypher = exactly(query.cypher, amounts, given_amounts) if about.scale else query.cypher
    arguments = _arguments(query, about, given)
    rows = [_row(query, row, about) for row in backend.ask(cypher, {"case": about.case, **arguments}, seconds).rows]
    if about.scale:
        rows = [row for row in rows if _has_its_parts(query, row, arguments)]
    return Answer(query.columns, [tuple(row.values()) for row in rows])


def _has_its_parts(query: Query, row: Mapping[str, Any], arguments: Mapping[str, str | int]) -> bool:
    """Whether the amounts of a row are as large a part of others as the query asks, of hundreds rounded down, to the last digit."""
    parts = [(row[column.name], column.part) for column in query.columns if column.part]
    return all(amount >= row[whole] // 100 * int(arguments[percent]) for amount, (percent, whole) in parts)


def ask_freely(
    backend: Backend, cypher: str, about: Subject, given: Mapping[str, str], seconds: float = SECONDS, *, write: bool = False
) -> QueryAnswer:
    """The rows of anybody's Cypher in one form for both stores; of a scaled graph exactly where it can be, else with the column UNIT.

    There is `$case`, and parameters as text, or as integers where they are written as such. Raises QueryError, for a name that
    neither the schema nor the store has too.
    """
    arguments = {"case": about.case, **{name: int(text) if re.fullmatch(r"-?\d{1,18}", text) else text for name, text in given.items()}}
    if write:
        changed = backend.change(cypher, arguments, seconds)
        return changed._replace(rows=[{name: alike(value) for name, value in row.items()} for row in changed.rows])
    refuse_unknown(cypher, lambda probe: bool(backend.read(probe, {})))
    if about.scale:
        refuse_scaled(cypher, AMOUNTS, about.scale)
    asked, exact = freely(cypher, AMOUNTS) if about.scale else (cypher, {})
    found = backend.ask(asked, arguments, seconds)
    rows = [{name: alike(value) for name, value in row.items()} for row in found.rows]
    return found._replace(rows=[_exact_row(row, exact, about.scale) for row in rows] if about.scale else rows)


def _exact_row(row: dict[str, Any], exact: Mapping[str, str], scale: int) -> dict[str, Any]:
    """A row of free Cypher with exact amounts in their place; `exact`: which column has the text, or texts to add up, of which."""
    whole = {name: exact_amount(row, name, text) for name, text in exact.items()}
    shown = {name: whole.get(name, value) for name, value in row.items() if name not in exact.values()}
    computed = any(isinstance(value, (int, float)) and not isinstance(value, bool) for name, value in shown.items() if name not in exact)
    return {**shown, UNIT: 10**scale} if computed else shown


def _arguments(query: Query, about: Subject, given: Mapping[str, str]) -> dict[str, str | int]:
    known = {parameter.name for parameter in query.parameters}
    if strangers := sorted(given.keys() - known):
        has = f"it has {', '.join(sorted(known))}" if known else "it has none"
        raise QueryError(f"{query.name}: no parameter is called {strangers[0]!r}: {has}")
    arguments: dict[str, str | int] = {}
    for parameter in query.parameters:
        text = given.get(parameter.name, parameter.default)
        if text is None:
            raise QueryError(f"{query.name}: {parameter.name}=... is missing: {parameter.meaning}")
        value = arguments[parameter.name] = _value(query, parameter, text, about)
        if parameter.type == "coins" and isinstance(value, str):
            whole = value.rstrip("0")
            arguments |= {parameter.name: int(whole), parameter.name + ZEROS: value[len(whole) :]}
    return arguments


def _value(query: Query, parameter: Parameter, text: str, about: Subject) -> str | int:
    if parameter.type == "text":
        return text
    if parameter.type == "rule":
        rule = about.primary if text == "primary" else text
        if rule not in about.rules:
            raise QueryError(f"{query.name}: rule {text!r} was not run: it is one of {', '.join(about.rules)}")
        return rule
    if not re.fullmatch(r"-?\d[\d_]{0,99}", text):
        raise QueryError(f"{query.name}: {parameter.name}={text!r} is no whole number")
    number = int(text)
    least, most = NUMBERS[parameter.type]
    if number < least or (most is not None and number > most):
        raise QueryError(f"{query.name}: {parameter.name}={text} is not {f'from {least} to {most:,}' if most else f'{least} or more'}")
    if parameter.type == "amount" and about.scale:
        return str(number)
    if parameter.type == "coins":
        number *= 10**about.decimals
        if about.scale:
            return str(number)
    if number >= BEYOND_INT64:
        raise QueryError(f"{query.name}: {parameter.name}={text} does not fit 64 bits")
    return number


def _row(query: Query, row: Mapping[str, Any], about: Subject) -> dict[str, Any]:
    """The values of a row by column; amounts of a scaled graph by their exact texts, or computed of those that have one."""
    cells: dict[str, Any] = {}
    for column in query.columns:
        value = _checked(query, column, row[column.name])
        if value is not None and column.type == "amount" and about.scale:
            value = exact_amount(row, column.name, column.name + SUFFIX) if column.name + SUFFIX in row else None
        cells[column.name] = value
    for column in query.columns:
        if column.less and about.scale:
            first, *others = (cells[name] for name in column.less)
            cells[column.name] = None if first is None else first - sum(others)
    return cells


def _checked(query: Query, column: Column, value: Any) -> Any:
    """A cell as its column says. A float, or an integer beyond 64 bits, is a sum that no longer is exact."""
    numbers: Iterable[Any] = value if isinstance(value, list) else [value]
    if any(isinstance(each, float) or (isinstance(each, int) and not -BEYOND_INT64 <= each < BEYOND_INT64) for each in numbers):
        raise QueryError(f"{query.name}: {column.name} passes 64 bits and would not be exact: ask for less at once")
    return value


def _said(default: str | None) -> str:
    return "" if default is None else f", default {default}"
