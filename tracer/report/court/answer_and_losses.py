"""The first sections of the report: the summary of findings, and what was lost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from markupsafe import Markup

from tracer.evidence.coverage import LIMITS, stolen_twice
from tracer.evidence.valuation import decimal, old
from tracer.model import BASES, TIES, Bound, Reason, Theft
from tracer.report.court.blocks import Block, Heading, Items, Kind, Say, Section, TableLine, Tabular, Text, tabular
from tracer.report.court.cautions import cautions
from tracer.report.court.cited_figures import Pen
from tracer.tracing.reconciliation import certify
from tracer.wording import grouped

NARROW = 8  # decimals with which amounts of all rules stand side by side in the usual size
PRICES = 40  # of a case that are listed; a file of every hour has thousands
CUT: tuple[Reason, ...] = ("returned", "dust", "not_fetched")


def answer(pen: Pen) -> Section:
    """Where the trail ends: floor, rules, ceiling, on one page."""
    say, trace = pen.say, pen.case.trace
    blocks: list[Block] = [Say(taken(pen), pen.kind(theft.row for theft in trace.thefts)), *_worth(pen), *_basis(pen), *_declared(pen)]
    if pen.case.withheld:
        blocks.append(Say(pen.quoted(pen.case.withheld), "warning"))
    if pen.case.question.assets:
        blocks.append(Say(say("answer.followed" if pen.several else "answer.followed_alone", asset=pen.asset.symbol), "warning"))
    if pen.case.gaps:
        blocks.append(Say(say("answer.gaps", count=say.counted(len(pen.case.gaps), "gap")), "warning"))
    blocks += [Say(say("answer.table", unit=pen.asset.symbol)), where_table(pen), Say(_read_to(pen))]
    certify(pen.case.outcome)  # raises where a rule's lines do not add up: then there is no report
    blocks.append(Say(say("answer.reconciled", count=pen.count(len(trace.rules), "reconciliation", "items", "rule")), "computed"))
    if pen.why_no_bounds:
        blocks.append(Say(say("answer.no_bounds", why=pen.quoted(pen.why_no_bounds.removeprefix("no bounds: ").rstrip(".")))))
    else:
        blocks.append(Say(say("answer.no_floor_here")))
    blocks += [Heading(say("answer.before")), Items(list(cautions(pen)))]
    blocks += [Heading(say("answer.limits")), Items([pen.quoted(limit) for limit in LIMITS], "quoted")]
    return Section("answer", "1", say("answer.title"), blocks)


def taken(pen: Pen) -> Markup:
    """What was taken, from whom, when."""
    thefts = pen.case.trace.thefts
    senders = {theft.sender for theft in thefts}
    victims = pen.count(len(senders), "victims", "items", "address")
    amount = pen.amount(sum(theft.amount for theft in thefts), "thefts", "amount")
    what = {"amount": amount, "victims": victims, "count": pen.count(len(thefts), "thefts", "items", "theft")}
    times = [theft.time for theft in thefts if theft.time is not None]
    if len(times) < len(thefts):
        return pen.say("answer.taken_when_unknown", **what)
    return pen.say("answer.taken", **what, first=pen.time(min(times)), last=pen.time(max(times)))


def _read_to(pen: Pen) -> Markup:
    """The last block or row that the answer knows of."""
    ledger = pen.case.ledger
    if ledger.tip is None:
        return pen.say("answer.as_of_row", time=pen.time(ledger.last_time))
    made = ledger.time_of_block(ledger.tip)
    key, time = ("as_of", made) if made is not None else ("as_of_untimed", ledger.last_time)
    return pen.say(f"answer.{key}", height=pen.height(ledger.tip), time=pen.time(time))


def _worth(pen: Pen) -> Iterator[Say]:
    valued = pen.flow.about.valuation
    if valued is None:
        yield Say(pen.say("answer.no_prices"))
    elif valued.total is None:
        yield Say(pen.say("answer.worth_unknown"))
    else:
        yield Say(
            pen.say("answer.worth", worth=worth_of(pen, valued.total, "thefts"), currency=valued.currency, basis=pen.quoted(valued.basis))
        )


def worth_of(pen: Pen, worth: str, anchor: str) -> Markup:
    """A worth, which is decimal text."""
    return pen.figure(worth, grouped(worth), anchor, "worth", {})


def _basis(pen: Pen) -> Iterator[Block]:
    """How much rests on the chain, on reports, on assumptions: computed of the endpoints, under the leading rule."""
    rule = pen.case.question.leading_rule
    sums = {basis: [end for end in pen.case.trace.endpoints if end.basis == basis and end.amounts[rule]] for basis in BASES}
    lines: list[Text] = []
    for basis, ends in sums.items():
        if ends:
            value = sum(end.amounts[rule] for end in ends)
            amount = pen.figure(value, pen.asset.stated(value), "again", "based", {"data-column": rule, "data-basis": basis})
            lines.append(pen.say(f"answer.rests_{basis}", amount=amount, rule=pen.rule(rule)))
    if not sums["chain"]:
        lines.append(pen.say("answer.no_chain"))
    yield Say(pen.say("answer.rests"))
    yield Items(lines)


def _declared(pen: Pen) -> Iterator[Say]:
    asked, declared = pen.case.question.trace, pen.case.declared
    if asked.primary is None:
        yield Say(pen.say("answer.undeclared"))
        return
    said = pen.say("answer.beforehand") if declared.beforehand else pen.quoted(" ".join(declared.sentences))
    yield Say(pen.say("answer.declared", rule=pen.rule(asked.primary), reason=pen.quoted(asked.reason), when=said))


def where_table(pen: Pen) -> Tabular:
    """Where the value is: a line for each service and each other reason, and all of it."""
    say, ends = pen.say, pen.ends
    lines = [
        _line(
            pen,
            say(
                "answer.service_line",
                service=pen.quoted(each.name),
                addresses=pen.count(len(each.addresses), each.anchor, "recipients", "address"),
            ),
            each.anchor,
            {rule: each.amount(rule) for rule in pen.rules},
            each.bound,
        )
        for each in ends.services
    ]
    for reason, holders in ends.holders.items():
        name = {"unspent": "held"}.get(reason, reason)
        text = say(f"answer.{name}", addresses=pen.count(len(holders), f"end-{reason}", "items", "address"))
        lines.append(_line(pen, text, f"end-{reason}", {rule: ends.ended(reason, rule) for rule in pen.rules}, None))
    lines.append(_line(pen, say("answer.fees"), "fees", pen.case.outcome.fees, None))
    stolen = pen.case.outcome.stolen
    lines.append(_line(pen, say("answer.total"), "thefts", stolen, None)._replace(strong=True))
    head = [say("column.where"), say("column.floor"), *pen.rule_heads(), say("column.ceiling")]
    return tabular(head, lines, range(1, len(head)), "where", small=pen.asset.decimals > NARROW)


def _line(pen: Pen, text: Text, anchor: str, amounts: dict[str, int], bound: Bound | None) -> TableLine:
    column = "taken:" if anchor == "thefts" else ""
    figures = [pen.amount(amounts[rule], anchor, f"{column}{rule}", unit=False) for rule in pen.rules]
    floor, ceiling = bounds_cells(pen, bound, anchor)
    return TableLine([text, floor, *figures, ceiling])


def bounds_cells(pen: Pen, bound: Bound | None, anchor: str) -> tuple[Text, Text]:
    """Floor and ceiling, each with its proof; empty where they are not known."""
    if bound is None:
        return "", ""
    least, most = (pen.bound(value, name, anchor, unit=False) for name, value in zip(("least", "most"), bound, strict=True))
    return least, most


def losses(pen: Pen) -> Section:
    """The thefts, each with what binds it to the chain and what it was worth."""
    say, thefts, valued = pen.say, pen.case.trace.thefts, pen.flow.about.valuation
    ways = {(theft.sender, theft.recipient) for theft in thefts}
    head: list[Text] = [say("column.number"), *pen.time_heads(), say("column.height"), say("column.transaction")]
    head += [] if len(ways) == 1 else [say("column.from"), say("column.to")]
    amount = len(head)
    head += [say("column.amount"), say("column.tie"), *([say("column.worth"), say("column.price"), say("column.age")] if valued else [])]
    lines = [_theft(pen, number, theft, ends=len(ways) > 1) for number, theft in enumerate(thefts)]
    kind = pen.kind(theft.row for theft in thefts)
    blocks: list[Block] = [Say(say("losses.intro")), *_ties(pen, kind)]
    if len(ways) == 1:
        one = {"sender": pen.code(thefts[0].sender), "recipient": pen.code(thefts[0].recipient)}
        blocks.append(Say(say("losses.way", **one), kind))
    blocks += [
        tabular(head, lines, (amount, amount + 2, amount + 3), "thefts", small=True),
        _new(pen),
        _others(pen),
    ]
    if any(theft.basis == "chain" for theft in thefts):
        blocks.append(Say(say("losses.chain_proof")))
    if any(theft.basis != "chain" for theft in thefts):
        blocks.append(Say(say("losses.reported_proof")))
    blocks += _prices(pen) if valued else []
    return Section("losses", "2", say("losses.title"), blocks)


def _new(pen: Pen) -> Say:
    """Whether what the thefts carried was new, or partly taken before; marked as computed where it is known."""
    if twice := stolen_twice(pen.case.outcome, pen.asset):
        return Say(pen.say("losses.differs", sentence=pen.quoted(twice)), "computed")
    ledger, thefts = pen.case.ledger, pen.case.trace.thefts
    if not _read_whole(pen, {ledger.index[theft.sender] for theft in thefts}):
        return Say(pen.say("losses.same_unknown", drained=_drained(pen)))
    return Say(pen.say("losses.same"), "computed")


def _drained(pen: Pen) -> Text:
    """The addresses that the thefts were paid from, in words: one or several."""
    return pen.say("word.drained_one" if len({theft.sender for theft in pen.case.trace.thefts}) == 1 else "word.drained_several")


def _read_whole(pen: Pen, accounts: Iterable[int]) -> bool:
    """Whether the history of each account was read."""
    return all(pen.case.ledger.accounts[number].coverage == "full" for number in accounts)


def _others(pen: Pen) -> Say:
    """What else the drained addresses paid, from their first theft on, that the case file does not call a theft."""
    c, index = pen.case.ledger.columns, pen.case.ledger.index
    first: dict[int, int] = {}
    for theft in pen.case.trace.thefts:
        first.setdefault(index[theft.sender], theft.row)
    declared = {theft.row for theft in pen.case.trace.thefts}
    rows = [
        row
        for row, (sender, recipient) in enumerate(zip(c.sender, c.recipient, strict=True))
        if row > first.get(sender, len(c.sender)) and recipient != sender and row not in declared and c.amount[row]
    ]
    if not rows:
        known = _read_whole(pen, first)
        return Say(pen.say("losses.no_others" if known else "losses.others_unknown", drained=_drained(pen)), "computed" if known else "")
    total = sum(c.amount[row] for row in rows)
    count = pen.figure(len(rows), pen.say.counted(len(rows), "payment"), "again", "others", {})
    amount = pen.figure(total, pen.asset.stated(total), "again", "others", {"data-column": "amount"})
    return Say(pen.say("losses.others", drained=_drained(pen), count=count, amount=amount), pen.kind(rows))


def _prices(pen: Pen) -> list[Block]:
    """Every price of the case, and whether a worth here is made with it."""
    say, valued = pen.say, pen.flow.about.valuation
    used = {value.price for value in valued.thefts if value} if valued else set()
    head = [say("column.time"), say("column.price"), say("column.used"), say("column.at_this_price"), say("column.source")]
    taken = sum(theft.amount for theft in pen.case.trace.thefts)
    times = [theft.time for theft in pen.case.trace.thefts]
    last = max((time for time in times if time is not None), default=None)
    lines = [
        TableLine(
            [
                pen.time(p.time),
                pen.setting(f"{p.price} {p.currency}"),
                say("losses.used" if p in used else "losses.later" if last is not None and p.time > last else "losses.unused"),
                pen.setting(f"{grouped(decimal(Fraction(taken, 10**pen.asset.decimals) * Fraction(p.price)))} {p.currency}"),
                pen.quoted(p.source),
            ]
        )
        for p in sorted(pen.case.context.prices)[:PRICES]
    ]
    return [Say(say("losses.prices")), tabular(head, lines, small=True)]


def _theft(pen: Pen, number: int, theft: Theft, *, ends: bool) -> TableLine:
    t, valued = pen.case.ledger.transfer(theft.row), pen.flow.about.valuation
    cells: list[Text] = [str(number + 1), *pen.times(t), pen.height(t.height), pen.code(t.tx_hash)]
    cells += [pen.named(theft.sender), pen.named(theft.recipient)] if ends else []
    cells.append(pen.amount(theft.amount, "", "amount", unit=False))
    basis = pen.say(f"basis.{theft.basis}")  # what a source reports, or the case assumes, is tied to no block
    cells.append(Markup("{}, {}").format(basis, pen.say(f"tie_short.{pen.tie(t)}")) if theft.basis == "chain" else basis)
    marks = {**pen.marks("taken", [theft.row]), "data-item": str(number + 1)}
    value = valued.thefts[number] if valued else None
    if value:
        cells += [worth_of(pen, value.worth, ""), f"{value.price.price} {value.price.currency}", old(value.age)]
        marks["data-price"] = value.price.price
    elif valued:
        cells += [pen.say("word.unknown"), "", ""]
    return TableLine(cells, marks)


def _ties(pen: Pen, kind: Kind) -> Iterator[Block]:
    rows = [(pen.tie(pen.case.ledger.transfer(theft.row)), theft.amount) for theft in pen.case.trace.thefts]
    said: list[Text] = []
    for tie in TIES:
        if amounts := [amount for each, amount in rows if each == tie]:
            count = pen.count(len(amounts), "thefts", "tied", "theft", marks={"data-tie": tie})
            total = pen.figure(sum(amounts), pen.asset.stated(sum(amounts)), "thefts", "tied", {"data-tie": tie, "data-column": "amount"})
            said.append(pen.say(f"losses.ties_{tie}_{'one' if len(amounts) == 1 else 'several'}", count=count, amount=total))
    yield Say(Markup(" ").join(said), kind)
    weak = [basis for basis in BASES if basis != "chain" and any(theft.basis == basis for theft in pen.case.trace.thefts)]
    yield Items([pen.say(f"tie.{how}") for how in (*TIES, *weak)])
