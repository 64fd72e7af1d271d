"""How a person names an address: in full, by the name of who it is, or by its first characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tracer.errors import AddressError, InputError

if TYPE_CHECKING:
    from tracer.casefolder import CaseFolder

SHOWN = 5
"""Addresses named in an error."""


def addresses_named(case: CaseFolder, text: str) -> list[str]:
    """The addresses that `text` means: itself, all that a label or service is called so (in any capitals), or the one that begins with it.

    Raises InputError for what nothing is called and nothing begins with, and for the beginning of several.
    """
    if (address := _whole(case, text)) is not None:
        return [address]
    said = text.casefold()
    named = {label.address for label in case.labels.labels if said in (label.label.casefold(), (label.actor or "").casefold())}
    if present := sorted(named & case.ledger.index.keys()):
        return present
    beginning = sorted(address for address in case.ledger.index if text and address.lower().startswith(text.lower()))
    if len(beginning) > 1:
        raise InputError(f"{text} begins {len(beginning):,} addresses: {_listed(beginning)}; write more of it")
    if not beginning:
        raise InputError(f"{text} is no address, label or service of this case: tracer accounts {case.folder} lists them")
    return beginning


def address_named(case: CaseFolder, text: str) -> str:
    """The one address that `text` means. Raises InputError where it means several, or none."""
    addresses = addresses_named(case, text)
    if len(addresses) > 1:
        raise several(case, text, addresses)
    return addresses[0]


def several(case: CaseFolder, text: str, addresses: list[str]) -> InputError:
    """That one address is to be named, which there are, and at which of them stolen value ended, where it is not at all of them."""
    ended = sorted({end.address for end in case.trace.endpoints} & set(addresses))
    where = f" (stolen value ended at {_listed(ended)})" if 0 < len(ended) < len(addresses) else ""
    return InputError(f"{text} has {len(addresses):,} addresses: {_listed(addresses)}; name one{where}")


def _listed(addresses: list[str]) -> str:
    more = f" and {len(addresses) - SHOWN:,} more" if len(addresses) > SHOWN else ""
    return ", ".join(addresses[:SHOWN]) + more


def _whole(case: CaseFolder, text: str) -> str | None:
    """The address of the ledger that is written so, in any form the chain knows."""
    from tracer.ingest.chain_and_asset_of_case import checked_address

    if text in case.ledger.index:
        return text
    try:
        address = checked_address(case.question, text)
    except AddressError:
        return None
    return address if address in case.ledger.index else None


def addresses_of_service(case: CaseFolder, name: str) -> set[str]:
    """The addresses of a service, by its name or that of a label, in any capitals. Raises InputError for a name that none has."""
    services, said = case.trace.stops.services, name.casefold()
    named = {at for at, service in services.items() if said in (service.casefold(), (case.labels.name(at) or "").casefold())}
    if not named:
        known = ", ".join(sorted(set(services.values()))) or "none"
        raise InputError(f"no service is called {name!r} in {case.folder}; there are: {known}")
    return named
