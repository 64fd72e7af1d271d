"""One plain-text message per addressee: what can still be stopped there, what of it is fact, what is computed, what only inferred.

A message is about the addresses of its own lines. What it quotes from the case file can name others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.errors import CaseError
from tracer.evidence.coverage import LIMITS, to_one_service
from tracer.model import Asset, Transfer
from tracer.pipeline.stoppable.lines import Line
from tracer.pipeline.stoppable.listing import ADDRESSEE, Listing, table_of, uncelled, why_withdrawn
from tracer.pipeline.stoppable.numbering import HEAD as FIRST
from tracer.pipeline.stoppable.numbering import Numbered
from tracer.pipeline.stoppable.who_holds_stolen_value import Facts
from tracer.report.freeze_lists import require_read_theft, theft_said
from tracer.report.letter_folders import README, file_name, put_letters
from tracer.report.tables import Table
from tracer.terminal_and_csv_escaping import cell, plain
from tracer.wording import ANY_RULE, counted, utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

HEAD = "Messages of tracer: what can still be stopped, and by whom"
"""The first words of the README by which a folder of messages is known."""

ASKED: Mapping[str, str] = {
    "service": (
        "to hold what these customers have with you, and to keep the records of who they are; to say how much of it you could hold"
    ),
    "deposit": (
        "to say whether these addresses belong to customers of yours; if they do, to hold what those customers have with you, and to keep "
        "the records of who they are"
    ),
    "bridge": (
        "to hold what you have not paid out of these requests; and to say of each what you paid out, where, when and in which transaction"
    ),
    "issuer": ("to freeze what these addresses hold of the token, and to say when that is done"),
}
"""What each kind of addressee is asked; nobody known can be asked nothing."""

Numbers = Sequence[tuple[Numbered, Line | None]]


def write_messages(case: CaseFolder, listing: Listing, folder: Path) -> list[Path]:
    """Writes a message for each addressee, and a README; messages of an earlier run in the folder are removed.

    Raises CaseError while the first run is still at work, and where no theft was read from a block; StoreError where the folder holds
    anything else, or cannot be written.
    """
    if case.so_far:
        raise CaseError(f"{case.folder}: the run is still at work, and figures will change: messages are written when it is done")
    require_read_theft(case, "message")
    theirs = by_addressee(listing)
    texts = {f"{file_name(whose)}.txt": message(case, listing, whose, lines) for whose, lines in sorted(theirs.items())}
    names = [f"- {whose}: {file_name(whose)}.txt, {_count(lines)}" for whose, lines in sorted(theirs.items())]
    nobody = sum(line.holding.addressee == "" for line in listing.lines)
    said = [
        HEAD,
        case.question.title or case.question.name,
        *names,
        f"Held where nobody can stop it yet: {counted(nobody, 'line')}; no message.",
    ]
    return put_letters(folder, {README: "\n".join(map(plain, said)) + "\n", **texts}, case.stamp, HEAD, "message", "--messages")


def by_addressee(listing: Listing) -> dict[str, list[tuple[Numbered, Line | None]]]:
    """The numbered lines of each addressee. A withdrawn line is of whoever has that name as a list writes it."""
    names = {str(cell(line.holding.addressee)): line.holding.addressee for line in listing.lines}
    theirs: dict[str, list[tuple[Numbered, Line | None]]] = {}
    for number, line in listing.shown():
        written = number.sent.addressee if line is None and number.sent else str(cell(line.holding.addressee)) if line else ""
        if written:
            theirs.setdefault(names.get(written, uncelled(written)), []).append((number, line))
    return theirs


def _count(lines: Numbers) -> str:
    gone = sum(line is None for _, line in lines)
    return counted(len(lines) - gone, "line") + (f", {gone:,} withdrawn" if gone else "")


def message(case: CaseFolder, listing: Listing, whose: str, lines: Numbers) -> str:
    """The message to one addressee. All text from chains and labels stands in one line each, and acts on no terminal."""
    standing = [(number, line) for number, line in lines if line is not None]
    gone = [number for number, line in lines if line is None]
    parts = [
        [f"To {whose}", case.question.title or case.question.name, *_stamp(case, listing)],
        list(_asked(case, listing, standing)),
        *(list(_of_line(case, listing, number, line)) for number, line in standing),
        ["Withdrawn: please hold nothing on our word for these any longer", *_withdrawn(listing, gone)] if gone else [],
        ["How it was found", *_method(case, listing)],
        ["Thefts", *(theft_said(case, number, theft) for number, theft in enumerate(case.trace.thefts, 1))],
        ["What was read", *(f"- {sentence}" for sentence in to_one_service(case.coverage))],
        ["THE LEDGER DOES NOT ADD UP: every figure rests on these gaps", *(f"- {gap}" for gap in case.gaps)] if case.gaps else [],
        ["What it does not prove", *(f"- {limit}" for limit in LIMITS)],
        ["How to check it", *_check(case)],
        ["The lines, as tracer stoppable --since reads them"],
        _in_short(listing, whose),
    ]
    return "\n\n".join("\n".join(map(plain, part)) for part in parts if part) + "\n"


def _stamp(case: CaseFolder, listing: Listing) -> Iterator[str]:
    yield "From: (name, organisation, reference, how to answer)"
    yield f"{case.stamp}"
    for source, height, time in dict.fromkeys((each.balance.source, each.balance.height, each.balance.time) for each in listing.lines):
        yield f"As of block {'unknown' if height is None else f'{height:,}'}, {utc(time) or 'time unknown'}: {source}"


def _asked(case: CaseFolder, listing: Listing, standing: Sequence[tuple[Numbered, Line]]) -> Iterator[str]:
    facts = listing.facts
    yield "What is asked"
    if not standing:
        yield "Nothing any more: every line that was sent is withdrawn."
        return
    for kind in dict.fromkeys(line.holding.kind for _, line in standing):
        yield f"We ask you {ASKED[kind]}."
    for rule in [facts.declared] if facts.declared else facts.trace.rules:
        for number, asset in enumerate(facts.ledger.assets):
            theirs = [line.holding.traced[rule] for _, line in standing if line.holding.asset == number]
            if theirs:
                yield f"{counted(len(theirs), 'line')}, {asset.stated(sum(theirs))} traced under {rule}"
    if any(number.since for number, _ in standing):
        by_word = {word: sum(number.since == word for number, _ in standing) for word in ("added", "changed", "same")}
        yield "Since the list last sent: " + ", ".join(f"{count:,} {word}" for word, count in by_word.items())


def _of_line(case: CaseFolder, listing: Listing, number: Numbered, line: Line) -> Iterator[str]:
    holding, asset = line.holding, listing.facts.asset_of(line.holding)
    yield f"Line {number.number} (id {number.line_id})" + (f", {number.since}" if number.since else "")
    yield "  Fact, read from the chain:"
    memo = "no memo" if holding.memo is None else f"memo {_quoted(holding.memo.text)}, bytes {holding.memo.content.hex()}"
    yield f"  - address {holding.address}, {memo}"
    yield from (f"  - {_arrival(listing.facts, t)}" for t in holding.arrivals)
    yield from (f"  - {request.stated()}" for request in [holding.request] if request)
    balance = line.balance
    held = f"not known: {balance.why}" if balance.amount is None else asset.stated(balance.amount)
    when = f"after block {balance.height} of {utc(balance.time) or 'unknown time'}, says {balance.source}"
    yield f"  - the address holds {held} ({when})"
    yield "  Computed from all rows of the case:"
    yield from (f"  - {sentence}" for sentence in _computed(listing, line, asset))
    yield "  Only inferred:"
    yield from (f"  - {sentence}" for sentence in line.inferred)


def _quoted(text: str | None) -> str:
    return f'"{text}"' if text is not None else "that is no text"


def _arrival(facts: Facts, t: Transfer) -> str:
    deep = facts.ledger.confirmations(t.row)
    depth = f", {deep} confirmations when it was read" if deep else ""
    where = "" if t.height is None else f", block {t.height:,}"
    inner = f", inside it {t.attributes['inner_hash']}" if "inner_hash" in t.attributes else ""
    paid = f"{facts.ledger.assets[t.asset].stated(t.amount)}, transaction {t.tx_hash or 'not stated'}"
    unread = "" if t.basis == "chain" else f" ({t.basis}, not read from a block)"
    return f"{utc(t.time) or 'at an unknown time'}{where}: {paid}{inner}{depth}{unread}"


def _computed(listing: Listing, line: Line, asset: Asset) -> Iterator[str]:
    declared, traced = listing.facts.declared, line.holding.traced
    if line.bound:
        yield f"under {ANY_RULE}, at least {asset.stated(line.bound.least)} and at most {asset.stated(line.bound.most)} of it is stolen"
    else:
        yield f"floor and ceiling, under {ANY_RULE}: {line.unbounded}"
    if declared:
        yield f"under {declared}, the declared rule: {asset.stated(traced[declared])}"
    others = [f"{rule} {asset.format(amount)}" for rule, amount in traced.items() if rule != declared]
    if others:
        yield f"under {'the other rules' if declared else 'each rule'}: {', '.join(others)}"
    if line.minutes is not None:
        yield f"{counted(line.minutes, 'minute')} since the last arrival"
    yield f"how long money usually stays there: {line.usual_stay.sentence}"


def _withdrawn(listing: Listing, gone: Iterable[Numbered]) -> Iterator[str]:
    for number in gone:
        cells = number.sent.cells if number.sent else {}
        memo = f", memo {_quoted(uncelled(cells['memo_text']))}" if cells.get("memo_text") else ""
        why = why_withdrawn(listing.facts, number.sent) if number.sent else ""
        yield f"Line {number.number} (id {number.line_id}), address {uncelled(cells.get('address', ''))}{memo}: {why}"


def _method(case: CaseFolder, listing: Listing) -> Iterator[str]:
    rules, declared = list(case.trace.rules), listing.facts.declared
    assets = listing.facts.ledger.assets
    named = ", ".join(asset.symbol for asset in assets)
    yield f"{'Assets' if len(assets) > 1 else 'Asset'}: {named} on {case.asset.chain}. Every amount is exact; times are UTC."
    if len(assets) > 1:
        yield (
            "Where stolen value was converted into another asset, the trail continues in what was received, of which the same share is "
            "stolen."
        )
    if declared:
        yield f'"Traced" means: stolen value under the declared rule, {declared} ({case.question.trace.reason}).'
    others = ", ".join(rule for rule in rules if rule != declared)
    if others:
        yield f"The figures under {others} stand beside it." if declared else f"No rule is declared: {others} stand side by side."
    yield f"A floor holds under {ANY_RULE}: no less than the floor can be there."
    yield "Confirmations: how many blocks lie above that of the deposit, and after how many no reorganisation can undo it."
    yield "A line keeps its number and id in every later list; a line that falls away is said to be withdrawn."


def _check(case: CaseFolder) -> Iterator[str]:
    yield f"- Any node or explorer of that chain ({case.asset.chain}) shows each transaction above under its hash."
    yield f"- The results digest covers all tables of this case, {case.question.name}; it is the same on any machine that traces it again."
    yield (
        "- Ask us for its export, and take verify.py from the tracer project, not from us: it needs only Python, recomputes every traced "
        "amount, and checks the proof of every floor and ceiling."
    )


def _in_short(listing: Listing, whose: str) -> list[str]:
    """The lines of one addressee as CSV, with what the next list compares."""
    names, rows = table_of(listing)
    wanted = [
        names.index(name)
        for name in (*FIRST, "kind", ADDRESSEE, "address", "memo_text", "memo_hex", "asset", *listing.facts.trace.rules, "arrivals")
    ]
    theirs = [[row[n] for n in wanted] for row in rows if cell(row[names.index(ADDRESSEE)]) == cell(whose)]
    return Table([names[n] for n in wanted], theirs).csv().splitlines()
