"""What differs in what two results were made from: the question, the labels, the ledger, the program. A sentence each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from tracer.casefile.differences import differences
from tracer.casefolder import CaseFolder
from tracer.model import Label
from tracer.store.record.trace import load_labels
from tracer.wording import counted

NAMED = 5  # labels and rows named one by one
BESIDE = ("name:", "title:", "labels.files:", "trace.primary:", "trace.reason:", "thresholds.", "prices.", "offchain", "claims")
"""Keys of the case file on which no figure of the trace can hang; what label files hold is compared label by label."""

ROWS = "SELECT row_key, height, tx_hash, s.address AS sender, r.address AS recipient, amount, fee FROM transfers"
SIDES = " LEFT JOIN accounts s ON s.id = sender LEFT JOIN accounts r ON r.id = recipient ORDER BY row_key"


class Cause(NamedTuple):
    """Something that differs; `moves` is False where no figure can hang on it, as on which rule is declared."""

    sentence: str
    moves: bool = True


def causes(before: CaseFolder, after: CaseFolder) -> Iterator[Cause]:
    """What differs, the question first; nothing where both were made from the same by the same version."""
    for difference in differences(before.question.text, after.question.text):
        yield Cause(f"The case file: {difference}", not difference.startswith(BESIDE))
    options = [dict(case.question.options) for case in (before, after)]
    for key in {**options[0], **options[1]}:
        was, now = (_shown(each.get(key)) for each in options)
        if was != now:
            yield Cause(f"The command line: {key}: {was} -> {now}")
    yield from map(Cause, (*_labels(load_labels(before.db), load_labels(after.db)), *_ledger(before, after)))
    if before.manifest["tracer"] != after.manifest["tracer"]:
        yield Cause(f"The program: tracer {before.manifest['tracer']} -> {after.manifest['tracer']}.")
    if before.gaps != after.gaps:
        yield Cause(f"Allowed gaps of the ledger: {len(before.gaps)} -> {len(after.gaps)}.")


def _shown(value: Any) -> str:
    return "nothing" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _labels(before: Sequence[Label], after: Sequence[Label]) -> Iterator[str]:
    gone, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
    for what, labels in (("more", list(new.elements())), ("fewer", list(gone.elements()))):
        if labels:
            said = "; ".join(f"{each.address} is {each.label} ({each.source})" for each in labels[:NAMED])
            yield f"Labels: {len(labels):,} {what}: {said}{_rest(labels)}."


def _rest(things: Sequence[object]) -> str:
    return f"; and {len(things) - NAMED:,} more" if len(things) > NAMED else ""


def _ledger(before: CaseFolder, after: CaseFolder) -> Iterator[str]:
    """New rows, rows that are gone, blocks read, accounts read whole, openings."""
    old_accounts, new_accounts = _accounts(before), _accounts(after)
    old_rows, new_rows = (case.manifest["record"]["tables"]["transfers"] for case in (before, after))
    if old_rows != new_rows or old_accounts != new_accounts:
        old, new = (Counter(_rows(case)) for case in (before, after))
        for what, rows in (("more", list((new - old).elements())), ("fewer", list((old - new).elements()))):
            if rows:
                heights = sorted(height for _, height, *_ in rows if height is not None)
                span = f", of blocks {heights[0]:,} to {heights[-1]:,}" if heights else ""
                yield f"Rows of the ledger: {len(rows):,} {what}{span}."
    tips = [(case.manifest.get("newest_block") or {}).get("height") for case in (before, after)]
    if tips[0] != tips[1]:
        yield f"Blocks read: up to {tips[0] if tips[0] is not None else 'none'} -> {tips[1] if tips[1] is not None else 'none'}."
    for what, wanted, other in (("now", new_accounts, old_accounts), ("no longer", old_accounts, new_accounts)):
        if whole := [address for address, known in wanted.items() if known == "full" and other.get(address) != "full"]:
            yield f"{counted(len(whole), 'account')} {what} read with the whole history."
    if thefts := _thefts(before) ^ _thefts(after):
        yield f"Thefts: {counted(len(thefts), 'payment')} counted as a theft in one of the two only."


def _rows(case: CaseFolder) -> Iterator[tuple[Any, ...]]:
    columns = case.db.asked(ROWS + SIDES)
    return zip(*columns.values(), strict=True)


def _accounts(case: CaseFolder) -> dict[str, str]:
    return dict(case.db.pairs("SELECT address, coverage FROM accounts"))


def _thefts(case: CaseFolder) -> set[tuple[int, str | None]]:
    return {(theft.row_key, theft.tx_hash) for theft in case.outcome.thefts}
