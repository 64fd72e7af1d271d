"""Thefts, stops and rules -> a Trace: hops, endpoints, fees, the certificate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import compress

from tracer.collector import collector_paused
from tracer.ledger import NOBODY, Ledger
from tracer.ledger.width import too_wide
from tracer.model import Hop, Theft
from tracer.tracing.cone import Cone, cone_of
from tracer.tracing.endpoints import endpoints_of
from tracer.tracing.outcome import outcome_of
from tracer.tracing.reconciliation import certify
from tracer.tracing.rules import RULES
from tracer.tracing.runs import Run, flows_of, in_form, replayed
from tracer.tracing.stops import Stops, cuts, horizon
from tracer.tracing.trace import Stolen, Trace, sums


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
        stopped = {row: cut[row] for row in sorted({hop.row for stolen in by_rule.values() for hop in stolen.hops} & cut.keys())}
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
    """What a run of the cone says, in rows and addresses of the ledger. Coins that were burnt left like a fee."""
    places, is_fee, thefts, amounts = run.carried()
    recipient = ledger.columns.recipient
    rows = [cone.rows[place] for place in places]
    burnt = [recipient[row] == NOBODY for row in rows]
    gone = [fee or burning for fee, burning in zip(is_fee, burnt, strict=True)]
    arrived = [not lost for lost in gone]
    moves = list(map(partial(tuple.__new__, Hop), zip(rows, thefts, amounts, strict=True)))  # as Hop._make, but one call each
    hops, fees = compress(moves, arrived), compress(moves, gone)
    return Stolen(
        taken=tuple(run.taken),
        hops=tuple(hops),
        fees=tuple(_once_a_row(fees) if any(burnt) else fees),
        held=tuple((ledger.accounts[cone.holders[holder]].address, theft, amount) for holder, theft, amount in run.held()),
        topped_up=short,
    )


def _once_a_row(fees: Iterable[Hop]) -> Iterator[Hop]:
    """One loss for a row and theft, where a row both paid a fee and burnt coins."""
    amounts = sums(((row, theft), amount) for row, theft, amount in fees)
    return (Hop(row, theft, amount) for (row, theft), amount in amounts.items())
