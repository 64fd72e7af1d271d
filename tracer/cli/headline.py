"""The answer in three lines: what was taken, where the trail ends, what that rests on and how far the rules are apart."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tracer.report.undeclared_rule import together
from tracer.tracing import stolen_by_tie
from tracer.wording import ANY_RULE, ENDED, counted, utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Endpoint, Tie

WEAKER: tuple[tuple[Tie, str], ...] = (
    ("balanced", "is confirmed only by proven balances, not by a signature"),
    ("stated", "rests on a source's word alone"),
)
NAMED = 5  # services named in a line


def command_for(case: CaseFolder, name: str) -> str:
    """A command of tracer for this case, as it can be typed."""
    return f"tracer {name} {shlex.quote(str(case.folder))}"


def answer_lines(case: CaseFolder) -> tuple[str, str, str]:
    """Computed on the figures of the tables below them, under the declared rule, or over all of them where none is."""
    return _taken(case), _where(case), _basis_and_range(case)


def _taken(case: CaseFolder) -> str:
    thefts, asset = case.outcome.thefts, case.asset
    weaker = sorted({theft.basis for theft in thefts if theft.basis != "chain"})
    unread = sum(theft.basis != "chain" for theft in thefts)
    of_them = "all of them" if unread == len(thefts) else f"{unread:,} of them"
    those = "it is" if len(thefts) == 1 else f"{of_them} {'is' if unread == 1 else 'are'}"
    rests = f"; {those} {' or '.join(weaker)}, not read from the chain" if weaker else ""
    times = sorted(theft.time for theft in thefts if theft.time)
    when = "" if not times else f" on {utc(times[0])}" if times[0] == times[-1] else f" from {utc(times[0])} to {utc(times[-1])}"
    each = " (one payment each)" if len(thefts) > 1 else ""
    return f"Taken: {asset.stated(sum(theft.amount for theft in thefts))} in {counted(len(thefts), 'theft')}{each}{when}{rests}."


def _where(case: CaseFolder) -> str:
    """The stolen value by where it ended, under the declared rule; the parts and the fees add up to what was stolen."""
    if case.question.trace.primary is None:
        return _between(case)
    rule, asset, outcome = case.question.leading_rule, case.asset, case.outcome
    parts = []
    for reason, words in ENDED.items():
        ends = [end for end in outcome.endpoints if end.reason == reason and end.amounts[rule]]
        if ends:
            amount = asset.format(sum(end.amounts[rule] for end in ends))
            parts.append(f"{amount} {words} ({_at(ends, reason)})")
    if outcome.fees[rule]:
        parts.append(f"{asset.format(outcome.fees[rule])} paid as fees")
    said = ", ".join(parts) or "nothing was stolen on this ledger"
    return f"Where the trail of the stolen {asset.symbol} ends, under {rule} (the declared rule): {said}."


def _between(case: CaseFolder) -> str:
    """The same without a declared rule: at each place the least and the most that the rules put there, and the floor where it is known."""
    asset, outcome = case.asset, case.outcome
    parts = []
    for reason, words in ENDED.items():
        ends = [end for end in outcome.endpoints if end.reason == reason]
        sums = [sum(end.amounts[rule] for end in ends) for rule in outcome.rules]
        if any(sums):
            floor = together(case, ends)
            least = f"; floor {asset.format(floor[0])}" if floor and floor[0] else ""
            parts.append(f"{asset.format(min(sums))} to {asset.format(max(sums))} {words} ({_at(ends, reason)}{least})")
    said = "; ".join(parts) or "nothing was stolen on this ledger"
    floors = f"; a floor is the least under {ANY_RULE}" if "; floor " in said else ""
    compared = counted(len(outcome.rules), "rule")
    head = f"Where the trail of the stolen {asset.symbol} ends"
    return f"{head} (no rule is declared: from the least to the most of {compared}{floors}): {said}."


def _at(ends: Sequence[Endpoint], reason: str) -> str:
    if reason != "service":
        return counted(len(ends), "address", "addresses")
    names = list(dict.fromkeys(str(end.service) for end in ends))
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _basis_and_range(case: CaseFolder) -> str:
    """What the figures rest on, how far the rules are apart, and under which rules the bounds hold."""
    outcome, asset = case.outcome, case.asset
    declared = case.question.trace.primary
    rules = [declared] if declared else outcome.rules
    weak = {rule: sum(end.amounts[rule] for end in outcome.endpoints if end.basis != "chain") for rule in rules}
    rests = _rests(case, weak) if any(weak.values()) else f"every payment on the way was read from the chain{_by_tie(case, rules)}"
    at_services = [sum(end.amounts[each] for end in outcome.endpoints if end.reason == "service") for each in outcome.rules]
    least, most = asset.format(min(at_services)), asset.stated(max(at_services))
    compared = counted(len(outcome.rules), "compared rule")
    received = most if min(at_services) == max(at_services) else f"between {least} and {most}"
    spread = f"; under the {compared}, services received {received} of stolen value" if any(at_services) else ""
    head, bounds = f"Basis{' and range' * bool(spread)}", command_for(case, "bounds")
    if case.bounds.endpoints:
        return f'{head}: {rests}{spread}; "{bounds}" shows floor and ceiling, which hold under {ANY_RULE}.'
    bears_bounds = spread and not any(weak.values())  # they need rows read from blocks
    floor = f' That is the range of these rules only: "{bounds}" computes the floor, the least under {ANY_RULE}.'
    return f"{head}: {rests}{spread}.{floor if bears_bounds else ''}"


def _rests(case: CaseFolder, weak: Mapping[str, int]) -> str:
    """How much rests on what was not read from a block: all of it, or a part."""
    whole = all(amount == case.outcome.stolen[rule] for rule, amount in weak.items())
    part = f"{'' if case.question.trace.primary else 'up to '}{case.asset.stated(max(weak.values()))}"
    return f"{'all' if whole else part} of the stolen value rests on reports or assumptions, not on payments read from the chain"


def _by_tie(case: CaseFolder, rules: Sequence[str]) -> str:
    """How much hangs on rows that no signature ties to their block; "" where all are signed, or rows have no ties."""
    amounts = stolen_by_tie(case.ledger, case.trace)
    said = []
    for tie, words in WEAKER:
        if most := max((amounts[rule][tie] for rule in rules if amounts), default=0):
            at = "of what was stolen, at least one path to where it ended up includes a payment that"
            said.append(f"for {case.asset.stated(most)} {at} {words} ({tie})")
    return "".join(f"; {each}" for each in said)
