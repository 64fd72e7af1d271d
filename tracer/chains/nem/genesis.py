"""Which chain blocks are of: the network that their versions name, and the hash of the first block, which no two chains share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.chains.nem.hashes_and_signatures import block_hash
from tracer.wording import PRIVATE_CHAIN

NETWORKS = {
    0x68: ("main network", "438cf6375dab5a0d32f9b7bf151d4539e00a590f7c022d5572c7d41815a24be4"),
    0x98: ("test network", "6e34a7895ce1653dde64a614f2ad4215f4217d9e0255b4c84a846e5f7677c6c5"),
}
"""The byte of a version -> the network's name, and the hash of its nemesis block (nis: nemesis.bin, nemesis-testnet.bin)."""


def origin_said(first: Mapping[str, Any]) -> str:
    """Which chain begins with this block, as a sentence: the public one of its network, or one of somebody's own."""
    byte = (first["version"] >> 24) & 0xFF
    name, known = NETWORKS.get(byte, (f"network {byte:#04x}", ""))
    found = block_hash(first)
    if found == known:
        return f"The blocks are of NEM's {name}: its first block (nemesis) has the hash {found}."
    return (
        f"The blocks name NEM's {name}, but the first block (nemesis) has the hash {found}. That is not the first block of "
        f'the public {name}, {PRIVATE_CHAIN}: here "verified" says only that hashes and signatures are right, not that this '
        "chain exists anywhere else."
    )
