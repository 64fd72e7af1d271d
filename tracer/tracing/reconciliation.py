"""The certificate: endpoints and fees add up to what was stolen."""

from __future__ import annotations

from tracer.errors import CertificateError
from tracer.tracing.outcome import Outcome


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
