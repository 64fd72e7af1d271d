"""Sections on what was found: facts, what is computed from them and what is only inferred; by service and customer; by victim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from markupsafe import Markup

from tracer.model import Bound, Customer, Label, Reason, Transfer
from tracer.plan.unlabelled_services import SEVERAL
from tracer.report.court.answer_and_losses import bounds_cells
from tracer.report.court.blocks import Block, Body, Heading, Items, Say, Section, TableLine, Tabular, Text
from tracer.report.court.cited_figures import Pen
from tracer.report.court.holders_where_rules_differ import spread_of_holders
from tracer.report.court.rows_at_endpoints import Holder, ServiceRows
from tracer.report.court.sources_and_method import label_said
from tracer.wording import utc

LARGEST = 10  # holders and unlabelled accounts named one by one in a finding; the appendix has all


def findings(pen: Pen) -> Section:
    """A finding for each service and for each other reason."""
    blocks: list[Block] = [Say(pen.say("findings.intro"))]
    if any(not _mixes(pen, each) for each in pen.ends.services):
        blocks.append(Say(pen.say("findings.services_inside")))
    number = 0
    for each in pen.ends.services:
        number += 1
        blocks += [Heading(pen.say("findings.service", number=str(number), service=pen.quoted(each.name))), *_service(pen, each)]
    for reason, holders in pen.ends.holders.items():
        number += 1
        blocks += _held(pen, number, holders) if reason == "unspent" else _cut(pen, number, reason, holders)
    if pen.ends.fee_rows:
        blocks += [Heading(pen.say("findings.fees", number=str(number + 1))), *_fees(pen)]
    return Section("findings", "5", pen.say("findings.title"), blocks)


def _service(pen: Pen, each: ServiceRows) -> Iterator[Block]:
    say, deposits = pen.say, each.deposits
    addresses = pen.count(len(each.addresses), each.anchor, "recipients", "address")
    slots: dict[str, Text] = {"count": pen.count(len(deposits), each.anchor, "rows", "deposit"), "addresses": addresses}
    slots["face"] = pen.amount(sum(deposit.amount for deposit in deposits), each.anchor, "amount")
    times = [deposit.time for deposit in deposits if deposit.time is not None]
    when = "_untimed"
    if len(times) == len(deposits) and times:
        when = "_single" if len(times) == 1 else "_once" if len(set(times)) == 1 else ""
        slots |= {"first": pen.time(min(times)), **({} if when else {"last": pen.time(max(times))})}
    yield Say(say(f"findings.service_fact{when}", **slots), pen.kind(t.row for t in deposits))
    if each.bound:
        least, most = (pen.bound(value, name, each.anchor) for name, value in zip(("least", "most"), each.bound, strict=True))
        exact = each.bound.least == each.bound.most
        yield Say(
            say("findings.service_exact", least=least) if exact else say("findings.service_bound", least=least, most=most), "computed"
        )
    yield Say(say("findings.service_traced_single" if len(deposits) == 1 else "findings.service_traced"), "computed")
    yield from _provisional_deposits(pen, each)
    amounts = {rule: each.amount(rule) for rule in pen.rules}
    yield Say(say("findings.service_rules", figures=pen.by_rule(amounts, each.anchor)), "computed")
    yield Say(_range(pen, amounts, each.anchor), "computed")
    labels = [label for address in each.addresses for label in pen.case.labels.of(address)]
    said = say.joined([_label(pen, label, max(times, default=None)) for label in labels[:LARGEST]]) or say("word.none")
    yield Say(say("findings.service_label", service=pen.quoted(each.name), labels=said), "inferred")
    if _mixes(pen, each):
        yield Say(say("findings.service_mixer", service=pen.quoted(each.name)))


def _mixes(pen: Pen, each: ServiceRows) -> bool:
    return any(label.category == "mixing_service" for address in each.addresses for label in pen.case.labels.of(address))


def _provisional(pen: Pen, rows: Iterable[int], anchor: str) -> Iterator[Say]:
    """How many rows of a finding lay so near the tip that the chain could still rewrite them when they were read."""
    number = sum(map(pen.case.ledger.provisional, rows))
    if number:
        count = pen.figure(number, f"{number:,}", anchor, "provisional", {})
        yield Say(pen.say("findings.provisional", count=count), "warning")


def _provisional_deposits(pen: Pen, each: ServiceRows) -> Iterator[Say]:
    """The same of a service's deposits, with what these carried under the leading rule."""
    rule = pen.case.question.leading_rule
    rows = [t.row for t in each.deposits if pen.case.ledger.provisional(t.row)]
    if rows:
        value = sum(pen.case.trace.rules[rule].by_row.get(row, 0) for row in rows)
        count = pen.figure(len(rows), pen.say.counted(len(rows), "deposit"), each.anchor, "provisional", {})
        amount = pen.figure(value, pen.asset.stated(value), each.anchor, "provisional", {"data-column": rule})
        yield Say(pen.say("findings.service_provisional", count=count, amount=amount, rule=pen.rule(rule)), "warning")


def _range(pen: Pen, amounts: dict[str, int], anchor: str) -> Markup:
    low, high = min(amounts, key=lambda rule: amounts[rule]), max(amounts, key=lambda rule: amounts[rule])
    difference = amounts[high] - amounts[low]
    if not difference:
        return pen.say("findings.service_same")
    columns = {"data-column": high, "data-less": low}
    return pen.say("findings.service_range", range=pen.figure(difference, pen.asset.stated(difference), anchor, "difference", columns))


def _label(pen: Pen, label: Label, last: int | None) -> Markup:
    """A label of a service, and whether it is younger than the last deposit there."""
    younger = bool(label.lastmod) and last is not None and (label.lastmod or "")[:10] > utc(last)[:10]
    return label_said(pen, label, younger=younger)


def _held(pen: Pen, number: int, holders: Sequence[Holder]) -> Iterator[Block]:
    say = pen.say
    yield Heading(say("findings.held", number=str(number)))
    rows = {row for each in holders for row in (*each.came, *each.left)}
    count = pen.count(len(holders), "end-unspent", "items", "address")
    yield Say(say("findings.held_fact", rows=pen.count(len(rows), "end-unspent", "rows", "row"), count=count), pen.kind(rows))
    yield from _provisional(pen, rows, "end-unspent")
    key = "findings.held_rules" if pen.case.question.stops.until is None else "findings.held_rules_cut_off"
    yield Say(say(key, figures=pen.totals("unspent")), "computed")
    yield Say(say("findings.held_largest", rule=pen.rule(pen.rules[0])), "computed")
    largest = [
        say("findings.held_line", address=pen.named(each.end.address), figures=pen.by_rule(each.end.amounts, each.anchor))
        for each in holders[:LARGEST]
    ]
    yield Items(largest, "computed")
    yield from spread_of_holders(pen, holders)
    yield Say(say("findings.held_who"))
    signs = [pen.code(each.address) for each in pen.flow.about.unlabelled]
    said = say.joined(list(signs[:LARGEST]))
    if len(signs) > LARGEST:
        said = Markup("{} {}").format(said, say("word.and_more", count=len(signs) - LARGEST))
    key, leading = "findings.held_inferred" if signs else "findings.held_no_signs", pen.rule(pen.case.question.leading_rule)
    yield Say(say(key, unlabelled=said, rule=leading, few=str(SEVERAL)), "inferred")


def _cut(pen: Pen, number: int, reason: Reason, holders: Sequence[Holder]) -> Iterator[Block]:
    say, anchor = pen.say, f"end-{reason}"
    yield Heading(say("findings.cut", number=str(number), reason=say(f"reasons.{reason}")))
    rows = {row for each in holders for row in (*each.came, *each.left)}
    addresses = pen.count(len(holders), anchor, "items", "address")
    moved_on = any(each.left for each in holders)  # of a frozen account, or of one that was read in part
    fact = f"findings.cut_fact_{reason}" if reason in ("destroyed", "dust") else f"findings.cut_fact{'_both' * moved_on}"
    yield Say(say(fact, count=pen.count(len(rows), anchor, "rows", "row"), addresses=addresses), pen.kind(rows))
    yield from _provisional(pen, rows, anchor)
    if reason != "destroyed":
        yield Say(say(f"findings.cut_traced{'_both' if moved_on else '_single' if len(rows) == 1 else ''}"), "computed")
    yield Say(say("findings.cut_rules", figures=pen.totals(reason)), "computed")
    key = "converted_both" if reason == "converted" and pen.several else reason
    yield Say(say(f"findings.cut_unknown_{key}"))


def _fees(pen: Pen) -> Iterator[Block]:
    rows = pen.ends.fee_rows
    yield Say(pen.say("findings.fees_fact", count=pen.count(len(rows), "fees", "rows", "row")), pen.kind(rows))
    yield from _provisional(pen, rows, "fees")
    yield Say(pen.say("findings.fees_traced"), "computed")
    yield Say(pen.say("findings.fees_rules", figures=pen.by_rule(pen.case.outcome.fees, "fees")), "computed")
    yield Say(pen.say("findings.fees_convention"))


def schedule(pen: Pen) -> Section:
    """What came to each service, customer by customer: floor, rules, ceiling."""
    say = pen.say
    if not pen.ends.services:
        return Section("schedule", "6", say("schedule.title"), [Say(say("schedule.none"))])
    head = [say("column.customer"), say("column.floor"), *pen.rule_heads(), say("column.ceiling")]
    bodies = [_of_service(pen, each) for each in pen.ends.services]
    blocks: list[Block] = [
        Say(say("schedule.intro", unit=pen.asset.symbol)),
        Tabular(head, bodies, range(1, len(head)), "by-service", True),
    ]
    listed = {customer for each in pen.ends.services for customer in each.customers}
    if further := pen.case.bounds.customers.keys() - listed:
        blocks.append(Say(say("schedule.further", count=say.counted(len(further), "further_customer")), "computed"))
    return Section("schedule", "6", say("schedule.title"), blocks)


def _of_service(pen: Pen, each: ServiceRows) -> Body:
    lines = [
        _schedule_line(pen, customer_said(pen, customer), f"{each.anchor}-{number}", deposits, pen.case.bounds.customers.get(customer))
        for number, (customer, deposits) in enumerate(each.customers.items(), 1)
    ]
    together = pen.say("schedule.whole_mixer" if _mixes(pen, each) else "schedule.whole")
    whole = _schedule_line(pen, together, each.anchor, each.deposits, each.bound)
    return Body([*lines, whole._replace(strong=True)], title=pen.quoted(each.name))


def customer_said(pen: Pen, customer: Customer) -> Markup:
    """A customer: the address, and the memo that tells whose it is."""
    memo = customer.memo
    if memo is None:
        said = pen.say("word.no_memo")
    elif memo.text is None:
        said = pen.say("word.memo_bytes", memo=pen.code(memo.content.hex()))
    else:
        said = pen.say("word.memo", memo=pen.quoted(memo.text))
    return Markup("{}, {}").format(pen.code(customer.address), said)


def _schedule_line(pen: Pen, text: Text, anchor: str, deposits: Sequence[Transfer], bound: Bound | None) -> TableLine:
    floor, ceiling = bounds_cells(pen, bound, anchor)
    rows = [deposit.row for deposit in deposits]
    sums = {rule: sum(stolen.by_row.get(row, 0) for row in rows) for rule, stolen in pen.case.trace.rules.items()}
    return TableLine([text, floor, *(pen.amount(amount, anchor, rule, unit=False) for rule, amount in sums.items()), ceiling])


def victims(pen: Pen) -> Section:
    """Of each drained address: what left it, and where money of its thefts is."""
    say, thefts = pen.say, pen.case.trace.thefts
    drained: dict[str, list[int]] = {}
    for number, theft in enumerate(thefts):
        drained.setdefault(theft.sender, []).append(number)
    head = [say("column.where"), *pen.rule_heads()]
    bodies = [_of_victim(pen, victim, numbers) for victim, numbers in drained.items()]
    blocks: list[Block] = [Say(say("victims.intro", unit=pen.asset.symbol)), Tabular(head, bodies, range(1, len(head)), "victims", True)]
    return Section("victims", "7", say("victims.title"), blocks)


def _of_victim(pen: Pen, victim: str, numbers: Sequence[int]) -> Body:
    say, thefts, outcome = pen.say, pen.case.trace.thefts, pen.case.outcome
    named = [number + 1 for number in numbers]
    face = pen.amount(sum(thefts[number].amount for number in numbers), "thefts", "amount", named)
    title = say("victims.victim", address=pen.named(victim), count=say.counted(len(numbers), "theft"), amount=face)

    def line(text: Text, anchor: str, amounts: dict[str, int], prefix: str = "") -> TableLine:
        return TableLine([text, *(pen.amount(amounts[rule], anchor, prefix + rule, named, unit=False) for rule in pen.rules)])

    lines = [
        line(pen.quoted(each.name), each.anchor, {r: sum(e.by_theft[r][n] for e in each.ends for n in numbers) for r in pen.rules})
        for each in pen.ends.services
    ]
    for reason, holders in pen.ends.holders.items():
        sums = {r: sum(each.end.by_theft[r][n] for each in holders for n in numbers) for r in pen.rules}
        lines.append(line(say(f"reasons.{reason}"), f"end-{reason}", sums))
    lines.append(line(say("reasons.fees"), "fees", {r: sum(outcome.fees_by_theft[r][n] for n in numbers) for r in pen.rules}))
    took = line(say("answer.total"), "thefts", {r: sum(outcome.taken[r][n] for n in numbers) for r in pen.rules}, "taken:")
    return Body([*lines, took._replace(strong=True)], title=title, marks={"data-item": victim})
