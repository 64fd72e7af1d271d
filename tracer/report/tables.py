"""The tables of a case as others read them: what `--csv` prints, and the folder that `tracer export` writes for `verify.py`.

Amounts are integers of the smallest unit. In every table a column of a rule adds up without counting anything twice.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.report.highest_floor_first import endpoints_in_order
from tracer.report.undeclared_rule import with_bounds
from tracer.terminal_and_csv_escaping import write_csv
from tracer.tracing import HeldAtTheEnd, received_by, stop_of, ties_of
from tracer.wording import utc

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder
    from tracer.model import Account, Bound, Reason, Tie, Transfer
    from tracer.tracing import Stolen


class Table(NamedTuple):
    """The names of the columns, and lines of values in their order."""

    names: Sequence[str]
    rows: Iterable[Sequence[Any]]

    def csv(self) -> str:
        """The table as CSV, inert in a spreadsheet."""
        text = io.StringIO()
        write_csv(text, self.names, self.rows)
        return text.getvalue()


ROW = ("row", "row_key", "height", "position", "time", "tx_hash", "inner_hash", "sender", "recipient", "amount", "fee", "kind")
ROW_SOURCE = ("memo", "memo_kind", "memo_hex", "basis", "verified", "tie", "provisional", "theft", "cut")


def marked_so_far(case: CaseFolder, table: Table) -> Table:
    """The table with a last column that says in every line how far a run in progress has read; the same table if the run is done."""
    if case.so_far is None:
        return table
    said = case.so_far.sentence
    return Table([*table.names, "read_so_far"], ([*row, said] for row in table.rows))


def transfers_table(case: CaseFolder, chosen: Iterable[Transfer] | None = None) -> Table:
    """The rows of the ledger in its order, or some of them, with what each carried under every rule.

    `theft` is the number of the theft a row is, from 1. Per rule: the stolen value the amount carried, that of the fee
    (`_fee`), and both by theft (`_by_theft`: "theft:amount:fee", thefts without any left out). A redacted case has a column more: the
    `commitment` that stands for a row whose place on the chain is withheld.
    """
    trace, ledger = case.trace, case.ledger
    number = {theft.row: n for n, theft in enumerate(trace.thefts, 1)}
    split = {rule: _by_theft(stolen) for rule, stolen in trace.rules.items()}

    def line(t: Transfer) -> list[Any]:
        height = text_or_empty(t.height)
        row = [str(t.row), str(t.row_key), height, str(t.position), utc(t.time), t.tx_hash, t.attributes.get("inner_hash")]
        row += [t.sender, t.recipient, str(t.amount), str(t.fee), t.kind]
        row += [t.memo.text, t.memo.kind, t.memo.content.hex()] if t.memo else [None] * 3
        row += [t.basis, t.verified, t.attributes.get("tie"), ledger.provisional(t.row)]
        row += [str(number.get(t.row, "")), trace.cuts.get(t.row)]
        row += map(str, trace.carried(t.row).values())
        row += [str(stolen.fees_by_row.get(t.row, 0)) for stolen in trace.rules.values()]
        row += [split[rule].get(t.row) for rule in trace.rules]
        return row + ([t.attributes.get("commitment")] if case.withheld else [])

    names = (*ROW, *ROW_SOURCE, *trace.rules, *(f"{rule}_fee" for rule in trace.rules), *(f"{rule}_by_theft" for rule in trace.rules))
    names += ("commitment",) if case.withheld else ()
    return marked_so_far(case, Table(names, map(line, ledger if chosen is None else chosen)))


def _by_theft(stolen: Stolen) -> dict[int, str]:
    parts: dict[int, dict[int, list[int]]] = {}
    for place, hops in enumerate((stolen.hops, stolen.fees)):
        for hop in hops:
            parts.setdefault(hop.row, {}).setdefault(hop.theft, [0, 0])[place] += hop.amount
    return {
        row: " ".join(f"{theft + 1}:{amount}:{fee}" for theft, (amount, fee) in sorted(by_theft.items())) for row, by_theft in parts.items()
    }


def accounts_table(case: CaseFolder, asset: int = 0) -> Table:
    """Every account of an asset: what it holds, since when its issuer has it frozen, why it absorbs, the stolen value that arrived at it;
    most of it first.

    Stolen value is counted at each arrival: what comes twice is counted twice.
    """
    names = ("address", "label", "coverage", "stop", "service", "opening", "opening_basis", "balance", "served", "served_height", "frozen")
    lines = (line for account, line in account_lines(case) if account.asset == asset)
    return marked_so_far(case, Table((*names, *case.trace.rules), lines))


def account_lines(case: CaseFolder) -> Iterator[tuple[Account, list[Any]]]:
    """The accounts of that table, each with its line."""
    ledger, trace = case.ledger, case.trace
    received = received_by(case.ledger, trace)
    nothing, frozen = dict.fromkeys(trace.rules, 0), HeldAtTheEnd(ledger, trace.stops.until).frozen
    arrivals = [(number, received.get(account.holding, nothing)) for number, account in enumerate(ledger.accounts)]

    for number, arrived in sorted(arrivals, key=lambda arrival: ([-amount for amount in arrival[1].values()], arrival[0])):
        account = ledger.accounts[number]
        row = [account.address, case.labels.name(account.address), account.coverage, stop_of(account.holding, ledger, trace)]
        row += [trace.stops.services.get(account.address), str(account.opening), account.opening_basis, str(ledger.balances[number])]
        row += map(text_or_empty, (account.served, account.served_height))
        row.append(utc(frozen[number].time) if number in frozen else None)
        yield account, row + [str(amount) for amount in arrived.values()]


def rules_table(case: CaseFolder, *, by_theft: bool = False) -> Table:
    """Where the stolen value is: every endpoint, and the fees. Each column of a rule adds up to what was stolen.

    `least` and `most` are empty until `tracer bounds` has been run. `by_theft`: a line for each theft that an endpoint has value of, under
    any rule; those add up to what each theft took. `least` and `most` are of all thefts together then, the same on each line of an
    endpoint, and not there where no bound is known; where no rule is declared they stand on either side of the rules.
    """
    rules, ties = list(case.trace.rules), ties_of(case.ledger, case.trace)
    if by_theft:
        names = map(str, with_bounds(case, rules, ("least", "most")))
        return marked_so_far(case, Table(("address", "reason", "service", "basis", "tie", "theft", *names), _ends_by_theft(case, ties)))
    bounds = case.bounds.endpoints
    ends = [
        [e.address, e.reason, e.service, e.basis, ties.get(place), *(str(e.amounts[rule]) for rule in rules), *_ends_of(bounds.get(place))]
        for e in endpoints_in_order(case)
        for place in [(e.address, e.reason)]
    ]
    fees = [None, "fees", None, None, None, *(str(case.trace.rules[rule].burnt) for rule in rules), *_ends_of(None)]
    return marked_so_far(case, Table(("address", "reason", "service", "basis", "tie", *rules, "least", "most"), [*ends, fees]))


def _ends_of(bound: Bound | None) -> list[str | None]:
    return [None, None] if bound is None else [str(bound.least), str(bound.most)]


def _ends_by_theft(case: CaseFolder, ties: Mapping[tuple[str, Reason], Tie]) -> Iterator[list[Any]]:
    trace, bounds = case.trace, {} if case.withheld else case.bounds.endpoints  # whose proofs are withheld too
    for e in endpoints_in_order(case):
        place = e.address, e.reason
        ends, of = _ends_of(bounds.get(place)), [e.address, e.reason, e.service, e.basis, ties.get(place)]
        for theft in range(len(trace.thefts)):
            amounts = [e.by_theft[rule][theft] for rule in trace.rules]
            if any(amounts):
                yield [*of, str(theft + 1), *with_bounds(case, [*map(str, amounts)], ends)]
    for theft in range(len(trace.thefts)):
        amounts = [sum(fee.amount for fee in stolen.fees if fee.theft == theft) for stolen in trace.rules.values()]
        if any(amounts):
            yield [None, "fees", None, None, None, str(theft + 1), *with_bounds(case, [*map(str, amounts)], _ends_of(None))]


def thefts_table(case: CaseFolder) -> Table:
    """The thefts in ledger order, numbered from 1: face amount, and per rule what each made stolen."""
    rules = case.trace.rules.values()
    rows = [
        [str(n + 1), t.label, str(t.row), str(t.row_key), t.tx_hash, utc(t.time), t.sender, t.recipient, str(t.amount), t.basis]
        + [str(stolen.taken[n]) for stolen in rules]
        for n, t in enumerate(case.trace.thefts)
    ]
    names = ("theft", "label", "row", "row_key", "tx_hash", "time", "sender", "recipient", "amount", "basis", *case.trace.rules)
    return Table(names, rows)


def statements_table(case: CaseFolder) -> Table:
    """What services say they did with deposits: `deposited` and the traced amounts in smallest units, `paid_on` as it is worded."""
    rules, first = case.trace.rules, ("deposit", "recipients", "deposited")
    kept = ("amount", "asset", "paid_to", "network", "withdrawal", "time", "says", "source", "grade")
    rows: list[list[Any]] = []
    for told in case.flow.about.statements:
        stated = told.statement._asdict()
        stated["time"] = None if told.statement.time is None else utc(told.statement.time)
        traced = (str(told.traced[rule]) for rule in rules)
        of_it = map(stated.__getitem__, kept)
        rows.append([told.statement.deposit, " ".join(told.recipients), str(told.amount), *traced, *of_it, "reported", told.why])
    return Table((*first, *rules, "paid_on", *kept[1:], "basis", "against"), rows)


def method_table(case: CaseFolder) -> Table:
    """What was traced and by which method, a setting a line."""
    ledger, stops, asked = case.ledger, case.trace.stops, case.question.trace
    settings = {
        "tracer": case.stamp.tracer,
        "case": case.stamp.case,
        "results_digest": case.stamp.results_digest or None,
        "chain": ledger.asset.chain,
        "asset": ledger.asset.symbol,
        "decimals": str(ledger.asset.decimals),
        "order": ledger.order_basis,
        "position_bits": str(ledger.terms.position_bits),
        "tip": None if ledger.tip is None else str(ledger.tip),
        "finality": str(ledger.terms.finality),
        "rules": " ".join(case.trace.rules),
        "primary": asked.primary,
        "reason": asked.reason,
        "declared": " ".join(case.declared.sentences) or ("before tracing: no result precedes it" if case.declared.beforehand else None),
        "dust": str(stops.dust),
        "until": None if stops.until is None else utc(stops.until),
    }
    if case.withheld:
        settings["withheld"] = case.withheld
    return Table(("setting", "value"), settings.items())


def text_or_empty(value: object) -> str:
    """A value as a cell has it; empty where it is unknown."""
    return "" if value is None else str(value)
