"""NEM addresses: Base32 of network byte, RIPEMD-160 of the Keccak-256 of the public key, and a checksum."""

from __future__ import annotations

from functools import lru_cache

from symbolchain.CryptoTypes import PublicKey

from tracer.chains.nem.hashes_and_signatures import NETWORKS, network_stated
from tracer.errors import AddressError

FIRST_LETTERS = {"N": 0x68, "T": 0x98}
"""Network bytes by the letter that Base32 makes of them."""


@lru_cache(maxsize=1 << 17)
def address_of(public_key: str, version: int) -> str:
    """The address a public key (64 hexadecimal digits) has on the network that `version` names."""
    return str(network_stated(version).public_key_to_address(PublicKey(public_key)))


def network_version(address: str) -> int:
    """A version field of the network an address is of, by its first letter. Raises ValueError for another one."""
    if address[:1] not in FIRST_LETTERS:
        raise ValueError(f"{address!r} is of no known network")
    return FIRST_LETTERS[address[0]] << 24


def nem_address(text: str) -> str:
    """The address without hyphens, in capitals.

    Raises AddressError where length, network or checksum is wrong, and says which.
    """
    address = text.replace("-", "").strip().upper()
    if any(network.is_valid_address_string(address) for network in NETWORKS.values()):
        return address
    if len(address) != 40:
        raise AddressError(f"{text!r} is no NEM address: it has {len(address)} characters, an address has 40")
    if address[0] not in FIRST_LETTERS:
        raise AddressError(f"{text!r} is no NEM address: main network addresses begin with N, test network ones with T")
    raise AddressError(f"{text!r} is no NEM address: its checksum is wrong, so at least one character is mistyped")
