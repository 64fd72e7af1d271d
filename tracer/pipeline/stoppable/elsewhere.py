"""Stolen value that became another asset: where it is, and whom to ask about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tracer.casefolder import CaseFolder
from tracer.chains import freezes
from tracer.labels.bridges import is_bridge
from tracer.model import STILL_HELD, Asset, Endpoint, Recognised
from tracer.pipeline.stoppable.holdings import KINDS
from tracer.plan.exchanges import declared_answer
from tracer.tracing import BothAnswers
from tracer.wording import plain

NO_FLOOR = "no floor is known of what was got in exchange: a bound ends where an asset is given for another one"


class Elsewhere(NamedTuple):
    """Stolen value of another asset than the first at an address: whom to ask (`kind` is one of KINDS), and `amounts` by rule in the
    asset's smallest units. `requests`: what a bridge was asked for with it."""

    kind: str
    addressee: str
    address: str
    asset: Asset
    called: str
    amounts: Mapping[str, int]
    requests: tuple[Recognised, ...] = ()

    def sentence(self) -> str:
        """Where it is, how much, and who can stop it."""
        least, most = (self.asset.format(end(self.amounts.values())) for end in (min, max))
        whom = f"{plain(self.addressee)}, " if self.addressee else ""
        much = least if least == most else f"{least} to {most} by the rules"
        asked = "".join(f"; asked for at {plain(str(each.far_address))} on {plain(str(each.far_chain))}" for each in self.requests)
        return f"{plain(self.called)}: {much} at {self.address}: {whom}{KINDS[self.kind].who}{asked}"


def in_other_assets(case: CaseFolder) -> list[Elsewhere]:
    """What stolen value became and where that is, by kind, most first: in the answer that is the finding, or where none is declared
    with everything substituted that may be. Nothing of a case of one asset."""
    answers = case.answers
    if answers is None:
        return []
    declared, order = case.question.trace.primary, list(KINDS)
    found = list(_found(case, answers))
    return sorted(found, key=lambda each: (order.index(each.kind), each.called, -_worth(each, declared), each.address))


def _worth(each: Elsewhere, declared: str | None) -> int:
    return each.amounts[declared] if declared else max(each.amounts.values())


def _found(case: CaseFolder, answers: BothAnswers) -> Iterator[Elsewhere]:
    names = case.asset_names
    for end in answers.endpoints[declared_answer(case.question) or "substituted"]:
        asked = tuple(each for each in answers.exchanges.recognised if _is_request(each, end))
        kind = _kind(case, answers, end, asked)
        if end.asset and kind and any(end.amounts.values()):
            asset = answers.assets[end.asset]
            issuer = (case.labels.name(asset.symbol) or f"issuer of {asset.symbol}") if kind == "issuer" else ""
            addressee = end.service or issuer or (f"bridge {end.address}" if kind == "bridge" else "")
            yield Elsewhere(kind, addressee, end.address, asset, names[end.asset], end.amounts, asked)


def _is_request(each: Recognised, end: Endpoint) -> bool:
    return each.kind == "bridge" and each.counterparty == end.address and any(leg.asset == end.asset for leg in each.given)


def _kind(case: CaseFolder, answers: BothAnswers, end: Endpoint, asked: tuple[Recognised, ...]) -> str:
    """Who can stop what ended there; "" where nobody need: it went back, was given for something else, or is frozen already."""
    if end.reason in ("service", "converted") and (asked or is_bridge(end.address, case.labels)):
        return "bridge"
    if end.reason == "service":
        return "service"
    if end.reason not in STILL_HELD or end.reason == "frozen":
        return ""
    return "issuer" if freezes(answers.assets[end.asset]) else "nobody"
