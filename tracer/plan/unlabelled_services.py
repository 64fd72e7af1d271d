"""Accounts that stolen value reached, with signs of a service and no label: without a label the trail goes on through them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tracer.labels import LabelBook
from tracer.ledger import NOBODY, Ledger
from tracer.model import STILL_HELD, Tag, Unlabelled
from tracer.tracing import Trace, received_by
from tracer.wording import counted

SEVERAL = 5
"""Payers, or memos, before they say anything: a family has fewer."""


def likely_services(ledger: Ledger, labels: LabelBook, trace: Trace, tags: Sequence[Tag], rule: str) -> list[Unlabelled]:
    """The accounts with signs of a service and no label, of those that stolen value reached under a rule; most signs first.

    A hub has its tag. Fan-in counts where several payers brought no stolen value: a launderer's collector is paid by the trail alone.
    Several payers with different memos are customers: memos are how services of account chains tell them apart. Pools are none of them:
    they are known for what they are.
    """
    known = {theft.sender for theft in trace.thefts}
    known |= {pool for each in trace.stops.exchanges.conversions for pool in (each.pool or "", *each.pools)}
    reached = {
        ledger.index[address]: arrived
        for address, arrived in received_by(ledger, trace).items()
        if arrived[rule] and address not in known and not (trace.stops.services.get(address) or labels.name(address))
    }
    ended, tagged = trace.ended((*STILL_HELD, "converted")), {(tag.subject, tag.name) for tag in tags}
    customers = _customers(ledger, reached, trace.rules[rule].by_row)
    likely = []
    for number, arrived in reached.items():
        address, (payers, strangers, memos) = ledger.accounts[number].address, customers[number]
        signs = {
            "hub": (address, "hub") in tagged,
            "fan_in": (address, "fan_in") in tagged and strangers >= SEVERAL,
            "memos": payers >= SEVERAL and memos >= SEVERAL,
        }
        if any(signs.values()):
            shown = tuple(name for name, holds in signs.items() if holds)
            likely.append(Unlabelled(address, shown, payers, strangers, memos, arrived, ended.get(address, {})))
    return sorted(likely, key=lambda each: (-len(each.signs), -each.memos, -each.payers, -each.arrived[rule], each.address))


def _customers(ledger: Ledger, accounts: Mapping[int, object], carrying: Mapping[int, int]) -> dict[int, tuple[int, int, int]]:
    """Who paid each account, how many of them brought it no stolen value, and the different memos of their payments."""
    c = ledger.columns
    payers: dict[int, set[int]] = {number: set() for number in accounts}
    bringers: dict[int, set[int]] = {number: set() for number in accounts}
    memos: dict[int, set[bytes]] = {number: set() for number in accounts}
    for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True)):
        if recipient in payers and sender not in (NOBODY, recipient) and c.kind[row] == "transfer":
            payers[recipient].add(sender)
            if row in carrying:
                bringers[recipient].add(sender)
            if (memo := c.memo[row]) is not None:
                memos[recipient].add(memo.content)
    return {number: (len(payers[number]), len(payers[number] - bringers[number]), len(memos[number])) for number in accounts}


SHARES = {
    frozenset({True}): "all of it",
    frozenset({False}): "most of it, under every rule,",
    frozenset({True, False}): "all or most of it, depending on the rule,",
}
"""What one account passed on, by whether that is all of it under each rule."""


def unlabelled_sentences(ledger: Ledger, trace: Trace, likely: Sequence[Unlabelled], rule: str) -> Iterator[str]:
    """For the coverage statement: how many they are that stolen value reached under `rule`, and what they pass on under each rule. Nothing
    where there is none."""
    if likely:
        sums = {each: sum(account.passed_on(each) for account in likely) for each in trace.rules}
        passed = ", ".join(f"{each} {ledger.asset.format(units)}" for each, units in sums.items())
        most = next((each for each in likely if all(2 * each.passed_on(name) > units for name, units in sums.items())), likely[0])
        whole = frozenset(most.passed_on(name) == units for name, units in sums.items())
        taken = {theft.recipient for theft in trace.thefts}
        first, busiest = (f"{each.address}{' (a theft recipient)' * (each.address in taken)}" for each in (likely[0], most))
        mostly = f"; {SHARES[whole]} was passed on by {busiest}" if most != likely[0] else ""
        one, two = len(likely) == 1, len(likely) == 2
        several = "both" if two else "two of them"
        yield (
            f"Under {rule}, stolen value reached {counted(len(likely), 'account')} without a label that "
            f"{'shows' if one else 'show'} signs of being a service"
            f"{', namely ' if one else ', among them ' if two else ', for example '}{first}. Stolen value that "
            f"{'it' if one else 'they'} passed on"
            f"{'' if one else f' (what passed through {several} counts twice)'}: {passed} {ledger.asset.symbol}{mostly}. If "
            f"{'it' if one else 'one of them'} is a service, the trail should have stopped there, and the figures beyond it would change."
        )
