"""The sentences printed with every result: what was read and checked, what was cut, how much the cut can hide, what it does not prove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tracer.evidence.nodes import nodes_said
from tracer.labels import LabelBook, Marked, compare_markings
from tracer.labels.book import OWN, author_of
from tracer.ledger import Audit, Ledger, balances_of, openings_of
from tracer.model import TIES, Asset, Marking
from tracer.tracing import Outcome, Trace, outcome_of, stolen_by_tie
from tracer.wording import counted, nearest, utc

LIMITS = (
    "It follows money, not people: no address here is anybody's until a source outside the chain says so.",
    "Which coin of a mixed balance left first is a legal convention. No rule is the law of this theft: the rules stand side by side.",
    "What a service did inside is not on the chain. The trail ends where the service received the money.",
    "A label is as good as its source, and may be younger than the transfers. An unlabelled service is followed like anybody else.",
    "Touched means that money could have come that way. It is a mark, never an amount, and never added to what was traced.",
)
"""What a result does not prove. Printed with every result."""


REASONS = 6  # for which tags were left out, named one by one
CATEGORIES = 12  # of labels, named one by one

NO_PRIMARY = "No primary rule is declared: no rule's figure stands for the others (tracer declare names one)"
"""Printed wherever the primary rule would stand."""


def coverage_of(
    ledger: Ledger, verdict: Audit, trace: Trace, labels: LabelBook, markings: Sequence[Marking] = (), missing: Sequence[str] = ()
) -> tuple[str, ...]:
    """The coverage statement, a sentence each. `missing`: categories at which the trail should stop and that no label has."""
    return (
        *_read(ledger, verdict),
        *_doubts(ledger, labels),
        *_missing(labels, missing),
        *_left_out(labels),
        *_labels(ledger, labels.among(ledger.index)),
        *_markers(ledger, trace, markings),
        *filter(None, [stolen_twice(outcome_of(trace), ledger.asset)]),
        *_ties(ledger, trace),
        *_cut(ledger, trace),
    )


def marked_of(ledger: Ledger, trace: Trace, markings: Sequence[Marking], rule: str) -> Marked:
    """The marked accounts compared with those that stolen value passed under a rule; services and robbed accounts are left out."""
    stops = {theft.sender for theft in trace.thefts} | set(trace.stops.services)
    traced: dict[str, int] = {}
    for row in sorted(trace.rules[rule].by_row):
        if trace.cuts.get(row) == "destroyed":
            continue
        recipient = ledger.accounts[ledger.columns.recipient[row]].address
        if recipient not in stops:
            traced.setdefault(recipient, ledger.columns.height[row] or 0)
    touched = {address: ledger.columns.height[row] or 0 for address, row in trace.touched.items()}
    return compare_markings(markings, traced, touched)


def _read(ledger: Ledger, verdict: Audit) -> Iterator[str]:
    in_part = ""
    if verdict.partial:
        in_part = f" {verdict.partial:,} in part (no source claims that all their payments are there: what is left in them is not_fetched),"
    yield (
        f"{counted(verdict.full, 'account')} read with the whole history,{in_part} {verdict.boundary:,} only named (at the boundary); "
        f"{counted(verdict.rows, 'row')}."
    )
    if ledger.cut_from is not None:
        yield (
            f"Cut out of a file of {counted(ledger.cut_from, 'row')}: every row of every account that stolen value can reach before it "
            f"ends, and the thefts. Of the other {ledger.cut_from - len(ledger):,} none carries any, under any rule; they were not audited."
        )
    if verdict.verified:
        yield f"{verdict.verified:,} of {verdict.rows:,} rows are verified: hashes and signatures of transactions and blocks."
    else:
        yield "No row can be verified: the source has no signatures."
    if not verdict.adds_up:
        yield f"THE LEDGER DOES NOT ADD UP: {counted(len(verdict.gaps), 'gap')} allowed, and every figure rests on them."
        if verdict.served:
            yield f"Balances: {balances_of(verdict)}."
    elif verdict.served:
        how = " as far as balances are stated" if verdict.unstated else ""
        yield f"The ledger adds up{how}: {balances_of(verdict)}."
    else:
        yield "The ledger has no contradiction, but the source states no balance that it could be compared with."
    if ledger.tip is not None:
        provisional = sum(map(ledger.provisional, range(len(ledger))))
        made = next((f" of {utc(node.tip_time)}" for node in ledger.nodes if node.height == ledger.tip and node.tip_time is not None), "")
        yield (
            f"Read up to block {ledger.tip:,}{made}; {counted(provisional, 'row')} lay within {ledger.terms.finality:,} blocks of it then "
            "(provisional: a chain may still be rewritten there)."
        )
    yield from _order(ledger)
    yield from nodes_said(ledger.nodes)
    yield from ledger.notes


def _order(ledger: Ledger) -> Iterator[str]:
    if ledger.order_basis == "chain":
        return
    said, together = "The source does not say where in its block a row stands: rows of one block are in the order of the file", "block"
    if ledger.order_basis == "time":
        said, together = "The source states no block heights: rows are in the order of their times, then of the file", "second"
    rests = ""
    if ledger.unordered:
        pairs = counted(ledger.unordered, "pair")
        rests = f"; {pairs} of rows of one {together} share an account, and in another order the figures could be others"
    yield f"{said}{rests}."


def _doubts(ledger: Ledger, labels: LabelBook) -> Iterator[str]:
    if ledger.rejections:
        yield f"{counted(len(ledger.rejections), 'record')} not understood or not verified: tracer audit lists them."
    if opened := openings_of(ledger):
        yield f"{opened}."
    if untimed := ledger.columns.time.count(None):
        yield f"{counted(untimed, 'row')} of which no source states the time, so that nobody can say whether a label is younger."
    strangers = {label.address for label in labels.labels} - ledger.index.keys()
    if strangers:
        where = "ledger" if ledger.cut_from is None else "slice"
        yield f"{counted(len(strangers), 'labelled address', 'labelled addresses')} not in the {where}, such as {min(strangers)}."


def _missing(labels: LabelBook, missing: Sequence[str]) -> Iterator[str]:
    if missing:
        absent = " or ".join(f'"{each}"' for each in missing)
        known = sorted(labels.categories)
        if len(known) > CATEGORIES:
            near = [found for each in missing if (found := nearest(each, known))]
            known = [*dict.fromkeys(near + known[:CATEGORIES]), f"{len(known):,} in all"]
        yield f"No label has the category {absent}, so the trail stops nowhere for it; labels have {', '.join(known) or 'none'}."


def _left_out(labels: LabelBook) -> Iterator[str]:
    if labels.left_out:
        most = sorted(labels.left_out.items(), key=lambda item: (-item[1], item[0]))
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in most[:REASONS])
        rest = sum(count for _, count in most[REASONS:])
        yield f"{counted(sum(labels.left_out.values()), 'tag')} of the label files left out: {reasons}{f', {rest:,} others' * (rest > 0)}."


def _labels(ledger: Ledger, labels: LabelBook) -> Iterator[str]:
    """Of the labels of the ledger's addresses: those without a day, those that disagree, those that are younger than the transfers."""
    if undated := [label for label in labels.labels if not label.lastmod]:
        yield (
            f"{counted(len(undated), 'label')} without a date, of {len(labels.labels):,} of the ledger's addresses: "
            "whether younger than the transfers, nobody can say."
        )
    if own := [label for label in labels.labels if label.pack == OWN]:
        by = ", ".join(f"{author or 'nobody named'} {count:,}" for author, count in Counter(map(author_of, own)).most_common(REASONS))
        yield f"{counted(len(own), 'label')} of the ledger's addresses made in this case, by {by}; tracer labels names the source of each."
    if labels.conflicts:
        address, several = next(iter(labels.conflicts.items()))
        disputed = " against ".join(f'"{label.name}" ({label.category or "no category"}, {label.source})' for label in several)
        yield (
            f"{counted(len(labels.conflicts), 'address', 'addresses')} with labels that disagree, all kept, such as {address}: {disputed}; "
            "tracer labels lists them."
        )
    last = ledger.last_times(label.address for label in labels.labels)
    if younger := labels.younger(last):
        first = younger[0]
        yield (
            f"{counted(len(younger), 'label')} younger than the transfers, dated after the last one of their address, such as "
            f'"{first.label}" ({(first.lastmod or "")[:10]}, last transfer {utc(last[first.address])[:10]}): who it was then is assumed.'
        )


def _markers(ledger: Ledger, trace: Trace, markings: Sequence[Marking]) -> Iterator[str]:
    if not markings:
        return
    rule = next(iter(trace.rules))
    marked = marked_of(ledger, trace, markings, rule)
    markers, accounts = len({marking.marker for marking in markings}), len({marking.address for marking in markings})
    yield (
        f"{counted(accounts, 'account')} marked on chain by {counted(markers, 'marker')}: {len(marked.both):,} when stolen value had come "
        f"({rule}) or later, {len(marked.touched):,} only touched, {len(marked.innocent):,} while none could have; "
        f"{counted(len(marked.missed), 'traced account')} never marked."
    )


def stolen_twice(outcome: Outcome, asset: Asset) -> str:
    """Why less is stolen than the thefts come to on their face, as a sentence; "" where it is the same."""
    face = sum(theft.amount for theft in outcome.thefts)
    again = {rule: face - stolen for rule, stolen in outcome.stolen.items()}
    if not any(again.values()):
        return ""
    by_rule = ", ".join(f"{rule} {asset.format(amount)}" for rule, amount in again.items())
    return (
        f"The amounts of the thefts come to {asset.stated(face)}; of that an earlier theft had already stolen {by_rule}: "
        "the same money stolen twice, and counted once."
    )


def _ties(ledger: Ledger, trace: Trace) -> Iterator[str]:
    """How much of the stolen value hangs on what, by the weakest row that led to where it is."""
    rule = next(iter(trace.rules))
    if amounts := stolen_by_tie(ledger, trace, rule):
        parts = ", ".join(f"{ledger.asset.format(amounts[tie])} {tie}" for tie in TIES)
        yield f"Stolen {ledger.asset.symbol} by the weakest tie of the rows that led to where it is ({rule}, fees apart): {parts}."


def _cut(ledger: Ledger, trace: Trace) -> Iterator[str]:
    yield _stops(ledger, trace)
    for reason, meant in (("dust", "too small"), ("not_fetched", "history not read, or not whole")):
        cut = {rule: sum(e.amounts[rule] for e in trace.endpoints if e.reason == reason) for rule in trace.rules}
        if any(cut.values()):
            by_rule = ", ".join(f"{rule} {ledger.asset.format(amount)}" for rule, amount in cut.items())
            yield f"Not followed further ({reason}: {meant}): {by_rule} {ledger.asset.symbol}."
    short = max(sum(stolen.topped_up.values()) for stolen in trace.rules.values())
    if short:
        yield f"Accounts paid {ledger.asset.stated(short)} more than they are known to have held; taken as clean."
    touched = counted(len(trace.touched), "account")
    yield f"{touched} touched: by the order of payments, money from the thefts may have come there; a mark, not an amount."


def _stops(ledger: Ledger, trace: Trace) -> str:
    robbed = {theft.sender for theft in trace.thefts}
    services = Counter(name for address, name in trace.stops.services.items() if address not in robbed and address in ledger.index)
    parts = [f"services ({', '.join(sorted(services))})" if services else "no service", "the robbed accounts"]
    if trace.stops.dust:
        parts.append(f"transfers below {ledger.asset.stated(trace.stops.dust)}")
    if trace.stops.until is not None:
        parts.append(f"everything after {utc(trace.stops.until)}")
    return "The trail stops at: " + ", ".join(parts) + "."
