"""Here is decided whether the trace, which is what was computed, adds up; whether the ledger does: `ledger/audit.py`.

The certificate: endpoints and fees add up to what was stolen; where an asset becomes another, of each of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tracer.errors import CertificateError
from tracer.ledger import Ledger
from tracer.model import Answer, Asset, Endpoint, Exchanges, Unlisted
from tracer.tracing.outcome_and_changes import Outcome
from tracer.tracing.stops import rows_of_keys
from tracer.tracing.trace_result import Trace

ByTheft = Mapping[str, tuple[int, ...]]
"""Units by rule and theft."""


class Reconciliation(NamedTuple):
    """What of one asset was stolen and got for stolen value, and where it is: stolen + converted in = ended + fees + converted out."""

    asset: int
    stolen: ByTheft
    converted_in: ByTheft
    ended: ByTheft
    fees: ByTheft
    converted_out: ByTheft

    def missing(self, rule: str, theft: int) -> int:
        """The units that are not accounted for, under one rule and of one theft."""
        came, went = (self.stolen, self.converted_in), (self.ended, self.fees, self.converted_out)
        return sum(each[rule][theft] for each in came) - sum(each[rule][theft] for each in went)


def reconciliations(ledger: Ledger, trace: Trace) -> tuple[Reconciliation, ...]:
    """The reconciliation of every asset of the ledger, in the answer that the trace is."""
    exchanges = trace.stops.exchanges
    given = rows_of_keys(ledger, exchanges.passed)
    received = rows_of_keys(ledger, {key for each in exchanges.through for key in each.received.rows})
    nothing = [0] * len(trace.thefts)
    sums: list[dict[str, dict[str, list[int]]]] = [
        {name: {rule: nothing.copy() for rule in trace.rules} for name in Reconciliation._fields[1:]} for _ in ledger.assets
    ]

    def add(asset: int, name: str, rule: str, parts: Iterable[tuple[int, int]]) -> None:
        for theft, units in parts:
            sums[asset][name][rule][theft] += units

    for rule, stolen in trace.rules.items():
        for theft, (declared, units) in enumerate(zip(trace.thefts, stolen.taken, strict=True)):
            add(ledger.asset_of(declared.row), "stolen", rule, [(theft, units)])
        for hop in stolen.hops:
            if hop.row in given or hop.row in received:
                name = "converted_out" if hop.row in given else "converted_in"
                add(ledger.asset_of(hop.row), name, rule, [(hop.theft, hop.amount)])
        for fee in stolen.fees:
            add(ledger.asset_of(fee.row), "fees", rule, [(fee.theft, fee.amount)])
        for end in trace.endpoints:
            add(end.asset, "ended", rule, enumerate(end.by_theft[rule]))
    return tuple(
        Reconciliation(asset, **{name: {rule: tuple(units) for rule, units in by_rule.items()} for name, by_rule in found.items()})
        for asset, found in enumerate(sums)
    )


def certify_each(assets: Iterable[Reconciliation]) -> None:
    """The certificate of several assets: each of them closes, per rule and theft, to the unit.

    Raises CertificateError, naming asset, rule and theft where one does not.
    """
    for each in assets:
        for rule, stolen in each.stolen.items():
            for theft in range(len(stolen)):
                if missing := each.missing(rule, theft):
                    raise CertificateError(
                        f"{rule}, theft {theft + 1}, asset {each.asset}: {missing} units are not accounted for; please report this"
                    )


class BothAnswers(NamedTuple):
    """Both answers of a case of several assets, of every asset: where the stolen value is, and that it is all there. `unlisted`: the tokens
    that came to accounts which may have held stolen value, and that the case does not list."""

    assets: tuple[Asset, ...]
    exchanges: Exchanges
    endpoints: Mapping[Answer, tuple[Endpoint, ...]]
    reconciliation: Mapping[Answer, tuple[Reconciliation, ...]]
    unlisted: tuple[Unlisted, ...] = ()


def certify(outcome: Outcome) -> None:
    """The certificate: per rule and theft, what was taken is what lies at the endpoints and left as fees, to the unit.

    Raises CertificateError, naming the rule and the theft where it is not.
    """
    for rule, taken in outcome.taken.items():
        arrived = [0] * len(taken)
        for endpoint in outcome.endpoints:
            together = sum(endpoint.by_theft[rule])
            if endpoint.amounts[rule] != together:
                raise CertificateError(f"{rule}: {endpoint.amounts[rule]} units at {endpoint.address}, and {together} of all its thefts")
            for number, units in enumerate(endpoint.by_theft[rule]):
                arrived[number] += units
        for number, theft in enumerate(outcome.thefts):
            missing = taken[number] - arrived[number] - outcome.fees_by_theft[rule][number]
            if missing:
                raise CertificateError(
                    f"{rule}, theft {theft.tx_hash or theft.row_key}: {taken[number]} taken, {arrived[number]} at endpoints, "
                    f"{outcome.fees_by_theft[rule][number]} in fees: {missing} units are not accounted for; please report this"
                )
