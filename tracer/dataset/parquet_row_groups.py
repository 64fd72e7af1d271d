"""Parquet files of a data set, read a row group at a time."""

from __future__ import annotations

import importlib
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tracer.dataset.layout import DIGITS, NARROW
from tracer.errors import InputError
from tracer.wording import missing_extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

T = TypeVar("T")
R = TypeVar("R")

ROW_GROUP = 1 << 17
"""Rows that are read together: 12 MB of the columns that the cone needs, and the least that is read for one row."""

INTEGERS = {"height": "int64", "position": "int32", "time": "int64", "sender": "int32", "recipient": "int32", "number": "int32"}
"""The columns that are read as numbers, and their types in the files."""


READERS = 2
"""Threads that read row groups side by side, each a row group at a time."""

HEAD = 8
"""Bytes of a hash that are compared first: one number of the machine."""

OFTEN_ALIKE = ("kind", "basis", "verified", "memo", "memo_kind", "attributes")
"""Columns that say the same, or nothing, in most row groups of most chains."""

REPEATED = ("asset", "kind", "basis", "memo_kind")
"""Texts of which few differ: they are read as numbers of those."""


def arrow(path: Path) -> Any:
    """pyarrow, with its computations. Raises InputError where it is not installed."""
    try:
        importlib.import_module("pyarrow.compute")
        return importlib.import_module("pyarrow")
    except ImportError as error:
        raise InputError(f"{path}: {missing_extra('scale', 'a data set')}") from error


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    """Arrow's module for Parquet. Raises InputError where the file is none, is damaged, or pyarrow is not there."""
    pyarrow, parquet = arrow(path), importlib.import_module("pyarrow.parquet")
    try:
        yield parquet
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(
            f"{path}: no Parquet, or damaged ({' '.join(str(error).split())[:200]}): write the folder again with tracer columns"
        ) from error


class Extent(NamedTuple):
    """The least and the most that a column has in a row group, and how many nulls; None where the file does not say."""

    least: Any
    most: Any
    nulls: int | None

    def may_have(self, value: Any) -> bool:
        """Whether the value may be in the row group."""
        return self.least is None or self.most is None or bool(self.least <= value <= self.most)

    def is_one_value(self, rows: int) -> bool:
        """Whether all `rows` of the row group say `least`, or all say nothing."""
        if self.least is None:
            return self.nulls == rows
        return self.nulls == 0 and self.least == self.most


class RowGroup(NamedTuple):
    """A row group: the rows of a file, of which `about` is what it says of itself, from `start` up to before `stop`. A column is read when
    somebody asks for it."""

    path: Path
    about: Any
    columns: Sequence[str]
    number: int
    start: int
    stop: int

    @property
    def places(self) -> range:
        """The rows of the file that it has."""
        return range(self.start, self.stop)

    def extent(self, name: str) -> Extent:
        """What the file says of a column here."""
        said = self.about.row_group(self.number).column(self.columns.index(name)).statistics if name in self.columns else None
        if said is None:
            return Extent(None, None, None)
        least, most = (said.min, said.max) if said.has_min_max else (None, None)
        return Extent(least, most, said.null_count if said.has_null_count else None)

    def read(self, names: Sequence[str]) -> Any:
        """Some columns as a table. Raises InputError where the file does not have one, or is damaged.

        Arrow's reader serves one thread at a time, so each reading has its own: that takes 0.04 ms.
        """
        if missing := [name for name in names if name not in self.columns]:
            raise InputError(f"{self.path}: has no column {missing[0]}: write the folder again with tracer columns")
        repeated = [name for name in self.columns if name in REPEATED]
        with _reading(self.path) as parquet, parquet.ParquetFile(self.path, metadata=self.about, read_dictionary=repeated) as file:
            return file.read_row_group(self.number, columns=list(names))

    def at(self, places: NDArray[Any], names: Sequence[str]) -> Any:
        """Some columns at some rows of the file, which are all here. A column that is the same in the whole row group is not read."""
        extents = {name: self.extent(name) for name in names if name in OFTEN_ALIKE}
        alike = {name: said.least for name, said in extents.items() if said.is_one_value(self.stop - self.start)}
        table = self.read([name for name in names if name not in alike]).take(_indices(places - self.start))
        for name, value in alike.items():
            table = table.append_column(name, _repeated(value, len(places)))
        return table


def row_groups(path: Path) -> Iterator[RowGroup]:
    """The row groups of a file, in order."""
    with _reading(path) as parquet:
        about = parquet.read_metadata(path, memory_map=True)
    start, columns = 0, about.schema.names
    for number in range(about.num_row_groups):
        stop = start + about.row_group(number).num_rows
        yield RowGroup(path, about, columns, number, start, stop)
        start = stop


def row_groups_to_read(path: Path, name: str, values: Collection[int]) -> Iterator[RowGroup]:
    """The row groups of a file in which a column may have one of the values, by what the file says of it: the others are not read."""
    for group in row_groups(path):
        if any(map(group.extent(name).may_have, values)):
            yield group


def at(path: Path, rows: NDArray[Any], names: Sequence[str]) -> Iterator[tuple[RowGroup, NDArray[Any], Any]]:
    """The columns of a file at some of its rows, which ascend: a row group, which of the rows it has, and the columns there. Of row groups
    that have none of them nothing is read."""
    import numpy as np

    def with_columns(having: tuple[RowGroup, NDArray[Any]]) -> tuple[RowGroup, NDArray[Any], Any]:
        group, here = having
        return group, here, group.at(here, names)

    groups = ((group, rows[np.searchsorted(rows, group.start) : np.searchsorted(rows, group.stop)]) for group in row_groups(path))
    return side_by_side(with_columns, (having for having in groups if len(having[1]))) if len(rows) else iter(())


def side_by_side(read: Callable[[T], R], parts: Iterable[T]) -> Iterator[R]:
    """What `read` makes of each part, in order. It is called by READERS threads, so that the parts to come are read while one is worked on:
    Arrow and NumPy work without holding the interpreter. No more than READERS + 1 are in memory."""
    from concurrent.futures import Future, ThreadPoolExecutor  # takes 10 ms

    begun = deque[Future[R]]()
    with ThreadPoolExecutor(READERS) as threads:
        try:
            for part in parts:
                begun.append(threads.submit(read, part))
                if len(begun) > READERS:
                    yield begun.popleft().result()
            while begun:
                yield begun.popleft().result()
        finally:
            threads.shutdown(cancel_futures=True)


def whole_numbers(path: Path, column: Any, name: str, absent: int = -1) -> NDArray[Any]:
    """A column of whole numbers of 64 bits at most; `absent` where there is none. Raises InputError of another type."""

    if str(column.type) != INTEGERS[name]:
        raise InputError(f"{path}: {name} is {column.type}, where {INTEGERS[name]} belongs: write the folder again with tracer columns")
    array = _whole(column)
    return _numbers(array.fill_null(absent) if array.null_count else array)


def rows_with(column: Any, wanted: Sequence[bytes]) -> NDArray[Any]:
    """Where one of the `wanted` stands in a column of bytes."""
    import numpy as np

    pa = importlib.import_module("pyarrow")
    array = _whole(column)
    if pa.types.is_fixed_size_binary(array.type) and array.type.byte_width >= HEAD:
        return _rows_with(array, [each for each in wanted if len(each) == array.type.byte_width])
    found: NDArray[Any] = np.flatnonzero(np.asarray(pa.compute.is_in(array.cast(pa.binary()), value_set=pa.array(wanted, pa.binary()))))
    return found


def _rows_with(array: Any, wanted: Sequence[bytes]) -> NDArray[Any]:
    """The same of hashes of one length: a table of their first two bytes leaves few, and the first eight bytes hardly any other."""
    import numpy as np

    width, raw = array.type.byte_width, array.buffers()[1]
    start, kept = array.offset * width, np.zeros(1 << 16, bool)
    two, eight = (np.ndarray(len(array), kind, raw, start, (width,)) for kind in (np.uint16, np.uint64))
    heads = np.frombuffer(b"".join(each[:HEAD] for each in wanted), np.uint64)
    kept[np.frombuffer(b"".join(each[:2] for each in wanted), np.uint16)] = True
    among = np.flatnonzero(kept[two])
    among, exactly = among[np.isin(eight[among], heads)], set(wanted)
    return among[[raw[start + row * width : start + (row + 1) * width].to_pybytes() in exactly for row in among.tolist()]]


def limbs(path: Path, table: Any, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """An amount as two columns of 64 bits, the upper first: those of a decimal, or the two that hold it. Raises InputError of others."""
    import numpy as np

    columns = [each for each in (f"{name}_high", f"{name}_low") if each in table.column_names] or [name]
    for each in columns:
        column = table.column(each)
        if column.type not in _types(each) or column.null_count:
            why = ", and lacks values" if column.null_count else f", where {_types(each)[-1]} belongs"
            raise InputError(f"{path}: {each} is {column.type}{why}: write the folder again with tracer columns")
    if len(columns) > 1:
        upper, lower = (_numbers(_whole(table.column(each))) for each in columns)
        return upper, lower
    array = _whole(table.column(name))
    words = np.frombuffer(array.buffers()[1], "<u8").reshape(-1, 2)[array.offset : array.offset + len(array)]
    return words[:, 1].view("<i8"), words[:, 0]


def _types(name: str) -> Sequence[Any]:
    """The types that a column of amounts may have."""
    pa = importlib.import_module("pyarrow")
    if name.endswith("_high"):
        return (pa.int64(),)
    return (pa.uint64(),) if name.endswith("_low") else (pa.decimal128(NARROW, 0), pa.decimal128(DIGITS, 0))


def _whole(column: Any) -> Any:
    """A column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _numbers(array: Any) -> NDArray[Any]:
    """A column of numbers without nulls, where it lies. Asked for its array, Arrow first imports pandas, which takes 0.1 s."""
    import numpy as np

    numbers: NDArray[Any] = np.frombuffer(array.buffers()[1], str(array.type))
    return numbers[array.offset : array.offset + len(array)]


def _indices(places: NDArray[Any]) -> Any:
    """Places as Arrow's own column. Handed an array or a list, Arrow first imports pandas too."""
    import numpy as np

    pa = importlib.import_module("pyarrow")
    return pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(np.ascontiguousarray(places, np.int64))])


def text_column(values: Sequence[str]) -> Any:
    """Texts as Arrow's own column, for the same reason."""
    return _of_bytes(importlib.import_module("pyarrow").string(), [value.encode() for value in values])


def _repeated(value: str | bytes | bool | None, count: int) -> Any:
    """A value so many times as Arrow's own column, for the same reason."""
    pa = importlib.import_module("pyarrow")
    if value is None:
        return pa.nulls(count)
    if isinstance(value, bool):
        return pa.Array.from_buffers(pa.bool_(), count, [None, pa.py_buffer((b"\xff" if value else b"\0") * -(-count // 8))])
    kind, raw = (pa.string(), value.encode()) if isinstance(value, str) else (pa.binary(), value)
    return _of_bytes(kind, [raw] * count)


def _of_bytes(kind: Any, values: Sequence[bytes]) -> Any:
    """Texts or bytes, encoded, as a column of that kind."""
    import numpy as np

    pa = importlib.import_module("pyarrow")
    ends = np.cumsum([0, *map(len, values)], dtype=np.int32)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(values))])
