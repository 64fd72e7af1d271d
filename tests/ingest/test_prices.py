"""Tables of prices."""

from __future__ import annotations

import pytest

from tracer.errors import InputError
from tracer.ingest.prices import read_prices


@pytest.fixture
def table(tmp_path):
    def read(text):
        (tmp_path / "jpy.csv").write_text(text)
        return read_prices(tmp_path / "jpy.csv", "JPY")

    return read


def test_prices_are_read_in_order_of_time_and_stay_text(table):
    found = table("time,price,source\n2018-01-27T00:00:00Z,88.549,b\n2018-01-26T00:00:00Z,110.90,a\n")
    assert [(each.price, each.source, each.currency) for each in found] == [("110.90", "a", "JPY"), ("88.549", "b", "JPY")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,price\n1,2\n", r"jpy.csv:1: no column source"),
        ("time,price,source\n", "holds no price"),
        ("time,price,source\n1,1e5,a\n", r"jpy.csv:2: price '1e5' is no decimal number"),
        ("time,price,source\n1,-5,a\n", r"jpy.csv:2: price '-5' is no decimal number"),
        ("time,price,source\n1,5,\n", r"jpy.csv:2: source is empty"),
        ("time,price,source\n,5,a\n", r"jpy.csv:2: time is empty"),
        ("time,price,source\nsoon,5,a\n", r"jpy.csv:2: time 'soon' is no time"),
        ("time,price,source\n1,5,a\n1,6,a\n", r"jpy.csv:3: a second price for '1'"),
    ],
)
def test_a_price_that_cannot_be_read_is_named_with_its_line(table, text, said):
    with pytest.raises(InputError, match=said):
        table(text)
