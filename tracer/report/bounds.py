"""Bounds as tables: the figures, the cuts that prove them, and the allocations that reach them, as `verify.py` reads them."""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tracer.model import TIES, Bound, Bounded, Figure, Proofs, Reason, Tie, bounded_by
from tracer.report.tables import Table, text_or_empty
from tracer.tracing import ties_of

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

FIGURES: tuple[Figure, ...] = ("least", "most", "least_any_order", "most_any_order")


def bounded_name(case: CaseFolder, subject: Bounded) -> str:
    """What a bound is of, for people."""
    if subject.theft is not None:
        return f"{bounded_name(case, subject._replace(theft=None))}, of theft {subject.theft + 1} alone"
    if subject.kind == "customer":
        memo = subject.memo
        said = "" if memo is None else f", memo {memo.text or memo.content.hex()}"
        return f"{case.trace.stops.services[str(subject.address)]}: {subject.address}{said}"
    if subject.kind == "union":
        return ", ".join(subject.names)
    return str(subject.address or subject.service)


def bounds_at(case: CaseFolder, services: Collection[str] | None = None) -> Iterator[tuple[Bounded, Bound]]:
    """Every bound and what it is of; with services only those of them, of their customers, and of their addresses as endpoints."""
    of = case.trace.stops.services
    for subject, bound in bounded_by(case.bounds):
        if services is None or (of[str(subject.address)] if subject.reason == "service" else subject.service) in services:
            yield subject, bound


def bounds_table(case: CaseFolder, services: Collection[str] | None = None) -> Table:
    """A line for each bound (with services, for theirs): what it is of, its figures in smallest units, the allocation that reaches each.

    `names` is JSON; `tie` the weakest of the endpoints meant, where rows state ties. Figures in any order of a block are empty where they
    were not computed; no allocation is claimed for them.
    """
    return Table(
        (
            "bound",
            "kind",
            "address",
            "reason",
            "service",
            "memo_hex",
            "memo_kind",
            "theft",
            "names",
            *FIGURES,
            "least_by",
            "most_by",
            "tie",
        ),
        _figures(case, case.proofs, {subject for subject, _ in bounds_at(case, services)}),
    )


def _figures(case: CaseFolder, proofs: Proofs, shown: Container[Bounded]) -> Iterator[list[Any]]:
    ties = ties_of(case.ledger, case.trace)
    for number, (subject, bound) in enumerate(bounded_by(case.bounds), 1):
        if subject not in shown:
            continue
        memo = subject.memo
        line = [str(number), subject.kind, subject.address, subject.reason, subject.service]
        line += [memo and memo.content.hex(), memo and memo.kind, "" if subject.theft is None else str(subject.theft + 1)]
        free = case.bounds.any_order.get(subject)
        line += [json.dumps(subject.names) if subject.names else "", str(bound.least), str(bound.most)]
        line += [str(free.least), str(free.most)] if free else ["", ""]
        line += [(proof := proofs.by_figure.get((subject, figure))) and proof.allocation for figure in FIGURES[:2]]
        yield [*line, _weakest(case, subject, ties)]


def _weakest(case: CaseFolder, subject: Bounded, ties: Mapping[tuple[str, Reason], Tie]) -> Tie | None:
    """The weakest tie of the endpoints that a bound is of."""
    names = {subject.address, subject.service, *subject.names} - {None}
    meant = [e for e in case.trace.endpoints if {e.address, e.service} & names and subject.reason in (None, e.reason)]
    found = [ties[e.address, e.reason] for e in meant if (e.address, e.reason) in ties]
    return max(found, key=TIES.index, default=None)


def cuts_table(case: CaseFolder) -> Table:
    """The cut of each figure: a line for each account on the side that is `listed`, from row `first` on and before row `until`.

    A cut that lists nobody has one line without an address.
    """

    def lines() -> Iterator[list[Any]]:
        by_figure = case.proofs.by_figure
        for number, (subject, _) in enumerate(bounded_by(case.bounds), 1):
            for figure in FIGURES:
                if proof := by_figure.get((subject, figure)):
                    for side in proof.cut.sides or (None,):
                        ends = ["", "", ""] if side is None else [side.address, str(side.first), text_or_empty(side.until)]
                        yield [str(number), figure, proof.cut.listed, *ends]

    return Table(("bound", "figure", "listed", "address", "first", "until"), lines())


def allocations_table(case: CaseFolder) -> Table:
    """What each allocation beside the rules moves: of every row the stolen part of its amount and of its fee, nothing left out."""
    rows = (
        [name, str(each.row), str(each.amount), str(each.fee)] for name, moved in sorted(case.proofs.allocations.items()) for each in moved
    )
    return Table(("allocation", "row", "amount", "fee"), rows)
