"""Thefts, stops and rules -> a Trace: hops, endpoints, fees, the certificate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tracer.collector import collector_paused
from tracer.ledger import Ledger
from tracer.ledger.width import too_wide
from tracer.model import HeldPart, Theft
from tracer.model.columnar import Columnar, compact
from tracer.tracing.cone import Cone, cone_of
from tracer.tracing.endpoints import endpoints_of
from tracer.tracing.outcome import outcome_of
from tracer.tracing.reconciliation import certify
from tracer.tracing.rules import RULES
from tracer.tracing.runs import flows_of, in_form, replayed
from tracer.tracing.stops import Stops, cuts, horizon
from tracer.tracing.trace import Hops, Stolen, Trace
from tracer.tracing.written import Parts, Run


def follow(ledger: Ledger, thefts: Sequence[Theft], stops: Stops, rules: Iterable[str]) -> Trace:
    """Follows the thefts under each rule, one run for all thefts together.

    First the cone: the accounts that money from the thefts could have reached, forward in time. Then the rules, on the rows
    with an end at one that may hold stolen value (and the thefts). That is exact: what is left out moves clean money
    between accounts that never hold any other, whatever the rule. An account at which money is only cut off holds none.

    Raises LedgerError where a sum passes what is exact, and CertificateError if a unit is lost or made: that is a defect of this
    program and nothing is reported then.
    """
    thefts = sorted(thefts, key=lambda theft: theft.row)
    rows = horizon(ledger, stops)
    cut = cuts(ledger, thefts, stops, rows)
    cone = cone_of(flows_of(ledger, thefts, rows, cut))
    flows = in_form(cone.flows)
    with collector_paused():
        replay = replayed(flows)
        if replay.past is not None:
            raise too_wide(ledger, cone.rows[replay.past])
        short = _by_address(ledger, cone, replay.topped_up())
        by_rule = {rule: _named(ledger, cone, RULES[rule](flows), short) for rule in rules}
        stopped = {row: cut[row] for row in sorted({row for stolen in by_rule.values() for row in stolen.hops.column("row")} & cut.keys())}
        trace = Trace(
            thefts=tuple(thefts),
            stops=stops,
            rows=rows,
            rules=by_rule,
            cuts=stopped,
            touched={ledger.accounts[account].address: row for account, row in cone.touched},
            endpoints=endpoints_of(ledger, thefts, stops, cone.rows, by_rule, stopped),
        )
        certify(outcome_of(trace))
    return trace


def _by_address(ledger: Ledger, cone: Cone, amounts: Iterable[tuple[int, int]]) -> dict[str, int]:
    return {ledger.accounts[cone.holders[number]].address: amount for number, amount in amounts}


def _named(ledger: Ledger, cone: Cone, run: Run, short: Mapping[str, int]) -> Stolen:
    """What a run of the cone says, in rows and addresses of the ledger."""
    moves, fees = run.carried()
    held = run.held()
    holders = [ledger.accounts[cone.holders[holder]].address for holder in held.at]
    return Stolen(
        taken=tuple(run.taken),
        hops=_hops(cone, moves),
        fees=_hops(cone, fees),
        held=Columnar(HeldPart, {"address": holders, "theft": held.theft, "amount": held.amount}),
        topped_up=short,
    )


def _hops(cone: Cone, parts: Parts) -> Hops:
    rows = compact([cone.rows[place] for place in parts.at])
    return Hops({"row": rows, "theft": parts.theft, "amount": parts.amount})
