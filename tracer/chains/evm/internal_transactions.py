"""What two tracers say that happened within a transaction -> the ether that moved.

No hash covers a trace: it is the node's word. So two tracers are compared, and balances are compared with proofs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from tracer.chains.evm.rlp_and_keccak import number

Json = Mapping[str, Any]

Way = Literal["call", "creation", "selfdestruct", "burn"]


class Frame(NamedTuple):
    """One call within a transaction, as either tracer says it. `value` moved only if `moves` says how, and nothing above it failed.

    `failed`: it ended in an error. `born`: it is the making of its recipient. `ends`: its sender ends itself, with `value` left in it.
    """

    sender: str
    recipient: str
    value: int
    moves: Way | None
    failed: bool
    depth: int
    born: bool = False
    ends: bool = False


class EtherPayment(NamedTuple):
    """Ether that moved within a transaction. `place` counts the frames as executed, from 0, which is the transaction itself."""

    place: int
    sender: str
    recipient: str | None
    amount: int
    way: Way


CALLS: dict[str, Way | None] = {"call": "call", "callcode": None, "delegatecall": None, "staticcall": None}
"""Ways of calling another contract's code; all but the first run it for the caller's own account, whatever value they show."""


def of_parity(frames: Sequence[Json]) -> list[Frame]:
    """The frames of one transaction, as `trace_block` serves them. Raises ValueError for a type that is unknown."""
    return [_of_parity(each) for each in frames]


def _of_parity(frame: Json) -> Frame:
    action, kind = frame["action"], frame["type"]
    failed, depth = bool(frame.get("error")), len(frame["traceAddress"])
    if kind == "call":
        moves = CALLS[action["callType"]]
        return Frame(action["from"], action["to"], number(action["value"]), moves, failed, depth)
    if kind == "create":
        made = (frame.get("result") or {}).get("address") or ""
        return Frame(action["from"], made, number(action["value"]), "creation", failed, depth, born=True)
    if kind == "suicide":
        return Frame(action["address"], action["refundAddress"], number(action["balance"]), "selfdestruct", failed, depth, ends=True)
    raise ValueError(f"traces of type {kind!r} are unknown here")


def of_calls(call: Json, depth: int = 0) -> Iterator[Frame]:
    """The frames of one transaction, as `callTracer` serves them, in the same order."""
    kind, value, failed = call["type"].lower(), number(call.get("value") or "0x0"), bool(call.get("error"))
    if kind in ("create", "create2"):
        yield Frame(call["from"], call.get("to") or "", value, "creation", failed, depth, born=True)
    elif kind == "selfdestruct":
        yield Frame(call["from"], call.get("to") or "", value, "selfdestruct", failed, depth, ends=True)
    else:
        yield Frame(call["from"], call.get("to") or "", value, CALLS[kind], failed, depth)
    for each in call.get("calls") or ():
        yield from of_calls(each, depth + 1)


def payments(frames: Sequence[Frame]) -> list[EtherPayment]:
    """The ether that moved, in the order of execution. A frame with an error moved nothing, nor did any below it.

    What a contract born and ended in this transaction still holds when it ends is burnt, and no frame says so.
    """
    found: list[EtherPayment] = []
    born: set[str] = set()
    left: dict[str, int] = {}
    dead_from: int | None = None
    for place, frame in enumerate(frames):
        if dead_from is not None and frame.depth > dead_from:
            continue
        dead_from = frame.depth if frame.failed else None
        if frame.failed:
            continue
        if frame.born:
            born.add(frame.recipient)
        if frame.ends:
            left[frame.sender] = frame.value if frame.recipient == frame.sender else 0
        if frame.value and frame.moves and frame.sender != frame.recipient:
            found.append(EtherPayment(place, frame.sender, frame.recipient, frame.value, frame.moves))
            if frame.recipient in left:
                left[frame.recipient] += frame.value
            if frame.sender in left and not frame.ends:
                left[frame.sender] -= frame.value
        elif frame.value and frame.moves == "call":
            found.append(EtherPayment(place, frame.sender, frame.recipient, frame.value, "call"))
    ended = [(address, amount) for address, amount in left.items() if amount and address in born]
    return found + [EtherPayment(len(frames) + n, address, None, amount, "burn") for n, (address, amount) in enumerate(ended)]
