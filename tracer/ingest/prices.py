"""Prices of one whole coin at a time, out of a file or an oracle's logs. They stay decimal text, so that nothing is rounded."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

from tracer.casefile import CaseFile
from tracer.casefile.schema import Priced
from tracer.errors import AddressError, InputError
from tracer.ingest.chain_and_asset_of_case import chain_of, checked_address
from tracer.ingest.node.recording import exchanges
from tracer.ingest.price_files import NOBODY, SHOWN, PriceFile, Stated, read_price_file
from tracer.model import Price

LARGEST_EXPONENT = 30
ZONE = "times without a zone read as UTC"
"""Stands in the source of every price of such a file: a day of New York or Tokyo ends at another moment."""


def read_prices(path: Path, currency: str = "", source: str = "") -> list[Price]:
    """The prices of a file, in order of time. `source`: what stands for those of a file that names none; else its layout and name.

    Raises InputError naming file, line and value, and where the currency is not stated or is another one than the file names.
    """
    file = read_price_file(path)
    if file.layout in NOBODY and not source:
        raise InputError(f'{path}:1: no column source, and a price is somebody\'s: write source = "..." in [prices]')
    source = source or ", ".join([file.layout, *[ZONE] * file.zoneless, path.name])
    currency = _currency_of(path, file, currency)
    by_time: dict[int, tuple[Price, str]] = {}
    for stated in file.prices:
        price = Price(stated.time, _decimal(stated, file.own), currency, _source(stated, source, file.own))
        before, _ = by_time.setdefault(price.time, (price, stated.where))
        if before != price:
            raise InputError(f"{stated.where}: a second price for the same moment: leave one of the two out")
    if not by_time:
        raise InputError(f"{path}: holds no price: write a line time,price,source")
    return [by_time[time][0] for time in sorted(by_time)]


def oracle_prices(question: CaseFile, priced: Priced, path: Path) -> list[Price]:
    """The prices that a feed logged in the blocks of a recording, in order of time; of one block the last. Each names its block.

    Raises CaseError where the chain has no oracles or `feed` is no address, InputError where the feed logged nothing.
    """
    oracle, asked = chain_of(question).oracle, priced.prices
    if oracle is None:
        raise question.fault((*priced.where, "kind"), f'chain = "{question.chain}" has no oracle: name a file of prices')
    try:
        feed = checked_address(question, asked.feed)
    except AddressError as error:
        raise question.fault((*priced.where, "feed"), str(error)) from error
    by_time: dict[int, Price] = {}
    for each in oracle(exchanges(path), feed, path.name):
        source = f"oracle {feed}, block {each.height} ({each.block_hash})"
        by_time[each.time] = Price(each.time, in_coins(each.answer, asked.decimals or 0), asked.currency, source)
    if not by_time:
        raise InputError(f"{path}: feed {feed} logged no price in it (AnswerUpdated): name the contract that logs, which a proxy is not")
    return [by_time[time] for time in sorted(by_time)]


def in_coins(answer: int, decimals: int) -> str:
    """A number of smallest units as decimal text.

    >>> in_coins(240012345678, 8), in_coins(5, 0)
    ('2400.12345678', '5')
    """
    whole, part = divmod(answer, 10**decimals)
    return f"{whole}.{part:0{decimals}d}" if decimals else str(whole)


def _currency_of(path: Path, file: PriceFile, currency: str) -> str:
    """The currency as the case file states it, as the pair of the file names it, or as our own table is called."""
    if file.currency and currency and currency.upper() != file.currency:
        raise InputError(f'{path}: is in {file.currency}, and [prices] says {currency!r}: write currency = "{file.currency}"')
    if not (currency or file.currency or file.own):
        raise InputError(f'{path}: nothing says in which currency it is: write currency = "USD", or its own, in [prices]')
    return currency or file.currency or path.stem.upper()


def _source(stated: Stated, otherwise: str, own: bool) -> str:
    if own and not (stated.source or "").strip():
        raise InputError(f"{stated.where}: source is empty: a price is somebody's")
    return (stated.source or otherwise).strip()


def _decimal(stated: Stated, own: bool) -> str:
    """The price as decimal text. Sources write small ones with an exponent, which is as exact; our own table does not."""
    text = stated.price.strip()
    if len(text) <= SHOWN and re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII):
        return text
    power = re.fullmatch(r"\d+(?:\.\d+)?[eE]([+-]?\d{1,3})", text, re.ASCII) if len(text) <= SHOWN else None
    if power and abs(int(power[1])) <= LARGEST_EXPONENT:
        exact = format(Decimal(text), "f")
        if not own:
            return exact
        raise InputError(f"{stated.where}: price {text!r} is no decimal number: write {exact}")
    raise InputError(f"{stated.where}: price {text[:SHOWN]!r} is no decimal number: write 110.9, without currency or separators")
