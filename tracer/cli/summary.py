"""The summary of a traced case: where the trail of the stolen value ends, what it rests on, where the files are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tracer.cli.both_answers import print_answers
from tracer.cli.headline import answer_lines, command_for
from tracer.cli.output import print_table, say
from tracer.cli.rules import headed, marked, primary_line, rules_last, say_star
from tracer.model import Bound, Reason
from tracer.report.highest_floor_first import by_floor
from tracer.report.undeclared_rule import together, undeclared, with_bounds
from tracer.wording import ANY_RULE, ENDED, counted, grouped, place_text

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.evidence.valuation import Valuation
    from tracer.flow.case_attributes import About
    from tracer.model import Asset, Endpoint
    from tracer.tracing import Outcome

LIKELIEST = 5  # of the likely services without a label, so many are shown
SIGNS = {"hub": "tag hub", "fan_in": "tag fan_in", "memos": "different memos"}  # why an account looks like a service


def print_summary(case: CaseFolder) -> None:
    """The table of endpoints, the coverage statement, likely services without a label, and the paths of the files, a path a line."""
    outcome, asset = case.outcome, case.asset
    say(case.question.title or case.question.name)
    for line in (*answer_lines(case), primary_line(case)):
        say(line)
    rules = list(outcome.rules)
    names = [f"where the trail of the stolen {asset.symbol} ends", *(headed(case, rules) if undeclared(case) else marked(case, rules))]

    def cells(line: SummaryLine) -> Sequence[str | None]:
        amounts = [asset.format(line.amounts[rule]) for rule in rules]
        return with_bounds(case, amounts, tuple(map(asset.format, line.bound or ()))) if undeclared(case) else amounts

    rows = [[line.name, *cells(line)] for line in summary_rows(case, outcome)]
    print_table("", names, rows, numeric=range(1, len(names)), final=True, order=rules_last(case, rules, 1))
    say_star(case)
    print_answers(case)
    for sentence in (*floor_lines(case), *context_lines(case)):
        say(f"- {sentence}")
    for sentence in case.coverage:
        say(f"- {sentence}")
    for line in (*unlabelled_block(case), ""):
        say(line)
    for name in ("case.html", "case.db", "manifest.json"):
        say(str(case.folder / name))


def floor_lines(case: CaseFolder) -> Iterator[str]:
    """Floor and ceiling of each service, a sentence each; nothing until `tracer bounds` has been run, and where the table has them."""
    asset = case.asset
    if undeclared(case):
        return
    for service, bound in case.bounds.services.items():
        ends = f"at least {asset.stated(bound.least)}, at most {asset.stated(bound.most)}"
        yield f"{service}: {ends}, under {ANY_RULE}."


def unlabelled_block(case: CaseFolder) -> Iterator[str]:
    """Likely services without a label: each account with its signs and the value behind it, and what to do. Nothing where there is none."""
    asset, rule = case.asset, case.question.leading_rule
    likely = case.unlabelled[:LIKELIEST]
    if not likely:
        return
    yield ""
    shown = f"{len(likely):,} of {len(case.unlabelled):,}"
    yield f"Unlabelled accounts with signs of being a service, those with the most signs first ({shown}; amounts under {rule}):"
    received = {theft.recipient for theft in case.outcome.thefts}
    for each in likely:
        passed = each.passed_on(rule)
        rest = "all of it stayed there"
        if passed:
            rest = f"{'all' if passed == each.arrived[rule] else asset.stated(passed)} of it was passed on"
        ways = f"signs: {', '.join(SIGNS[sign] for sign in each.signs)}; "
        ways += f"{counted(each.payers, 'payer')}, {each.strangers:,} of whom sent no stolen value"
        memos = f"; {counted(each.memos, 'different memo')}" if each.memos else ""
        first = "theft recipient; " if each.address in received else ""
        yield f"  {each.address}  {first}{ways}{memos}; {asset.stated(each.arrived[rule])} of stolen value arrived, and {rest}"
    yield (
        'If one is a service, add it to one of the label files that the case file names ("files" in [labels]), with one of the '
        f'categories at which the trail stops ("categories" in [stops]; now: {", ".join(case.question.stops.categories) or "none"}), '
        "and trace again: the trail then stops there."
    )


def _at_prices(valuation: Valuation, asset: Asset) -> str:
    """At which prices the thefts are valued, which must all have one."""
    prices = {value.price.price for value in valuation.thefts if value}
    if len(prices) > 1:
        return "each at its own price; no more exact than these prices"
    return f"at {prices.pop()} {valuation.currency} per {asset.symbol}; no more exact than this price"


def context_lines(case: CaseFolder) -> Iterator[str]:
    """What stands beside the trace, a sentence each: the worth of the thefts, evidence, claims."""
    if not any(case.context):
        return
    about = case.flow.about
    if about.valuation is not None:
        worth, currency = about.valuation.total, about.valuation.currency
        yield (
            f"Value when stolen: {grouped(worth)} {currency}, all thefts together, {_at_prices(about.valuation, case.asset)}. "
            f"{about.valuation.basis} "
            f'The command "{command_for(case, "prices")}" lists every price.'
            if worth
            else f"Value when stolen: unknown, because a theft is older than every price in {currency}."
        )
    if about.evidence:
        explained = sum(piece.status != "stands" for piece in about.evidence)
        yield (
            f"The case lists {counted(len(about.evidence), 'piece')} of evidence from outside the chain; {explained:,} of them "
            f"{'was' if explained == 1 else 'were'} later explained otherwise, or superseded. "
            "No amount comes from it: amounts come from the ledger alone "
            f'(see "{command_for(case, "evidence")}").'
        )
    if about.claims:
        without = sum(comparison.traced is None for comparison in about.claims)
        claims = counted(len(about.claims), "published claim")
        none = "none of them could" if without == len(about.claims) else f"{without:,} of them could not"
        yield f'The case lists {claims}; {none} be compared with a traced figure (see "{command_for(case, "evidence")}").'
    yield from _statements_line(case, about)


def _statements_line(case: CaseFolder, about: About) -> Iterator[str]:
    if about.statements:
        doubtful = sum(bool(told.why) for told in about.statements)
        said = counted(len(about.statements), "statement")
        are = "is" if doubtful == 1 else "are"
        see = f'(see "{command_for(case, "evidence")}")'
        yield f"Services made {said} on what they did with deposits; {doubtful:,} of them {are} doubtful {see}."


class SummaryLine(NamedTuple):
    """A line of the summary: stolen value by rule, and floor and ceiling where they are known."""

    name: str
    amounts: dict[str, int]
    bound: Bound | None = None


def summary_rows(case: CaseFolder, outcome: Outcome) -> list[SummaryLine]:
    """Stolen value by service, then by reason, fees, and what was stolen: the last row is the sum of the others.

    Where no rule is declared, what has the highest floor stands first.
    """
    at: dict[tuple[Reason, str | None], list[Endpoint]] = {}
    for endpoint in sorted(outcome.endpoints, key=lambda e: list(ENDED).index(e.reason)):
        at.setdefault((endpoint.reason, endpoint.service), []).append(endpoint)
    lines = []
    for (reason, service), ends in at.items():
        amounts = {rule: sum(end.amounts[rule] for end in ends) for rule in outcome.rules}
        lines.append(SummaryLine(f"{place_text(reason, service)} ({_where(ends, outcome.rules)})", amounts, together(case, ends)))
    lines = by_floor(case, lines, lambda line: line.bound, lambda line: line.amounts.values())
    lines.append(SummaryLine("fees", outcome.fees))
    lines.append(SummaryLine("stolen", outcome.stolen))
    return lines


def _where(ends: Sequence[Endpoint], rules: Sequence[str]) -> str:
    """At how many addresses: from the rule with the fewest to the rule with the most, or at how many under any rule where one has none."""
    numbers = [len({end.address for end in ends if end.amounts[rule]}) for rule in rules]
    fewest, most = min(numbers), max(numbers)
    if not fewest or fewest == most:
        return counted(most, "address", "addresses") if fewest or most == 1 else f"up to {most:,} addresses"
    return f"{fewest:,} to {most:,} addresses, by rule"
