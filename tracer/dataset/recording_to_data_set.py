"""A recording of a chain -> what a data set holds of it. The chain reads it, as for a case that names it, in memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from typing import Any, NamedTuple

from tracer.casefile import CaseFile, Source
from tracer.dataset.arrow_files import vouched
from tracer.dataset.holdings_and_events import write_events, write_holdings
from tracer.dataset.layout import AssetFile, FromRecording, Held
from tracer.dataset.staging_line_by_line import staged_table, staged_writer, view_staged
from tracer.errors import InputError
from tracer.ingest.chain_and_asset_of_case import asset_of
from tracer.ingest.ledger_of_sources import read_source
from tracer.ingest.table.order_of_lines import Order
from tracer.ledger.overflow import BITS, LIMIT
from tracer.model import Advance, Asset, Reading, Transfer

PORTION = 1 << 16
"""Rows staged together."""


class ReadRecording(NamedTuple):
    """A recording read: `path` is its file, `source` its name in the case."""

    path: Path
    source: str
    asset: Asset
    reading: Reading


def scanned(question: CaseFile, source: Source, advance: Callable[[int], None]) -> ReadRecording:
    """The recording of a case, read. Raises CaseError where the case counts several assets, InputError of a recording without rows."""
    if question.assets:
        raise question.fault(("assets", 0), "a data set is made of one asset at a time: leave [[assets]] out, and --append the others")
    path, asset = question.file(source.path, ("sources", 0, "path")), asset_of(question)

    def report(said: Advance) -> None:
        advance(said.done)

    reading = read_source(question, source, asset, report)
    reading = reading._replace(transfers=list(reading.transfers))
    if not reading.transfers:
        raise InputError(f"{path}: has no rows of {asset.symbol}: there is nothing to write")
    return ReadRecording(path, source.path, asset, reading)


def stage_recording(database: Any, found: ReadRecording, work: Path) -> Order:
    """Makes the view `kept` of the rows of a recording; gives their order. Raises InputError of an amount that is too wide."""
    written, numbered = work / "staged.parquet", count()
    with staged_writer(written) as writer:
        transfers = iter(found.reading.transfers)
        while portion := list(islice(transfers, PORTION)):
            writer.write_table(staged_table(_columns(found.path, portion, numbered)))
    view_staged(database, "kept", written)
    order = Order()
    order.by_height, order.placed = True, found.reading.placed
    return order


def _columns(path: Path, transfers: Sequence[Transfer], numbered: Iterator[int]) -> dict[str, Any]:
    """Transfers as columns. What a table calls a line is here the number of the row."""
    for transfer in transfers:
        for name, amount in (("amount", transfer.amount), ("fee", transfer.fee)):
            if amount >> BITS:
                raise InputError(f"{path}: transaction {transfer.tx_hash}: {name} {amount}, and {LIMIT}")
    names = ("height", "position", "time", "tx_hash", "sender", "recipient", "amount", "fee", "kind", "basis", "verified")
    columns: dict[str, Any] = {name: [getattr(transfer, name) for transfer in transfers] for name in names}
    columns["n"] = columns["line"] = [next(numbered) for _ in transfers]
    memos = [transfer.memo for transfer in transfers]
    columns["memo"] = [None if memo is None else memo.content for memo in memos]
    columns["memo_kind"] = [None if memo is None else memo.kind for memo in memos]
    columns["attributes"] = [json.dumps(each.attributes, sort_keys=True) if each.attributes else None for each in transfers]
    return columns


def held_of_recording(found: ReadRecording) -> Held:
    """What is held of the asset, but for its rows, and whence it is."""
    reading, (_, digest) = found.reading, vouched(found.path)
    note = (
        f"The data set was made from the recording {found.source} (SHA-256 {digest}). Rows and balances that sentences about the recording "
        "count are those of the whole recording."
    )
    return Held(
        asset=found.asset.symbol,
        decimals=found.asset.decimals,
        rows=0,
        order="chain",
        placed=reading.placed,
        coverage="partial",
        whole=(),
        everywhere=(),
        owner=None,
        openings="",
        notes=(note, *reading.notes),
        rejections=tuple(reading.rejections),
        recorded=FromRecording(found.asset.chain, reading.tip, reading.tip_hash, reading.chain_id, reading.terms, reading.nodes),
    )


def write_besides(database: Any, made: Path, number: int, found: ReadRecording) -> tuple[list[AssetFile], list[AssetFile]]:
    """Writes the files of holdings and of events behind rows whose accounts have their numbers; there may be no events."""
    symbol, reading, name = found.asset.symbol, found.reading, f"{number:05d}.parquet"
    numbers = dict(database.execute("SELECT address, number FROM account").fetchall())
    events = sorted(reading.events, key=lambda event: (event.height, event.position))
    holdings = write_holdings(made, f"holdings/{name}", symbol, reading.accounts, numbers)
    return [holdings], [write_events(made, f"events/{name}", symbol, events)] if events else []
