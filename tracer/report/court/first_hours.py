"""The sheet of the first hours: one page with what stands where, whom to ask, what to do, what nobody knows yet."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from tracer.casefolder import CaseFolder
from tracer.pipeline.stoppable.lines import Line as Stoppable
from tracer.pipeline.stoppable.listing import Listing, facts_of, listing_of
from tracer.report.court.answer_and_losses import worth_of
from tracer.report.court.blocks import Block, Heading, Items, Say, Section, TableLine, Text, tabular
from tracer.report.court.cited_figures import Pen

LINES = 6  # addresses where nobody can be asked, that one page holds
RECIPIENTS = 3  # of thefts, named one by one


def first_hours(case: CaseFolder) -> str:
    """The sheet as HTML for one printed page."""
    from tracer.report.court.report import rendered

    pen = Pen(case, "")
    return rendered(pen, "first_hours", [sheet(pen, listing_of(facts_of(case)))])


def sheet(pen: Pen, listing: Listing) -> Section:
    """What the page says."""
    say = pen.say
    of_first = [line for line in listing.lines if not line.holding.asset]
    blocks: list[Block] = [*_taken(pen), Heading(say("first.stands")), *_stands(pen, of_first), *_elsewhere(pen, listing)]
    head = pen.case.log_entries[-1].hash if pen.case.log_entries else None
    steps = [say("first.do_1"), say("first.do_2"), say("first.do_3", hash=pen.code(head)), say("first.do_4")]
    blocks += [Heading(say("first.do")), Items(steps), Heading(say("first.not_yet")), Items(_unknown(pen))]
    title = say("first.title", title=pen.case.question.title or pen.case.question.name)
    return Section("first-hours", "", title, blocks)


def _value(pen: Pen, line: Stoppable) -> int:
    """What a line comes to on this sheet: under the leading rule."""
    return line.holding.traced[pen.case.question.leading_rule]


def _taken(pen: Pen) -> list[Block]:
    say, thefts, valued = pen.say, pen.case.trace.thefts, pen.flow.about.valuation
    recipients = list(dict.fromkeys(theft.recipient for theft in thefts))
    to: list[Text] = [pen.named(address) for address in recipients[:RECIPIENTS]]
    if len(recipients) > RECIPIENTS:
        to.append(say("word.and_more", count=len(recipients) - RECIPIENTS))
    times = [theft.time for theft in thefts if theft.time is not None]
    moments = {"first": pen.time(min(times, default=None)), "last": pen.time(max(times, default=None))}
    face = Markup("<b>{}</b>").format(pen.asset.stated(sum(theft.amount for theft in thefts)))
    victims = say.counted(len({theft.sender for theft in thefts}), "address")
    what = {"amount": face, "victims": victims, "count": say.counted(len(thefts), "theft"), "where": say.joined(to)}
    blocks: list[Block] = [Say(say("first.taken", **what, **moments))]
    if valued and valued.total:
        blocks.append(Say(say("first.worth", worth=worth_of(pen, valued.total, ""), currency=valued.currency)))
    return blocks


def _stands(pen: Pen, lines: Sequence[Stoppable]) -> list[Block]:
    """What stands at whom: a line for each service, and the largest addresses where nobody can be asked."""
    say = pen.say
    if not lines:
        return [Say(say("first.nothing"), "warning")]
    rule = pen.rule(pen.case.question.leading_rule)
    blocks: list[Block] = [Say(_now(pen, lines[0]))]
    asked = [line for line in lines if line.holding.addressee]
    if asked:
        head = [say(f"column.{name}") for name in ("whom", "customers", "amount", "floor", "since")]
        blocks += [Say(say("first.asked", rule=rule)), tabular(head, _services(pen, asked), (1, 2, 3, 4), small=True)]
        if any(line.holding.kind == "deposit" for line in asked):
            blocks.append(Say(say("first.through_deposits")))
    nobody = sorted((line for line in lines if not line.holding.addressee), key=lambda line: -_value(pen, line))
    if nobody:
        amount = pen.asset.stated(sum(_value(pen, line) for line in nobody))
        blocks.append(Say(say("first.nobody", count=say.counted(len(nobody), "address"), amount=amount, rule=rule)))
        head = [say(f"column.{name}") for name in ("address", "amount", "floor", "since")]
        blocks.append(
            tabular(head, [TableLine([pen.named(x.holding.address), *_figures(pen, [x])]) for x in nobody[:LINES]], (1, 2, 3), small=True)
        )
    return blocks


def _elsewhere(pen: Pen, listing: Listing) -> list[Block]:
    """What became another asset, in the order of the list; no line of the tables above has any of it."""
    became = [line for line in listing.lines if line.holding.asset]
    if not became:
        return []
    rule, assets, names = pen.case.question.leading_rule, pen.case.assets, pen.case.asset_names
    said = [line.sentence(assets[line.holding.asset], names[line.holding.asset], rule) for line in became[:LINES]]
    lines: list[Text] = [*map(pen.quoted, said)]
    if len(became) > LINES:
        lines.append(pen.say("word.and_more", count=len(became) - LINES))
    return [Say(pen.say("first.elsewhere")), Items(lines, "quoted")]


def _now(pen: Pen, line: Stoppable) -> Markup:
    """Of when the figures are."""
    balance = line.balance
    moment = {"time": pen.time(balance.time), "source": pen.quoted(balance.source)}
    if balance.height is None:
        return pen.say("first.now_unknown", source=moment["source"])
    key = "now" if balance.now or pen.case.ledger.time_of_block(balance.height) is not None else "now_untimed"
    return pen.say(f"first.{key}", height=pen.height(balance.height), **moment)


def _services(pen: Pen, lines: Sequence[Stoppable]) -> list[TableLine]:
    by_service: dict[str, list[Stoppable]] = {}
    for line in lines:
        by_service.setdefault(line.holding.addressee, []).append(line)
    # Most value under the leading rule first, whatever is asked: the sheet says whom to call first, by what stands beside the name. The
    # freeze letters (report/freeze_lists.py) and the stoppable list (pipeline/stoppable/listing.py) have orders of their own.
    ordered = sorted(by_service.items(), key=lambda item: -sum(_value(pen, line) for line in item[1]))
    return [TableLine([pen.quoted(name), f"{len(of):,}", *_figures(pen, of)]) for name, of in ordered]


def _figures(pen: Pen, lines: Sequence[Stoppable]) -> list[Text]:
    """What lines come to together: traced, floor (a service's own, or the sum of theirs), the fewest minutes since an arrival."""
    bounds = None if pen.case.answers else pen.case.bounds.services.get(lines[0].holding.addressee)
    each = [line.bound for line in lines if line.bound]
    least = bounds.least if bounds else sum(bound.least for bound in each) if len(each) == len(lines) else None
    minutes = [line.minutes for line in lines if line.minutes is not None]
    floor = pen.say("word.unknown") if least is None else pen.asset.format(least)
    return [pen.asset.format(sum(_value(pen, line) for line in lines)), floor, f"{min(minutes):,}" if minutes else pen.say("word.unknown")]


def _unknown(pen: Pen) -> list[Text]:
    say, rule = pen.say, pen.case.question.trace.primary
    unread = {each: pen.ends.ended("not_fetched", each) for each in pen.rules}
    lines: list[Text] = []
    if any(unread.values()):
        leading = pen.case.question.leading_rule
        figures = Markup("{} ({})").format(pen.asset.stated(unread[leading]), pen.rule(leading))
        lines.append(say("first.unread", figures=figures))
    else:
        lines.append(say("first.all_read"))
    if likely := pen.flow.about.unlabelled:
        key = "first.unlabelled" if len(likely) > 1 else "first.unlabelled_one"
        lines.append(say(key, count=say.counted(len(likely), "address"), address=pen.code(likely[0].address)))
    return [*lines, say("first.people"), say("first.rule", rule=pen.rule(rule)) if rule else say("first.rule_open")]
