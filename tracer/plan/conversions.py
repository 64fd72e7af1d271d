"""What changes one asset into another in a case, and in which of it the trail goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, get_args

from tracer.casefile import CaseFile
from tracer.evidence.both_answers import SeveralAssets, sides
from tracer.ingest.chain_and_asset_of_case import as_address, hash_form
from tracer.ledger import Ledger
from tracer.model import NO_TERMS, Answer, Asset, Conversion, Exchanged, Exchanges, Leg, Recognised, Recognition, Terms, Theft, Unlisted
from tracer.plan.rates_from_prices import Prices, with_worth
from tracer.plan.thefts import thefts_of
from tracer.tracing import BothAnswers, Stops, Trace, follow, reconciliations
from tracer.tracing.conversion_doubts import with_doubts

KINDS = get_args(Exchanged)


def both_answers(question: CaseFile, ledger: Ledger, stops: Stops, prices: Prices) -> tuple[BothAnswers, Trace]:
    """Both answers of a case on its ledger of several assets, and the trace of the second one. `ledger` has all of them, and
    `prices` of those that have any, by their numbers.

    Substituted is what the case file declares; where it declares nothing, or that nothing is, all against which nothing speaks.
    """
    from tracer.ingest.ledger_of_sources import recognised  # a command that only reads a case knows no chain and no node

    thefts = thefts_of(question, ledger)
    found = with_worth(recognised(question), ledger, prices, thefts)
    exchanges, reached = decided(question, found, ledger, thefts, stops)
    followed, substituted = (
        follow(ledger, thefts, stops._replace(exchanges=each), question.trace.rules) for each in (exchanges.followed, exchanges)
    )
    answers = BothAnswers(
        assets=ledger.assets,
        exchanges=exchanges,
        endpoints={"followed": followed.endpoints, "substituted": substituted.endpoints},
        reconciliation={"followed": reconciliations(ledger, followed), "substituted": reconciliations(ledger, substituted)},
        unlisted=tuple(_unlisted(found, reached, stops, exchanges)),
    )
    return answers, substituted


def declared_answer(question: CaseFile) -> Answer | None:
    """Which answer the case file declares to be the finding; None where it leaves that open."""
    if question.conversions.substitute is None:
        return None
    return "substituted" if question.conversions.substitute else "followed"


def asset_names(question: CaseFile, assets: Sequence[Asset]) -> list[str]:
    """What people call each asset: the name that the case file gives it, or its symbol."""
    called = ["", *(entry.name for entry in question.assets)]
    return [name or asset.symbol for name, asset in zip(called, assets, strict=True)]


def several_assets(question: CaseFile, answers: BothAnswers | None, terms: Terms = NO_TERMS) -> SeveralAssets | None:
    """Both answers with what the case file says of them; None of a case of one asset. `terms`: those of the chain, where heights of
    exchanges are shown."""
    if answers is None:
        return None
    names = tuple(asset_names(question, answers.assets))
    return SeveralAssets(answers, names, declared_answer(question), question.conversions.reason, terms.position_bits)


class Decided(NamedTuple):
    """What becomes what in a case, and who may have held stolen value, whether the trail goes on there or not."""

    exchanges: Exchanges
    reached: frozenset[str]


def decided(question: CaseFile, found: Recognition, ledger: Ledger, thefts: Sequence[Theft], stops: Stops) -> Decided:
    """The conversions that stolen value may have passed, and what is only named of what it was given for."""
    found = _whole(but_thefts(found, thefts), ledger)
    every = tuple(range(len(found.conversions)))
    widest = Exchanges(found.conversions, found.recognised, every)
    traces = [follow(ledger, thefts, stops._replace(exchanges=each), question.trace.rules) for each in (widest, widest.followed)]
    owners, narrowly = (frozenset(ledger.accounts[ledger.index[name]].address for name in trace.touched) for trace in traces)
    heights = {key: height for key, height in zip(ledger.columns.row_key, ledger.columns.height, strict=True) if height is not None}
    first = min((theft.time for theft in thefts if theft.time is not None), default=None)
    carrying = {ledger.columns.row_key[row] for trace in traces for row in _carrying(trace)}
    doubted = with_doubts(found, first, owners, heights)
    reaching = {exchange_of(each) for each in doubted if _carries((each.given, each.received), carrying)}
    conversions = tuple(each for each in doubted if exchange_of(each) in reaching)
    named = tuple(each for each in found.recognised if _carries(each.given, carrying))
    through = tuple(number for number, each in enumerate(conversions) if _substituted(question, each))
    return Decided(Exchanges(conversions, named, through, widest.followed.ends - _given((*conversions, *named))), owners | narrowly)


def _given(exchanges: Iterable[Conversion | Recognised]) -> set[int]:
    """The row keys of what is given."""
    return {key for each in exchanges for leg in sides(each)[0] for key in leg.rows}


def but_thefts(found: Recognition, thefts: Sequence[Theft]) -> Recognition:
    """The exchanges but for thefts: what was got in one is stolen, whatever was given for it; and one is not split over several."""
    stolen, many = {theft.row_key for theft in thefts}, Counter(map(exchange_of, found.conversions))
    out = {
        exchange_of(each)
        for each in found.conversions
        if stolen & {*each.received.rows} or (many[exchange_of(each)] > 1 and stolen & {*each.given.rows})
    }
    return found._replace(conversions=tuple(each for each in found.conversions if exchange_of(each) not in out))


def exchange_of(each: Conversion) -> tuple[str | None, str]:
    """What the pairs of assets have in common that somebody exchanged at once: they share rows, and stand or fall together."""
    return each.tx_hash, each.owner


def _whole(found: Recognition, ledger: Ledger) -> Recognition:
    """The exchanges of which the ledger has every row; what is given in any other is only named. A ledger without some rows has such."""
    keys = {*ledger.columns.row_key}
    lacking = {exchange_of(each) for each in found.conversions if not keys.issuperset((*each.given.rows, *each.received.rows))}
    if not lacking:
        return found
    torn = [each for each in found.conversions if exchange_of(each) in lacking]
    named = (Recognised("unmatched", each.owner, each.tx_hash, (each.given,), (each.received,), each.pool) for each in torn)
    kept = tuple(each for each in found.conversions if exchange_of(each) not in lacking)
    return found._replace(conversions=kept, recognised=(*found.recognised, *named))


def _unlisted(found: Recognition, reached: Collection[str], stops: Stops, exchanges: Exchanges) -> Iterator[Unlisted]:
    """The tokens that came to accounts which may have held stolen value. Services, and those who exchange, hold the tokens of others."""
    exchanging = {pool for each in exchanges.conversions for pool in (each.pool, *each.pools)}
    exchanging |= {each.counterparty for each in exchanges.recognised} | {pool.address for pool in found.pools}
    owners = {*reached} - stops.services.keys() - exchanging
    for each in found.unlisted:
        received, held = (tuple(sorted(owners.intersection(names))) for names in (each.received_by, each.held_by))
        if received:
            yield Unlisted(each.token, received, held)


def _substituted(question: CaseFile, each: Conversion) -> bool:
    form = hash_form(question)
    through = {name for text in question.conversions.through for name in (as_address(question, text), form(text))}
    passed = bool(through & {each.pool, *each.pools, each.tx_hash and form(each.tx_hash)})
    return each.kind in (question.conversions.substitute or KINDS) and (not each.doubts or passed)


def _carrying(trace: Trace) -> Iterable[int]:
    """The rows that carried stolen value under any rule, a pool's own included."""
    return trace.carrying | {hop.row for stolen in trace.rules.values() for hop in stolen.exchanged}


def _carries(legs: Iterable[Leg], carrying: set[int]) -> bool:
    return any(key in carrying for leg in legs for key in leg.rows)
