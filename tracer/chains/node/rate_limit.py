"""How many questions a second a node is asked."""

from __future__ import annotations

import time

from tracer.chains import Nodes


class RateLimit:
    """Keeps questions apart: so many a second as the case allows, of all nodes together. All waiting is scaled by patience."""

    def __init__(self, nodes: Nodes) -> None:
        self._apart = max(nodes.patience, 1e-9) / nodes.per_second
        self._next = 0.0

    def due(self) -> float:
        """Seconds until the next question may be put."""
        return self._next - time.monotonic()

    def asked(self) -> None:
        """Notes that a question is put now."""
        self._next = time.monotonic() + self._apart
