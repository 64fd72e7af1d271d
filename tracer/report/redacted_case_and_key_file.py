"""A case without its third parties, as it may leave the folder: its figures for everybody else are those of the whole case.

Of each row of theirs that stays hash, memo, block and time are withheld, and a salted commitment stands for them: SHA-256 of a nonce and
of the row as it was, both in the key file.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tracer.casefolder import CaseFolder
from tracer.errors import InputError, LedgerError, StoreError
from tracer.evidence import Context
from tracer.labels import LabelBook
from tracer.ledger import Ledger, audit
from tracer.model import NO_PROOFS, Bounds, Marking, Measure, Tag, Theft
from tracer.report.commitments import cells_of, commitment, nonce
from tracer.report.third_parties_hidden_in_ledger_and_texts import hiding, redacted_ledger
from tracer.report.who_is_third_party import POOLED, Redaction, redaction_of
from tracer.tracing import Trace, follow, outcome_of
from tracer.wording import utc

KEY_FILE = "redaction-key"
"""How the name of the file begins that opens the rows of third parties. It is never given away with what was redacted."""


def redacted_with_key(case: CaseFolder) -> tuple[CaseFolder, Path]:
    """The case without its third parties, and the key file in its folder that opens their rows, made where there is none.

    The same results are always redacted with the same key. Raises as `redacted` does, and StoreError where the file cannot be written.
    """
    path = case.folder / f"{KEY_FILE}-{case.stamp.results_digest[:12]}.json"
    try:
        if path.exists():
            return redacted(case, bytes.fromhex(json.loads(path.read_text(encoding="utf-8"))["key"])), path
        key = secrets.token_bytes(32)
        made = redacted(case, key)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(key_file(case, key))
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: is no key file of a redaction ({error}): remove it, and another one is made") from error
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror or error}), and without it no row could be opened again") from error
    return made, path


def redacted(case: CaseFolder, key: bytes) -> CaseFolder:
    """The case without its third parties, whose figures for everybody else are the same, to the unit.

    Raises InputError for a case that cannot be redacted: with gaps, one that is not read yet, or cut off at a moment among hidden rows.
    """
    if case.gaps or case.so_far:
        raise InputError(f"{case.folder}: is not redacted: the ledger does not add up, or the run is still at work")
    if POOLED in case.ledger.index:
        raise InputError(f"{case.folder}: an account is called {POOLED!r} already")
    taken = redaction_of(case.ledger, case.trace)
    commitments = {row: commitment(key, cells_of(case.ledger, taken.rows[row])) for row in taken.hidden}
    ledger = redacted_ledger(case.ledger, case.trace, taken, commitments)
    trace = _trace(case, ledger, taken)
    return _with(case, ledger, trace, taken)


def key_file(case: CaseFolder, key: bytes) -> str:
    """What opens the commitments, as JSON: each row as it was, with its nonce, under its commitment. It stays with whoever redacted."""
    taken = redaction_of(case.ledger, case.trace)
    opened = [cells_of(case.ledger, taken.rows[row]) for row in sorted(taken.hidden)]
    rows = {commitment(key, cells): {"nonce": nonce(key, cells), "row": cells} for cells in opened}
    parties = sorted(case.ledger.accounts[number].address for number in taken.parties)
    made_of = {"case": case.stamp.case, "results_digest": case.stamp.results_digest}
    return json.dumps({**made_of, "key": key.hex(), "rows": rows, "third_parties": parties}, indent=1) + "\n"


def _trace(case: CaseFolder, ledger: Ledger, taken: Redaction) -> Trace:
    """The trace on the redacted ledger. Raises InputError where the cut-off lies among hidden rows, AssertionError where a figure of
    somebody who stays is another one."""
    trace = case.trace
    place = {row: new for new, row in enumerate(taken.rows)}
    thefts: list[Theft] = [theft._replace(row=place[theft.row]) for theft in trace.thefts]
    try:
        new = follow(ledger, thefts, trace.stops, trace.rules)
    except LedgerError as error:
        if trace.stops.until is None:
            raise
        raise InputError(
            f"{case.folder}: is not redacted: the trail is cut off at {utc(trace.stops.until)}, and the row before that moment is a third "
            "party's, whose time would be withheld: nobody could tell what lies before the cut-off. Choose another until, and trace again"
        ) from error
    before, after = outcome_of(trace), outcome_of(new)

    def of_others(ends: Any) -> dict[tuple[str, str], Mapping[str, int]]:
        return {(end.address, end.reason): end.amounts for end in ends if end.reason != "dust"}

    if (before.taken, before.fees, of_others(before.endpoints)) != (after.taken, after.fees, of_others(after.endpoints)):
        raise AssertionError("redaction changed a figure; please report this")
    return new


def _with(case: CaseFolder, ledger: Ledger, trace: Trace, taken: Redaction) -> CaseFolder:
    """The case with what is left of its parts. Bounds stay as figures; their proofs name third parties, and do not."""
    place = {row: new for new, row in enumerate(taken.rows)}
    hide = hiding(case.ledger, taken)
    labels = [label for label in case.labels.labels if label.address in ledger.index]
    question = case.question._replace(text=hide(case.question.text))
    new = CaseFolder(case.folder, case.db, question, case.manifest).knowing(
        ledger=ledger,
        audit=audit(ledger),
        trace=trace,
        outcome=outcome_of(trace),
        answers=None,  # who is a third party here may hold another asset there
        assets=(case.asset,),
        whole=ledger,
        traces={"followed": trace},
        asset=case.asset,
        labels=LabelBook(labels, case.labels.min_confidence, case.labels.left_out),
        context=_context(case.context, ledger, hide),
        tags=tuple(tag for each in case.tags if (tag := _tag(each, ledger, place, hide))),
        bounds=_bounds(case.bounds, ledger),
        proofs=NO_PROOFS,
        rests=None,
        log_entries=case.log_entries,
        declared=case.declared,
        alteration=None,
        withheld=taken.sentence,
    )
    new.as_of = case.as_of
    return new


def _bounds(bounds: Bounds, ledger: Ledger) -> Bounds:
    """The bounds of those who stay; in any order, those of services."""
    ends = {at: bound for at, bound in bounds.endpoints.items() if at[0] in ledger.index}
    free = {subject: bound for subject, bound in bounds.any_order.items() if subject.kind == "service"}
    return bounds._replace(endpoints=ends, unions={}, any_order=free)


def _context(context: Context, ledger: Ledger, hide: Callable[[str], str]) -> Context:
    """What stands beside the trace, without third parties: marks of theirs go, and their addresses out of every text."""
    hashes = set(ledger.columns.tx_hash)
    return context._replace(
        markings=[_marking(each, ledger) for each in context.markings if each.address in ledger.index],
        evidence=[e._replace(value=hide(e.value), source=hide(e.source), subject=hide(e.subject)) for e in context.evidence],
        claims=[c._replace(sender=hide(c.sender), recipient=hide(c.recipient), says=hide(c.says)) for c in context.claims],
        statements=[s._replace(says=hide(s.says)) for s in context.statements if s.deposit in hashes],
    )


def _marking(marking: Marking, ledger: Ledger) -> Marking:
    return marking if marking.marked_by in ledger.index else marking._replace(marked_by=POOLED, tx_hash=None)


def _tag(tag: Tag, ledger: Ledger, place: Mapping[int, int], hide: Callable[[str], str]) -> Tag | None:
    """A tag of somebody who stays, with the rows that stay."""
    if tag.subject not in ledger.index or (tag.row is not None and tag.row not in place):
        return None

    def kept(rows: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(place[row] for row in rows if row in place)

    def told(measure: Measure) -> Measure:
        value = hide(measure.value) if isinstance(measure.value, str) else measure.value
        return measure._replace(value=value, note=hide(measure.note), rows=kept(measure.rows))

    measures, against = (tuple(map(told, each)) for each in (tag.measures, tag.against))
    return tag._replace(row=None if tag.row is None else place[tag.row], measures=measures, against=against, rows=kept(tag.rows))
