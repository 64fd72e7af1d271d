"""What stands beside the trace of a case: markings, evidence, claims, prices, statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.casefile import CaseFile, ClaimEntry
from tracer.casefile.schema import Priced, Prices
from tracer.ingest.chain_and_asset_of_case import as_address, chain_of
from tracer.ledger import Ledger
from tracer.model import Claim, Evidence, Price
from tracer.plan.statements import statements_of
from tracer.wording import seconds

if TYPE_CHECKING:
    from tracer.evidence import Context


def context_of(question: CaseFile, ledger: Ledger) -> Context:
    """What stands beside the trace: markings read from the chain, evidence, claims, prices and statements as the case file has them.

    Raises CaseError naming the line of a claim that states no amount of coins, or of prices in another currency than those before,
    InputError for a price that cannot be read.
    """
    from tracer.evidence import Context

    prices = prices_of(question)
    return Context(
        markings=chain_of(question).markings(ledger.events, question.labels.markers, ledger.tip),
        evidence=[
            Evidence(
                piece.kind,
                piece.value,
                int(piece.time.timestamp()),
                piece.source,
                piece.grade,
                piece.status,
                piece.subject,
                piece.third_party,
            )
            for piece in question.offchain
        ],
        claims=[_claim(question, ledger, number, entry) for number, entry in enumerate(question.claims)],
        prices=prices.pop(0, []),
        statements=statements_of(question, ledger) if question.links else [],
        other_prices=prices,
    )


def _claim(question: CaseFile, ledger: Ledger, number: int, entry: ClaimEntry) -> Claim:
    from tracer.evidence import coins

    stated: dict[str, int | None] = {}
    for key in ("low", "high"):
        try:
            stated[key] = coins(getattr(entry, key), ledger.asset)
        except ValueError as error:
            raise question.fault(("claims", number, key), f"{key} {error}") from error
    least, most = stated["low"], stated["high"]
    if least is not None and most is not None and least > most:
        raise question.fault(("claims", number, "high"), f"high = {entry.high!r} is less than low = {entry.low!r}")
    sender, recipient = (address if (address := as_address(question, name)) in ledger.index else name for name in (entry.from_, entry.to))
    return Claim(sender, recipient, least, most, seconds(entry.since), seconds(entry.until), entry.says, entry.source)


def prices_of(question: CaseFile) -> dict[int, list[Price]]:
    """The prices of each asset that has any, by its number, all in one currency: those of several would be no sum."""
    found, read = dict[int, list[Price]](), dict[Prices, list[Price]]()
    for priced in question.priced:
        if priced.prices not in read:  # a coin and its wrapped token have the prices of one oracle
            read[priced.prices] = _read(question, priced)
        found[priced.asset] = read[priced.prices]
        currencies = [prices[0].currency for prices in found.values()]
        if currencies[-1] != currencies[0]:
            why = f"these prices are in {currencies[-1]}, those before in {currencies[0]}: give all prices of a case in one currency"
            raise question.fault((*priced.where, "file"), why)
    return found


def _read(question: CaseFile, priced: Priced) -> list[Price]:
    from tracer.ingest.prices import oracle_prices, read_prices

    path = question.file(priced.prices.file, (*priced.where, "file"))
    if priced.prices.kind == "oracle":
        return oracle_prices(question, priced, path)
    return read_prices(path, priced.prices.currency, priced.prices.source)
