"""A challenge as it is published: cases to trace, the truth about them, and the seal over both (docs/challenge.md)."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from tracer.errors import InputError

ABOUT, SEAL = "challenge.toml", "SEAL"
Role = Literal["thief", "victim", "service", "other", "unrelated"]
ROLES: Mapping[str, Role] = {role: role for role in get_args(Role)}
TOLD = ("title", "generator", "population", "note")
"""What a challenge says of itself, all of it text."""


class Player(NamedTuple):
    """An account as the truth has it: what it is to the case, its kind in the story, and who controls it."""

    role: Role
    kind: str
    owner: str


class Truth(NamedTuple):
    """What is true of one case: its accounts by address, whom each tag should name, and what the thief really sent where."""

    players: Mapping[str, Player]
    shapes: Mapping[str, frozenset[str]]
    sent: Mapping[str, int]


class Challenge(NamedTuple):
    """A folder whose seal was checked. `about` is what it says of itself; `seal` the SHA-256 of the file of that name."""

    folder: Path
    about: Mapping[str, str]
    seal: str
    names: tuple[str, ...]

    def case_file(self, name: str) -> Path:
        """The question of a case."""
        return self.folder / "cases" / name / "case.toml"


def opened_challenge(folder: Path) -> Challenge:
    """A challenge whose every file is what the seal says, and no other is there. Raises InputError naming the file."""
    seal = folder / SEAL
    if not (folder / ABOUT).is_file() or not seal.is_file():
        raise InputError(f"{folder}: is no challenge: it needs {ABOUT} and {SEAL} (docs/challenge.md)")
    _check(folder, dict(_sealed(seal)))
    about = _about(folder / ABOUT)
    names = tuple(sorted(path.parent.name for path in folder.glob("cases/*/case.toml")))
    if not names:
        raise InputError(f"{folder / 'cases'}: holds no case: each is a folder with a case.toml")
    return Challenge(folder, about, hashlib.sha256(seal.read_bytes()).hexdigest(), names)


def _sealed(seal: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(seal.read_text(encoding="utf-8").splitlines(), 1):
        digest, _, name = line.partition("  ")
        if len(digest) != hashlib.sha256().digest_size * 2 or not name:
            raise InputError(f"{seal}:{number}: {line[:80]!r} is no line of sha256sum: write it with sha256sum FILE...")
        yield name, digest


def _check(folder: Path, sealed: Mapping[str, str]) -> None:
    there = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file() and path != folder / SEAL}
    for name in sealed.keys() - there.keys():
        raise InputError(f"{folder / SEAL}: names {name}, which is not there: copy the challenge again")
    for name, path in there.items():
        if name not in sealed:
            raise InputError(f"{path}: is not in {SEAL}: what was not sealed is not scored, so take it away")
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sealed[name]:
                raise InputError(f"{path}: is not the file that was sealed: copy the challenge again")


def _about(path: Path) -> Mapping[str, str]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: is no TOML ({error})") from error
    for name in TOLD:
        if not isinstance(told.get(name), str):
            raise InputError(f"{path}: has no {name}, a text: {', '.join(TOLD)} are what a reader must know (docs/challenge.md)")
    return {name: told[name] for name in TOLD}


def write_seal(folder: Path) -> str:
    """The SHA-256 of the SEAL that this writes: the SHA-256 of every other file of the folder, as `sha256sum -c SEAL` reads it."""
    seal = folder / SEAL
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != seal)
    seal.write_text("".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files))
    return hashlib.sha256(seal.read_bytes()).hexdigest()


def truth_of(challenge: Challenge, name: str) -> Truth:
    """The truth of one case. Raises InputError naming file, line and value."""
    folder = challenge.folder / "truth" / name
    players = dict(_players(folder / "accounts.csv"))
    shapes: dict[str, set[str]] = {}
    tags = folder / "tags.csv"
    for place, row in _rows(tags, "tag", "address") if tags.exists() else ():
        if row["address"] not in players:
            raise InputError(f"{place}: address {row['address']!r} is not in accounts.csv: add it there")
        shapes.setdefault(row["tag"], set()).add(row["address"])
    sent: dict[str, int] = {}
    for place, row in _rows(folder / "sent.csv", "address", "amount"):
        if not row["amount"].isascii() or not row["amount"].isdigit():
            raise InputError(f"{place}: amount {row['amount']!r} is no number of smallest units")
        if row["address"] not in players or row["address"] in sent:
            raise InputError(f"{place}: address {row['address']!r} must be in accounts.csv, and here once")
        sent[row["address"]] = int(row["amount"])
    return Truth(players, {tag: frozenset(addresses) for tag, addresses in shapes.items()}, sent)


def _players(path: Path) -> Iterator[tuple[str, Player]]:
    seen = set[str]()
    for place, row in _rows(path, "address", "role", "kind", "owner"):
        role = ROLES.get(row["role"])
        if role is None:
            raise InputError(f"{place}: role {row['role']!r} is none of {', '.join(ROLES)}")
        if row["address"] in seen:
            raise InputError(f"{place}: address {row['address']!r} a second time: leave one out")
        seen.add(row["address"])
        yield row["address"], Player(role, row["kind"], row["owner"] or row["address"])


def _rows(path: Path, *columns: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The lines of a table of the truth, each with its place."""
    if not path.is_file():
        raise InputError(f"{path}: is not there: every case has its truth (docs/challenge.md)")
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file, strict=True, restval="")
        if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
            raise InputError(f"{path}:1: no column {', '.join(missing)}")
        try:
            for row in reader:
                yield f"{path}:{reader.line_num}", {column: row[column] for column in columns}
        except (csv.Error, UnicodeDecodeError) as error:
            raise InputError(f"{path}:{reader.line_num + 1}: cannot be read ({error})") from error
