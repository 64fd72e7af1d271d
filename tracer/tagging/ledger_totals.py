"""What heuristics hold one account against: all payments of the ledger, counted."""

from __future__ import annotations

from tracer.model import Everywhere
from tracer.tagging.equal_and_round_amounts import round_in
from tracer.tagging.payments_by_account import View
from tracer.tagging.signers_and_wallet_software import fingerprints


def everywhere_of(view: View) -> Everywhere:
    """What all payments come to."""
    return Everywhere(
        payments=view.payments,
        round=view.once(round_in),
        marked=len(view.once(fingerprints)),
        timed=view.has_times,
        last_time=view.last_time,
    )
