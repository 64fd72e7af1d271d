"""EVM addresses: the last 20 bytes of the Keccak-256 of a public key or of who created a contract, and a checksum in the capitals."""

from __future__ import annotations

import re

from tracer.chains.evm.rlp_and_keccak import encode, keccak, minimal
from tracer.errors import AddressError

FORM = re.compile(r"0x[0-9a-f]{40}")
NOBODY = "0x" + "0" * 40
"""The zero address: in token logs it stands for coins made and burnt; of ether it is an account like any other."""


def evm_address(text: str) -> str:
    """The address in its one form: 0x and 40 small hexadecimal digits.

    Raises AddressError where the form is another one, or where capitals and small letters are mixed and are not the checksum (EIP-55).

    >>> evm_address("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed")
    '0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed'
    """
    stripped = text.strip()
    address = stripped.lower()
    if not FORM.fullmatch(address):
        length = f"it has {len(stripped)} characters" if len(stripped) != 42 else "not all of it is hexadecimal"
        raise AddressError(f"{text!r} is no EVM address: {length}; an address is 0x and 40 hexadecimal digits")
    mixed = stripped[2:] not in (stripped[2:].lower(), stripped[2:].upper())
    if mixed and stripped[2:] != checksummed(address)[2:]:
        raise AddressError(f"{text!r} is no EVM address: its checksum (EIP-55) is wrong, so at least one character is mistyped")
    return address


def checksummed(address: str) -> str:
    """The address with the capitals that are its checksum (EIP-55).

    >>> checksummed("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
    '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
    """
    digest = keccak(address[2:].encode()).hex()
    return "0x" + "".join(digit.upper() if mark >= "8" else digit for digit, mark in zip(address[2:], digest, strict=False))


def created_address(sender: str, nonce: int) -> str:
    """The address of the contract that a transaction with that nonce creates.

    >>> created_address("0x6ac7ea33f8831ea9dcc53393aaa88b25a785dbf0", 0)
    '0xcd234a471b72ba2f1ccf0a70fcaba648a5eecd8d'
    """
    return "0x" + keccak(encode([bytes.fromhex(sender[2:]), minimal(nonce)]))[12:].hex()
