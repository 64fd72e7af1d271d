"""A node of another chain than the case is of, by the number that it says (EIP-155)."""

from __future__ import annotations

from tracer.chains.evm.rlp_and_keccak import number


def of_another_chain(said: str, wanted: int | None) -> str:
    """That a node is of another chain, in words; "" where it is of the one that is wanted, or where any is.

    >>> of_another_chain("0x1", 1), of_another_chain("0x89", 1), of_another_chain("0x89", None)
    ('', 'it is of chain 137, and the case is of chain 1 (chain_id)', '')
    """
    return "" if wanted in (None, number(said)) else f"it is of chain {number(said)}, and the case is of chain {wanted} (chain_id)"
