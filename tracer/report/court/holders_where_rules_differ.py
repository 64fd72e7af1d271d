"""What depends on the rule at addresses that still hold value, and which of them hold far more money of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.ledger.balances import play
from tracer.report.court.blocks import Block, Items, Say, Text
from tracer.report.court.cited_figures import Pen
from tracer.report.court.rows_at_endpoints import Holder

NAMED = 5  # addresses that are named one by one
FAR_MORE = 10  # times the most that any rule leaves there: then the account is a mixture, in which the traced part is small


def spread_of_holders(pen: Pen, holders: Sequence[Holder]) -> Iterator[Block]:
    """The addresses on which the choice of the rule moves most, and those that are rich without what was traced."""
    say, by_spread = pen.say, pen.ends.by_spread
    if by_spread:
        yield Say(say("findings.held_spread", count=say.counted(len(by_spread), "address")), "computed")
        yield Items([_differs(pen, spread, each) for spread, each in by_spread[:NAMED]], "computed")
    rich = _rich(pen, holders)
    if rich:
        named = say.joined([pen.code(each.end.address) for each in rich[:NAMED]])
        count = pen.figure(len(rich), say.counted(len(rich), "address"), "end-unspent", "rich", {"data-times": str(FAR_MORE)})
        yield Say(say("findings.held_rich", count=count, times=pen.setting(FAR_MORE), named=named), "computed")


def _differs(pen: Pen, spread: int, each: Holder) -> Text:
    """One address on which rules differ, with its floor and ceiling where they were computed."""
    figure = pen.figure(spread, pen.asset.stated(spread), each.anchor, "holder_spread", {"data-account": each.end.address})
    bound = pen.case.bounds.endpoints.get((each.end.address, each.end.reason))
    if bound is None:
        return pen.say("findings.held_spread_line", address=pen.named(each.end.address), spread=figure)
    how, at = "withheld" if pen.case.withheld else "bounds", {"data-account": each.end.address}
    least, most = (
        pen.figure(value, pen.asset.stated(value), "again", how, {**at, "data-column": name})
        for name, value in (("least_here", bound.least), ("most_here", bound.most))
    )
    return pen.say("findings.held_spread_bound", address=pen.named(each.end.address), spread=figure, least=least, most=most)


def _rich(pen: Pen, holders: Sequence[Holder]) -> list[Holder]:
    """Those whose whole money, after the last row, is far more than any rule leaves there; the richest first."""
    held = [account.opening or 0 for account in pen.case.ledger.accounts]
    play(pen.case.ledger.columns, held)
    money = {each.end.address: held[pen.case.ledger.index[each.end.address]] for each in holders}
    rich = [each for each in holders if money[each.end.address] > FAR_MORE * max(each.end.amounts.values())]
    return sorted(rich, key=lambda each: -money[each.end.address])
