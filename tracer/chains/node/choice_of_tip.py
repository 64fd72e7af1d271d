"""Which node is read, and up to which block: the highest that one of them shows. No block is held back for lying near the tip."""

from __future__ import annotations

from contextlib import suppress

from tracer.chains.node.agreement import AgreeingQuestions
from tracer.chains.node.answers import NODE, TIP, Block
from tracer.chains.node.client import NodeLostError, clock


def choose_tip(questions: AgreeingQuestions[Block]) -> None:
    """Goes on with the node whose chain is highest, of those that show the block they say it ends with.

    Raises NodeError when none is left.
    """
    heights: dict[str, int] = {}
    for node in questions.everywhere():
        questions.answers.pinned = None
        with suppress(NodeLostError):
            height = questions.height()
            questions.ask_block(height)
            questions.require_agreement(height)
            heights[node] = height
            _introduce(questions, height)
    if questions.client is not None and heights:
        questions.client.node = max(heights, key=heights.__getitem__)
        questions.answers.pinned = heights[questions.client.node]
        questions.note(TIP, height=questions.answers.pinned)


def _introduce(questions: AgreeingQuestions[Block], height: int) -> None:
    """Notes what the node in use says of itself, and the end of its chain."""
    if questions.client is not None:
        time = questions.time_of(questions.answers.blocks[height])
        questions.client.note(NODE, {"version": questions.version(), "height": height, "tip_time": time, "read_time": clock()})
