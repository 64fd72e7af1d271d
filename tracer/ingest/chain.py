"""What the chain of a case says: its asset, the one form of an address and of a hash, its terms."""

from __future__ import annotations

from collections.abc import Callable

from tracer.casefile import CaseFile
from tracer.chains import Chain, chain
from tracer.errors import InputError
from tracer.model import POSITION_BITS, Asset, Terms


def chain_of(case: CaseFile) -> Chain:
    """The chain of the case. Raises CaseError where it is unknown."""
    try:
        return chain(case.chain)
    except InputError as error:
        raise case.fault(("chain",), str(error)) from error


def asset_of(case: CaseFile) -> Asset:
    """What the case counts. Raises CaseError where chain or asset is unknown."""
    named = chain_of(case)
    try:
        return named.asset(case.asset, case.decimals)
    except InputError as error:
        raise case.fault(("asset",), str(error)) from error


def checked_address(case: CaseFile, text: str) -> str:
    """The address in its one form. Raises AddressError."""
    return chain_of(case).address(text)


def hash_form(case: CaseFile) -> Callable[[str], str]:
    """What gives a transaction hash its one form."""
    return chain_of(case).tx_hash


def terms_of_files(case: CaseFile) -> Terms:
    """The terms of rows that stand in files: the chain's, but that a table and column files number their rows in their own way."""
    return chain_of(case).terms._replace(position_bits=POSITION_BITS)
