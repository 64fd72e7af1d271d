"""A case of any size in which nearly every transfer carries stolen value, and the five rules disagree. For benches of the page.

Everybody holds clean money before the thefts (`balances.csv`), so that stolen and clean mix at the first hop and each rule takes another
part; every tenth transfer has a memo; services have three addresses each, and the trail stops there. Seeded: the same every time.
"""

from __future__ import annotations

import csv
import random
from pathlib import Path

SEED = 20180126
THEFTS = 11
SERVICES, ADDRESSES = 10, 3
COIN = 1_000_000
LOOT = 40_000_000 * COIN
CLEAN = 50_000
"""Coins that an account holds at most before the thefts."""

FAN = 40
"""Accounts that the first recipient of the loot pays before anybody else moves any."""

LATEST = 500
DUST = 1_000
BEGIN = 1_516_838_400
SPACING = 37
"""Seconds between two transfers."""

CASE = """
name = "large"
title = "A theft of which {rows} transfers are followed"
chain = "table"
asset = "coin"
decimals = 6

[[sources]]
kind = "table"
path = "transfers.csv"
unit = "smallest"
balances = "balances.csv"

[[thefts]]
wallet = "victim"
to = ["taker"]
label = "theft"

[trace]
primary = "fifo"
reason = "what came first left first"
rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]

[labels]
files = ["labels.yaml"]

[stops]
categories = ["exchange"]
dust = 0
"""

LABELS = "title: Services\ncreator: bench\nsource: bench/stolen.py\ncurrency: COIN\nconfidence: ownership\nlastmod: 2018-01-01\ntags:\n"
TAG = "  - address: {address}\n    label: Service {number}\n    actor: service {number}\n    category: exchange\n"
COLUMNS = ("height", "time", "tx_hash", "sender", "recipient", "amount", "fee", "memo")


def write_case(rows: int, folder: Path) -> Path:
    """The case file of so many transfers, with its table, balances and labels beside it."""
    folder.mkdir(parents=True)
    chance = random.Random(SEED)
    services = [address(f"S{number}{place}") for number in range(SERVICES) for place in range(ADDRESSES)]
    opening = {"victim": THEFTS * LOOT, "taker": CLEAN * COIN}
    transfers = [("victim", "taker", LOOT)] * THEFTS + moves(rows - THEFTS, chance, opening, services)
    write_table(folder / "transfers.csv", transfers)
    with (folder / "balances.csv").open("w", encoding="utf-8") as file:
        file.write("address,opening\n" + "".join(f"{name},{held}\n" for name, held in opening.items()))
    tags = [TAG.format(address=name, number=at // ADDRESSES) for at, name in enumerate(services)]
    (folder / "labels.yaml").write_text(LABELS + "".join(tags), encoding="utf-8")
    case = folder / "case.toml"
    case.write_text(CASE.replace("{rows}", str(rows)), encoding="utf-8")
    return case


def address(name: str) -> str:
    return name.ljust(40, "X")


def moves(rows: int, chance: random.Random, opening: dict[str, int], services: list[str]) -> list[tuple[str, str, int]]:
    """What follows the thefts: a fifth to services, mostly on to new accounts, the rest among the latest that have some."""
    balance = {"taker": opening["taker"] + THEFTS * LOOT}
    holders = ["taker"]
    found = []
    while len(found) < rows:
        sender = holders[int(len(holders) * chance.random())] if len(holders) > FAN else "taker"
        if balance[sender] < DUST:
            continue
        kind = chance.random()
        if kind < 0.2:
            recipient = services[int(len(services) * chance.random() ** 2)]
        elif kind < 0.8 or len(holders) <= FAN:
            recipient = address(f"A{len(holders):05d}")
            holders.append(recipient)
            opening[recipient] = balance[recipient] = chance.randrange(CLEAN) * COIN
        else:
            recipient = holders[-1 - int(min(len(holders), LATEST) * chance.random())]
        if recipient == sender:
            continue
        amount = int(balance[sender] * (0.1 + chance.random() * 0.5))
        balance[sender] -= amount
        balance[recipient] = balance.get(recipient, 0) + amount
        found.append((sender, recipient, amount))
    return found


def write_table(path: Path, transfers: list[tuple[str, str, int]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for row, (sender, recipient, amount) in enumerate(transfers):
            memo = f"deposit {row % 997}" if row % 10 == 0 else ""
            out.writerow((row // 4 + 1, BEGIN + row * SPACING, f"{row:064x}", sender, recipient, amount, 0, memo))
