"""Columns of the payload that are made as somebody asks for them, so that a page is written a column at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any


class ColumnsOnDemand(Mapping[str, Any]):
    """Columns by name, each made anew whenever it is asked for, and kept by nobody.

    >>> columns = ColumnsOnDemand(row=lambda: [1, 2], stolen=lambda: ColumnsOnDemand(fifo=lambda: ["5", "0"]))
    >>> columns["row"], columns.whole()
    ([1, 2], {'row': [1, 2], 'stolen': {'fifo': ['5', '0']}})
    """

    def __init__(self, **made: Callable[[], Any]) -> None:
        self._made = made

    def __getitem__(self, name: str) -> Any:
        return self._made[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def whole(self) -> dict[str, Any]:
        """All columns at once."""
        return {name: column.whole() if isinstance(column, ColumnsOnDemand) else column for name, column in self.items()}
