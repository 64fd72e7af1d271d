"""Prices that an oracle's contract logged: what one coin was worth, under the receipts root of a block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tracer.chains.evm.answers import EvmAnswers
from tracer.chains.evm.block_hashes import receipts_fault, uncovered
from tracer.chains.evm.payments_and_fees import SUCCESS, Block
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.evm.token_transfers import topic_of
from tracer.errors import InputError
from tracer.model import Exchange, OraclePrice

ANSWER = topic_of("AnswerUpdated(int256,uint256,uint256)")
"""What a price feed of Chainlink logs with each answer: the answer, and the number of the round."""

STATED = 3
"""Topics of such a log: its name, the answer, the round."""

NEGATIVE = 1 << 255
"""Words from here on are numbers below nought (two's complement)."""


def prices_logged(exchanges: Iterable[Exchange], feed: str, source: str) -> Iterator[OraclePrice]:
    """The answers of a feed in recorded blocks, in their order. A block that is not what its hash covers tells nothing.

    Raises InputError for an answer below nought.
    """
    answers = EvmAnswers(exchanges, source)
    for height in sorted(answers.blocks):
        block = answers.whole(height)
        if block is not None and (found := list(_in_block(block, feed))):
            if why := uncovered(block.block) or receipts_fault(block.block, block.receipts):
                raise InputError(f"{source}: block {height} holds answers of {feed} and cannot be believed: {why}")
            yield from found


def _in_block(block: Block, feed: str) -> Iterator[OraclePrice]:
    """What the feed logged in a block; what its contract says that is no answer is passed over."""
    for receipt in block.receipts:
        for log in receipt["logs"] if receipt["status"] == SUCCESS else ():
            if log["address"] == feed and log["topics"][:1] == [ANSWER] and len(log["topics"]) == STATED:
                answer, time = number(log["topics"][1]), number(block.block["timestamp"])
                if answer >= NEGATIVE:
                    raise InputError(f"block {block.height}: {feed} answers less than nought: it is no price of a coin")
                yield OraclePrice(block.height, block.block["hash"], time, answer, number(log["topics"][2]))
