"""What comes out of a run: the cells that a kernel wrote, read as columns."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from tracer.model.columnar import compact
from tracer.tracing.hops_in_numpy import are_many, as_numpy, in_array
from tracer.tracing.kernels import Cells


class Parts(NamedTuple):
    """Columns: at which row or account, of which theft, how much."""

    at: Sequence[int]
    theft: Sequence[int]
    amount: Sequence[int]


class Run(NamedTuple):
    """What one rule says, as the kernels write it.

    `taken` is what each theft made stolen: the clean money it carried. `written` has the stolen part of every withdrawal
    by theft, `parts` what each account holds of each theft at the end, of arrays perhaps a row an account; `carried` and `held` read them.
    """

    taken: list[int]
    written: list[Cells]
    parts: Cells

    def carried(self) -> tuple[Parts, Parts]:
        """The parts of every withdrawal that carried stolen value, by row and in order: of what moved, and of fees."""
        thefts = len(self.taken)
        if self.written and not is_list(self.written[0]) and not is_wide(self.written[0]):
            return _carried(self.written, thefts)
        cells = compact(chain.from_iterable(map(numbers_in, self.written)))
        if are_many(cells):
            return _carried([as_numpy(cells)], thefts)
        every = [(*divmod(withdrawal, thefts), units) for withdrawal, units in zip(cells[::2], cells[1::2], strict=True)]
        moves, fees = ([(at >> 1, of, units) for at, of, units in every if at & 1 == fee] for fee in (0, 1))
        return _parts(moves), _parts(fees)

    def held(self) -> Parts:
        """The parts of all stolen value that accounts hold at the end, by account."""
        thefts = len(self.taken)
        if is_list(self.parts) or is_wide(self.parts):
            return _parts([(*divmod(place, thefts), units) for place, units in enumerate(numbers_in(self.parts)) if units])
        import numpy as np

        parts = self.parts.reshape(-1, max(thefts, 1))
        at, theft = np.divmod(np.flatnonzero(parts != 0), thefts)
        return Parts(*map(in_array, (at, theft, parts[at, theft])))


def numbers_in(cells: Cells) -> list[int]:
    """Cells as Python's integers."""
    if is_wide(cells):
        from tracer.tracing.int128_arrays import listed

        return listed(cells)
    return cells if is_list(cells) else cells.tolist()  # type: ignore[no-any-return]


def _carried(written: Sequence[Cells], thefts: int) -> tuple[Parts, Parts]:
    """The same, of arrays: one after another, as all of them at once take three times the memory."""
    import numpy as np

    moves, fees = ([array("i"), array("i"), array("q")] for _ in range(2))
    for cells in written:
        at, theft = np.divmod(cells[::2], thefts)
        moved = at & 1 == 0
        for chosen, columns in ((moved, moves), (~moved, fees)):
            for column, whole in zip(columns, (at >> 1, theft, cells[1::2]), strict=True):
                column.frombytes(whole[chosen].astype(column.typecode, copy=False).tobytes())
    return Parts(*moves), Parts(*fees)


def _parts(parts: Sequence[tuple[int, int, int]]) -> Parts:
    return Parts(*(compact([part[place] for part in parts]) for place in range(3)))


def is_list(cells: Cells) -> bool:
    """Whether cells are run as they are; else they are an array."""
    return isinstance(cells, list)


def is_wide(cells: Cells) -> bool:
    """Whether cells are an array of two limbs each."""
    return not is_list(cells) and cells.dtype.names is not None
