"""Sections on what speaks against the findings: limits, other explanations, the error mitigation analysis."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from tracer.model import Bounded
from tracer.report.court.answer_and_losses import CUT
from tracer.report.court.blocks import Block, Items, Say, Section, TableLine, Text, tabular
from tracer.report.court.cautions import on_a_private_chain, whose_chain
from tracer.report.court.cited_figures import Pen
from tracer.report.court.outside_the_trace import innocently_explained

NAMED = 5  # unlabelled accounts that are named one by one


def limits(pen: Pen) -> Section:
    """What was cut and how much it can hide; what no tracing shows."""
    say = pen.say
    cut: list[Text] = [
        say("limits.cut_line", reason=say(f"reasons.{reason}"), figures=pen.totals(reason))
        for reason in CUT
        if reason != "returned" and any(pen.ends.ended(reason, rule) for rule in pen.rules)
    ]
    blocks: list[Block] = [Say(say("limits.cut")), Items(cut)] if cut else [Say(say("limits.cut_none"))]
    blocks.append(Say(say("limits.general")))
    blocks += [Say(say("limits.program")), Items([say(f"limits.own_{number}") for number in (1, 2, 3, 4)])]
    return Section("limits", "12", say("limits.title"), blocks)


def alternatives(pen: Pen) -> Section:
    """What else would explain the same rows, and what would change a finding."""
    say = pen.say
    lines: list[Text] = [say("alternatives.authorised"), *_other_rules(pen), _any_order(pen), *_labels(pen), say("alternatives.owner")]
    if any(basis == "chain" for basis in pen.case.ledger.columns.basis):
        count = pen.whole(pen.provisional, "transfers", "provisional=true")
        lines.append(say("alternatives.chain", count=count) if pen.provisional else say("alternatives.no_chain"))
        private = on_a_private_chain(pen)
        notes = say("alternatives.own_chain_notes") if pen.case.question.report.notes else ""
        unknown = say("alternatives.own_chain", place=whose_chain(pen), notes=notes)
        lines.append(say("alternatives.own_chain_private") if private else unknown)
    lines += [*_reported(pen), say("alternatives.source")]
    if any(pen.ends.ended("not_fetched", rule) for rule in pen.rules):
        lines.append(say("alternatives.unread", figures=pen.totals("not_fetched")))
    return Section("alternatives", "13", say("alternatives.title"), [Items(lines)])


def _other_rules(pen: Pen) -> Iterator[Markup]:
    for each in pen.ends.services:
        amounts = {rule: each.amount(rule) for rule in pen.rules}
        low, high = min(amounts.values()), max(amounts.values())
        if low == high:
            continue
        slots: dict[str, Text] = {"service": pen.quoted(each.name), "declared": "", "count": pen.say.counted(len(amounts), "rule")}
        for name, end in (("low", low), ("high", high)):
            those = [rule for rule in pen.rules if amounts[rule] == end]
            slots |= {name: pen.amount(end, each.anchor, those[0]), f"{name}_rules": pen.say.joined([pen.rule(rule) for rule in those])}
        if declared := pen.case.question.trace.primary:
            amount = pen.amount(amounts[declared], each.anchor, declared)
            slots["declared"] = pen.say("alternatives.rule_declared", amount=amount, rule=pen.rule(declared)) + " "
        yield pen.say("alternatives.rule", **slots)
    floors: list[Text] = [
        Markup("{}: {}").format(pen.quoted(each.name), pen.bound(bound.least, "least", each.anchor))
        for each in pen.ends.services
        if (bound := each.bound) is not None and bound.least
    ]
    if floors:
        yield pen.say("alternatives.rule_survives", floors=pen.say.joined(floors))


def _any_order(pen: Pen) -> Markup:
    how = "withheld" if pen.case.withheld else "bounds"
    free, others, known = pen.case.bounds.any_order, list[Text](), False
    for each in pen.ends.services:
        bound = free.get(Bounded("service", service=each.name))
        if bound is None or each.bound is None:
            continue
        known = True
        if bound != each.bound:
            ends = {"least": bound.least, "most": bound.most, "least_here": each.bound.least, "most_here": each.bound.most}
            figures = {
                name: pen.figure(value, pen.asset.format(value), "again", how, {"data-service": each.name, "data-column": name})
                for name, value in ends.items()
            }
            others.append(pen.say("alternatives.order_line", service=pen.quoted(each.name), **figures))
    if others:
        return pen.say("alternatives.order", figures=pen.say.joined(others))
    return pen.say("alternatives.order_same" if known else "alternatives.order_not")


def _labels(pen: Pen) -> Iterator[Markup]:
    ledger, services = pen.case.ledger, {address for each in pen.ends.services for address in each.addresses}
    book = pen.case.labels.among(services)
    doubtful = {*book.younger(ledger.last_times(services)), *(label for label in book.labels if not label.lastmod)}
    if services:
        count = pen.count(len(doubtful), "labels", "marked", marks={"data-mark": "doubtful"})
        yield pen.say("alternatives.label", count=count)
    likely, rule = [each.address for each in pen.flow.about.unlabelled], pen.rule(pen.case.question.leading_rule)
    if likely:
        named = pen.say.joined([pen.code(address) for address in likely[:NAMED]])
        rest = Markup(" {}").format(pen.say("word.and_more", count=len(likely) - NAMED)) if len(likely) > NAMED else ""
        addresses = Markup("{}{}").format(named, rest)
        yield pen.say("alternatives.unlabelled", count=pen.say.counted(len(likely), "address"), rule=rule, addresses=addresses)
    else:
        read = any(account.coverage == "full" for account in ledger.accounts)
        yield pen.say("alternatives.no_unlabelled" if read else "alternatives.unlabelled_unknown", rule=rule)


def _reported(pen: Pen) -> Iterator[Markup]:
    reported = [theft for theft in pen.case.trace.thefts if theft.basis != "chain"]
    if reported:
        value = sum(theft.amount for theft in reported)
        amount = pen.figure(value, pen.asset.stated(value), "thefts", "unread", {"data-column": "amount"})
        yield pen.say("alternatives.reported", amount=amount)


KINDS = {"order": "systematic", "rule": "systematic", "tag": "random", "rounding": "systematic", "person": "human"}
"""Whether an error would lean one way, come and go, or be somebody's; what is not here leans one way."""

ERRORS = ("records", "missing", "order", "rule", "label", "tag", "rounding", "software", "valuation", "person")


def error_mitigation(pen: Pen) -> Section:
    """What could be wrong, how the program guards against it, what that came to here, what is left."""
    say = pen.say
    head = [say(f"column.{name}") for name in ("error", "kind", "against", "here", "left")]
    here = _came_to(pen)
    lines = [
        TableLine(
            [
                say(f"errors.{name}"),
                say(f"errors.{KINDS.get(name, 'systematic')}"),
                say(f"errors.{_against(pen, name)}"),
                here[name],
                say(f"errors.{name}_left"),
            ]
        )
        for name in ERRORS
    ]
    return Section("errors", "14", say("errors.title"), [Say(say("errors.intro")), tabular(head, lines, anchor="mitigation", small=True)])


def _against(pen: Pen, name: str) -> str:
    """What is done against an error; of order and rule only what was done here."""
    bounded = pen.case.bounds.endpoints or pen.case.bounds.services
    return f"{name}_against" if bounded or name not in ("order", "rule") else f"{name}_against_no_bounds"


def _came_to(pen: Pen) -> dict[str, Text]:
    """What is done against each error, counted in this case."""
    case, say = pen.case, pen.say
    ledger, verdict, book = case.ledger, case.audit, pen.book
    younger = len(pen.younger)
    undated = sum(not label.lastmod for label in book.labels)
    valued, spread = pen.flow.about.valuation, pen.ends.spread()
    held = pen.ends.by_spread[0][0] if pen.ends.by_spread else 0
    verified = pen.whole(verdict.verified, "transfers", "verified=true")
    return {
        "records": say(
            "errors.records_here", verified=verified, rows=pen.whole(verdict.rows, "transfers"), rejected=str(len(ledger.rejections))
        ),
        "missing": say(
            "errors.missing_here" if verdict.served else "errors.missing_nothing",
            reached=pen.figure(verdict.reconciled, f"{verdict.reconciled:,}", "again", "reached", {}),
            stated=pen.whole(verdict.served, "accounts", "coverage=full served!="),
        ),
        "order": say("errors.order_here", count=str(ledger.unordered)),
        "rule": say(
            "errors.rule_here" if pen.ends.services or pen.ends.holders.get("unspent") else "errors.rule_here_alone",
            count=str(len(pen.rules)),
            range=pen.figure(spread, pen.asset.stated(spread), "where", "spread", {}),
            held=pen.figure(held, pen.asset.stated(held), "end-unspent" if held else "again", "holder_spread", {}),
        ),
        "label": say(
            "errors.label_here",
            younger=pen.count(younger, "labels", "marked", marks={"data-mark": "younger"}),
            undated=pen.count(undated, "labels", "marked", marks={"data-mark": "undated"}),
            conflicts=str(len(book.conflicts)),
            rule=pen.rule(case.question.leading_rule),
            unlabelled=str(len(pen.flow.about.unlabelled)),
        ),
        "tag": say("errors.tag_here", count=str(len(case.tags)), innocent=str(sum(map(innocently_explained, case.tags)))),
        "rounding": say("errors.rounding_here", count=str(len(pen.rules))),
        "software": say("errors.software_here"),
        "valuation": say("errors.valuation_here", said=pen.quoted(valued.basis or valued.rule) if valued else say("answer.no_prices")),
        "person": say("errors.person_here", count=str(len(case.log_entries))),
    }
