"""What the chain of a case says: its asset, the one form of an address and of a hash, its terms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tracer.casefile import CaseFile
from tracer.errors import AddressError, InputError
from tracer.model import POSITION_BITS, Asset, Terms

if TYPE_CHECKING:
    from tracer.chains import Chain


def chain_of(question: CaseFile) -> Chain:
    """The chain of the case. Raises CaseError where it is unknown."""
    from tracer.chains import chain  # many a command asks nothing of it

    try:
        return chain(question.chain)
    except InputError as error:
        raise question.fault(("chain",), str(error)) from error


def asset_of(question: CaseFile) -> Asset:
    """What the case counts. Raises CaseError where chain or asset is unknown."""
    named = chain_of(question)
    try:
        return named.asset(question.asset, question.decimals)
    except InputError as error:
        raise question.fault(("asset",), str(error)) from error


def others_of(question: CaseFile) -> tuple[Asset, ...]:
    """What the case counts besides the asset of its thefts. Raises CaseError for one that is unknown, or listed twice."""
    named, found = chain_of(question), [asset_of(question)]
    for number, entry in enumerate(question.assets):
        try:
            asset = named.asset(entry.asset, entry.decimals)
        except InputError as error:
            raise question.fault(("assets", number, "asset"), str(error)) from error
        if asset.symbol in {each.symbol for each in found}:
            raise question.fault(("assets", number, "asset"), f"asset = {entry.asset!r} stands there twice: leave one of the two out")
        found.append(asset)
    return tuple(found[1:])


def checked_address(question: CaseFile, text: str) -> str:
    """The address in its one form. Raises AddressError."""
    return chain_of(question).address(text)


def as_address(question: CaseFile, text: str) -> str:
    """What may be an address, in its one form; any other name as it stands."""
    try:
        return checked_address(question, text)
    except AddressError:
        return text


def hash_form(question: CaseFile) -> Callable[[str], str]:
    """What gives a transaction hash its one form."""
    return chain_of(question).tx_hash


def terms_of_files(question: CaseFile) -> Terms:
    """The terms of rows that stand in files: the chain's, but that a table and a data set number their rows in their own way."""
    return chain_of(question).terms._replace(position_bits=POSITION_BITS)
