"""The rows of the graph are filled by the names of the schema: a property more, or another order, shifts nothing."""

from __future__ import annotations

import pytest

from tracer.store.graph import load, load_statements, projection, schema


@pytest.fixture(params=["rehearsal", "coincheck", "wide"])
def case(request, cases):
    return cases[request.param]


def in_force(monkeypatch, change):
    """Puts other properties in place of those of each kind."""
    kinds = tuple(kind._replace(properties=tuple(change(kind.properties))) for kind in schema.GRAPH_KINDS)
    monkeypatch.setattr(projection, "GRAPH_KINDS", kinds)


def tables(case):
    """Kind -> its rows, each by name; and what they add up to."""
    made = case.graph_source.project()
    try:
        found, sums = {}, {}
        for kind, rows in made.tables():
            names = list(schema.row_names(kind, made.scale > 0))
            batches = list(load._batches(kind, rows, sums, made.scale > 0))
            found[schema.name_of(kind)] = [dict(zip(names, row, strict=True)) for batch in batches for row in batch]
        return found, sums
    finally:
        made.close()


def test_the_order_of_the_schema_changes_no_value(case, monkeypatch):
    before = tables(case)
    in_force(monkeypatch, reversed)
    assert tables(case) == before


def test_a_property_that_nothing_fills_is_refused(case, monkeypatch):
    dummy = schema.Property("dummy", "text", "of no table")
    in_force(monkeypatch, lambda properties: (*properties[:1], dummy, *properties[1:]))
    with pytest.raises((TypeError, KeyError), match="dummy"):
        tables(case)


def test_a_value_that_is_no_property_is_refused(case, monkeypatch):
    in_force(monkeypatch, lambda properties: properties[:-1])
    with pytest.raises(TypeError, match="is not both selected and a name of schema"):
        tables(case)


def test_the_statement_takes_each_property_from_its_place_in_the_row():
    (kind,) = (kind for kind in schema.RELATIONS if kind.type == "FLOW")
    statement = load_statements.create(kind, scaled=True)
    assert "MATCH (n0:Address {case: $case, address: r[0]})" in statement
    assert "MATCH (n1:Address {case: $case, address: r[1]})" in statement
    places = {name: n for n, name in enumerate(schema.row_names(kind, scaled=True))}
    assert places["amount_exact"] == 4
    assert all(f"{name}: r[{places[name]}]" in statement for name in schema.columns(kind, scaled=True))
