"""The layout of a data set: a ledger bigger than a case, as Parquet files that any engine reads. docs/dataset.md has every column.

dataset.json          the assets, and every file with its rows, size and SHA-256
rows/00000.parquet    rows of one asset in ledger order; a conversion and every appending write one
accounts/00000.parquet   number and address, by address; numbers go on from file to file
openings/00000.parquet   asset, account, opening, where a table stated them
holdings/00000.parquet, events/00000.parquet   what a recording of a chain says besides rows
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

from tracer.errors import InputError
from tracer.model import Coverage, NodeSource, Rejection, Terms

FORMAT = 2

ABOUT = "dataset.json"

EARLIER = "columns.json"
"""What described a folder of NumPy arrays, format 1."""

DIGITS = 38
"""Of the widest decimal that every engine reads. Files with an amount or a fee beyond it hold them as two numbers of 64 bits."""

NARROW = 18
"""Digits of a decimal that Parquet stores as one number of 64 bits, which is read in a quarter of the time."""

OF_RECORDINGS = ("holdings", "events")
"""Files that dataset.json names only where a recording made them."""

LIMB = 64
"""Bits of the lower of those two numbers."""

LOWER = (1 << LIMB) - 1

Amounts = Literal["decimal", "limbs"]


def amount_columns(name: str, amounts: Amounts) -> tuple[str, ...]:
    """The columns that hold an amount: itself, or two of 64 bits, of which it is the first times 2^64 plus the second."""
    return (name,) if amounts == "decimal" else (f"{name}_high", f"{name}_low")


def digits_for(widest: int) -> int:
    """The digits of the decimal for a column with amounts up to `widest`, which is below 10^38.

    >>> digits_for(10**18 - 1), digits_for(10**18)
    (18, 38)
    """
    return NARROW if widest < 10**NARROW else DIGITS


class RowsFile(NamedTuple):
    """A file of rows: `first` and `last` are its first and its last height, or time where the asset is ordered by time. `hashes`: what
    the bytes of tx_hash are: the number, with or without 0x before it, or the text. `amounts`: decimal, or limbs."""

    file: str
    asset: str
    rows: int
    first: int
    last: int
    hashes: Literal["hex", "0xhex", "text"]
    amounts: Amounts
    size: int
    sha256: str


class AccountsFile(NamedTuple):
    """A file of accounts, of which the first has the number `first`."""

    file: str
    first: int
    rows: int
    size: int
    sha256: str


class OpeningsFile(NamedTuple):
    """A file of what accounts of an asset open with."""

    file: str
    asset: str
    amounts: Amounts
    size: int
    sha256: str


class AssetFile(NamedTuple):
    """A file of what a recording says of one asset: of its accounts, or of events."""

    file: str
    asset: str
    rows: int
    size: int
    sha256: str


class Owner(NamedTuple):
    """Whose export the rows were taken for, and the sentence that says so."""

    address: str
    note: str


class FromRecording(NamedTuple):
    """What a recording of a chain says of all that is held, as a Reading has it."""

    chain: str
    tip: int | None
    tip_hash: str | None
    chain_id: int | None
    terms: Terms
    nodes: tuple[NodeSource, ...]


class Held(NamedTuple):
    """What is held of one asset. `order`: chain (height and position) or time; `placed`, `coverage`, `whole` and `notes` as a table says
    them; `everywhere`: the addresses that stand in every row. `recorded`: None of rows of a table."""

    asset: str
    decimals: int
    rows: int
    order: Literal["chain", "time"]
    placed: bool
    coverage: Coverage
    whole: tuple[str, ...]
    everywhere: tuple[str, ...]
    owner: Owner | None
    openings: str
    notes: tuple[str, ...]
    rejections: tuple[Rejection, ...]
    recorded: FromRecording | None = None


class Description(NamedTuple):
    """dataset.json."""

    assets: tuple[Held, ...]
    rows: tuple[RowsFile, ...]
    accounts: tuple[AccountsFile, ...]
    openings: tuple[OpeningsFile, ...]
    holdings: tuple[AssetFile, ...] = ()
    events: tuple[AssetFile, ...] = ()

    @property
    def files(self) -> tuple[RowsFile | AccountsFile | OpeningsFile | AssetFile, ...]:
        return (*self.rows, *self.accounts, *self.openings, *self.holdings, *self.events)

    @property
    def addresses(self) -> int:
        """How many accounts there are, of all assets together."""
        return sum(file.rows for file in self.accounts)

    def held(self, asset: str) -> Held | None:
        """What is held of an asset; None if nothing is."""
        return next((held for held in self.assets if held.asset == asset), None)


def described(folder: Path) -> Description:
    """What dataset.json says, every file it names being there and of the size it states. Raises InputError; reads no row."""
    path = folder / ABOUT
    _require_no_earlier(folder)
    try:
        about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        found = _description(about) if about.get("format") == FORMAT else None
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}): is it a folder that tracer columns wrote?") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path}: is no description of a data set ({type(error).__name__}: {error})") from error
    if found is None:
        raise InputError(f"{path}: format {about.get('format')!r}, and this version reads {FORMAT}: write it again with tracer columns")
    for file in found.files:
        _require_there(folder, file.file, file.size)
    return found


def _require_there(folder: Path, name: str, size: int) -> None:
    if Path(name).is_absolute() or ".." in Path(name).parts:
        raise InputError(f"{folder / ABOUT}: names {name!r}, which is outside of the folder")
    if not (folder / name).is_file():
        raise InputError(f"{folder}: {name} is missing: write the folder again with tracer columns")
    if (there := (folder / name).stat().st_size) != size:
        raise InputError(f"{folder / name}: has {there:,} bytes, and {ABOUT} says {size:,}: it was changed, or copied in part")


def _require_no_earlier(folder: Path) -> None:
    """Raises InputError for a folder of NumPy arrays, with the command that makes it again."""
    if (folder / ABOUT).exists() or not (folder / EARLIER).exists():
        return
    try:
        about = json.loads((folder / EARLIER).read_text(encoding="utf-8"))
        stated = f" --asset {shlex.quote(str(about['asset']))} --decimals {int(about['decimals'])}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        stated = ""
    raise InputError(
        f"{folder}: holds the arrays of an earlier version, which this one does not read: make it again from the table that it was made "
        f"of: tracer columns TABLE{stated} -o {shlex.quote(f'{folder}-new')}"
    )


def _description(about: Mapping[str, Any]) -> Description:
    return Description(
        assets=tuple(map(_held, about["assets"])),
        rows=tuple(RowsFile(**each) for each in about["rows"]),
        accounts=tuple(AccountsFile(**each) for each in about["accounts"]),
        openings=tuple(OpeningsFile(**each) for each in about["openings"]),
        holdings=tuple(AssetFile(**each) for each in about.get("holdings", ())),
        events=tuple(AssetFile(**each) for each in about.get("events", ())),
    )


def _held(stated: Mapping[str, Any]) -> Held:
    owner, recorded = stated["owner"], stated.get("recorded")
    return Held(**{
        **stated,
        "whole": tuple(stated["whole"]),
        "everywhere": tuple(stated["everywhere"]),
        "owner": None if owner is None else Owner(**owner),
        "notes": tuple(stated["notes"]),
        "rejections": tuple(Rejection(**each) for each in stated["rejections"]),
        "recorded": None if recorded is None else _recorded(recorded),
    })  # fmt: skip


def _recorded(stated: Mapping[str, Any]) -> FromRecording:
    return FromRecording(**{**stated, "terms": Terms(**stated["terms"]), "nodes": tuple(NodeSource(**each) for each in stated["nodes"])})


def as_json(found: Description) -> str:
    """The text of dataset.json."""
    files = {name: [each._asdict() for each in getattr(found, name)] for name in ("rows", "accounts", "openings", *OF_RECORDINGS)}
    said = {name: each for name, each in files.items() if each or name not in OF_RECORDINGS}
    return json.dumps({"format": FORMAT, "assets": list(map(_held_json, found.assets)), **said}, indent=1) + "\n"


def _held_json(held: Held) -> Mapping[str, Any]:
    said = {
        **held._asdict(),
        "owner": None if held.owner is None else held.owner._asdict(),
        "rejections": [rejection._asdict() for rejection in held.rejections],
    }
    recorded = said.pop("recorded")
    if recorded is not None:
        stated = {"terms": recorded.terms._asdict(), "nodes": [node._asdict() for node in recorded.nodes]}
        said["recorded"] = {**recorded._asdict(), **stated}
    return said
