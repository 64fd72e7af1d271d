"""The certificate: endpoints and fees add up to what was stolen."""

from __future__ import annotations

from tracer.errors import CertificateError
from tracer.tracing.trace import Trace, sums


def certify(trace: Trace) -> None:
    """The certificate: per rule and theft, what was taken is what lies at the endpoints and left as fees, to the unit."""
    for rule, stolen in trace.rules.items():
        burnt = sums((fee.theft, fee.amount) for fee in stolen.fees)
        for number, theft in enumerate(trace.thefts):
            arrived = sum(endpoint.by_theft[rule][number] for endpoint in trace.endpoints)
            missing = stolen.taken[number] - arrived - burnt.get(number, 0)
            if missing:
                raise CertificateError(
                    f"{rule}, theft {theft.tx_hash or theft.row_key}: {stolen.taken[number]} taken, {arrived} at endpoints, "
                    f"{burnt.get(number, 0)} in fees: {missing} units are not accounted for; please report this"
                )
