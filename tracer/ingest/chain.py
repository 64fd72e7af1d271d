"""What the chain of a case says: its asset, and the one form of an address."""

from __future__ import annotations

from tracer.casefile import CaseFile
from tracer.chains import chain
from tracer.errors import AddressError, InputError
from tracer.model import Asset


def asset_of(case: CaseFile) -> Asset:
    """What the case counts. Raises CaseError where chain or asset is unknown."""
    if case.chain == "table":
        if case.decimals is None:
            raise case.fault(("asset",), 'chain = "table" needs decimals = ..., the digits after the point of the asset')
        return Asset("table", case.asset, case.decimals)
    try:
        named = chain(case.chain)
    except InputError as error:
        raise case.fault(("chain",), str(error)) from error
    try:
        return named.asset(case.asset, case.decimals)
    except InputError as error:
        raise case.fault(("asset",), str(error)) from error


def checked_address(case: CaseFile, text: str) -> str:
    """The address in its one form. Addresses of table sources are taken as they stand. Raises AddressError."""
    if case.chain != "table":
        return chain(case.chain).address(text)
    if not text.strip():
        raise AddressError("is empty, and no address is")
    return text.strip()
