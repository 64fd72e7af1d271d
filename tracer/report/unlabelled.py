"""Accounts that stolen value reached and that behave like a service nobody has labelled: without a label the trail goes on through them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple

from tracer.plan.tags import view_of
from tracer.tracing import received_by
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.tagging import View

SEVERAL = 5  # payers, or memos, before they say anything: a family has fewer
SHOWN = 5  # accounts, the likeliest


class Unlabelled(NamedTuple):
    """An account without a label, and the signs of a service: `hub`, `fan_in`, `memos`.

    `payers` are all who paid it, `strangers` those of them who brought it no stolen value, `memos` different texts that payments to it
    bore. `arrived` and `ended`: stolen value under one rule, in smallest units; what arrived twice counts twice.
    """

    address: str
    signs: tuple[str, ...]
    payers: int
    strangers: int
    memos: int
    arrived: int
    ended: int


def likely_services(case: CaseFolder, most: int = SHOWN) -> list[Unlabelled]:
    """The accounts with the most signs of a service and no label, of those that stolen value reached under the leading rule.

    A hub has its tag. Fan-in counts where several payers brought no stolen value: a launderer's collector is paid by the trail alone.
    Several payers with different memos are customers: memos are how services of account chains tell them apart.
    """
    rule = case.question.leading_rule
    arrived = {address: amounts[rule] for address, amounts in received_by(case.ledger, case.trace).items() if amounts[rule]}
    ended = case.trace.ended(("unspent", "not_fetched"))
    tagged = {(tag.subject, tag.name) for tag in case.tags}
    robbed = {theft.sender for theft in case.trace.thefts}
    view = view_of(case.ledger, case.labels, case.trace)
    found = []
    for address, amount in arrived.items():
        number = case.ledger.index[address]
        if address not in robbed and view.labelled(number) is None:
            payers, strangers, memos = _customers(view, number, case.trace.rules[rule].by_row)
            signs = {
                "hub": (address, "hub") in tagged,
                "fan_in": (address, "fan_in") in tagged and strangers >= SEVERAL,
                "memos": payers >= SEVERAL and memos >= SEVERAL,
            }
            shown = tuple(name for name, holds in signs.items() if holds)
            ends = ended.get(address, {}).get(rule, 0)
            found.append(Unlabelled(address, shown, payers, strangers, memos, amount, ends))
    found.sort(key=lambda each: (-len(each.signs), -each.memos, -each.payers, -each.arrived, each.address))
    return [each for each in found[:most] if each.signs]


def _customers(view: View, account: int, carrying: Collection[int]) -> tuple[int, int, int]:
    """Who paid an account, how many of them brought it no stolen value, and the different memos of their payments."""
    ins = view.life_ins(account)
    payers = {move.sender for move in ins}
    memos = {memo.content for move in ins if (memo := view.memo(move.row)) is not None}
    return len(payers), len(payers - {move.sender for move in ins if move.row in carrying}), len(memos)


def unlabelled_block(case: CaseFolder) -> Iterator[str]:
    """A block of the summary: each account with its signs and the value behind it, and what to do. Nothing where there is none."""
    found = likely_services(case)
    if not found:
        return
    asset, rule = case.ledger.asset, case.question.leading_rule
    yield ""
    yield f"{counted(len(found), 'account')} on the trail without a label, and with the ways of a service ({rule}):"
    for each in found:
        passed = f"{asset.stated(each.ended)} of it ended there, the rest passed on"
        rest = "all of it ended there" if each.ended >= each.arrived else passed
        ways = f"{', '.join(each.signs)}: {counted(each.payers, 'payer')}, {each.strangers:,} of them without stolen value"
        yield f"  {each.address}  {ways}, {counted(each.memos, 'different memo')}; {asset.stated(each.arrived)} arrived, {rest}"
    yield 'If one is a service, give it a label under [labels] files, category "exchange", and trace again: the trail then stops there.'
