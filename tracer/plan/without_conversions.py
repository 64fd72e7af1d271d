"""A case in which the trail ends at a conversion where it went on, or goes on where it ended: one by one, by pool, and by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from tracer.evidence.both_answers import DOUBTS, NOT_ASKED, SeveralAssets, coins_before, off_text, rate_of, rate_text
from tracer.model import Assumption, Conversion, Doubt, Exchanges
from tracer.model.what_figures_rest_on import Kind as AssumptionKind
from tracer.plan.assumption_removal import Removal
from tracer.plan.conversions import exchange_of
from tracer.plan.conversions_under_assumptions import Exchanging
from tracer.wording import counted


def without_conversions(several: Exchanging) -> Iterator[Removal]:
    """Each conversion that stolen value came to: as if it were only named, or, of one that is, as if the case file went on `through` it; of
    several assets exchanged at once every pair with it, as they stand or fall together. Then all of a pool together, and all of a kind that
    the answer substitutes, or, where the trail stays with its asset, all that the other answer substitutes; the same conversions once."""
    exchanges, seen = several.exchanges, set[frozenset[int]]()
    through = [number for number, each in enumerate(exchanges.conversions) if exchanges.passed.issuperset(each.given.rows)]
    for kind, which, numbers in _groups(exchanges, through, several.said.answers.exchanges.substituted):
        if numbers and frozenset(numbers) not in seen:
            seen.add(frozenset(numbers))
            pairs = [exchanges.conversions[number] for number in numbers]
            said = _said(several.said, pairs, substituted=numbers[0] in through) if kind == "conversion" else ""
            said = said or _said_of_all(pairs, which, substituted=numbers[0] in through)
            yield _turned(several, Assumption(kind, said, tuple(numbers)), through)


def _groups(exchanges: Exchanges, through: Sequence[int], either: Sequence[int]) -> Iterator[tuple[AssumptionKind, str, Sequence[int]]]:
    """Conversions that are taken the other way together, all of them substituted (`through`) or none: each conversion, all of a pool, all
    of a kind. `either`: those that are substituted in the answer that does so."""
    together: dict[tuple[str | None, str], list[int]] = {}
    for number, each in enumerate(exchanges.conversions):
        together.setdefault(exchange_of(each), []).append(number)
    yield from (("conversion", "", numbers) for numbers in together.values())
    named = [number for number in range(len(exchanges.conversions)) if number not in through]
    for pool in dict.fromkeys(pool for each in exchanges.conversions for pool in _pools(each)):
        for alike in (through, named):
            yield "pool", f"through {pool}", [number for number in alike if pool in _pools(exchanges.conversions[number])]
    for kind in dict.fromkeys(exchanges.conversions[number].kind for number in through):
        yield "kind of conversion", f'of the kind "{kind}"', [n for n in through if exchanges.conversions[n].kind == kind]
    if not through:
        yield "kind of conversion", "that the substituted answer goes through", either


def _pools(each: Conversion) -> list[str]:
    """Where something was exchanged."""
    return [*filter(None, [each.pool]), *each.pools]


def only_named(several: Exchanging) -> list[str]:
    """A sentence for the exchanges that nothing can substitute, and which are not tried therefore."""
    named = several.exchanges.recognised
    if not named:
        return []
    kinds = ", ".join(dict.fromkeys(each.kind.replace("_", " ") for each in named))
    return [f"the end of the trail at {counted(len(named), 'conversion')} that no case file can substitute ({kinds})"]


def _turned(several: Exchanging, assumption: Assumption, through: Sequence[int]) -> Removal:
    """Its conversions the other way. What speaks against each one that is substituted speaks against the assumption."""
    exchanges, numbers = several.exchanges, {*assumption.conversions}
    passing = [exchanges.conversions[number] for number in through if number in numbers]
    doubts = [doubt for doubt in (passing[0].doubts if passing else ()) if all(doubt in each.doubts for each in passing)]
    now = {*exchanges.substituted} - numbers if passing else numbers.union(exchanges.substituted)
    return Removal(assumption._replace(doubts=tuple(doubts)), partial(several.with_substituted, now))


def _said(told: SeveralAssets, pairs: Sequence[Conversion], *, substituted: bool) -> str:
    """A conversion in words: both amounts, who, where, the rate beside that of the market, and what speaks against it; of several assets
    exchanged at once each pair of them."""
    first = pairs[0]
    where = [f"through {first.pool}"] if first.pool and first.kind == "swap" else []
    where += [f"transaction {first.tx_hash}"] if first.tx_hash else []
    about = ", ".join([f"{first.kind} by {first.owner}", *where, *(said for each in pairs for said in _rated(told, each))])
    sides = [(told.stated(each.given), told.stated(each.received)) for each in pairs]
    doubts = _listed(dict.fromkeys(doubt for each in pairs for doubt in each.doubts))
    if substituted:
        against = f"; against it: {doubts}" if doubts else ""
        return f"the substitution of {' and of '.join(f'{got} for {given}' for given, got in sides)} ({about}{against})"
    became = " and ".join(f"{given} became {got}" for given, got in sides)
    return f"the end of the trail where {became} ({about}; not substituted: {doubts or NOT_ASKED})"


def _rated(told: SeveralAssets, each: Conversion) -> list[str]:
    """The rate of a swap, beside that of the market: of its pools at the end of the block before, or, where no pool says it, of prices;
    nothing of what is one for one."""
    if each.kind != "swap":
        return []
    given, received = told.asset_of(each.given), told.asset_of(each.received)
    rate, before = rate_of(each, given, received), coins_before(each, given, received)
    said = f"{rate_text(rate)} {told.names[each.received.asset]} for 1 {told.names[each.given.asset]}"
    return [said, f"{rate_text(before)} at the market rate just before ({off_text(rate, before)} %)"] if before else [said]


def _said_of_all(conversions: Sequence[Conversion], which: str, *, substituted: bool) -> str:
    doubts = dict.fromkeys(doubt for each in conversions for doubt in each.doubts)
    against = f"; against some: {_listed(doubts)}" if doubts else ""
    what = "substitution in" if substituted else "end of the trail at"
    return f"the {what} every conversion {which} ({len(conversions):,}{against})"


def _listed(doubts: Iterable[Doubt]) -> str:
    return ", ".join(DOUBTS[doubt] for doubt in doubts)
