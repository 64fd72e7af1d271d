"""Parquet files of a data set, read a row group at a time."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.dataset.layout import DIGITS
from tracer.errors import InputError
from tracer.wording import missing_extra

if TYPE_CHECKING:
    from numpy.typing import NDArray

INTEGERS = {"height": "int64", "position": "int32", "time": "int64", "sender": "int32", "recipient": "int32", "number": "int32"}
"""The columns that are read as numbers, and their types in the files."""


HEAD = 8
"""Bytes of a hash that are compared first: one number of the machine."""

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
def _opened(path: Path) -> Iterator[Any]:
    """A Parquet file. Raises InputError where it is none, is damaged, or pyarrow is not there."""
    pyarrow, parquet = arrow(path), importlib.import_module("pyarrow.parquet")
    try:
        about = parquet.read_metadata(path, memory_map=True)
        repeated = [name for name in about.schema.names if name in REPEATED]
        with parquet.ParquetFile(path, metadata=about, read_dictionary=repeated) as file:
            yield file
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(
            f"{path}: no Parquet, or damaged ({' '.join(str(error).split())[:200]}): write the folder again with tracer columns"
        ) from error


class Extent(NamedTuple):
    """The rows of a row group, from `start` up to before `stop`, and the least and the most that a column has in it, where it is said."""

    start: int
    stop: int
    least: Any
    most: Any

    def may_have(self, value: Any) -> bool:
        """Whether the value may be in the row group."""
        return self.least is None or self.most is None or bool(self.least <= value <= self.most)


def groups(
    path: Path, names: Sequence[str], wanted: Callable[[Extent], bool] = lambda _: True, by: str = "row"
) -> Iterator[tuple[int, Any]]:
    """The columns of a file a row group at a time, with the row each begins at; only of those row groups that are `wanted`, by what
    their column `by` has."""
    with _opened(path) as file:
        for group, extent in enumerate(_extents(file, by)):
            if wanted(extent):
                yield extent.start, _columns(path, file, group, names)


def _extents(file: Any, by: str) -> Iterator[Extent]:
    start, index = 0, file.schema_arrow.get_field_index(by)
    for group in range(file.metadata.num_row_groups):
        stated = file.metadata.row_group(group)
        said = stated.column(index).statistics if index >= 0 else None
        least, most = (said.min, said.max) if said is not None and said.has_min_max else (None, None)
        yield Extent(start, start + stated.num_rows, least, most)
        start += stated.num_rows


def at(path: Path, rows: NDArray[Any], names: Sequence[str]) -> Iterator[Any]:
    """The columns of a file at some of its rows, which ascend; of row groups that have none of them nothing is read."""
    import numpy as np

    def here(extent: Extent) -> bool:
        return bool(np.searchsorted(rows, extent.start) < np.searchsorted(rows, extent.stop))

    for start, table in groups(path, names, here):
        yield table.take(rows[(rows >= start) & (rows < start + table.num_rows)] - start)


def whole_numbers(path: Path, column: Any, name: str, absent: int = -1) -> NDArray[Any]:
    """A column of whole numbers of 64 bits at most; `absent` where there is none. Raises InputError of another type."""
    import numpy as np

    if str(column.type) != INTEGERS[name]:
        raise InputError(f"{path}: {name} is {column.type}, where {INTEGERS[name]} belongs: write the folder again with tracer columns")
    array = _whole(column)
    filled: NDArray[Any] = np.asarray(array.fill_null(absent) if array.null_count else array)
    return filled


def rows_with(column: Any, wanted: Sequence[bytes]) -> NDArray[Any]:
    """Where one of the `wanted` stands in a column of bytes. Of hashes of one length only those are looked at that begin alike."""
    import numpy as np

    pa = importlib.import_module("pyarrow")
    array, among = _whole(column), np.arange(len(column))
    if pa.types.is_fixed_size_binary(array.type) and (width := array.type.byte_width) >= HEAD:
        among = np.empty(0, np.int64)
        if heads := [each[:HEAD] for each in wanted if len(each) == width]:
            first = np.ndarray(len(array), np.uint64, array.buffers()[1], array.offset * width, (width,))
            among = np.flatnonzero(np.isin(first, np.frombuffer(b"".join(heads), np.uint64)))
        array = array.take(among)
    found: NDArray[Any] = among[np.asarray(pa.compute.is_in(array.cast(pa.binary()), value_set=pa.array(wanted, pa.binary())))]
    return found


def limbs(path: Path, table: Any, name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """An amount as two columns of 64 bits, the upper first: those of a decimal, or the two that hold it. Raises InputError of others."""
    import numpy as np

    columns = [each for each in (f"{name}_high", f"{name}_low") if each in table.column_names] or [name]
    for each in columns:
        column = table.column(each)
        if column.type != _type(each) or column.null_count:
            why = ", and lacks values" if column.null_count else f", where {_type(each)} belongs"
            raise InputError(f"{path}: {each} is {column.type}{why}: write the folder again with tracer columns")
    if len(columns) > 1:
        upper, lower = (np.asarray(_whole(table.column(each))) for each in columns)
        return upper, lower
    array = _whole(table.column(name))
    words = np.frombuffer(array.buffers()[1], "<u8").reshape(-1, 2)[array.offset : array.offset + len(array)]
    return words[:, 1].view("<i8"), words[:, 0]


def _type(name: str) -> Any:
    pa = importlib.import_module("pyarrow")
    if name.endswith("_high"):
        return pa.int64()
    return pa.uint64() if name.endswith("_low") else pa.decimal128(DIGITS, 0)


def _whole(column: Any) -> Any:
    """A column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _columns(path: Path, file: Any, group: int, names: Sequence[str]) -> Any:
    if missing := [name for name in names if name not in file.schema_arrow.names]:
        raise InputError(f"{path}: has no column {missing[0]}: write the folder again with tracer columns")
    return file.read_row_group(group, columns=list(names), use_threads=False)
