"""Many values of one noun as columns: a million as tuples take seconds to make, and five times the memory."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar, overload

N = TypeVar("N", bound=NamedTuple)


class Columnar(Sequence[N]):
    """Values of one noun, held as a column a field; each is made when somebody asks for it. Equal to any sequence of the same values.

    >>> from tracer.model import Hop
    >>> hops = Columnar(Hop, {"row": [3, 4], "theft": [0, 0], "amount": compact([10, 5])})
    >>> hops[1]
    Hop(row=4, theft=0, amount=5)
    >>> hops == [Hop(3, 0, 10), Hop(4, 0, 5)], sum(hops.column("amount"))
    (True, 15)
    """

    def __init__(self, noun: type[N], columns: Mapping[str, Sequence[Any]]) -> None:
        if strangers := columns.keys() ^ set(noun._fields):
            raise TypeError(f"{noun.__name__}: {', '.join(sorted(strangers))} is not both a column and a field")
        self.noun, self._columns = noun, columns

    @property
    def columns(self) -> Mapping[str, Sequence[Any]]:
        """The fields of the noun by name, each as long as there are values."""
        return self._columns

    def column(self, name: str) -> Sequence[Any]:
        """One field of all values."""
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns[self.noun._fields[0]])

    def __iter__(self) -> Iterator[N]:
        return map(partial(tuple.__new__, self.noun), zip(*(self.columns[name] for name in self.noun._fields), strict=True))

    @overload
    def __getitem__(self, place: int) -> N: ...
    @overload
    def __getitem__(self, place: slice) -> Columnar[N]: ...
    def __getitem__(self, place: int | slice) -> N | Columnar[N]:
        if isinstance(place, slice):
            return Columnar(self.noun, {name: column[place] for name, column in self.columns.items()})
        return tuple.__new__(self.noun, [self.columns[name][place] for name in self.noun._fields])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(tuple.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{len(self):,} {self.noun.__name__}>"


def compact(numbers: Iterable[int]) -> Sequence[int]:
    """The numbers in 64 bits each where all fit that, else as they are.

    >>> compact([1, 2]), compact([1, 1 << 64])
    (array('q', [1, 2]), [1, 18446744073709551616])
    """
    numbers = numbers if isinstance(numbers, Sequence) else list(numbers)
    try:
        return array("q", numbers)
    except OverflowError:
        return numbers
