"""A range of blocks that is too long for a node, or holds too much: asked for by halves."""

from __future__ import annotations

from collections.abc import Callable

from tracer.chains.evm.node_refusals import RANGE, many


class Halves:
    """Asks for ranges of blocks, and keeps by node how many blocks beyond the first one a range had that was too long for it."""

    def __init__(self) -> None:
        self._too_long: dict[str, int] = {}

    def ask(self, node: str, one: Callable[[int, int], str], first: int, last: int) -> str:
        """Asks for a range, by halves where the node does not take it; `one` gives what the node says against it, "" where it answers.
        Gives what it says against even a single block, or for another reason."""
        said = RANGE if last - first >= self._too_long.get(node, last + 1) else one(first, last)
        if not said or first == last or not many(said):
            return said
        if RANGE in said.lower():
            self._too_long[node] = min(last - first, self._too_long.get(node, last))
        middle = (first + last) // 2
        return self.ask(node, one, first, middle) or self.ask(node, one, middle + 1, last)
