"""`tracer store` and `tracer query`: the graph of a case."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tracer.cli.options import as_csv, as_json, as_name, folder_argument, graph_options, graph_target, opened, wide
from tracer.cli.output import print_csv, print_json, print_table, say, warn
from tracer.cli.progress import progress, quiet_option
from tracer.errors import InputError
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import counted, utc

if TYPE_CHECKING:
    from tracer.store.graph.queries import Column, Query
    from tracer.store.graph.session import Graph

NUMERIC = ("integer", "amount")


@click.command("store")
@folder_argument
@graph_options()
@click.option("--replace", is_flag=True, help="First delete what the graph holds of this case.")
@as_name
@quiet_option
@as_json
@wide
def store_command(
    folder: Path, uri: str | None, user: str, database: str, replace: bool, by: str | None, quiet: bool, as_json: bool
) -> None:
    """Load a case into a graph store, and compare what is there with case.db to the smallest unit.

    If a load was stopped, the same command resumes it; if the same results are already there, it writes nothing. One database can hold
    several cases.
    """
    from tracer.casefolder.as_of import require_latest
    from tracer.casefolder.log import act, append
    from tracer.store.graph.session import store

    case = opened(folder)
    require_latest(case, "store")
    where = graph_target(uri, user, database)
    with progress(quiet) as advance:
        done = store(case.graph_source, where, replace="always" if replace else "never", advance=advance)
    append(folder, act("store", by, graph=uri or "embedded"))
    if as_json:
        said = {name: {what: str(n) if what != "count" else n for what, n in found.items()} for name, found in done.tally.items()}
        print_json({"graph": uri or str(folder / "graph"), "written": done.written, "tally": said})
        return
    found = [[name, f"{tally['count']:,}"] for name, tally in done.tally.items() if tally["count"]]
    print_table("", ["in the graph", "count"], found, numeric=[1])
    say(f"{counted(done.written, 'row')} written; counts and sums of amounts are those of case.db, to the unit")


@click.command("query")
@folder_argument
@click.argument("words", metavar="[NAME] [KEY=VALUE]...", nargs=-1)
@click.option("--cypher", metavar="TEXT", help="Run this Cypher instead of a prepared query; $case is the case.")
@click.option("--seconds", type=click.FloatRange(0.1), default=60, show_default=True, help="Stop a query that takes longer than this.")
@click.option("--write", is_flag=True, help="With --cypher: let the query change the graph. case.db stays as it is.")
@as_name
@graph_options()
@as_csv
@as_json
@wide
def query_command(
    folder: Path,
    words: tuple[str, ...],
    cypher: str | None,
    seconds: float,
    write: bool,
    by: str | None,
    uri: str | None,
    user: str,
    database: str,
    as_csv: bool,
    as_json: bool,
) -> None:
    """Query the graph of a case: run a prepared query by its name (tracer list queries lists them), or a query in Cypher.
    Without --write, the query may only read.

    \b
    tracer query rehearsal endpoints_by_service rule=haircut
    tracer query rehearsal --cypher 'MATCH (a:Address {case: $case}) RETURN count(a) AS addresses'
    """
    from tracer.store.graph.queries import named

    name, given = ("", _pairs(words)) if cypher else (words[:1] and words[0], _pairs(words[1:]))
    if not cypher and not name:
        raise InputError("name a query (tracer list queries has them), or ask with --cypher")
    if write and not cypher:
        raise InputError("--write goes with --cypher: a query of the book only reads")
    query = None if cypher else named(str(name))
    case = opened(folder)
    kinds: list[str] = []
    with case.graph(**graph_target(uri, user, database)._asdict(), seconds=seconds) as graph:
        if query is None:
            names, rows = _free(graph, str(cypher), given, write)
        else:
            names, kinds, rows = _of_the_book(graph, query, given, for_people=not (as_csv or as_json), as_text=as_json)
    if write:
        from tracer.casefolder.log import act, append

        append(folder, act("query --write", by, graph=uri or "embedded"))
        warn("the graph may no longer be what case.db says: tracer store --replace makes it so again")
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    elif as_csv:
        print_csv(names, ([_flat(cell) for cell in row] for row in rows))
    else:
        numeric, whole = ([n for n, kind in enumerate(kinds) if kind in wanted] for wanted in (NUMERIC, ("path",)))
        print_table(
            query.title if query else "",
            names,
            ([_flat(cell) for cell in row] for row in rows),
            numeric=numeric,
            whole=whole,
            units_differ=True,
        )
        if not (query and rows):
            say(counted(len(rows), "row"))
        if query:
            say(query.reading)


def _pairs(words: tuple[str, ...]) -> dict[str, str]:
    pairs = [word.partition("=") for word in words]
    if wrong := next((word for word, sign, _ in pairs if not sign), None):
        raise InputError(f"{wrong!r} is no key=value: tracer show NAME has the parameters of a query")
    return {key: value for key, _, value in pairs}


def _free(graph: Graph, cypher: str, given: Mapping[str, str], write: bool) -> tuple[list[str], list[list[Any]]]:
    rows = graph.cypher(cypher, given, write=write)
    for notice in graph.notices:
        warn(f"the store remarks: {notice}")
    return [plain(name) for name in rows[0]] if rows else [], [[_value(value) for value in row.values()] for row in rows]


def _of_the_book(
    graph: Graph, query: Query, given: Mapping[str, str], *, for_people: bool, as_text: bool
) -> tuple[list[str], list[str], list[list[Any]]]:
    """Names, kinds and rows; amounts of the smallest unit, or with a decimal point for people, as text for JSON."""
    from tracer.model import Asset

    about = graph.about
    first = Asset("", about.asset, about.decimals)

    def shown(value: Any, kind: str, asset: Asset) -> Any:
        if kind == "amount" and value is not None:
            return asset.format(value) if for_people else str(value) if as_text else value
        if kind == "flag" and for_people and value is not None:
            return "yes" if value else "no"
        return utc(value) if kind == "time" and value is not None else value

    found = graph.ask(query, given)
    kinds = [column.type for column in found.columns]
    names = [column.name for column in found.columns]

    def unit_of(row: tuple[Any, ...], column: Column) -> Asset:
        """The asset that an amount of a row is of: its line names it where a case has several."""
        called = row[names.index(column.unit)] if column.unit else ""
        return Asset("", called, about.assets[called]) if called else first

    rows = [[shown(value, of.type, unit_of(row, of)) for value, of in zip(row, found.columns, strict=True)] for row in found.rows]
    return names, kinds, rows


def _value(value: Any) -> Any:
    """What a query returned, as something JSON knows, in the one form that it has in either store."""
    from tracer.store.graph.values import alike

    value = alike(value)
    if isinstance(value, Mapping):
        return {name: _value(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_value(each) for each in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)


def _flat(cell: Any) -> Any:
    """A list in a cell is a line of words, a map is JSON."""
    if isinstance(cell, Mapping):
        return json.dumps(cell, ensure_ascii=False)
    return " ".join(str(_flat(each)) for each in cell) if isinstance(cell, list) else cell
