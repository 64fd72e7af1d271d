"""Column files, mapped and read a part at a time: checked whole when opened, asked by row, account, hash, payment and time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tracer.chains import bare_hash
from tracer.dataset.layout import ABOUT, ACCOUNTS, DTYPES, LEAST_BYTES, NEEDED, PART, UNTIMED, Addresses, described
from tracer.errors import InputError
from tracer.ledger import NOBODY
from tracer.model import POSITION_BITS, Account, Basis, Coverage, Reading, Rejection, Transfer

if TYPE_CHECKING:
    from numpy.typing import NDArray


LAST_POSITION = (1 << POSITION_BITS) - 1


class Payments(NamedTuple):
    """The payments of a wallet between two moments (UNIX seconds, both included, None open) of at least `least`."""

    wallet: str
    first: int | None
    last: int | None
    least: int


class ColumnFiles:
    """A folder of column files, checked whole when opened: lengths, order, account numbers, signs.

    `name` is what rows state as their source. Raises InputError naming the file, the row and the value.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        about = described(folder)
        try:
            self.symbol, self.decimals, self.rows = str(about["asset"]), int(about["decimals"]), int(about["rows"])
            self.order, self.basis = str(about["order"]), about["basis"]
            self.kinds, self.bases = about.get("kinds", ["transfer"]), about.get("bases", [self.basis])
            self.hashes = str(about["hashes"])
            self.rejections = [Rejection(*fields) for fields in about.get("rejections", ())]
            self.placed, self.notes = bool(about.get("placed", True)), tuple(map(str, about.get("notes", ())))
            self.files = frozenset(about["files"])
            claimed = "full" if self.has("openings") else "partial"
            self.coverage: Coverage = about.get("coverage", claimed)
            self.whole = frozenset(about.get("whole", ()))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{folder / ABOUT}: lacks or misstates {error}: write the folder again with tracer columns") from error
        must = [*NEEDED, "row_key" if self.order == "chain" else "time"]
        if missing := [name for name in must if f"{name}.npy" not in self.files]:
            raise InputError(f"{folder}: {missing[0]}.npy is missing: write the folder again with tracer columns")
        self.addresses = Addresses(folder / ACCOUNTS)
        self._check()

    def has(self, column: str) -> bool:
        return f"{column}.npy" in self.files

    def column(self, name: str) -> NDArray[Any]:
        """A column, mapped: what is read of it stays in memory while it is held."""
        import numpy as np

        path = self.folder / f"{name}.npy"
        try:
            column: NDArray[Any] = np.load(path, mmap_mode="r")
        except (OSError, ValueError) as error:
            raise InputError(f"{path}: cannot be read ({error}): write the folder again with tracer columns") from error
        length = len(self.addresses) if name == "openings" else self.rows
        right = column.ndim == 2 and column.shape[1] >= LEAST_BYTES if name == "tx_hash" else column.ndim == 1
        if column.dtype.str != DTYPES[name] or not right or len(column) != length:
            raise InputError(
                f"{path}: {len(column) if column.ndim else 0:,} values of type {column.dtype.str}, where {length:,} of type {DTYPES[name]} "
                "belong: its length or type is not that of the others"
            )
        return column

    def parts(self, name: str) -> Iterator[tuple[int, NDArray[Any]]]:
        """A column a part at a time, with the row each begins at; a part is let go before the next is mapped."""
        for start in range(0, self.rows, PART):
            yield start, self.column(name)[start : start + PART]

    def at(self, name: str, rows: NDArray[Any]) -> NDArray[Any]:
        """A column at some rows, which ascend."""
        import numpy as np

        picked = []
        bounds = np.searchsorted(rows, np.arange(0, self.rows + PART, PART))
        for (first, last), start in zip(pairwise(bounds), range(0, self.rows, PART), strict=False):
            if first < last:
                picked.append(self.column(name)[start : start + PART][rows[first:last] - start])
        return np.concatenate(picked) if picked else self.column(name)[:0]

    def _check(self) -> None:
        import numpy as np

        accounts = len(self.addresses)
        limits = {
            "sender": (NOBODY, accounts - 1, f"there are {accounts:,} accounts"),
            "recipient": (NOBODY, accounts - 1, f"there are {accounts:,} accounts"),
            "amount": (0, None, "no payment is less than 0"),
            "fee": (0, None, "no fee is less than 0"),
            "kind": (0, len(self.kinds) - 1, f"{ABOUT} names {len(self.kinds)} kinds"),
            "basis": (0, len(self.bases) - 1, f"{ABOUT} names {len(self.bases)} bases"),
        }
        for name, (least, most, why) in limits.items():
            for start, part in self.parts(name) if self.has(name) else ():
                if part.min() < least or (most is not None and part.max() > most):
                    row = int(np.flatnonzero((part < least) | (part > (part.max() if most is None else most)))[0])
                    raise InputError(f"{self.folder / name}.npy: row {start + row}: {part[row]}, and {why}")
        if self.has("openings") and accounts and (lowest := self.column("openings")).min() < 0:
            at = int(np.flatnonzero(lowest < 0)[0])
            raise InputError(f"{self.folder}/openings.npy: account {at} ({self.addresses[at]!r}) opens with {lowest[at]}, less than 0")
        self._check_order(*(("row_key", 1) if self.order == "chain" else ("time", 0)))
        if self.has("tx_hash"):
            self.column("tx_hash")

    def _check_order(self, name: str, step: int) -> None:
        """Raises InputError where a value is not at least `step` more than the one before."""
        import numpy as np

        before = None
        for start, part in self.parts(name):
            if before is not None and part[0] - before < step:
                at, value = 0, part[0]
            elif len(wrong := np.flatnonzero(part[1:] < part[:-1] + step)):
                at, value = int(wrong[0]) + 1, part[wrong[0] + 1]
            else:
                before = part[-1]
                continue
            raise InputError(f"{self.folder / name}.npy: row {start + at}: {value} is not after the one before: sort the rows by {name}")

    def horizon(self, until: int) -> int:
        """Rows up to a moment. Raises InputError where times go back, so no row divides before and after, or are not there."""
        import numpy as np

        if not self.has("time"):
            raise InputError(f"{self.folder}: has no times, so nothing can be cut off at a moment: leave until out")
        if any((part == UNTIMED).any() for _, part in self.parts("time")):
            raise InputError(f"{self.folder}: has rows without a time, so nothing can be cut off at a moment: leave until out")
        self._check_order("time", 0)
        return int(np.searchsorted(self.column("time"), until, "right"))

    def rows_of_keys(self, row_keys: Sequence[int]) -> NDArray[Any]:
        """The rows that have these row keys, which are all there."""
        import numpy as np

        keys = np.array(row_keys, np.int64)
        return np.searchsorted(self.column("row_key"), keys) if self.order == "chain" else keys

    def rows_of_accounts(self, chosen: NDArray[Any]) -> NDArray[Any]:
        """Every row that one of the chosen accounts (true in `chosen`) pays or is paid by."""
        import numpy as np

        wanted = np.append(chosen, False)  # the last one is nobody
        pairs = zip(self.parts("sender"), self.parts("recipient"), strict=True)
        return np.concatenate([start + np.flatnonzero(wanted[s] | wanted[r]) for (start, s), (_, r) in pairs])

    def rows_of_hashes(self, hashes: Sequence[str]) -> NDArray[Any]:
        """The rows of the transactions with these hashes, each in its one form, in whatever way the files write them."""
        import numpy as np

        if not self.has("tx_hash"):
            return np.empty(0, np.int64)
        wanted = [*filter(None, (self._raw(form) for text in hashes for form in _forms(text)))]
        matches = [np.empty(0, np.int64)]
        for start, part in self.parts("tx_hash"):
            if self.hashes == "text":
                part = np.where((part >= ord("A")) & (part <= ord("Z")), part + 32, part)
            begins = np.array(np.ndarray(len(part), "<u4", part, strides=(part.shape[1],)))  # enough to tell nearly all apart
            for raw in wanted:
                alike = np.flatnonzero(begins == np.frombuffer(raw, "<u4", 1)[0])
                matches.append(start + alike[(part[alike] == np.frombuffer(raw, np.uint8)).all(axis=1)])
        return np.unique(np.concatenate(matches))

    def _raw(self, tx_hash: str) -> bytes:
        """A hash as its bytes in the column; none if it cannot be there."""
        width = self.column("tx_hash").shape[1]
        if self.hashes == "text":
            raw = tx_hash.encode().ljust(width, b"\0")
        else:
            try:
                raw = bytes.fromhex(tx_hash)
            except ValueError:
                return b""
        return raw if len(raw) == width and any(raw) else b""

    def _text(self, raw: NDArray[Any]) -> str | None:
        content = raw.tobytes()
        if self.hashes == "text":
            return content.rstrip(b"\0").decode(errors="replace") or None
        return self.hashes.removesuffix("hex") + content.hex() if any(content) else None

    def rows_of_payments(self, payments: Payments) -> NDArray[Any]:
        """The rows of a wallet's payments in a window; of all its payments where the files have no times."""
        import numpy as np

        number = self.addresses.number(payments.wallet)
        if number is None:
            return np.empty(0, np.int64)
        rows = np.concatenate([start + np.flatnonzero(part == number) for start, part in self.parts("sender")])
        rows = rows[self.at("amount", rows) >= payments.least]
        if self.has("time") and len(rows):
            times = self.at("time", rows)
            inside = (times >= (payments.first or 0)) & (times <= (times.max() if payments.last is None else payments.last))
            rows = rows[inside | (times == UNTIMED)]
        return rows

    def reading(self, rows: NDArray[Any], full: NDArray[Any], named: Sequence[str]) -> Reading:
        """Those rows, their accounts and those `named`; the accounts true in `full` have all the rows among them that the
        files hold, and the coverage that the files claim.

        The others are at the boundary and open with the least that keeps them from going below zero: what they held is
        in the files, but not in the rows.
        """
        import numpy as np

        sender, recipient = self.at("sender", rows), self.at("recipient", rows)
        known = [number for number in map(self.addresses.number, named) if number is not None]
        numbers = np.unique(np.concatenate([sender, recipient, np.flatnonzero(full), np.array(known, np.int64)]))
        numbers = numbers[numbers != NOBODY]
        address = dict(zip(numbers.tolist(), map(self.addresses.__getitem__, numbers.tolist()), strict=True))
        opening: Iterator[int | None] = iter(self.column("openings")[numbers].tolist()) if self.has("openings") else repeat(None)
        stated: Basis = "reported" if self.has("openings") else "modelled"
        accounts = [
            Account(name, held, stated, "full" if name in self.whole else self.coverage)
            if full[number]
            else Account(name, None, "modelled", "boundary")
            for (number, name), held in zip(address.items(), opening, strict=False)
        ]
        transfers = self._transfers(rows, [[address.get(n) for n in side.tolist()] for side in (sender, recipient)])
        whole = None if len(rows) == self.rows else self.rows
        return Reading(transfers, [], accounts, self.rejections, None, complete=False, cut_from=whole, placed=self.placed, notes=self.notes)

    def _transfers(self, rows: NDArray[Any], sides: list[list[str | None]]) -> list[Transfer]:
        keys = self.at("row_key", rows).tolist() if self.order == "chain" else rows.tolist()
        count = len(keys)
        heights = [key >> POSITION_BITS for key in keys] if self.order == "chain" else [None] * count
        positions = [key & LAST_POSITION for key in keys] if self.order == "chain" else [0] * count
        columns = [
            keys,
            heights,
            positions,
            [None if time == UNTIMED else time for time in self.at("time", rows).tolist()] if self.has("time") else [None] * count,
            list(map(self._text, self.at("tx_hash", rows))) if self.has("tx_hash") else [None] * count,
            *sides,
            self.at("amount", rows).tolist(),
            self.at("fee", rows).tolist(),
            [self.kinds[code] for code in self.at("kind", rows)] if self.has("kind") else [self.kinds[0]] * count,
            [None] * count,
            [self.bases[code] for code in self.at("basis", rows)] if self.has("basis") else [self.basis] * count,
        ]
        return list(map(Transfer, *columns, repeat(self.name), repeat(False), repeat({})))


def _forms(tx_hash: str) -> set[str]:
    """How the files may write a hash, in small letters: with a leading 0x or without."""
    digits = bare_hash(tx_hash)
    return {digits, f"0x{digits}"}
