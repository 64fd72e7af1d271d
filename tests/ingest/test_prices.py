"""Tables of prices."""

from __future__ import annotations

import pytest
from support.explorer_files import as_xlsx

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
        ("time,price,source\n1,5,a\n1,6,a\n", r"jpy.csv:3: a second price for the same moment"),
    ],
)
def test_a_price_that_cannot_be_read_is_named_with_its_line(table, text, said):
    with pytest.raises(InputError, match=said):
        table(text)


MIDNIGHT, NEXT = 1516838400, 1516924800  # 2018-01-25 and 26, 0:00 UTC

PUBLISHED = {
    "coingecko.csv": "snapped_at,price,market_cap,total_volume\n2018-01-25 00:00:00 UTC,9,9000,1\n2018-01-26 00:00:00 UTC,1.0123,9000,1\n",
    "coinmarketcap.csv": "timeOpen;timeClose;timeHigh;name;open;high;low;close;volume;timestamp\n"
    '"2018-01-25T00:00:00.000Z";"2018-01-26T00:00:00.000Z";'
    '"2018-01-25T05:00:00.000Z";"2781";1;2;0.5;1.0123;7;"2018-01-25T23:59:59.999Z"\n',
    "yahoo.csv": "Date,Open,High,Low,Close,Adj Close,Volume\n"
    "2018-01-24,1,1,1,9,9,1\n2018-01-25,1,1,1,1.0123,1.01,1\n2018-01-26,null,null,null,null,null,null\n",
    "binance.csv": "1516838400000,1,1,1,1.0123,5,1516924800000,5,5,5,5,0\n",
    "binance_us.csv": "open_time,open,high,low,close,volume,close_time\n1516838400000000,1,1,1,1.0123,5,1516924800000000\n",
    "kraken.csv": "1516752000,1,1,1,9,5,5\n1516838400,1,1,1,1.0123,5,5\n",
    "kraken_header.csv": "time,open,high,low,close,vwap,volume,count\n1516752000,1,1,1,9,1,5,5\n1516838400,1,1,1,1.0123,1,5,5\n",
    "cdd.csv": "https://www.example.org/data\nunix,date,symbol,open,high,low,close\n"
    "1516838400000,2018-01-25 00:00:00,XEM/USD,1,1,1,1.0123\n",
    "gecko.json": '{"prices": [[1516924800000, 1.0123]], "market_caps": [[1516924800000, 9]]}',
    "binance.json": '[[1516838400000, "1", "1", "1", "1.0123", "5", 1516924800000, "5", 5, "5", "5", "0"]]',
    "kraken.json": '{"error": [], "result": {"XETHZUSD": [[1516838400, "1", "1", "1", "1.0123", "1", "5", 5]], "last": 1516838400}}',
    "cryptocompare.json": '{"Data": {"Data": [{"time": 1516838400, "close": 1.0123, "volumefrom": 3}]}}',
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_price_counts_from_the_moment_its_day_is_over(tmp_path, name):
    (tmp_path / name).write_text(PUBLISHED[name])
    last = read_prices(tmp_path / name, "USD")[-1]
    assert (last.time, last.price, last.currency) == (NEXT, "1.0123", "USD")
    assert last.source.endswith(f", {name}")


def test_the_price_of_an_hour_counts_from_its_end(table):
    text = "time,open,high,low,close,vwap,volume,count\n" + "".join(f"{MIDNIGHT + 3600 * n},1,1,1,{n + 1},1,5,5\n" for n in range(3))
    assert [(each.time - MIDNIGHT, each.price) for each in table(text)] == [(3600, "1"), (7200, "2"), (10800, "3")]


def test_a_small_price_with_an_exponent_is_written_out_exactly(tmp_path):
    (tmp_path / "x.json").write_text('{"prices": [[1516924800000, 1.25e-05]]}')
    assert read_prices(tmp_path / "x.json", "USD")[0].price == "0.0000125"


@pytest.mark.parametrize(
    ("text", "currency", "source", "said"),
    [
        ("unix,symbol,close\n1516838400,XEM/JPY,1\n", "USD", "", r"is in JPY, and \[prices\] says 'USD'"),
        ("snapped_at,price\n2018-01-25 00:00:00 UTC,1\n", "", "", r'nothing says in which currency it is: write currency = "USD"'),
        ("date,price\n2018-01-25,1\n", "USD", "", r"x.csv:1: no column source, .* write source"),
        ("time,price,source\n1,1.0123E+00,a\n", "USD", "", r"x.csv:2: price '1.0123E\+00' is no decimal number: write 1.0123"),
        ("1,2,3\n", "USD", "", r"x.csv:1: no line names the columns"),
        ("snapped_at,price\n2018-01-25 00:00:00 UTC,1,2\n", "USD", "", r"x.csv:2: 3 cells, and the header has 2"),
        ('snapped_at,price\n2018-01-25 00:00:00 UTC,"1,234.5"\n', "USD", "", r"price '1,234.5' is no decimal number"),
    ],
)
def test_a_download_that_does_not_say_enough_is_refused_with_the_mend(tmp_path, text, currency, source, said):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(InputError, match=said):
        read_prices(tmp_path / "x.csv", currency, source)


def test_the_case_file_may_say_whose_prices_they_are(tmp_path):
    (tmp_path / "x.csv").write_text("date,price\n2018-01-25,1\n")
    assert read_prices(tmp_path / "x.csv", "USD", "the house bank")[0].source == "the house bank"


def test_prices_come_in_a_spreadsheet_too_and_no_digit_of_them_is_rounded(tmp_path):
    (tmp_path / "x.xlsx").write_bytes(as_xlsx([["time", "price", "source"], ["2018-01-26T00:00:00Z", "110.90", "a newspaper"]]))
    (price,) = read_prices(tmp_path / "x.xlsx", "JPY")
    assert (price.price, price.source, price.time) == ("110.90", "a newspaper", 1516924800)
    (tmp_path / "y.xlsx").write_bytes(as_xlsx([["time", "price", "source"], ["2018-01-26T00:00:00Z", 110.1234567890123, "a newspaper"]]))
    with pytest.raises(InputError, match="a spreadsheet keeps 15 digits of a number and has rounded it"):
        read_prices(tmp_path / "y.xlsx", "JPY")


def test_where_the_times_of_prices_have_no_zone_their_source_says_how_they_were_read(tmp_path):
    (tmp_path / "a.csv").write_text("Date,Open,High,Low,Close,Adj Close,Volume\n2018-01-25,1,1,1,1.5,1.5,9\n2018-01-26,1,1,1,1.6,1.6,9\n")
    assert {price.source for price in read_prices(tmp_path / "a.csv", "USD")} == {"Yahoo Finance, times without a zone read as UTC, a.csv"}
    (tmp_path / "b.csv").write_text("snapped_at,price,market_cap,total_volume\n2018-01-25 00:00:00 UTC,1.5,1,1\n")
    assert [price.source for price in read_prices(tmp_path / "b.csv", "USD")] == ["CoinGecko, b.csv"]
