"""What is only inferred of somebody who holds stolen value: what no row of the chain says, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer.evidence.masking import masked_text
from tracer.model import Asset, Bound
from tracer.pipeline.stoppable.who_holds_stolen_value import Facts, Holding
from tracer.plan.deposit_addresses_for_freeze_lists import DepositAddress
from tracer.wording import counted, utc


def inferred_of(facts: Facts, holding: Holding, bound: Bound | None) -> Iterator[str]:
    """What of a holding no row of the chain says, a sentence each. `bound`: its floor and ceiling, where they are known."""
    asset = facts.asset_of(holding)
    if each := facts.deposit_addresses.get(holding.address):
        yield _forwards(facts, each, holding.asset)
    elif holding.kind == "bridge":
        yield from _whose(facts, holding)
        if holding.request is None:
            yield "Where on another chain it was to come out, nothing that was read says."
        else:
            yield "What the bridge did with the request, no row of this chain says."
    elif holding.kind == "service":
        yield from _whose(facts, holding)
        if holding.memo is not None:
            what = "says" if holding.memo.text else "is no readable text; it says"
            yield f"The memo {what} which customer it is for, as services use memos; only the service knows."
    else:
        yield "Whose address it is, nobody has said." if not facts.labels.of(holding.address) else "A label names it, and no service."
    yield from _how_much(asset, holding, facts.declared, bound)
    if holding.reason == "not_fetched":
        yield "Its history was not read in full: the value may have moved on."
    if holding.basis != "chain":
        yield f"It rests on rows that are {holding.basis}, not read from a block."


def _forwards(facts: Facts, each: DepositAddress, asset: int) -> str:
    """What an inferred deposit address did, with its last deposit of an asset and its last sweep of it."""

    def last(rows: Iterable[int]) -> str:
        t = next((t for t in map(facts.ledger.transfer, reversed(tuple(rows))) if t.asset == asset), None)
        return f"{t.tx_hash}, {utc(t.time)}, of {facts.ledger.assets[asset].stated(t.amount)}" if t else "not yet"

    return (
        f"D{each.said[1:]}: it made {counted(len(each.sweeps), 'payment')}, all to {each.service}; the last deposit "
        f"{last(each.deposits)}, the last sweep {last(each.sweeps)}. Whose it is, only the service can say."
    )


def _whose(facts: Facts, holding: Holding) -> Iterator[str]:
    """On whose word an address is a service's."""
    label = next((each for each in facts.labels.of(holding.address) if each.name == holding.addressee), None)
    if label is None:
        return
    dated = f", dated {label.lastmod[:10]}" if label.lastmod else ", undated"
    yield f"That the address is {holding.addressee}'s is a label's word: {masked_text(label.source)}{dated}."
    last = holding.arrivals[-1].time
    if label.lastmod and last is not None and label.lastmod[:10] > utc(last)[:10]:
        yield "The label is younger than the deposits: that the address was the same one's before is assumed."


def _how_much(asset: Asset, holding: Holding, declared: str | None, bound: Bound | None) -> Iterator[str]:
    """What of the figures depends on a rule."""
    traced = holding.traced
    figures = ", ".join(f"{rule} {asset.format(amount)}" for rule, amount in traced.items())
    if bound is not None and bound.least == bound.most:
        return
    if declared and len(set(traced.values())) > 1:
        yield f"Which coins of a mixed balance left first is a convention; by rule: {figures}."
    elif not declared:
        yield f"No rule is declared, so no figure is the finding; by rule: {figures}."
