"""What bridges are asked for: their own events name the chain, the address and the number of a request on the other side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tracer.chains.evm.token_transfers import log_words, topic_of
from tracer.model import Transfer

Json = Mapping[str, Any]


class Request(NamedTuple):
    """A request that `bridge` pays out `amount` of `asset`, a token by its contract, at `far_address` on `far_chain`, as its event says.

    `number` is the bridge's own; None where its event has none.
    """

    bridge: str
    asset: str
    amount: int
    far_chain: str
    far_address: str
    number: int | None


class _Layout(NamedTuple):
    """Where an event of a bridge says what: places among its topics, the name left out, and then its words of data."""

    asset: int
    amount: int
    far_chain: int
    far_address: int
    number: int | None
    chains: str


LAYOUTS = {
    topic_of(
        "V3FundsDeposited(address,address,uint256,uint256,uint256,uint32,uint32,uint32,uint32,address,address,address,bytes)"
    ): _Layout(asset=3, amount=5, far_chain=0, far_address=10, number=1, chains="chain {}"),
    topic_of("DepositForBurn(uint64,address,uint256,address,bytes32,uint32,bytes32,bytes32)"): _Layout(
        asset=1, amount=3, far_chain=5, far_address=4, number=0, chains="domain {} of CCTP"
    ),
    topic_of("DepositForBurn(address,uint256,address,bytes32,uint32,bytes32,bytes32,uint256,uint32,bytes)"): _Layout(
        asset=0, amount=3, far_chain=5, far_address=4, number=None, chains="domain {} of CCTP"
    ),
}
"""Events of Across (version 3), and of Circle's CCTP (versions 1 and 2; its domains are numbers of its own)."""


def requests_in(logs: Iterable[Json]) -> Iterator[Request]:
    """What bridges were asked for in the logs of a transaction, as far as their events are among those known here."""
    for log in logs:
        layout = LAYOUTS.get(log["topics"][0]) if log["topics"] else None
        if layout is None:
            continue
        words = log_words(log)
        if len(words) > max(layout.asset, layout.amount, layout.far_chain, layout.far_address):
            yield _request(log["address"], layout, words)


def _request(bridge: str, layout: _Layout, words: Sequence[bytes]) -> Request:
    far = words[layout.far_address]
    return Request(
        bridge,
        "0x" + words[layout.asset][12:].hex(),
        int.from_bytes(words[layout.amount], "big"),
        layout.chains.format(int.from_bytes(words[layout.far_chain], "big")),
        "0x" + (far[12:] if not any(far[:12]) else far).hex(),
        None if layout.number is None else int.from_bytes(words[layout.number], "big"),
    )


def with_requests(rows: Iterable[Transfer], logs: Sequence[Json], token: str | None) -> Iterator[Transfer]:
    """The rows of a transaction, of `token` or of ether (None); a row by which a bridge, or nobody, got as much as its event says has the
    far side among its attributes. What a bridge is asked for in wrapped ether may be paid in ether."""
    left = [each for each in requests_in(logs) if token in (None, each.asset)]
    for row in rows:
        burnt = token is not None and row.recipient is None
        found = next((each for each in left if row.amount == each.amount and (burnt or row.recipient == each.bridge)), None)
        if found is None or row.sender is None:
            yield row
            continue
        left.remove(found)
        far = {"far_chain": found.far_chain, "far_address": found.far_address}
        yield row._replace(attributes={**row.attributes, **far, **({} if found.number is None else {"far_id": str(found.number)})})
