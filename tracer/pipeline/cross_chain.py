"""Where stolen value went on to another chain: what bridges were asked for with it, and what is stated of their payouts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tracer.casefolder import CaseFolder
from tracer.errors import AddressError, InputError
from tracer.labels.bridge_requests import BridgeRequest, bridge_requests
from tracer.model import Asset, Statement
from tracer.wording import utc


class Continued(NamedTuple):
    """A request that took stolen value to another chain, how much of it by rule, and what is stated of the payout (None: nothing)."""

    request: BridgeRequest
    traced: Mapping[str, int]
    statement: Statement | None


def continued_from(case: CaseFolder) -> list[Continued]:
    """The requests by which stolen value, or what became of it, left the chain of a case, in its order."""
    ledger, trace = case.finding
    stated = {told.statement.deposit: told.statement for told in case.flow.about.statements}
    rows = (ledger.transfer(row) for row in sorted(trace.carrying))
    return [
        Continued(request, trace.carried(request.transfer.row), stated.get(request.transfer.tx_hash or ""))
        for request in bridge_requests(rows, case.labels)
    ]


def on_one_chain(found: Iterable[Continued], address: Callable[[str], str], network: str | None) -> list[Continued]:
    """Those that go to one other chain: whose far address is one of its form, on the `network` that is named, if any is.

    Raises InputError where there is none, or they name several networks.
    """
    fitting = [each for each in found if _fits(each.request.address, address) and network in (None, each.request.network)]
    networks = sorted({each.request.network for each in fitting})
    if not networks:
        said = sorted({each.request.network for each in found})
        raise InputError(f"no request of the case takes stolen value there: they name {', '.join(said) or 'no other chain at all'}")
    if len(networks) > 1:
        raise InputError(f"requests of the case name {', '.join(networks)}: a case is of one chain, name it with --far")
    return fitting


def _fits(far: str, address: Callable[[str], str]) -> bool:
    try:
        address(far)
    except AddressError:
        return False
    return True


def thefts_beyond(found: Iterable[Continued]) -> Iterator[tuple[str, str, str]]:
    """What names the thefts on the other side: the key, what it names, and since when; each once.

    A payout that is stated is named by its transaction; else all that the far address pays since it was asked for, to be edited.
    """
    wallets: dict[str, int | None] = {}
    for each in found:
        if each.statement and each.statement.withdrawal:
            yield "transfer", each.statement.withdrawal, ""
        else:
            wallets.setdefault(each.request.address, each.request.transfer.time)
    for wallet, time in wallets.items():
        yield "wallet", wallet, utc(time) or ""


def stated_here(case: CaseFolder, each: Continued) -> dict[str, str]:
    """What the case states of a request on the other side, as a [[links]] of it."""
    request, said, asset = each.request, each.statement, case.assets[each.request.transfer.asset]
    whose = f"event of bridge {request.transfer.recipient}" if request.by_event else "memo of the payment to the bridge"
    return {
        "deposit": request.transfer.tx_hash or f"row {request.transfer.row}",
        "to": request.address,
        "network": request.network,
        **({"withdrawal": said.withdrawal} if said and said.withdrawal else {}),
        "says": f"{request.stated()} Of {asset.stated(request.transfer.amount)} given, stolen by rule: {_by_rule(asset, each)}.",
        "source": said.source if said else f"{whose}, case {case.question.name}",
        "grade": said.grade if said else ASKED_ONLY,
    }


ASKED_ONLY = "A2"
"""The grade of a request (Admiralty code): a chain's own record that it was asked for; that it was paid out is probable, not recorded."""


def _by_rule(asset: Asset, each: Continued) -> str:
    return ", ".join(f"{rule} {asset.format(amount)}" for rule, amount in each.traced.items())
