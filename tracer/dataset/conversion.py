"""A table -> column files, in bounded memory: what is held is a name for each account and one column of numbers."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from tracer.casefile import CaseFile
from tracer.dataset.doubles import require_no_doubles
from tracer.dataset.layout import ABOUT, ACCOUNTS, DTYPES, FORMAT, LEAST_BYTES, PART, UNTIMED
from tracer.dataset.reader import LAST_POSITION
from tracer.errors import InputError
from tracer.ingest.table.files import place
from tracer.ingest.table.format import TableFormat, format_of
from tracer.ingest.table.notes import Tally, in_every_row, notes_of, owner_of
from tracer.ingest.table.parse import KINDS
from tracer.ingest.table.reader import Portion, accounts_of, portions
from tracer.ingest.table.rows import Order
from tracer.ledger import NOBODY
from tracer.model import BASES, POSITION_BITS, Asset, Coverage, Rejection

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST = (1 << 63) - 1
TOO_WIDE = "is 2^63 or more, and column files hold 64 bits: trace the table itself"
CODES: Mapping[str, Sequence[str]] = {"kind": KINDS, "basis": BASES}


class Written(NamedTuple):
    """What was made of a table. `memos` is how many there were: column files keep none."""

    rows: int
    accounts: int
    rejections: int
    memos: int


def convert(question: CaseFile, folder: Path, *, advance: Callable[[int], None] = lambda _: None) -> Written:
    """Writes the one table of a case as column files into a new folder; rows come in ledger order whatever order the table has.

    Raises InputError naming file, line and value, also for what column files cannot hold: amounts of 2^63 smallest units or more.
    """
    source = question.sources[0]
    if len(question.sources) > 1 or source.kind != "table":
        raise question.fault(("sources",), "column files are made of one table: leave the other sources out")
    if folder.exists():
        raise InputError(f"{folder} exists: name a folder that does not with -o")
    format, path = format_of(question, source), question.file(source.path, ("sources", question.sources.index(source), "path"))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}-") as place_of_work:
        work = Path(place_of_work)
        pouring = _poured(path, format, work, 0, advance)
        if pouring.odd_hash:  # hashes that are not hexadecimal of one length are kept as text, as wide as the longest
            pouring = _poured(path, format, work, max(pouring.longest, LEAST_BYTES), advance)
        if not pouring.rows:
            raise InputError(f"{path}: has no rows: there is nothing to write")
        if not pouring.timed:
            (work / "time").unlink()
        if format.doubles != "each":
            counted = pouring.by_height and not pouring.order.placed
            require_no_doubles(path, work, pouring.rows, pouring.as_text or pouring.digits // 2, counted=counted)
        stated = format.openings
        owner = owner_of(format, pouring.common)
        accounts = accounts_of(set(pouring.numbers), format, owner)
        made = work / "made"
        made.mkdir()
        addresses = sorted(account.address for account in accounts)
        _settle(pouring, path, made, addresses)
        if stated:
            held = {account.address: account.opening or 0 for account in accounts}
            _fitting(stated, held)
            _save(made, "openings", [held[address] for address in addresses])
        hashes = "text" if pouring.as_text else f"{pouring.prefix}hex"
        seal(
            made, format.asset, pouring.rows, addresses, pouring.by_height, source.basis, hashes, pouring.rejections,
            placed=pouring.order.placed, notes=notes_of(format, pouring.order, pouring.tally, owner),
            coverage=format.coverage, whole=sorted({*(format.whole or ()), *filter(None, [owner])}),
        )  # fmt: skip
        shutil.move(made, folder)
    return Written(pouring.rows, len(addresses), len(pouring.rejections), pouring.memos)


def _poured(path: Path, format: TableFormat, work: Path, as_text: int, advance: Callable[[int], None]) -> _Pouring:
    """The table poured; hashes as text of that many bytes, or as the numbers they are."""
    with _Pouring(path, work, as_text, Order(format.order)) as pouring:
        for portion in portions(path, format, pouring.order, pouring.tally):
            pouring.pour(portion)
            advance(pouring.rows)
    return pouring


def seal(
    folder: Path,
    asset: Asset,
    rows: int,
    addresses: Sequence[str],
    by_height: bool,
    basis: str,
    hashes: str = "hex",
    rejections: Sequence[Rejection] = (),
    *,
    placed: bool = True,
    notes: Sequence[str] = (),
    coverage: Coverage = "full",
    whole: Sequence[str] = (),
) -> None:
    """Writes accounts.txt and columns.json into a folder whose arrays stand. `hashes`: hex, 0xhex or text; `placed` and `notes`
    as a Reading has them, `coverage` and `whole` as the format of a table."""
    (folder / ACCOUNTS).write_text("".join(f"{address}\n" for address in addresses), encoding="utf-8", newline="\n")
    about = {
        "format": FORMAT,
        "asset": asset.symbol,
        "decimals": asset.decimals,
        "rows": rows,
        "order": "chain" if by_height else "time",
        "placed": placed,
        "notes": list(notes),
        "coverage": coverage,
        "whole": list(whole),
        "basis": basis,
        "kinds": list(KINDS),
        "bases": list(BASES),
        "hashes": hashes,
        "rejections": [list(rejection) for rejection in rejections],
        "files": {path.name: _vouched(path) for path in sorted(folder.iterdir()) if path.name != ABOUT},
    }
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8", newline="\n")


def _vouched(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


class _Pouring:
    """Portions of a table into one file of bare numbers a column, accounts numbered as they come."""

    def __init__(self, path: Path, work: Path, as_text: int, order: Order) -> None:
        self.path, self.work, self.as_text, self.order, self.tally = path, work, as_text, order, Tally()
        self.rows = self.memos = 0
        self.common: set[str] | None = None  # the addresses that every row names
        self.numbers: dict[str, int] = {}
        self.by_height = self.timed = False
        self.prefix, self.digits, self.longest = "", 0, 0
        self.odd_hash = False  # not hexadecimal, or of another length than the first
        self.rejections: list[Rejection] = []
        self._files: dict[str, BinaryIO] = {}
        self._stack = ExitStack()

    def __enter__(self) -> _Pouring:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def pour(self, portion: Portion) -> None:
        values, count = portion.values, len(portion.lines)
        self.rejections += portion.rejections
        if not count:
            return
        self.by_height = "row_key" in values
        if self.common is None or self.common:
            self.common = in_every_row(self.common, values)
        for side in ("sender", "recipient"):
            self._add(side, list(map(self._number, values[side])))
        for name in ("amount", "fee"):
            self._add(name, self._narrow(name, values.get(name) or [0] * count, portion.lines))
        if self.by_height:
            self._add("row_key", values["row_key"])
        times = values.get("time") or [None] * count
        self.timed = self.timed or times.count(None) < count
        self._add("time", [UNTIMED if time is None else time for time in times])
        for name, words in CODES.items():
            if name in values:
                self._add(name, list(map(words.index, values[name])))
        if "tx_hash" in values:
            self._hashes(values["tx_hash"])
        self.memos += count - values.get("memo", [None] * count).count(None)
        self.rows += count

    def _add(self, name: str, numbers: Sequence[int] | bytes) -> None:
        import numpy as np

        if name not in self._files:
            self._files[name] = self._stack.enter_context((self.work / name).open("wb"))
        self._files[name].write(numbers if isinstance(numbers, bytes) else np.array(numbers, DTYPES[name]).tobytes())

    def _number(self, address: str | None) -> int:
        return NOBODY if address is None else self.numbers.setdefault(address, len(self.numbers))

    def _narrow(self, name: str, amounts: Sequence[int], lines: Sequence[int]) -> Sequence[int]:
        if max(amounts) > LARGEST:
            amount, line = next((amount, line) for amount, line in zip(amounts, lines, strict=True) if amount > LARGEST)
            raise InputError(f"{place(self.path, line)}: {name} {amount} {TOO_WIDE}")
        return amounts

    def _hashes(self, texts: Sequence[str | None]) -> None:
        self.longest = max(self.longest, max(len(text.encode()) for text in [*filter(None, texts), ""]))
        if not self.as_text and not self.digits:
            first = next(filter(None, texts), "")
            self.prefix = "0x" if first.startswith("0x") else ""
            self.digits = len(first) - len(self.prefix)
        if not self.odd_hash:
            raw = b"".join(map(self._raw, texts))
            if not self.odd_hash:
                self._add("tx_hash", raw)

    def _raw(self, text: str | None) -> bytes:
        """A hash as bytes; no hash is zeros, and so a hash of zeros is odd."""
        if self.as_text:
            return (text or "").encode().ljust(self.as_text, b"\0")
        with suppress(ValueError):
            raw = bytes.fromhex((text or "").removeprefix(self.prefix))
            if text is None:
                return bytes(self.digits // 2)
            if self.prefix + raw.hex() == text and any(raw) and len(raw) * 2 == self.digits >= 2 * LEAST_BYTES:
                return raw
        self.odd_hash = True
        return b""


def _settle(pouring: _Pouring, path: Path, made: Path, addresses: Sequence[str]) -> None:
    """The poured columns as arrays in ledger order, accounts numbered by address."""
    import numpy as np

    order = _order(pouring, path)
    number = np.full(len(pouring.numbers) + 1, NOBODY, DTYPES["sender"])  # the last one is nobody
    for final, address in enumerate(addresses):
        if address in pouring.numbers:
            number[pouring.numbers[address]] = final
    for name in DTYPES:
        if not (poured := pouring.work / name).exists():
            continue
        shape = (pouring.rows, pouring.as_text or pouring.digits // 2) if name == "tx_hash" else (pouring.rows,)
        raw = np.memmap(poured, DTYPES[name], "r", shape=shape)
        final_ = np.lib.format.open_memmap(made / f"{name}.npy", "w+", DTYPES[name], shape)
        for start in range(0, pouring.rows, PART):
            part = raw[start : start + PART] if order is None else raw[order[start : start + PART]]
            final_[start : start + PART] = number[part] if name in ("sender", "recipient") else part
        del raw, final_
        poured.unlink()


def _order(pouring: _Pouring, path: Path) -> NDArray[Any] | None:
    """The rows in ledger order; None if they stand so already. Raises InputError where two have one place."""
    import numpy as np

    keys = np.memmap(pouring.work / ("row_key" if pouring.by_height else "time"), "<i8", "r+")
    if pouring.order.mixed:
        _require_one_a_place(keys >> POSITION_BITS if pouring.by_height else keys, pouring, path)
    if pouring.order.newest_first and not pouring.by_height:
        return len(keys) - 1 - np.argsort(keys[::-1], kind="stable")
    if pouring.order.newest_first:
        _, block, rows_in = np.unique(keys >> POSITION_BITS, return_inverse=True, return_counts=True)
        keys += rows_in[block] - 1 - 2 * (keys & LAST_POSITION)
    if len(keys) < 2 or bool((keys[1:] > keys[:-1]).all() if pouring.by_height else (keys[1:] >= keys[:-1]).all()):
        return None
    order = np.argsort(keys, kind="stable")
    if pouring.by_height:
        ordered = keys[order]
        if len(twice := np.flatnonzero(ordered[1:] == ordered[:-1])):
            key = int(ordered[twice[0]])
            one, other = order[twice[0] : twice[0] + 2] + 1
            at = f"position {key & LAST_POSITION} of height {key >> POSITION_BITS}"
            raise InputError(f"{path}: rows {one} and {other} both have {at}: give each row its own position, or take one of the two out")
    return order


def _require_one_a_place(places: NDArray[Any], pouring: _Pouring, path: Path) -> None:
    """Raises InputError where a file that shows no order of its lines has two rows of one height, or of one time."""
    import numpy as np

    found, counts = np.unique(places, return_counts=True)
    if len(several := np.flatnonzero(counts > 1)):
        what = "height" if pouring.by_height else "time"
        raise InputError(
            f"{path}: {what} rises and falls from line to line, and {counts[several[0]]} rows have {what} {found[several[0]]}: which came "
            'first is not told: sort the file, or write order = "oldest_first" or "newest_first" in the source'
        )


def _fitting(path: Path, held: Mapping[str, int]) -> None:
    for address, opening in held.items():
        if opening > LARGEST:
            raise InputError(f"{path}: {address!r} opens with {opening}, which {TOO_WIDE}")


def _save(folder: Path, name: str, numbers: Sequence[int]) -> None:
    import numpy as np

    np.save(folder / f"{name}.npy", np.array(numbers, DTYPES[name]))
