"""Questions to NIS nodes: one answer, one block, each believed only if it can be."""

from __future__ import annotations

import json

from tracer.chains.nem.answers import Answers, Json
from tracer.chains.nem.hashes_and_signatures import UnknownTypeError, block_hash, block_signature_holds
from tracer.chains.nem.scan import MISSHAPEN
from tracer.chains.nem.terms import TERMS
from tracer.chains.nem.time_stamps import EPOCH, unix_seconds
from tracer.chains.nem.treasury import REISSUANCE
from tracer.chains.node.agreement import AgreeingQuestions
from tracer.chains.node.answers import overgrown
from tracer.chains.node.block_time import Tempo, UnbelievableError
from tracer.chains.node.client import NodeClient
from tracer.chains.node.questions import SAID, Head
from tracer.model import Exchange
from tracer.terminal_and_csv_escaping import plain
from tracer.wording import utc

DRIFT = 600  # seconds that the clock of who signed a transaction may differ from the harvester's (nis allows ten)
LONGEST_VERSION = 30  # characters

TEMPO = Tempo(since=EPOCH, least=15, over=360)
"""A block is to take 60 seconds (nis: BlockDifficultyScorer); over hours it never took a quarter of that."""


class Questions(AgreeingQuestions[Json]):
    """Asks NIS nodes through a client, or nobody where it is None; what is answered goes into `answers`."""

    answers: Answers

    def __init__(self, answers: Answers, client: NodeClient | None) -> None:
        super().__init__(answers, client, TERMS.finality, TEMPO)

    def ask_height(self) -> Exchange:
        return self.ask("GET", "/chain/height")

    def ask_block(self, height: int, may_refuse: bool = False) -> Exchange:
        """Raises as `ask` does; a block that its harvester did not sign is no answer."""
        body = json.dumps({"height": height})
        return self.ask("POST", "/block/at/public", body, sound=lambda e: self._is_block(e, height), may_refuse=may_refuse)

    def last_block(self) -> Json:
        exchange = self.on_one_node(lambda: self.ask("GET", "/chain/last-block", sound=self._is_block))
        block: Json = json.loads(exchange.answer)
        return block

    def block_in(self, exchange: Exchange) -> Json | None:
        block: Json | None = json.loads(exchange.answer) if exchange.status == 200 else None
        return block

    def head(self, block: Json) -> Head:
        return Head(block["height"], block_hash(block), block["prevBlockHash"]["data"])

    def time_of(self, block: Json) -> int | None:
        return unix_seconds(int(block["timeStamp"]))

    def version(self) -> str | None:
        """The version that /node/info states."""
        exchange = self.client.peek("GET", "/node/info") if self.client else None
        try:
            stated = json.loads(exchange.answer)["metaData"]["version"] if exchange and not overgrown(exchange.answer) else None
        except MISSHAPEN:
            return None
        return plain(stated[:LONGEST_VERSION]) if isinstance(stated, str) and stated else None

    def _is_block(self, exchange: Exchange, height: int | None = None) -> bool:
        """Whether the answer is the block asked for (None: the last one), as its harvester signed it and of a time that can be.

        Raises UnbelievableError where it has the shape of one, and is not.
        """
        try:
            block = json.loads(exchange.answer)
            if height not in (None, block["height"]):
                raise UnbelievableError(f"it is block {block['height']}")
            if not _signed(block):
                raise UnbelievableError("its signature does not hold")
            return _in_time(block) and self.require_possible(block["height"], block)
        except MISSHAPEN:
            return False

    def refusal(self, exchange: Exchange) -> str:
        try:
            return str(json.loads(exchange.answer).get("message"))[:SAID]
        except MISSHAPEN:
            return f"status {exchange.status}"


def _in_time(block: Json) -> bool:
    """True, for `sound`. Raises UnbelievableError for a block that holds a transaction signed after it, or to be included before it:
    whoever paid signed both moments, whoever signed the block."""
    for transaction in block["transactions"] if block["height"] != REISSUANCE else ():
        for part in (transaction, transaction.get("otherTrans", transaction), *transaction.get("signatures", ())):
            if not part["timeStamp"] - DRIFT <= block["timeStamp"] <= part["deadline"] + DRIFT:
                made, first, last = (utc(unix_seconds(stamp)) for stamp in (block["timeStamp"], part["timeStamp"], part["deadline"]))
                raise UnbelievableError(f"block {block['height']} of {made} holds a transaction signed at {first}, valid until {last}")
    return True


def _signed(block: Json) -> bool:
    """Whether a block is as its harvester signed it, or holds what is younger than tracer."""
    try:
        return block_signature_holds(block)
    except UnknownTypeError:
        return True
