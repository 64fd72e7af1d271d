"""`tracer prices`: what the thefts and what ended where were worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracer.cli.options import as_json, folder_argument, opened, top_option, wide
from tracer.cli.output import print_json, print_table, say
from tracer.errors import InputError
from tracer.evidence.coverage import stolen_twice
from tracer.evidence.valuation import old
from tracer.wording import counted, grouped, utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.evidence.valuation import Behind, Value


@click.command("prices")
@folder_argument
@top_option("How many endpoints the table shows; JSON has them all.")
@as_json
@wide
def prices_command(folder: Path, most: int, as_json: bool) -> None:
    """Show what each theft was worth and what the value at each endpoint was worth, with the price, its age and its source.

    The price is the last one known at or before that moment. All arithmetic is in exact decimals; nothing is rounded.
    """
    case = opened(folder)
    valuation = case.flow.about.valuation
    if valuation is None:
        raise InputError(f'{folder}: the case has no [prices]: write file = "jpy.csv" (time,price,source) and trace again')
    trace, asset, currency, rule = case.trace, case.ledger.asset, valuation.currency, case.flow.leading_rule
    if as_json:
        data = valuation.as_data()
        places = ({"address": endpoint.address, "reason": endpoint.reason} for endpoint in trace.endpoints)
        of_each = zip(places, data["endpoints"], data.pop("behind"), strict=True)
        print_json({**_of_asset(case), **data, "endpoints": [{**place, **worth, "behind": behind} for place, worth, behind in of_each]})
        return
    if several := case.flow.about.several:
        say(f"Of {several.names[0]} alone, the first asset, followed; tracer trace prints what all assets are worth, in both answers.")
    thefts = [
        [theft.label, utc(theft.time), asset.format(theft.amount), *_told(value)]
        for theft, value in zip(trace.thefts, valuation.thefts, strict=True)
    ]
    names = ["theft", "time", asset.symbol, currency, "price", "age of the price", "source"]
    print_table("", names, thefts, numeric=[2, 3, 4], units_differ=True)
    ended = [
        [e.address, e.reason, asset.format(e.amounts[rule]), _grouped(worth[rule]), *_rests(behind[rule])]
        for e, worth, behind in zip(trace.endpoints, valuation.endpoints, valuation.behind, strict=True)
        if e.amounts[rule]
    ]
    names = ["address", "reason", asset.symbol, currency, "oldest price", "source"]
    print_table(f"Where it ended ({rule})", names, ended[:most], numeric=[2, 3], units_differ=True)
    if len(ended) > most:
        say(f"{counted(len(ended) - most, 'more endpoint')}: --top, --json")
    total = f"{_grouped(valuation.total)} {currency}" if valuation.total else "unknown, a theft is older than every price"
    say(f"all thefts, at their full amounts: {total}")
    if twice := stolen_twice(case.outcome, asset):
        say(twice)
    say(f"rule: {valuation.rule}; exact, nothing rounded")
    for price in valuation.prices:
        say(f"- {utc(price.time)}: {price.price} {currency} ({price.source})")


def _of_asset(case: CaseFolder) -> dict[str, str]:
    """In a case of several assets, of which one all of it is, and in which answer."""
    several = case.flow.about.several
    return {"asset": several.names[0], "answer": "followed"} if several else {}


def _told(value: Value | None) -> list[str | None]:
    """Worth, price, its age and who says so; nothing where no price is old enough."""
    return [None] * 4 if value is None else [_grouped(value.worth), value.price.price, old(value.age), value.price.source]


def _rests(behind: Behind | None) -> list[str | None]:
    """The age of the oldest price behind a worth, and who says so."""
    return [None] * 2 if behind is None else [old(behind.oldest), "; ".join(behind.sources)]


def _grouped(worth: str | None) -> str:
    return "unknown" if worth is None else grouped(worth)
