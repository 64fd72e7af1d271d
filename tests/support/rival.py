"""What verify.py says of bounds that were just computed: the tables of an export as its lines, without a folder."""

from __future__ import annotations

import csv
import io
from types import SimpleNamespace

from tracer import verify
from tracer.report.bounds import allocations_table, bounds_table, cuts_table
from tracer.tracing import RULES
from tracer.tracing.stops import horizon


def lines_of(table, file):
    names, *rows = csv.reader(io.StringIO(table.csv()))
    return [verify.Line(f"{file}:{n}", {name: at for at, name in enumerate(names)}, cells) for n, cells in enumerate(rows, 2)]


def line(place, **cells):
    return verify.Line(place, {name: at for at, name in enumerate(cells)}, list(cells.values()))


def case_of(ledger, trace, proven):
    """What `verify.py` would have read of the export of this case, as far as its bounds need it."""
    shown = SimpleNamespace(bounds=proven.bounds, proofs=proven.proofs, trace=trace, ledger=ledger)
    case = SimpleNamespace()
    case.accounts = {a.address: verify.Account(a.opening, a.coverage, trace.stops.services.get(a.address, "")) for a in ledger.accounts}
    case.owners = [
        line(f"accounts.csv:{n}", address=a.address, coverage=a.coverage, opening_basis=a.opening_basis)
        for n, a in enumerate(ledger.accounts)
    ]
    case.rows = [verify.Row(t.time, t.sender or "", t.recipient or "", t.amount * (t.sender != t.recipient), t.fee) for t in ledger]
    case.transfers = [
        line(f"transfers.csv:{t.row}", basis=t.basis, height=str(t.height), memo_hex=t.memo.content.hex() if t.memo else "",
             memo_kind=t.memo.kind if t.memo else "")
        for t in ledger
    ]  # fmt: skip
    case.followed = horizon(ledger, trace.stops)
    case.stolen = {theft.row: n for n, theft in enumerate(trace.thefts)}
    case.stopped = verify.stops_at(case.accounts, case.rows, case.stolen, trace.stops.dust, set())
    case.bounds = lines_of(bounds_table(shown), "bounds.csv")
    case.cuts, case.allocations = {}, {}
    for each in lines_of(cuts_table(shown), "cuts.csv"):
        case.cuts.setdefault((each.text("bound"), each.text("figure")), []).append(each)
    for each in lines_of(allocations_table(shown), "allocations.csv"):
        case.allocations.setdefault(each.text("allocation"), {})[each.whole("row")] = [each.whole("amount"), each.whole("fee")]
    return case


def differences(case):
    """What verify.py finds wrong with the bounds of a case."""
    rows = case.rows[: case.followed]
    told = {rule: verify.recompute(case.accounts, rows, case.stolen, case.stopped, rule) for rule in RULES}
    report = verify.Report("")
    verify.bounds(case, report, told)
    return report.differences
