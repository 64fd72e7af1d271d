"""Appendix E: what each printed floor and ceiling is the sum of."""

from __future__ import annotations

import json
from collections.abc import Iterator

from markupsafe import Markup

from tracer.model import Bound, Bounded, Figure
from tracer.report.court.blocks import Block, Say, Section, Text
from tracer.report.court.cited_figures import Pen
from tracer.report.court.findings import customer_said
from tracer.report.why_least import inside_of
from tracer.tracing.cut_rows import Crossing, crossings_of


def proofs(pen: Pen) -> Section:
    """The proof of each floor and ceiling in the report, in a line each: its crossings, cited by their rows."""
    say = pen.say
    lines = [] if pen.case.withheld else list(_lines(pen))
    blocks: list[Block] = [Say(say("appendix.proofs_intro")), *lines] if lines else []
    if pen.case.withheld:
        blocks.append(Say(say("appendix.withheld")))
    elif not lines:
        blocks.append(Say(say("appendix.no_proofs", why=pen.quoted(pen.why_no_bounds.rstrip(".")) or say("word.none"))))
    return Section("appendix-proofs", "E", say("appendix.title", letter="E", name=say("appendix.proofs")), blocks, wide=True)


def _lines(pen: Pen) -> Iterator[Say]:
    for service in pen.ends.services:
        if service.bound:
            yield from _both(pen, Bounded("service", service=service.name), service.bound, service.anchor, pen.quoted(service.name))
        for number, customer in enumerate(service.customers, 1):
            bound = pen.case.bounds.customers.get(customer)
            if bound is not None:
                subject = Bounded("customer", customer.address, "service", memo=customer.memo)
                yield from _both(pen, subject, bound, f"{service.anchor}-{number}", customer_said(pen, customer))


def _both(pen: Pen, subject: Bounded, bound: Bound, anchor: str, name: Text) -> Iterator[Say]:
    face = sum(theft.amount for theft in pen.case.trace.thefts)
    for figure, value in (("least", bound.least), ("most", bound.most)):
        crossings = _crossings(pen, subject, "least" if figure == "least" else "most")
        together = sum(crossing.amount for crossing in crossings)
        if value != (face - together if figure == "least" else together):
            raise AssertionError(f"{subject}: the crossings of its {figure} come to {together}, which is not {value}")
        slots: dict[str, Text] = {"name": name, "count": pen.count(len(crossings), f"{figure}-{anchor}", "listed", "crossing")}
        slots[figure] = _sum(pen, value, f"{figure}-{anchor}", "crossings")
        if figure == "least":
            slots |= {"taken": pen.amount(face, "thefts", "amount"), "elsewhere": _sum(pen, together, f"least-{anchor}", "crossed")}
        text = pen.say(f"appendix.proof_{figure}", **slots)
        yield Say(text, "", f"{figure}-{anchor}", {"data-crossings": _cited(pen, crossings)})


def _sum(pen: Pen, value: int, anchor: str, how: str) -> Markup:
    return pen.figure(value, pen.asset.stated(value), anchor, how, {})


def _crossings(pen: Pen, subject: Bounded, figure: Figure) -> list[Crossing]:
    case = pen.case
    proof, inside = case.proofs.by_figure[subject, figure], inside_of(case, subject)
    far = inside if figure == "most" else lambda place: not inside(place)
    return crossings_of(case.ledger, case.trace.thefts, case.trace.stops, proof.cut, far)


def _cited(pen: Pen, crossings: list[Crossing]) -> str:
    """The crossings as JSON: the way, the row key ("" at the end), the account."""
    return json.dumps(
        [[each.way, "" if each.row is None else str(pen.keys[each.row]), each.payer] for each in crossings], separators=(",", ":")
    )
