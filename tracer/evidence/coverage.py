"""The sentences printed with every result: what was read and checked, what was cut, how much the cut can hide, what it does not prove."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tracer.did_you_mean import nearest
from tracer.evidence.node_coverage import nodes_said
from tracer.labels import LabelBook, Marked, compare_markings
from tracer.labels.book import OWN, author_of
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

REASONS = 6  # for which tags were left out, named one by one
CATEGORIES = 12  # of labels, named one by one

NO_PRIMARY = 'No rule is declared, so no rule\'s figure stands for the others ("tracer declare" names one)'
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
        *ties_said(ledger, trace),
        *_cut(ledger, trace),
    )


ENDS = r'(?=\. "tracer labels" lists them\.$|\. tracer assumes that the owner named on |\.$)'
EXAMPLE = re.compile(rf"[,;] (?:for example|among them|namely) (?!as suspect).*?{ENDS}", re.DOTALL)
"""The example in a sentence of the coverage statement: a label, its source, or an address."""


def to_one_service(coverage: Iterable[str]) -> Iterator[str]:
    """The coverage statement as a letter has it: no sentence on where the trail stops, and no examples, since both name other services."""
    return (EXAMPLE.sub("", sentence) for sentence in coverage if not sentence.startswith("The trail stops"))


def marked_of(ledger: Ledger, trace: Trace, markings: Sequence[Marking], rule: str) -> Marked:
    """The marked accounts compared with those that stolen value passed under a rule; services and drained accounts are left out."""
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


def _missing(labels: LabelBook, missing: Sequence[str]) -> Iterator[str]:
    if missing:
        absent = " or ".join(f'"{each}"' for each in missing)
        known = sorted(labels.categories)
        if len(known) > CATEGORIES:
            near = [found for each in missing if (found := nearest(each, known))]
            known = [*dict.fromkeys(near + known[:CATEGORIES]), f"{len(known):,} in all"]
        have = ", ".join(known) or "no category"
        yield f"No label has the category {absent}, so the trail stops nowhere because of it; the labels have {have}."


def _left_out(labels: LabelBook) -> Iterator[str]:
    if labels.left_out:
        most = sorted(labels.left_out.items(), key=lambda item: (-item[1], item[0]))
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in most[:REASONS])
        rest = sum(count for _, count in most[REASONS:])
        tags = which(sum(labels.left_out.values()), "tag", "was", "were")
        yield f"{tags} left out of the label files: {reasons}{f', {rest:,} others' * (rest > 0)}."


def _labels(ledger: Ledger, labels: LabelBook) -> Iterator[str]:
    """Of the labels of the ledger's addresses: those without a day, those that disagree, those that are younger than the transfers."""
    if undated := [label for label in labels.labels if not label.lastmod]:
        have, they = ("has", "it was") if len(undated) == 1 else ("have", "they were")
        yield (
            f"Of the {counted(len(labels.labels), 'label')} on the ledger's addresses, {len(undated):,} {have} no date, "
            f"so it is not known whether {they} made after the transfers."
        )
    if own := [label for label in labels.labels if label.pack == OWN]:
        by = ", ".join(f"{author or 'nobody named'} {count:,}" for author, count in Counter(map(author_of, own)).most_common(REASONS))
        made = which(len(own), "label on the ledger's addresses", "was", "were", "labels on the ledger's addresses")
        yield f'{made} made in this case, by {by}; "tracer labels" names the source of each.'
    if labels.conflicts:
        address, several = next(iter(labels.conflicts.items()))
        disputed = " against ".join(f'"{label.name}" ({label.category or "no category"}, {label.source})' for label in several)
        yield (
            f"{which(len(labels.conflicts), 'address', 'has', 'have', 'addresses')} labels that disagree, and all are kept; for example "
            f'{address}: {disputed}. "tracer labels" lists them.'
        )
    last = ledger.last_times(label.address for label in labels.labels)
    if younger := labels.younger(last):
        first, their = younger[0], "its" if len(younger) == 1 else "their"
        yield (
            f"{which(len(younger), 'label', 'is', 'are')} dated after the last transfer to or from {their} address, for example "
            f'"{first.label}" ({(first.lastmod or "")[:10]}, last transfer {utc(last[first.address])[:10]}). tracer assumes that the '
            "owner named on the label already held the address when the transfers were made."
        )


def _markers(ledger: Ledger, trace: Trace, markings: Sequence[Marking]) -> Iterator[str]:
    if not markings:
        return
    rule = next(iter(trace.rules))
    marked = marked_of(ledger, trace, markings, rule)
    markers, accounts = len({marking.marker for marking in markings}), len({marking.address for marking in markings})
    if len(marked.both) == accounts:
        every = "It" if accounts == 1 else "Each of these accounts"
        when = f"{every} held a marker at some time after stolen value had arrived there (under {rule})."
    else:
        when = (
            f"Of these accounts, {len(marked.both):,} held a marker at some time after stolen value had arrived there (under {rule}); "
            f"{len(marked.touched):,} held one only at a time when stolen value could have arrived but, under {rule}, had not; "
            f"{len(marked.innocent):,} only when none could have arrived."
        )
    sent = f"somebody sent {'it' if accounts == 1 else 'them'} a marker, a token that marks an account, for example as suspect"
    kinds = f" There are {markers:,} kinds of marker." if markers > 1 else ""
    yield (
        f"{which(accounts, 'account', 'was', 'were')} marked on the chain: {sent}.{kinds} {when} Under {rule}, stolen value also "
        f"reached {counted(len(marked.missed), 'account')} that held none when it arrived or later; services and drained accounts are not "
        "counted."
    )


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


def _cut(ledger: Ledger, trace: Trace) -> Iterator[str]:
    yield _stops(ledger, trace)
    for reason, meant in (("dust", "the transfers are too small"), ("not_fetched", "the history was not read, or was read only in part")):
        cut = {rule: sum(e.amounts[rule] for e in trace.endpoints if e.reason == reason) for rule in trace.rules}
        if any(cut.values()):
            by_rule = ", ".join(f"{rule} {ledger.asset.format(amount)}" for rule, amount in cut.items())
            yield f"Stolen value not followed further because {meant} ({reason}): {by_rule} {ledger.asset.symbol}."
    short = max(sum(stolen.topped_up.values()) for stolen in trace.rules.values())
    if short:
        yield f"Accounts paid {ledger.asset.stated(short)} more than they are known to have held; tracer takes the difference to be clean."
    touched = which(len(trace.touched), "account", "is", "are")
    could = "judging by the sequence of payments alone, stolen money could have arrived there"
    yield f"{touched} touched: {could}; this says nothing about how much."


def _stops(ledger: Ledger, trace: Trace) -> str:
    """Where the trail of this case may stop; of unread accounts and of assets destroyed or exchanged only where it did."""
    drained = {theft.sender for theft in trace.thefts}
    owners = {trace.stops.services.get(address) for address in drained}
    stopping = [name for address, name in trace.stops.services.items() if address not in drained and address in ledger.index]
    services = sorted(set(stopping) - owners)
    theirs = [name for name in stopping if name in owners]
    labelled = " or ".join(f'"{owner}"' for owner in sorted(set(theirs)))
    others = f"{counted(len(theirs), 'other account')} labelled {labelled}" if theirs else ""
    stopped = {row: trace.cuts[row] for row in trace.carrying if row in trace.cuts}
    met = set(stopped.values())
    unread = {ledger.columns.recipient[row] for row, reason in stopped.items() if reason == "not_fetched"}
    several = "s" * (len(drained) > 1)
    parts = [f"at services ({', '.join(services)})"] if services else []
    parts.append(f"at the drained account{several}{f' and {others}' if others else ''}")
    if unread:
        parts.append(f"at {counted(len(unread), 'account')} whose history was not read")
    if away := [said for reason, said in (("destroyed", "destroyed"), ("converted", "exchanged")) if reason in met]:
        parts.append(f"where the asset is {' or '.join(away)}")
    if trace.stops.dust:
        parts.append(f"at transfers below {ledger.asset.stated(trace.stops.dust)}")
    if trace.stops.until is not None:
        parts.append(f"at the cut-off, {utc(trace.stops.until)}")
    but = f" other than the drained one{several}" if any(owners) else ""
    none = "" if services or others else f"No account in the ledger{but} is labelled as a service. "
    return f"{none}The trail stops {'; '.join(parts)}."
