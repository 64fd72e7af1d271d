"""The sentences printed with every result: what was read and checked, what was cut, how much the cut can hide, what it does not prove."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from tracer.evidence.labels_left_out_disputed_undated import labels_said
from tracer.evidence.marked_on_chain_and_traced import markers_said
from tracer.evidence.node_coverage import nodes_said
from tracer.evidence.where_the_trail_stops import cut_said
from tracer.labels import LabelBook
from tracer.ledger import Audit, Ledger, balances_of, openings_of
from tracer.model import TIES, Asset, Marking
from tracer.tracing import Outcome, Trace, outcome_of, stolen_by_tie
from tracer.wording import counted, utc, which

LIMITS = (
    (
        "A trace follows money, not people. It names the holder of an address only if a source outside the chain does; that an address is "
        "probably a deposit address of a labelled service is only inferred."
    ),
    (
        "A chain that keeps account balances does not show which coin of a mixed balance left first: a convention decides it. "
        "No single rule of law governs every theft, so several rules are compared."
    ),
    "What a service does with money inside its own books is not on the chain. The trail ends where the service received the money.",
    "A label is only as good as its source, and may be later than the transfers. An unlabelled service is treated like any other account.",
    "Touched means that stolen money could have reached an account. It says nothing about how much, and is never counted in an amount.",
)
"""What a result does not prove. Printed with every result."""

NO_PRIMARY = 'No rule is declared, so no rule\'s figure stands for the others ("tracer declare" names one)'
"""Printed wherever the primary rule would stand."""


def coverage_of(
    ledger: Ledger, verdict: Audit, trace: Trace, labels: LabelBook, markings: Sequence[Marking] = (), missing: Sequence[str] = ()
) -> tuple[str, ...]:
    """The coverage statement, a sentence each. `missing`: categories at which the trail should stop and that no label has."""
    return (
        *_read(ledger, verdict),
        *_doubts(ledger, labels),
        *labels_said(ledger, labels, missing),
        *markers_said(ledger, trace, markings),
        *filter(None, [stolen_twice(outcome_of(trace), ledger.asset)]),
        *ties_said(ledger, trace),
        *cut_said(ledger, trace),
    )


ENDS = r'(?=\. "tracer labels" lists them\.$|\. tracer assumes that the owner named on |\.$)'
EXAMPLE = re.compile(rf"[,;] (?:for example|among them|namely) (?!as suspect).*?{ENDS}", re.DOTALL)
"""The example in a sentence of the coverage statement: a label, its source, or an address."""


def to_one_service(coverage: Iterable[str]) -> Iterator[str]:
    """The coverage statement as a letter has it: no sentence on where the trail stops, and no examples, since both name other services."""
    return (EXAMPLE.sub("", sentence) for sentence in coverage if not sentence.startswith("The trail stops"))


def _histories(verdict: Audit) -> str:
    """Of how many accounts the whole history was read, of how many a part, of how many nothing."""
    if verdict.full and not verdict.partial and not verdict.boundary:
        return f"The whole history of {'all ' * (verdict.full > 1)}{counted(verdict.full, 'account')} was read."
    full = f"The whole history of {counted(verdict.full, 'account')}" if verdict.full else "No account's whole history"
    said = [f"{full} was read."]
    if verdict.partial:
        part, (them, their) = counted(verdict.partial, "account"), ("it", "its") if verdict.partial == 1 else ("them", "their")
        said.append(
            f"The history of {part} was read only in part: no source claims to have all {their} payments, so what is left in {them} "
            "counts as not_fetched."
        )
    if verdict.boundary:
        their, at = "its" if verdict.boundary == 1 else "their", which(verdict.boundary, "account", "is", "are")
        said.append(f"{at} at the boundary: apart from the rows in the ledger, none of {their} history was read.")
    return " ".join(said)


def _read(ledger: Ledger, verdict: Audit) -> Iterator[str]:
    yield f"{_histories(verdict)} The ledger has {counted(verdict.rows, 'row')}."
    if ledger.cut_from is not None:
        yield (
            f"This is a slice of a file of {counted(ledger.cut_from, 'row')}: the thefts, and every row of every account that stolen value "
            f"can reach before the trail ends. None of the other {ledger.cut_from - len(ledger):,} rows carries stolen value under any "
            "rule; they were not audited."
        )
    if verdict.verified:
        rows = f"{verdict.verified:,} of {verdict.rows:,} rows"
        yield f"{rows} are verified: the hashes and signatures that prove them were checked and are correct."
    else:
        yield "No row can be verified, because the source has no signatures."
    if not verdict.adds_up:
        yield f"THE LEDGER DOES NOT ADD UP: {counted(len(verdict.gaps), 'gap')} allowed, and every figure rests on them."
        if verdict.served:
            yield f"Balances: {balances_of(verdict)}."
    elif verdict.served:
        how = " as far as balances are stated" if verdict.unstated else ""
        yield f"The ledger adds up{how}: {balances_of(verdict)}."
    else:
        yield "The ledger does not contradict itself, but the source states no balance to compare it with."
    if ledger.tip is not None:
        provisional = sum(map(ledger.provisional, range(len(ledger))))
        made = next((f" of {utc(node.tip_time)}" for node in ledger.nodes if node.height == ledger.tip and node.tip_time is not None), "")
        yield (
            f"The chain was read up to block {ledger.tip:,}{made}. {counted(provisional, 'row')} of the ledger "
            f"{'was' if provisional == 1 else 'were'} then in the last {ledger.terms.finality:,} blocks of the chain, which a "
            f"reorganisation could still undo; such rows are called provisional."
        )
    yield from _order(ledger)
    yield from nodes_said(ledger.nodes)
    yield from ledger.notes


def _order(ledger: Ledger) -> Iterator[str]:
    if ledger.order_basis == "chain":
        return
    said = "The source does not give the place of a row in its block, so the rows of a block are in the order of the file"
    where = "of the same block"
    if ledger.order_basis == "time":
        said = "The source states no block heights, so rows are in chronological order, those of the same second in the order of the file"
        where = "of the same second"
    rests = ""
    if ledger.unordered:
        pairs = counted(ledger.unordered, "pair")
        rests = (
            f" In {pairs} of rows {where}, both rows involve the same account; unless the two rows are alike, the figures may depend on "
            "their order."
        )
    yield f"{said}.{rests}"


def _doubts(ledger: Ledger, labels: LabelBook) -> Iterator[str]:
    if ledger.rejections:
        yield f'{which(len(ledger.rejections), "record", "was", "were")} not understood or not verified; "tracer audit" lists them.'
    if opened := openings_of(ledger):
        yield f"{opened}."
    if untimed := ledger.columns.time.count(None):
        yield f"No source states the time of {counted(untimed, 'row')}, so it is not known whether a label was made later."
    strangers = {label.address for label in labels.labels} - ledger.index.keys()
    if strangers:
        where = "ledger" if ledger.cut_from is None else "slice"
        absent = which(len(strangers), "labelled address", "does", "do", "labelled addresses")
        yield f"{absent} not occur in the {where}, for example {min(strangers)}."


def stolen_twice(outcome: Outcome, asset: Asset) -> str:
    """Why less is stolen than the thefts come to on their face, as a sentence; "" where it is the same."""
    face = sum(theft.amount for theft in outcome.thefts)
    again = {rule: face - stolen for rule, stolen in outcome.stolen.items()}
    if not any(again.values()):
        return ""
    by_rule = ", ".join(f"{rule} {asset.format(amount)}" for rule, amount in again.items())
    return (
        f"The thefts come to {asset.stated(face)} together. An earlier theft had already stolen part of that ({by_rule}): "
        "that money was stolen twice, and is counted once."
    )


def ties_said(ledger: Ledger, trace: Trace) -> Iterator[str]:
    """How much of the stolen value hangs on what, by the weakest row that led to where it ends."""
    rule = next(iter(trace.rules))
    if amounts := stolen_by_tie(ledger, trace).get(rule):
        parts = ", ".join(f"{ledger.asset.stated(amounts[tie])} {tie}" for tie in TIES) + " (on a source's word alone)"
        how = f"How well the trail of the stolen {ledger.asset.symbol} is proven, judged by the weakest row on any path to where it ends"
        yield f"{how} ({rule}, excluding fees): {parts}."
