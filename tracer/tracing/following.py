"""Thefts, stops and rules -> a Trace: hops, endpoints, fees, the certificate."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence

from tracer.gc_pause import collector_paused
from tracer.ledger import NOBODY, Ledger
from tracer.ledger.overflow import too_wide
from tracer.model import HeldPart, Hop, Theft
from tracer.model.columnar import Columnar, compact
from tracer.tracing.cone import Cone, cone_of
from tracer.tracing.conversions import InOrder, played, substituted
from tracer.tracing.endpoints import endpoints_of
from tracer.tracing.hops_in_numpy import standing_at
from tracer.tracing.kernel_output import Parts, Run
from tracer.tracing.lists_or_compiled_arrays import in_form
from tracer.tracing.outcome_and_changes import outcome_of
from tracer.tracing.reconciliation import certify, certify_each, reconciliations
from tracer.tracing.rules import RULES
from tracer.tracing.runs import replayed
from tracer.tracing.stops import Stops, cuts, horizon
from tracer.tracing.trace_result import Hops, Stolen, Trace


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
    through = substituted(ledger, thefts, stops.exchanges.through, rows)
    play = played(ledger, thefts, rows, cut, through)
    cone = cone_of(play.flows)
    rules = tuple(rules)
    flows = in_form(cone.flows, len(rules))
    with collector_paused():
        replay = replayed(flows)
        if replay.past is not None:
            raise too_wide(ledger, play.rows[cone.rows[replay.past]])
        short = _by_address(ledger, cone, replay.topped_up())
        order = array("i", [play.rows[place] for place in cone.rows])
        by_rule = {rule: _named(ledger, play, cone, order, RULES[rule](flows), short) for rule in rules}
        stopped = {row: cut[row] for row in sorted({row for stolen in by_rule.values() for row in stolen.by_row} & cut.keys())}
        trace = Trace(
            thefts=tuple(thefts),
            stops=stops,
            rows=rows,
            rules=by_rule,
            cuts=stopped,
            touched=_touched(ledger, play, cone),
            endpoints=endpoints_of(ledger, thefts, stops, order, by_rule, stopped, through),
        )
        if ledger.others:
            certify_each(reconciliations(ledger, trace))
        else:
            certify(outcome_of(trace))
    return trace


def _touched(ledger: Ledger, play: InOrder, cone: Cone) -> dict[str, int]:
    """The first row that touched each holding; of a conversion that the trail goes through, who gets the first of what is given too."""
    touched: dict[str, int] = {}
    for account, place in cone.touched:
        row = play.rows[place]
        number = account if account < len(ledger.accounts) else ledger.columns.recipient[row]
        if number != NOBODY:
            touched[_holding(ledger, number)] = min(row, touched.get(_holding(ledger, number), row))
    return touched


def _by_address(ledger: Ledger, cone: Cone, amounts: Iterable[tuple[int, int]]) -> dict[str, int]:
    return {_holding(ledger, cone.holders[number]): amount for number, amount in amounts}


def _holding(ledger: Ledger, number: int) -> str:
    return ledger.accounts[number].holding


def _named(ledger: Ledger, play: InOrder, cone: Cone, order: Sequence[int], run: Run, short: Mapping[str, int]) -> Stolen:
    """What a run of the cone says, in rows and holdings of the ledger. `order`: of each row of the cone, which it is of the ledger."""
    moves, fees = run.carried()
    held = run.held()
    holders = [_holding(ledger, cone.holders[holder]) for holder in held.at]
    moves, exchanged = _apart(play, cone, moves)
    several = bool(play.flows.exchanges)
    return Stolen(
        taken=tuple(run.taken),
        hops=_hops(order, moves, several),
        fees=_hops(order, fees, several),
        held=Columnar(HeldPart, {"address": holders, "theft": held.theft, "amount": held.amount}),
        topped_up=short,
        exchanged=_hops(order, exchanged, several) if exchanged else (),
    )


def _apart(play: InOrder, cone: Cone, moves: Parts) -> tuple[Parts, Parts | None]:
    """What moved, without what pools paid in conversions that the trail goes through; and that."""
    if not play.exchanged:
        return moves, None
    away = [cone.rows[place] in play.exchanged for place in moves.at]
    stays, goes = (
        Parts(*([each for each, is_away in zip(column, away, strict=True) if is_away == of] for column in moves)) for of in (False, True)
    )
    return stays, goes


def _hops(order: Sequence[int], parts: Parts, several: bool) -> Hops:
    """The parts as hops, in the order of the ledger, a row once for each theft. Where `several` assets are exchanged, what is received may
    stand before what is given, and conversions may share a row."""
    columns = standing_at(order, parts.at), parts.theft, parts.amount
    if several:
        together: dict[tuple[int, int], int] = {}
        for row, theft, amount in zip(*columns, strict=True):
            together[row, theft] = together.get((row, theft), 0) + amount
        hops = sorted((*of, amount) for of, amount in together.items())
        columns = compact([hop[0] for hop in hops]), compact([hop[1] for hop in hops]), compact([hop[2] for hop in hops])
    return Hops(dict(zip(Hop._fields, columns, strict=True)))
