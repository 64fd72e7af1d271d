"""Line numbers that stay: a list goes on from the one that was sent before, and says which of its lines are withdrawn.

A line is known by its id, a digest of what it is about. Numbers count from 1 for each addressee and are never given twice.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from tracer.errors import InputError
from tracer.plan.freeze_and_stoppable_line_ids import ID, line_id
from tracer.terminal_and_csv_escaping import cell
from tracer.wording import shortened

Since = Literal["added", "changed", "same", "withdrawn"]
"""What became of a line since the list that was sent before."""

HEAD = ("line", "line_id", "since_last")
"""The first columns of every list that can be gone on from."""

LARGEST = 64_000_000  # bytes of a list that is read
SUFFIXES = (".csv", ".txt")


class Unnumbered(NamedTuple):
    """A line before it has a number: whose list it is on, what it is about, and the cells in which it can differ from the one sent."""

    addressee: str
    about: tuple[object, ...]
    cells: Mapping[str, str]

    @property
    def line_id(self) -> str:
        """The same for the same thing, in every list and on every machine."""
        return line_id(self.addressee, self.about)


class Sent(NamedTuple):
    """A line of a list that was sent before, with the cells it had: they, and `addressee`, are as `write_csv` writes them."""

    number: int
    line_id: str
    addressee: str
    cells: Mapping[str, str]


class Numbered(NamedTuple):
    """A line with its number: `place` is its entry's, None where it is withdrawn. `since` is None where no list was sent before."""

    number: int
    line_id: str
    since: Since | None
    place: int | None
    sent: Sent | None


def number_lines(entries: Sequence[Unnumbered], sent: Sequence[Sent] | None) -> list[Numbered]:
    """The entries in their order with their numbers, and after them what was sent and is withdrawn now.

    >>> anna, bert = Unnumbered("X", ("anna",), {"xem": "5"}), Unnumbered("X", ("bert",), {"xem": "7"})
    >>> before = [Sent(line.number, line.line_id, "X", {"xem": "5"}) for line in number_lines([anna], None)]
    >>> [(line.number, line.since) for line in number_lines([bert], before)]
    [(2, 'added'), (1, 'withdrawn')]
    """
    known = {(line.addressee, line.line_id): line for line in sent or ()}
    last: dict[str, int] = {}
    for line in known.values():
        last[line.addressee] = max(line.number, last.get(line.addressee, 0))
    found = []
    for place, entry in enumerate(entries):
        whose = _cell(entry.addressee)
        before = known.pop((whose, entry.line_id), None)
        if before is None:
            last[whose] = last.get(whose, 0) + 1
        number = last[whose] if before is None else before.number
        found.append(Numbered(number, entry.line_id, None if sent is None else _since(entry, before), place, before))
    gone = sorted(known.values(), key=lambda line: (line.addressee, line.number))
    return found + [Numbered(line.number, line.line_id, "withdrawn", None, line) for line in gone]


def _since(entry: Unnumbered, before: Sent | None) -> Since:
    if before is None or before.cells.get("since_last") == "withdrawn":
        return "added"
    changed = any(before.cells[name] != _cell(value) for name, value in entry.cells.items() if name in before.cells)
    return "changed" if changed else "same"


def _cell(text: str) -> str:
    return str(cell(text))


def read_sent(paths: Iterable[Path], addressee: str) -> list[Sent]:
    """The lines of lists sent before: CSV files, letters, or folders of them. `addressee`: the column that says whose a line is.

    Raises InputError, with file and line, for what is no list, or where two lists give one number to two things.
    """
    found: dict[tuple[str, str], Sent] = {}
    numbers: dict[tuple[str, int], str] = {}
    for path in (each for given in paths for each in _files(given)):
        for line in _lines(path, addressee):
            whose = line.addressee, line.number
            if numbers.setdefault(whose, line.line_id) != line.line_id:
                raise InputError(
                    f"{path}: line {line.number} of {shortened(repr(line.addressee))} is another thing in another list: give only the "
                    "lists that were sent last"
                )
            found[line.addressee, line.line_id] = line
    return list(found.values())


def _files(path: Path) -> list[Path]:
    """The lists that a path means: in a folder the tables if there are any, which say all that the letters say."""
    if not path.is_dir():
        return [path]
    for suffix in SUFFIXES:
        if files := sorted(each for each in path.iterdir() if each.suffix == suffix and each.name != "README.txt"):
            return files
    raise InputError(f"{path}: holds no list: name the CSV or the letter that was sent")


def _lines(path: Path, addressee: str) -> list[Sent]:
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path}: is larger than any list: name the CSV or the letter that was sent")
        text = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or 'it is no UTF-8 text'}") from error
    head = next((number for number, line in enumerate(text) if line.startswith(",".join(HEAD))), None)
    if head is None or addressee not in next(csv.reader([text[head]])):
        raise InputError(f"{path}: is no list with numbered lines: name the CSV or the letter that was sent, as it was written")
    end = next((number for number in range(head, len(text)) if not text[number].strip()), len(text))
    rows = csv.DictReader(text[head:end])
    return [_sent(row, addressee, f"{path}:{head + rows.line_num}") for row in rows]


def _sent(row: Mapping[str, str | None], addressee: str, place: str) -> Sent:
    number, line_id, cells = row["line"] or "", row["line_id"] or "", {name: value or "" for name, value in row.items() if name}
    if not (number.isascii() and number.isdigit() and len(number) < ID and len(line_id) == ID and set(line_id) <= set("0123456789abcdef")):
        said = shortened(repr(f"{number},{line_id}"))
        raise InputError(f"{place}: {said} is no line number and id: take the list as it was written")
    return Sent(int(number), line_id, cells[addressee], cells)
