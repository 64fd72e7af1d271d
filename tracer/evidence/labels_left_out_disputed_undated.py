"""What the coverage statement says of labels: categories that no label has, what was left out, no dates, disagreements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from tracer.did_you_mean import nearest
from tracer.labels import LabelBook
from tracer.labels.book import OWN, author_of
from tracer.ledger import Ledger
from tracer.wording import counted, utc, which

REASONS = 6  # for which tags were left out, named one by one
CATEGORIES = 12  # of labels, named one by one


def labels_said(ledger: Ledger, labels: LabelBook, missing: Sequence[str]) -> Iterator[str]:
    """What the coverage statement says of the labels of a case. `missing`: categories where the trail should stop that no label has."""
    yield from _missing(labels, missing)
    yield from _left_out(labels)
    yield from _of_the_ledger(ledger, labels.among(ledger.index))


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
        more = f", {counted(rest, 'other')}" if rest else ""
        yield f"{tags} left out of the label files: {reasons}{more}."


def _of_the_ledger(ledger: Ledger, labels: LabelBook) -> Iterator[str]:
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
