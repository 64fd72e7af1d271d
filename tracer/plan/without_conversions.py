"""A case in which the trail ends at an exchange where it went on, or goes on where it ended: one by one, by pool, and by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from tracer.evidence.answers import DOUBTS, NOT_ASKED, SeveralAssets, coins_before, off_text, rate_of, rate_text
from tracer.model import Assumption, Conversion, Doubt, Exchanges
from tracer.model.rests import Kind as AssumptionKind
from tracer.plan.exchanging import Exchanging
from tracer.plan.grounds import Removal
from tracer.wording import counted


def without_conversions(several: Exchanging) -> Iterator[Removal]:
    """Each conversion that stolen value came to: as if it were only named, or, of one that is, as if the case file went on `through` it.
    Then all of a pool together, and all of a kind that the answer substitutes, or, where the trail stays with its asset, all that the other
    answer substitutes; groups of the same conversions once."""
    exchanges, seen = several.exchanges, set[frozenset[int]]()
    for kind, which, numbers in _groups(exchanges, several.said.answers.exchanges.substituted):
        if numbers and frozenset(numbers) not in seen:
            seen.add(frozenset(numbers))
            substituted = not {*exchanges.substituted}.isdisjoint(numbers)
            if kind == "conversion":
                said = _said(several.said, exchanges.conversions[numbers[0]], substituted=substituted)
            else:
                said = _said_of_all([exchanges.conversions[number] for number in numbers], which, substituted=substituted)
            yield _turned(several, Assumption(kind, said, tuple(numbers)))


def _groups(exchanges: Exchanges, either: Sequence[int]) -> Iterator[tuple[AssumptionKind, str, Sequence[int]]]:
    """Conversions that are taken the other way together, all of them substituted or none: each, all of a pool, all of a kind. `either`:
    those that the substituted answer goes through."""
    every, through = range(len(exchanges.conversions)), exchanges.substituted
    named = [number for number in every if number not in through]
    yield from (("conversion", "", [number]) for number in every)
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
    return [f"the end of the trail at {counted(len(named), 'exchange')} that no case file can substitute ({kinds})"]


def _turned(several: Exchanging, assumption: Assumption) -> Removal:
    """Its conversions the other way. What speaks against each one that is substituted speaks against the assumption."""
    exchanges, numbers = several.exchanges, {*assumption.conversions}
    through = [exchanges.conversions[number] for number in sorted(numbers.intersection(exchanges.substituted))]
    doubts = [doubt for doubt in (through[0].doubts if through else ()) if all(doubt in each.doubts for each in through)]
    turned = partial(several.with_substituted, numbers ^ {*exchanges.substituted})
    return Removal(assumption._replace(doubts=tuple(doubts)), turned)


def _said(told: SeveralAssets, each: Conversion, *, substituted: bool) -> str:
    """A conversion in words: both amounts, who, where, the rate beside that of the block before, and what speaks against it."""
    where = [f"through {each.pool}"] if each.pool and each.kind == "swap" else []
    where += [f"transaction {each.tx_hash}"] if each.tx_hash else []
    about = ", ".join([f"{each.kind} by {each.owner}", *where, *_rated(told, each)])
    given, received = told.stated(each.given), told.stated(each.received)
    if substituted:
        against = f"; against it: {_listed(each.doubts)}" if each.doubts else ""
        return f"the substitution of {received} for {given} ({about}{against})"
    return f"the end of the trail where {given} became {received} ({about}; not substituted: {_listed(each.doubts) or NOT_ASKED})"


def _rated(told: SeveralAssets, each: Conversion) -> list[str]:
    """The rate of a swap, beside that of its pools at the end of the block before; nothing of what is one for one."""
    if each.kind != "swap":
        return []
    given, received = told.asset_of(each.given), told.asset_of(each.received)
    rate, before = rate_of(each, given, received), coins_before(each, given, received)
    said = f"{rate_text(rate)} {told.names[each.received.asset]} for 1 {told.names[each.given.asset]}"
    return [said, f"{rate_text(before)} at the end of the block before ({off_text(rate, before)} %)"] if before else [said]


def _said_of_all(conversions: Sequence[Conversion], which: str, *, substituted: bool) -> str:
    doubts = dict.fromkeys(doubt for each in conversions for doubt in each.doubts)
    against = f"; against some: {_listed(doubts)}" if doubts else ""
    what = "substitution in" if substituted else "end of the trail at"
    return f"the {what} every exchange {which} ({counted(len(conversions), 'conversion')}{against})"


def _listed(doubts: Iterable[Doubt]) -> str:
    return ", ".join(DOUBTS[doubt] for doubt in doubts)
