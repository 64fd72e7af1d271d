"""What a token's code shows that its issuer can do: functions that freeze, found among the constants that the code compares a call with.

An inference: a function is known by four bytes of the hash of its name, and what lies behind a proxy is other code that is not read.
"""

from __future__ import annotations

from collections.abc import Iterator

from tracer.chains.evm.rlp_and_keccak import keccak

FREEZING = (
    "addBlackList(address)",  # USDT
    "blacklist(address)",  # USDC
    "freeze(address)",  # Paxos
    "freezeAccount(address)",
    "freezeAccount(address,bool)",
    "setFrozen(address,bool)",
    "addToBlacklist(address)",
    "pause()",
)
"""Functions by which contracts of tokens that are issued against money stop what a holder has, or everybody."""

CAN_FREEZE = "can_freeze"
"""The kind of event that says so of a contract."""

PUSH1, PUSH32 = 0x60, 0x7F
"""The instructions that hold a constant of one to thirty-two bytes behind them (Ethereum Yellow Paper, appendix H)."""

SELECTORS = {int.from_bytes(keccak(each.encode())[:4]): each for each in FREEZING}


def freezing_functions(code: bytes) -> tuple[str, ...]:
    """The functions of FREEZING whose selector is a constant in the code."""
    found = set(_constants(code))
    return tuple(name for selector, name in SELECTORS.items() if selector in found)


def _constants(code: bytes) -> Iterator[int]:
    at = 0
    while at < len(code):
        wide = code[at] - PUSH1 + 1 if PUSH1 <= code[at] <= PUSH32 else 0
        if 0 < wide <= 4:
            yield int.from_bytes(code[at + 1 : at + 1 + wide])
        at += 1 + wide
