"""Seeded ledgers of any size for benches: hubs that stay solvent, users by popularity, twelve thefts and what follows them.

Every transfer is covered by its sender's balance. A few hubs, like exchanges, send 44 % of all transfers and receive 25 %; users follow a
power law; a fifth into the ledger a victim pays twelve thefts, and mules spread the money: in the large cone to hubs and users, so that
most of the ledger comes to carry some; in the small cone among themselves only.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit

COIN = 1_000_000
THEFTS, HUBS, MULES = 12, 8, 400
LOOT = 523_000_000 * COIN
SEED = 20180126
PIECE = 1 << 20
"""Rows written together."""

SMALL_CONE = 4_900
"""Transfers of mules in a ledger with a small cone."""


class Columns(NamedTuple):
    """A ledger as NumPy columns; `opening` by account, `thefts` are rows."""

    sender: Any
    recipient: Any
    amount: Any
    fee: Any
    opening: Any
    thefts: Any


def ledger(rows: int, *, large_cone: bool) -> Columns:
    """The ledger of so many rows; the same every time. One account in eight rows."""
    (columns,) = pieces(rows, large_cone=large_cone, piece=rows)
    return columns


def pieces(rows: int, *, large_cone: bool, piece: int = PIECE) -> Iterator[Columns]:
    """The same ledger, `piece` rows at a time: only what accounts open with and hold is in memory as a whole. `thefts` are those of all
    rows up to there. Between pieces nothing else may draw numbers in a compiled function."""
    opening, balance = _opened(accounts_of(rows), SEED)
    thefts, done = np.zeros(THEFTS, np.int64), np.zeros(2, np.int64)
    for start in range(0, rows, piece):
        count = min(piece, rows - start)
        columns = Columns(
            np.empty(count, np.int32), np.empty(count, np.int32), np.empty(count, np.int64), np.empty(count, np.int64), opening, thefts
        )
        _fill(*columns, balance, done, start, rows, large_cone)
        yield columns


def accounts_of(rows: int) -> int:
    return max(rows // 8, 4 * MULES)


@njit(cache=True)
def _fee(amount):
    """0.05 coins for each 10,000 coins, at most 1.25: the rule of the NEM chain since 2017."""
    return min(max(amount // (10_000 * COIN), 1), 25) * 50_000


@njit(cache=True)
def _spent(amount, held):
    """The amount, or what is left of the balance after the fee."""
    return amount if amount + _fee(amount) <= held else held - _fee(held)


@njit(cache=True)
def _popular(users):
    return HUBS + int(users * np.random.random() ** 4)


@njit(cache=True)
def _hub():
    return int(HUBS * np.random.random() ** 2)


@njit(cache=True)
def _withdrawal(held, opening, scale):
    """What a user takes out of a hub: log-normal, less the emptier the hub is, never more than a fiftieth of it."""
    return min(int(math.exp(np.random.normal() * 1.8 + 5.2) * COIN * scale * held / opening), held // 50)


@njit(cache=True)
def _usual(balance, opening, users, scale):
    """A transfer of everyday: to a hub, from a hub, between users, rarely between hubs."""
    chance = np.random.random()
    if chance < 0.30:
        sender, recipient = _popular(users), _hub()
    elif chance < 0.58:
        sender, recipient = _hub(), _popular(users)
    elif chance < 0.9995:
        sender, recipient = _popular(users), _popular(users)
    else:
        sender, recipient = _hub(), _hub()
        return sender, recipient, int(balance[sender] * 0.05 * np.random.random())
    if sender < HUBS:
        return sender, recipient, _withdrawal(balance[sender], opening[sender], scale)
    all_of_it = np.random.random() < (0.5 if recipient < HUBS else 0.25)
    amount = _spent(balance[sender] if all_of_it else int(balance[sender] * np.random.random() * 0.5), balance[sender])
    if amount <= 0 and recipient >= HUBS:  # who has nothing is paid instead
        sender, recipient = _hub(), sender
        return sender, recipient, _withdrawal(balance[sender], opening[sender], scale)
    return sender, recipient, amount


@njit(cache=True)
def _onward(balance, done, most, large_cone, users, first_mule, taker):
    """A transfer of the loot: fanned out to mules, then peeled and passed on."""
    if done <= MULES // 4:
        return taker, first_mule + done % MULES, int(balance[taker] * (0.5 / (MULES / 8 + 1)) * (0.3 + np.random.random() * 1.4))
    sender = taker
    for _ in range(64):
        sender = taker if np.random.random() < 0.03 else first_mule + np.random.randint(MULES)
        if balance[sender] >= 10 * COIN:
            break
    chance, stage = np.random.random(), done * 4 // most
    if not large_cone or chance < (0.9 if stage == 0 else 0.5 if stage == 1 else 0.25):
        recipient = first_mule + np.random.randint(MULES)
    else:
        recipient = np.random.randint(HUBS) if chance < 0.8 else _popular(users)
    share = 1.0 if np.random.random() < 0.2 else np.random.random() * 0.4
    return sender, recipient, _spent(int(balance[sender] * share), balance[sender])


@njit(cache=True)
def _scale(accounts):
    """How much less a user has and moves where there are many."""
    return max(min(1.0, 120_000 / accounts), 0.005)


@njit(cache=True)
def _opened(accounts, seed):
    """What accounts open with, and a copy of that as what they hold. Seeds all numbers drawn from here on."""
    np.random.seed(seed)
    opening, first_mule, victim, scale = np.zeros(accounts, np.int64), accounts - 2 - MULES, accounts - 2, _scale(accounts)
    for hub in range(HUBS):
        opening[hub] = 300_000_000 * COIN // (hub + 1)
    for user in range(HUBS, first_mule):
        if np.random.random() < 0.2:
            opening[user] = int(math.exp(np.random.normal() * 1.5 + 6) * COIN * 0.2 * scale) + 1
    opening[victim] = LOOT + 100 * COIN
    return opening, opening.copy()


@njit(cache=True)
def _fill(senders, recipients, amounts, fees, opening, thefts, balance, counts, start, rows, large_cone):
    """The rows from `start` on that fit, of so many `rows`; `counts`: the thefts and the transfers of loot made so far."""
    accounts = len(opening)
    users = accounts - 2 - MULES - HUBS
    first_mule, victim, taker, scale = HUBS + users, accounts - 2, accounts - 1, _scale(accounts)
    begins = rows // 5
    most = min(rows // 50, 200_000) if large_cone else SMALL_CONE
    pace = 25 if large_cone else max((rows - begins) // (SMALL_CONE + 1) * 9 // 10, 1)
    row, (taken, done) = start, counts
    while row < start + len(senders):
        if row >= begins and taken < THEFTS and (row - begins) % 7 == 0:
            sender, recipient, amount = victim, taker, LOOT // THEFTS
            thefts[taken] = row
            taken += 1
        elif taken == THEFTS and done < most and row % pace == 0:
            done += 1
            sender, recipient, amount = _onward(balance, done, most, large_cone, users, first_mule, taker)
        else:
            sender, recipient, amount = _usual(balance, opening, users, scale)
        fee = _fee(amount)
        if amount <= 0 or sender == recipient or amount + fee > balance[sender]:
            continue
        place = row - start
        senders[place], recipients[place], amounts[place], fees[place] = sender, recipient, amount, fee
        balance[sender] -= amount + fee
        balance[recipient] += amount
        row += 1
    counts[0], counts[1] = taken, done


def write(pieces: Iterable[Columns], folder: Path) -> list[str]:
    """The ledger as a data set, with addresses, heights, times and hashes of 32 bytes; gives the hashes of the thefts."""
    table = folder.parent / f"{folder.name}.parquet"
    hashes = write_table(pieces, table)
    convert_table(table, folder)
    table.unlink()
    return hashes


def write_table(pieces: Iterable[Columns], path: Path, unit: int = 1, first: int = 0) -> list[str]:
    """The rows of pieces, of which the first is row `first`, as a Parquet table that names addresses, amounts times `unit`; gives the
    hashes of the thefts."""
    import pyarrow.parquet as parquet

    writer = None
    for columns, rows in _tables(pieces, unit, first):
        thefts = columns.thefts
        for side in ("sender", "recipient"):
            rows = rows.set_column(rows.schema.get_field_index(side), side, _addresses(rows.column(side).to_numpy()))
        writer = writer or parquet.ParquetWriter(path, rows.schema, compression="zstd", compression_level=1)
        writer.write_table(rows)
    writer.close()
    return hashes_of_thefts(thefts)


def write_data_set(pieces: Iterable[Columns], folder: Path, unit: int, decimals: int) -> list[str]:
    """The rows of pieces as the data set that a conversion of their table makes, without converting it; gives the hashes of the thefts."""
    import pyarrow as pa

    from tracer.dataset.arrow_files import vouched
    from tracer.dataset.layout import ABOUT, AccountsFile, Description, Held, RowsFile, as_json

    paths = [folder / name / "00000.parquet" for name in ("rows", "accounts")]
    for path in paths:
        path.parent.mkdir(parents=True)
    asset, nothing = pa.array(["coin"]), pa.nulls(1, pa.string())
    stated = {"kind": pa.array(["transfer"]), "basis": pa.array(["chain"]), "verified": pa.array([False]), "memo": pa.nulls(1, pa.binary()),
              "memo_kind": nothing, "attributes": nothing}  # fmt: skip
    start, last = 0, None

    def batches() -> Any:
        nonlocal start, last
        for columns, rows in _tables(pieces, unit, 0):
            first, same = pa.array(np.arange(start, start + len(rows))), pa.array(np.zeros(len(rows), np.int8))
            start, last = start + len(rows), columns
            named = {"row": first, "asset": asset.take(same), **dict(zip(rows.schema.names, rows.columns, strict=True))}
            named["position"] = named["position"].cast(pa.int32())
            yield from pa.table({**named, **{name: value.take(same) for name, value in stated.items()}}).to_batches()

    count = _written(paths[0], batches(), 32)
    accounts = _written(paths[1], _accounts(len(last.opening)))
    held = Held("coin", decimals, count, "chain", True, "full", (), (), None, "", (), ())
    rows = RowsFile("rows/00000.parquet", "coin", count, 1, 1 + (count - 1) // 64, "0xhex", "decimal", *vouched(paths[0]))
    about = Description((held,), (rows,), (AccountsFile("accounts/00000.parquet", 0, accounts, *vouched(paths[1])),), ())
    (folder / ABOUT).write_text(as_json(about), encoding="utf-8")
    return hashes_of_thefts(last.thefts)


def _written(path: Path, batches: Iterator[Any], length: int | None = None) -> int:
    """Writes Arrow batches as a file of a data set; gives how many rows there are."""
    from tracer.dataset.arrow_files import write_file

    first = next(batches)
    return write_file(path, first.schema, chain([first], batches), length)


def _accounts(count: int) -> Iterator[Any]:
    """The numbers of so many accounts and their addresses, as Arrow batches of PIECE rows."""
    import pyarrow as pa

    for start in range(0, count, PIECE):
        numbers = np.arange(start, min(start + PIECE, count), dtype=np.int32)
        yield pa.record_batch({"number": numbers, "address": _addresses(numbers)})


def _tables(pieces: Iterable[Columns], unit: int, first: int) -> Iterator[tuple[Columns, Any]]:
    """Each piece, and its rows as an Arrow table with sides as numbers; the first row of all is row `first`."""
    import pyarrow as pa
    import pyarrow.compute as compute

    scale = pa.scalar(Decimal(unit), pa.decimal128(13, 0))
    for columns in pieces:
        place = np.arange(first, first + len(columns.sender), dtype=np.int64)
        made = {
            "height": pa.array(1 + place // 64),
            "position": pa.array(place % 64 * 64),
            "time": pa.array(1_500_000_000 + place // 64 * 60),
            "tx_hash": pa.FixedSizeBinaryArray.from_buffers(pa.binary(32), len(place), [None, pa.py_buffer(hashes_of(place))]),
            "sender": pa.array(columns.sender),
            "recipient": pa.array(columns.recipient),
        }
        for name in ("amount", "fee"):
            coins = pa.array(getattr(columns, name)).cast(pa.decimal128(19, 0))
            made[name] = compute.multiply(coins, scale).cast(pa.decimal128(38, 0))
        yield columns, pa.table(made)
        first += len(place)


def hashes_of_thefts(thefts: Any) -> list[str]:
    return ["0x" + hashes_of(np.array([theft], np.int64)).tobytes().hex() for theft in thefts]


def _addresses(accounts: Any) -> Any:
    """The addresses of accounts as an Arrow column: 0x and 40 hexadecimal digits."""
    import pyarrow as pa

    digits = np.frombuffer(b"0123456789abcdef", np.uint8)
    text = np.full((len(accounts), 42), ord("0"), np.uint8)
    text[:, 1] = ord("x")
    for place in range(8):
        text[:, 41 - place] = digits[accounts >> 4 * place & 15]
    ends = np.arange(0, text.size + 1, 42, dtype=np.int32)
    return pa.StringArray.from_buffers(len(accounts), pa.py_buffer(ends), pa.py_buffer(text))


def hashes_of(rows: Any) -> Any:
    """32 bytes a row that look random: the row multiplied by four odd numbers (Knuth, TAOCP 3, 6.4), each folded once."""
    odd = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], np.uint64)
    mixed = (rows.astype(np.uint64)[:, None] + np.uint64(1)) * odd
    return (mixed ^ (mixed >> np.uint64(29))) * odd[::-1]


def convert_table(table: Path, folder: Path, decimals: int = 6, *, append: bool = False) -> None:
    """The table as a data set."""
    from tracer.casefile import CaseFile
    from tracer.dataset.conversion_to_data_set import convert

    text = f'name = "bench"\nchain = "table"\nasset = "coin"\ndecimals = {decimals}\nthefts = []\n[[sources]]\nkind = "table"\n'
    convert(CaseFile.parse(f'{text}path = "{table.name}"\nbasis = "chain"\nwhole = "all"\n', table), folder, append=append)


CASE = """name = "bench"
chain = "table"
asset = "coin"
decimals = 6
[[sources]]
kind = "table"
path = "rows.csv"
balances = "balances.csv"
basis = "chain"
whole = "all"
[trace]
primary = "fifo"
reason = "one of five, for a bench"
rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]
"""
LABELS = '[labels]\nfiles = ["labels.yaml"]\n'
PACK = "title: hubs\ncreator: bench\nsource: bench\ncurrency: COIN\ncategory: exchange\ntags:\n"


def write_case(columns: Columns, folder: Path, *, labelled: bool = True) -> None:
    """The ledger as a CSV with openings, and a case of all thefts in which the hubs are labelled services, or nobody is."""
    hashes = hashes_of(np.arange(len(columns.sender), dtype=np.int64))
    with (folder / "rows.csv").open("w", encoding="ascii") as file:
        file.write("height,position,time,tx_hash,sender,recipient,amount,fee\n")
        sides = zip(*(getattr(columns, name).tolist() for name in ("sender", "recipient", "amount", "fee")), strict=True)
        for row, (sender, recipient, amount, fee) in enumerate(sides):
            place = f"{1 + row // 64},{row % 64},{1_500_000_000 + row // 64 * 60},0x{hashes[row].tobytes().hex()}"
            file.write(f"{place},0x{sender:040x},0x{recipient:040x},{amount},{fee}\n")
    openings = "".join(f"0x{number:040x},{opening}\n" for number, opening in enumerate(columns.opening.tolist()))
    (folder / "balances.csv").write_text(f"address,opening\n{openings}", encoding="ascii")
    tags = "".join(f'  - address: "0x{hub:040x}"\n    label: Exchange {hub + 1}\n' for hub in range(HUBS))
    (folder / "labels.yaml").write_text(PACK + tags, encoding="ascii")
    thefts = "".join(f'[[thefts]]\ntransfer = "0x{hashes[row].tobytes().hex()}"\n' for row in columns.thefts.tolist())
    (folder / "case.toml").write_text(CASE + (LABELS if labelled else "") + thefts, encoding="ascii")
