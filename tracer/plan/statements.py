"""What services state in a case (`[[links]]`), in the case file or in their spreadsheets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.ingest.chain_and_asset_of_case import hash_form
from tracer.ledger import Ledger
from tracer.model import Statement
from tracer.wording import seconds

if TYPE_CHECKING:
    from tracer.casefile.schema import LinkEntry


def statements_of(question: CaseFile, ledger: Ledger) -> list[Statement]:
    """The statements of a case, in the order it names them. A deposit that was read has the hash as the ledger writes it.

    Raises InputError naming the line, of the case file or of the spreadsheet, and the mend.
    """
    found = []
    for number, entry in enumerate(question.links):
        for where, stated in _stated(question, number, entry):
            try:
                found.append(_statement(question, ledger, entry, stated))
            except (InputError, ValueError) as error:
                raise InputError(f"{where}: {error}") if where else question.fault(("links", number), str(error)) from error
    return found


def _stated(question: CaseFile, number: int, entry: LinkEntry) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The places and words of an entry: its own, where "" is its place, or those of the spreadsheet it names."""
    if not entry.file:
        yield "", {}
        return
    from tracer.ingest.statements import read_statements

    yield from read_statements(question.file(entry.file, ("links", number, "file")))


def _statement(question: CaseFile, ledger: Ledger, entry: LinkEntry, stated: Mapping[str, str]) -> Statement:
    from tracer.evidence import coins
    from tracer.evidence.statements import require_decimal
    from tracer.ingest.statements import moment_stated

    def word(name: str) -> str:
        return stated.get(name) or str(getattr(entry, name))

    asset, grade = word("asset") or ledger.asset.symbol, word("grade")
    amount = require_decimal(word("amount")) if word("amount") else None
    if amount is not None and asset.casefold() == ledger.asset.symbol.casefold():
        coins(amount, ledger.asset)  # refuses more digits than the asset has
    if not re.fullmatch(r"[A-F][1-6]", grade):
        raise InputError(f"grade {grade[:40]!r} is no Admiralty grade: A to F for the source, 1 to 6 for what it says")
    if not word("source").strip():
        raise InputError('source is empty: a statement is somebody\'s: write source = "letter of ..."')
    return Statement(
        deposit=_as_the_ledger_writes(ledger, word("deposit"), hash_form(question)),
        withdrawal=word("withdrawal"),
        paid_to=word("to"),
        amount=amount,
        asset=asset,
        network=word("network"),
        time=moment_stated(stated.get("time", "")) if stated else seconds(entry.time),
        says=word("says"),
        source=word("source"),
        grade=grade,
    )


def _as_the_ledger_writes(ledger: Ledger, tx_hash: str, form: Callable[[str], str]) -> str:
    rows = ledger.rows_of_hash(tx_hash, form)
    return str(ledger.columns.tx_hash[rows[0]]) if rows else tx_hash.strip()
