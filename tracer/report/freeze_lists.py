"""Freeze lists: one per service, with the deposits that carried stolen value under the declared rule, and the letter that goes with it.

A memo is a customer's account number: a list has the memos of its own deposits and of nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tracer.casefolder.log import made_by
from tracer.errors import CaseError, StoreError
from tracer.evidence.coverage import LIMITS, to_one_service
from tracer.evidence.statements import assumption_of
from tracer.labels.bridge_requests import bridge_requests
from tracer.model import Bounds
from tracer.pipeline.bounds import bounds_at_hand
from tracer.pipeline.stoppable.numbering import HEAD as HEAD_COLUMNS
from tracer.pipeline.stoppable.numbering import Sent
from tracer.plan.deposits_to_freeze import freezable_deposits, of_blocks
from tracer.report.deposits import Freeze, FreezeList, customer_of, deposits_table
from tracer.report.highest_floor_first import by_floor
from tracer.report.letter_folders import README, first_words, put_letters
from tracer.report.numbered_deposits import KEPT, numbered_deposits, withdrawn_said
from tracer.report.tables import Table
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import ANY_RULE, counted, utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Theft, Transfer

HEAD = "Freeze lists of tracer"
"""The first words of the README by which a folder of freeze lists is known."""

NOT_FINAL = f"{HEAD}: NOT FINAL, the run that reads the chain is still at work"
"""The same of lists made before the run was done: nobody is to take them for the letters that are sent."""


def freeze(case: CaseFolder, sent: Sequence[Sent] | None = None) -> Freeze:
    """The freeze lists of a case, by name of the service. `sent`: the lines of the lists that were sent before, whose numbers stay.

    Which deposits are on a list is what the declared rule says; where none is declared, every deposit that any rule reaches is, and the
    list with the highest floor comes first.

    Raises CaseError where no theft was read from a block: nobody's account is frozen on a report.
    """
    primary, trace = case.question.trace.primary, case.trace
    require_read_theft(case, "freeze list")
    arrived = freezable_deposits(case.question, case.ledger, trace)
    bounds, no_bounds = bounds_at_hand(case)
    found = {service: _listed(case, service, deposits, bounds) for service, deposits in arrived.items()}
    numbers = numbered_deposits(case, {service: each.deposits for service, each in found.items()}, sent)
    lists, without = [], {}
    for service, lines in sorted(numbers.items()):
        freeze_list = found.get(service, _listed(case, service, (), bounds))._replace(numbers=lines)
        if lines:
            lists.append(freeze_list)
        else:
            without[service] = _why_none(freeze_list, primary)
    # By name under a declared rule, so that letters stand where they stood the last time; else the highest floor first, which no rule's
    # choice moves. Two other orders: the sheet of the first hours (report/court/first_hours.py), the list of what can be stopped
    # (pipeline/stoppable/listing.py).
    in_order = by_floor(case, lists, lambda each: each.bound, lambda each: each.traced.values())
    return Freeze(primary, tuple(in_order), without, bounds, no_bounds)


def require_read_theft(case: CaseFolder, what: str) -> None:
    """Raises CaseError where no theft was read from a block: nobody's account is frozen on a report."""
    thefts = case.trace.thefts
    if not any(theft.basis == "chain" for theft in thefts):
        raise CaseError(
            f"{case.folder}: no {what} was written, because a {what} may name only payments read from blocks, and here all thefts are only "
            f"{thefts[0].basis}; trace the case from a node (--node URL)"
        )


def _listed(case: CaseFolder, service: str, deposits: Sequence[Transfer], bounds: Bounds) -> FreezeList:
    """The deposits of a service that a block vouches for: what is only reported or modelled freezes nobody's account."""
    read = of_blocks(deposits)
    return FreezeList(
        service=service,
        deposits=read,
        traced={rule: sum(stolen.by_row.get(deposit.row, 0) for deposit in read) for rule, stolen in case.trace.rules.items()},
        bound=bounds.services.get(service),
        left_out=len(deposits) - len(read),
        provisional=sum(case.ledger.provisional(deposit.row) for deposit in read),
        customers={each: bounds.customers[each] for each in map(customer_of, read) if each in bounds.customers},
    )


def _why_none(freeze_list: FreezeList, primary: str | None) -> str:
    if freeze_list.left_out:
        return f"{counted(freeze_list.left_out, 'deposit')}, none of them read from a block"
    return f"{primary} traces no stolen value there; other rules do" if primary else "no rule puts stolen value there"


def write(case: CaseFolder, frozen: Freeze, folder: Path) -> list[Path]:
    """Writes a CSV and a letter for each service, and a README; lists of an earlier run in the folder are removed.

    Raises StoreError where the folder holds anything else, or cannot be written.
    """
    held = first_words(folder)
    if case.so_far and held and held.startswith(HEAD) and not held.startswith(NOT_FINAL):
        raise StoreError(f"{folder}: holds final freeze lists, and these are not: name another folder with -o")
    texts = {README: statement(case, frozen, frozen.lists)}
    for freeze_list in frozen.lists:
        name, table = file_of(case, freeze_list), deposits_table(case, frozen, freeze_list)
        texts[f"{name}.csv"] = table.csv()
        texts[f"{name}.txt"] = statement(case, frozen, [freeze_list], table)
    return put_letters(folder, texts, case.stamp, HEAD, "freeze list", "-o")


def statement(case: CaseFolder, frozen: Freeze, lists: Sequence[FreezeList], table: Table | None = None) -> str:
    """What must be read with the lists: the case, the method, what it rests on. The letter for one list, with its table, names no other
    service."""
    whole = table is None
    parts = [
        [*_head(case), case.question.title or case.question.name],
        list(_services(case, frozen, lists, whole)),
        list(_method(case, frozen)),
        ["When the rule was declared", *(f"- {sentence}" for sentence in case.declared.sentences)] if case.declared.sentences else [],
        list(_logged(case)),
        ["Thefts", *(theft_said(case, number, theft) for number, theft in enumerate(case.trace.thefts, 1))],
        [
            "What was read",
            *(f"- {sentence}" for sentence in (case.coverage if whole else to_one_service(case.coverage))),
        ],
        ["THE LEDGER DOES NOT ADD UP: every figure rests on these gaps", *(f"- {gap}" for gap in case.gaps)] if case.gaps else [],
        ["What it does not prove", *(f"- {limit}" for limit in LIMITS)],
        *(() if table is None else (["The lines, as tracer freeze --since reads them"], _in_short(case, frozen, table))),
    ]
    return "\n\n".join("\n".join(map(plain, part)) for part in parts if part) + "\n"


def _in_short(case: CaseFolder, frozen: Freeze, table: Table) -> list[str]:
    """The numbered lines of a letter as CSV: the next list goes on from there."""
    rules = [frozen.primary] if frozen.primary else case.trace.rules
    wanted = [table.names.index(name) for name in (*HEAD_COLUMNS, *KEPT, "height", *rules)]
    return Table([table.names[n] for n in wanted], ([row[n] for n in wanted] for row in table.rows)).csv().splitlines()


def file_of(case: CaseFolder, found: FreezeList) -> str:
    """The name of the files of a list; one that is not final says so."""
    return f"not-final-{found.file}" if case.so_far else found.file


def _head(case: CaseFolder) -> list[str]:
    return [NOT_FINAL, case.so_far.sentence, "Do not send it: deposits may be missing, and figures will change."] if case.so_far else [HEAD]


def _services(case: CaseFolder, frozen: Freeze, lists: Sequence[FreezeList], whole: bool) -> Iterator[str]:
    asset = case.ledger.asset
    if not lists:
        yield "No stolen value that a list could ask for was traced to a service."
    for freeze_list in lists:
        name = file_of(case, freeze_list)
        yield f"{freeze_list.service}: {counted(len(freeze_list.deposits), 'deposit')}, {traced_at(case, freeze_list)}, {name}.csv"
        others = [f"{rule} {asset.format(amount)}" for rule, amount in freeze_list.traced.items() if rule != frozen.primary]
        if others:
            said = "the same deposits under the other rules" if frozen.primary else "traced under each rule"
            yield f"  {said}: {', '.join(others)}"
        if freeze_list.bound:
            ends = map(asset.format, freeze_list.bound)
            yield f"  floor {next(ends)} and ceiling {next(ends)}, under {ANY_RULE}, at all its addresses together"
            floors = asset.stated(sum(bound.least for bound in freeze_list.customers.values()))
            few = len(freeze_list.customers)
            said = "the floor of the one customer" if few == 1 else f"the floors of the {few:,} customers"
            yield f"  {said} on this list {'is' if few == 1 else 'add up to'} {floors}"
            yield from _not_listed(case, frozen, freeze_list)
            if case.flow.about.statements:
                yield f"  {assumption_of(case.flow.about.statements)}"
        yield from _of_deposits(case, freeze_list)
    if whole:
        yield from case.flow.about.rests
        yield from (f"{service}: no list: {why}" for service, why in frozen.without.items())


def _not_listed(case: CaseFolder, frozen: Freeze, found: FreezeList) -> Iterator[str]:
    """How many customers of the service stolen value could have reached besides those on the list."""
    services, customers = case.trace.stops.services, frozen.bounds.customers
    others = [customers[each] for each in customers if services[each.address] == found.service and each not in found.customers]
    if others:
        floors = case.ledger.asset.stated(sum(bound.least for bound in others))
        said = counted(len(others), "customer")
        sums = "whose floor is" if len(others) == 1 else "whose floors add up to"
        yield f"  not on this list: {said} whom stolen value could also have reached, and {sums} {floors}"


def traced_at(case: CaseFolder, found: FreezeList) -> str:
    """How much was traced to a service, in words: under the declared rule, or between which two figures where none is declared."""
    asset, primary = case.asset, case.question.trace.primary
    if primary is not None:
        return f"{asset.stated(found.traced[primary])} traced"
    least, most = min(found.traced.values()), max(found.traced.values())
    floor = f"floor {asset.format(found.bound.least)}, " if found.bound else ""
    ceiling = f", ceiling {asset.format(found.bound.most)}" if found.bound else ""
    return f"{floor}{asset.format(least)} to {asset.stated(most)} traced by the rules{ceiling}"


def _of_deposits(case: CaseFolder, freeze_list: FreezeList) -> Iterator[str]:
    """What is said of single deposits: statements, bridge requests, what is provisional, withdrawn or left out."""
    deposits = {deposit.tx_hash for deposit in freeze_list.deposits}
    for told in case.flow.about.statements:
        if told.statement.deposit in deposits:
            yield f"  stated, not traced: {told.sentence()}"
    for request in bridge_requests(freeze_list.deposits, case.labels):
        yield f"  {request.stated()}"
    if freeze_list.provisional:
        youngest = case.ledger.confirmations(freeze_list.deposits[-1].row)
        yield f"  {counted(freeze_list.provisional, 'deposit')} provisional; the latest has {youngest} confirmations"
    for line in freeze_list.withdrawn:
        yield f"  {withdrawn_said(case, line)}"
    if freeze_list.left_out:
        yield f"  {counted(freeze_list.left_out, 'deposit')} left out because not read from a block"


def _method(case: CaseFolder, frozen: Freeze) -> Iterator[str]:
    primary = frozen.primary
    asset, others = case.ledger.asset, [rule for rule in case.trace.rules if rule != primary]
    yield "Method"
    yield f"Asset: {asset.symbol} on {asset.chain}, {asset.decimals} decimals."
    yield "Amounts are in the smallest unit; columns that end in _readable give coins."
    if primary is None:
        yield (
            f"No rule is declared, so no rule stands for the others: the lists give {', '.join(others)} side by side. A deposit is listed "
            "if any of them traces stolen value to it. Floor and ceiling do not depend on the rule."
        )
    else:
        before = ", declared before tracing" if case.declared.beforehand and not case.so_far else ""
        yield f'"Traced" means: stolen value under the declared rule, {primary}{before} ({case.question.trace.reason}).'
    if others and primary:
        yield f"The lists also give {', '.join(others)}, which show how much depends on the rule."
        yield f"A deposit is listed only if {primary} traces stolen value to it."
    yield "All rows listed were read from blocks; the column rests_on gives the weakest basis of all rows that led to them."
    if frozen.no_bounds:
        yield f"floor and ceiling are empty: {frozen.no_bounds}"
    else:
        yield f"floor, ceiling: the least and the most that {ANY_RULE} can put at the customer of the line, that is, at all"
        yield "deposits with its address and its memo. tracer explain DIR ADDRESS --why-least, after tracer bounds, prints why."
    yield "provisional: so near the tip, when it was read, that a reorganisation could still undo it."
    yield "confirmations: how many blocks lay above that of the deposit when it was read, and after how many no reorganisation can undo it."
    yield "Times are UTC. memo_hex has the exact bytes of the memo, memo_text the same as text, if they are text."
    yield "line: its number, which stays in later lists; line_id: its identity; since_last: added, changed, same or withdrawn."
    yield "customer_address: the payer, if it never paid anybody but this service: likely a deposit address (inferred)."
    yield "customer_deposits: the transactions that had brought stolen value to customer_address before."
    yield "far_address: an address of another chain, as the memo of a payment to a bridge, or the event of the bridge, states it."
    under = "under the declared rule" if primary else "at most, under any of the rules"
    yield f"thefts: how much of the deposit comes from which theft, by the numbers below, {under}."


def _logged(case: CaseFolder) -> Iterator[str]:
    """The entry of the audit log that the figures are of, by its hash: whoever keeps the letter can hold the log to it."""
    entry = None if case.so_far else made_by(case.log_entries)
    if entry:
        yield "Audit log"
        yield f"Entry {entry.number} of the audit log of the case recorded these figures on {entry.time}. The hash of that entry is"
        yield f"{entry.hash}; tracer log DIR --head HASH says whether the log still contains it."


def theft_said(case: CaseFolder, number: int, theft: Theft) -> str:
    """A theft in a line, with its number from 1."""
    height = case.ledger.transfer(theft.row).height
    place = "" if height is None else f", height {height}"
    when = utc(theft.time) or "at a time that no source states"
    return f"{number}. {theft.label}: {case.ledger.asset.stated(theft.amount)}, {when}{place}, {theft.tx_hash or 'no hash'}"
