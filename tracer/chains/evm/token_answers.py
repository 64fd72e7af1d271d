"""What EVM nodes answered of one token: logs of its contract, what holders have, and how its storage is laid out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tracer.chains.evm.account_proofs import balance_in, balance_slot
from tracer.chains.evm.answers import EvmAnswers, Json
from tracer.chains.evm.proven_balances import LAYOUTS
from tracer.chains.evm.rlp_and_keccak import keccak, number, raw
from tracer.chains.evm.token_transfers import MOVES, RARE, concerned
from tracer.model import Exchange

BALANCE_OF = "0x" + keccak(b"balanceOf(address)")[:4].hex()

Topics = list[Any]


def lists_of(*holders: str) -> tuple[Topics, Topics]:
    """The topics of logs that name a holder, or one of several: first as whom they concern, or who paid; second as who was paid."""
    words = ["0x" + holder[2:].rjust(64, "0") for holder in holders]
    named = words[0] if len(words) == 1 else words
    return [list(MOVES), named], [list(MOVES[:1]), None, named]


def of_each(topics: Topics) -> Iterator[tuple[Topics, str | None]]:
    """The topics that ask for one holder at a time, with the word of each; as they stand, and no word, where they name one or nobody."""
    named = topics[-1]
    if len(topics) == 1 or isinstance(named, str):
        yield topics, None
    else:
        yield from (([*topics[:-1], word], word) for word in named)


ANYBODY: Topics = [list(RARE)]
"""The topics of logs that may not name whom they concern where a node finds it."""


def balance_call(contract: str, holder: str) -> Json:
    """What eth_call is asked for the balance of a holder."""
    return {"to": contract, "data": BALANCE_OF + holder[2:].rjust(64, "0")}


class TokenAnswers(EvmAnswers):
    """The good answers about the token `contract`.

    `logs`: by the topics asked for, as text, the ranges of blocks that eth_getLogs answered for, with the logs. `held`: by holder and
    height what balanceOf said. `stored`: by height and place what eth_getStorageAt said. `coded`: by height whether the contract was
    there; `code`: what it was at the last of them. `maker`: who made it, and whom its events of issue mean; None where that was not found.
    """

    def __init__(self, exchanges: Iterable[Exchange], source: str, contract: str) -> None:
        self.contract = contract
        self.maker: str | None = None
        self.logs: dict[str, dict[tuple[int, int], list[Json]]] = {}
        self.held: dict[str, dict[int, int]] = {}
        self.stored: dict[int, dict[int, int]] = {}
        self.coded: dict[int, bool] = {}
        self.code = b""
        super().__init__(exchanges, source)

    def takers(self, params: list[Any], result: Any) -> dict[str, Callable[[], object]]:
        return {
            **super().takers(params, result),
            "eth_call": lambda: self._keep_held(params[0], number(params[1]), result),
            "eth_getStorageAt": lambda: self.stored.setdefault(number(params[2]), {}).update({number(params[1]): number(result)}),
            "eth_getCode": lambda: self._keep_code(number(params[1]), result),
        }

    def keep_logs(self, asked: Json, logs: list[Json]) -> None:
        if asked.get("address") != self.contract:
            return
        if why := self.log_fault(asked, logs):
            raise ValueError(why)
        blocks, place = (number(asked["fromBlock"]), number(asked["toBlock"])), len(asked["topics"]) - 1
        for topics, word in of_each(asked["topics"]):
            mine = logs if word is None else [log for log in logs if log["topics"][place] == word]
            self.logs.setdefault(json.dumps(topics), {})[blocks] = mine

    def log_fault(self, asked: Json, logs: list[Json]) -> str:
        """Why logs are no answer to what was asked for; "" if they are."""
        low, high, topics = number(asked["fromBlock"]), number(asked["toBlock"]), asked["topics"]
        for log in logs:
            fits = all(
                wanted is None or (at < len(log["topics"]) and log["topics"][at] in ([wanted] if isinstance(wanted, str) else wanted))
                for at, wanted in enumerate(topics)
            )
            if not fits or log["address"] != self.contract or not low <= number(log["blockNumber"]) <= high or log.get("removed"):
                return f"log {number(log['logIndex'])} of block {number(log['blockNumber'])} is not among those that were asked for"
        return ""

    def _keep_code(self, height: int, code: str) -> None:
        self.coded[height] = code != "0x"
        if height >= max(self.coded):
            self.code = raw(code)

    def _keep_held(self, asked: Json, height: int, result: str) -> None:
        if asked["to"] != self.contract or not asked["data"].startswith(BALANCE_OF):
            return
        holder = "0x" + asked["data"][-40:]
        self.held.setdefault(holder, {})[height] = number(result)
        if height >= (self.served_height.get(holder) or 0):
            self.served_height[holder] = height
            self.given_by["account", holder] = self._giver

    def _keep_proof(self, address: str, height: int, proof: Json) -> None:
        """Keeps a proof of the contract: it says nothing of what the contract itself holds of the token."""
        before = self.served_height.get(address)
        super()._keep_proof(address, height, proof)
        if before is not None:
            self.served_height[address] = before
        else:
            self.served_height.pop(address, None)

    def lists(self, address: str, first: int, last: int) -> bool:
        """Whether eth_getLogs answered for all blocks of a range, of both lists of a holder and of the events that name nobody."""
        return all(self.has_logs(topics, first, last) for topics in (*lists_of(address), ANYBODY))

    @property
    def born(self) -> int:
        """The block that made the contract, before which a token has no logs; 0 where it was not found."""
        return next((height for height, there in self.coded.items() if there and self.coded.get(height - 1) is False), 0)

    def has_logs(self, topics: Topics, first: int, last: int) -> bool:
        """Whether eth_getLogs answered for all blocks of a range, of each holder that the topics name."""
        return all(self._has(json.dumps(each), first, last) for each, _ in of_each(topics))

    def _has(self, topics: str, first: int, last: int) -> bool:
        at = max(first, self.born)
        for low, high in sorted(self.logs.get(topics, {})):
            if low <= at <= high:
                at = high + 1
        return at > last

    def drop_logs(self, topics: Topics, first: int, last: int) -> None:
        """Drops the logs of a range: the node may have cut them off."""
        for each, _ in of_each(topics):
            self.logs.get(json.dumps(each), {}).pop((first, last), None)

    def logs_of(self, address: str) -> Iterator[Json]:
        """The logs that concern a holder, as far as they are listed; one may come twice."""
        for topics in lists_of(address):
            for logs in self.logs.get(json.dumps(topics), {}).values():
                yield from logs
        for logs in self.logs.get(json.dumps(ANYBODY), {}).values():
            yield from (log for log in logs if concerned(log, self.maker) == address)

    def heights_of(self, address: str) -> set[int]:
        return {number(log["blockNumber"]) for log in self.logs_of(address)}

    @property
    def layout(self) -> int | None:
        """Where the contract declares its balances, as a holder shows whose balance stands there; None where none does."""
        for holder, found in self.held.items():
            for height, held in found.items():
                stored = self.stored.get(height, {})
                for layout in LAYOUTS if held else ():
                    if balance_in(stored.get(number(balance_slot(holder, layout)), 0)) == held:
                        return layout
        return None

    def forget(self, address: str) -> None:
        super().forget(address)
        self.held.pop(address, None)
        for topics in lists_of(address):
            self.logs.pop(json.dumps(topics), None)

    def forget_lists(self) -> None:
        kept = {json.dumps(topics) for address in self.served_height for topics in lists_of(address)}
        self.logs = {topics: found for topics, found in self.logs.items() if topics in kept}

    def forget_blocks(self, above: int) -> None:
        super().forget_blocks(above)
        self.stored = {height: found for height, found in self.stored.items() if height <= above}
        self.coded = {height: there for height, there in self.coded.items() if height <= above}
        for holder, found in self.held.items():
            self.held[holder] = {height: held for height, held in found.items() if height <= above}
