"""How fast and how patiently nodes are asked: questions a second, waiting, trying again."""

from __future__ import annotations

from typing import NamedTuple

from tracer.chains import Nodes

SILENCE = 2.0  # seconds without a question after a 429: hammering never ends it


class Pace(NamedTuple):
    """How fast and how patiently nodes are asked.

    `connect`, `read`, `whole`: seconds to wait for a connection, for the next byte and for a whole answer. `tries` per question
    and node, with pauses of `pause`, twice that, and so on up to `longest`, each with up to half of it at random on top.
    """

    per_second: float
    connect: float = 5.0
    read: float = 30.0
    whole: float = 60.0
    tries: int = 5
    pause: float = 0.5
    longest: float = 30.0
    silence: float = SILENCE

    @classmethod
    def of(cls, nodes: Nodes) -> Pace:
        """The pace of a run: its questions a second, and all waiting scaled by its patience."""
        patience = nodes.patience
        calm = cls(nodes.per_second / max(patience, 1e-9))
        return calm._replace(
            read=max(calm.read * patience, 1.0),
            whole=max(calm.whole * patience, 2.0),
            pause=calm.pause * patience,
            silence=calm.silence * patience,
        )
