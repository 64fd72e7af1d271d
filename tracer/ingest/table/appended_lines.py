"""A table that has got more lines since it was read: these alone are read, where reading all of it would say the same."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import cast

from tracer.errors import InputError
from tracer.ingest.node.recording import GZIP_MAGIC
from tracer.ingest.table.column_names import columns_there
from tracer.ingest.table.dialects import OUR_NAMES
from tracer.ingest.table.file_as_text_columns import header, is_csv
from tracer.ingest.table.table_format import TableFormat
from tracer.ingest.table.table_reader import accounts_of, read_table
from tracer.ledger import Ledger
from tracer.ledger.order import unordered_pairs
from tracer.model import Reading, Transfer
from tracer.model.columnar import Columnar


def read_appended(path: Path, format: TableFormat, before: Ledger, size: int) -> Reading | None:
    """What the table says now, with the rows alone that stand behind its first `size` bytes, which `before` was read from.

    None where reading all of it might say something else, or refuse it: where anything about either part is out of the ordinary, the
    blocks of the new rows do not come after those of the old ones, or a row of the new part could change how an old one is read.
    """
    plain = format.dialect is OUR_NAMES and (format.coverage != "partial" or format.whole is not None)
    usual = before.order_basis != "time" and not (before.notes or before.rejections or before.events) and len(before) > 0
    if not (plain and usual and is_csv(path)):
        return None
    with TemporaryDirectory() as place:
        apart = Path(place) / "table.csv"
        if not _set_apart(path, size, apart):
            return None
        try:
            several_tokens = "token" in columns_there(apart, format, header(apart, format.delimiter))
            reading = read_table(apart, format._replace(openings=None, whole=()), earlier=len(before))  # what accounts are, all rows say
            rows = cast("Columnar[Transfer]", reading.transfers)
            stated = {account.address: account.opening or 0 for account in before.accounts}
            named = stated.keys() | {*rows.column("sender"), *rows.column("recipient")} - {None}
            accounts = accounts_of(named, format, stated=stated)
        except InputError:
            return None  # whoever reads all of it says why, with its name and line
    if several_tokens or reading.notes or reading.rejections or not _comes_after(before, reading):
        return None
    return reading._replace(accounts=accounts)


def _set_apart(path: Path, size: int, into: Path) -> bool:
    """Writes the header and what stands behind the first `size` bytes as a file of its own; not where these end within a line, or lines are
    not to be told by their bytes."""
    with path.open("rb") as file:
        file.seek(size - 1)
        whole_lines = file.read(1) == b"\n"
        file.seek(0)
        first = file.readline() if whole_lines else b""
        if not first or first.startswith(GZIP_MAGIC) or b"\0" in first or b'"' in first:
            return False
        file.seek(size)
        with into.open("wb") as apart:
            apart.write(first)
            copyfileobj(file, apart)
    return True


def _comes_after(before: Ledger, reading: Reading) -> bool:
    """Whether every new row has a later place than the old ones. Where the table states no place in a block, it must be of a later block,
    and its lines leave the order of the old ones as sure as it was: of a file whose heights fall anywhere no pair of one block may share
    an account."""
    columns, last = cast("Columnar[Transfer]", reading.transfers).columns, len(before) - 1
    keys, heights = columns["row_key"], columns["height"]
    if not keys or None in heights:
        return False
    if reading.placed:
        return bool(min(keys) > before.columns.row_key[last])
    rises = all(one <= other for one, other in pairwise([before.columns.height[last] or 0, *heights]))
    _, shared = unordered_pairs(heights, (columns["sender"], columns["recipient"]), range(len(heights)), None)
    return rises and heights[0] != before.columns.height[last] and (not shared or before.unordered > 0)
