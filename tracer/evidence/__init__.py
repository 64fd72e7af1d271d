"""What stands beside the trace and is no part of it: evidence off the chain, published claims, what coins cost."""

from __future__ import annotations

from typing import NamedTuple

from tracer.evidence.claims import RECIPIENTS, Compared, coins, compared
from tracer.evidence.masking import masked, masked_claim
from tracer.evidence.values import RULE, Valuation, valued
from tracer.model import Claim, Evidence, Marking, Price


class Beside(NamedTuple):
    """All of a case that stands beside its trace, as it is recorded: nothing is masked here."""

    markings: list[Marking]
    evidence: list[Evidence]
    claims: list[Claim]
    prices: list[Price]


__all__ = ["RECIPIENTS", "RULE", "Beside", "Compared", "Valuation", "coins", "compared", "masked", "masked_claim", "valued"]
