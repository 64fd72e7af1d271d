"""What stands beside the trace and is no part of it: evidence off the chain, published claims, what coins cost."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from tracer.evidence.claims import RECIPIENTS, Compared, ComparedText, coins, compared
from tracer.evidence.masking import masked, masked_case, masked_claim, masked_statement
from tracer.model import Claim, Evidence, Marking, Price, Statement

NO_ATTRIBUTION = (
    "No evidence here attributes an address to anybody, and none changes a traced amount. An IP address identifies a connection at one "
    "moment, not a person, and the address of a VPN identifies nobody. Evidence that was explained otherwise or superseded no longer "
    "supports the point for which it was offered."
)
"""Printed and drawn wherever evidence is."""


class Context(NamedTuple):
    """All of a case that stands beside its trace, as it is recorded: nothing is masked here. `prices` are of the first asset,
    `other_prices` of the others, by their numbers; each in the order of time, and all in one currency."""

    markings: list[Marking]
    evidence: list[Evidence]
    claims: list[Claim]
    prices: list[Price]
    statements: list[Statement]
    other_prices: Mapping[int, list[Price]] = MappingProxyType({})


__all__ = [
    "NO_ATTRIBUTION",
    "RECIPIENTS",
    "Compared",
    "ComparedText",
    "Context",
    "coins",
    "compared",
    "masked",
    "masked_case",
    "masked_claim",
    "masked_statement",
]
