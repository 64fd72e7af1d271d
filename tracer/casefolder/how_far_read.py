"""How far a run in progress has read: said with every figure that is made before the run is done."""

from __future__ import annotations

from typing import Any, NamedTuple

from tracer.wording import counted, utc


class SoFar(NamedTuple):
    """Accounts read whole and those not yet, where value ends for now; the block up to which they are read; answers of nodes and when the
    last one came (UNIX seconds)."""

    accounts: int
    unread: int
    tip: int | None
    answers: int
    time: int

    @property
    def sentence(self) -> str:
        """What stands over every table, list and letter.

        >>> SoFar(12, 1, 762, 4210, 1516892696).sentence
        'READ SO FAR, NOT FINAL: 12 accounts read up to block 762, 1 not yet; 4,210 answers of nodes, the last at 2018-01-25T15:04:56Z'
        """
        up_to = "" if self.tip is None else f" up to block {self.tip:,}"
        read = f"{counted(self.accounts, 'account')} read{up_to}, {self.unread:,} not yet"
        return f"READ SO FAR, NOT FINAL: {read}; {counted(self.answers, 'answer')} of nodes, the last at {utc(self.time)}"

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {**self._asdict(), "time": utc(self.time)}
