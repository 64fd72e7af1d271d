"""Plays towns with crowds on a real node, and writes a challenge of them (docs/challenge.md): cases, their truth, and the seal.

usage: python challenge.py SPLIT FOLDER --modules NODE_MODULES [--only N] [--port 8661]

SPLIT is `tuning` or `reporting`: challenge_seeds.csv has the seeds of each. A seed is one town and one case, of ether or of dollars. The
source of a case is the town's own book, which the node bears out: a play stops where a receipt says something else. --only takes the
first N seeds.
"""

from __future__ import annotations

import argparse
import csv
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

from crowd import Crowd
from play import play, write
from thefts import Plan
from town import NOBODY, Row, Theft, Town, Who

from tracer.validation.challenge_folder import write_seal

SEEDS = Path(__file__).with_name("challenge_seeds.csv")
ZERO = "0x" + "0" * 40
"""Pays what is made, and is paid what is burnt, as in any export of an explorer."""

FEES = ("fee_burnt", "fee_tip")
DECIMALS = {"ETH": 18, "RUSD": 6}
DUST = {"ETH": 10**15, "RUSD": 10**6}
STOPS = {"exchange": "exchange", "mixer": "mixing_service", "charity": "donation", "gas_station": "service", "issuer": "organization"}
"""Roles whose addresses an investigator would know, with their category; deposit addresses are not among them."""

ABOUT = """title = "Towns with crowds on an EVM chain ({split})"
generator = "dev/evm_rehearsal/challenge.py of tracer, on anvil 1.7.1"
population = "accounts of towns that a script plays: people, firms, exchanges and their deposit addresses, and a thief"
note = "tracer's own generator plants the shapes that tracer's tags look for: developmental figures, no independent validation"
"""


class Case(NamedTuple):
    """What is asked of one town: `thefts` of one asset."""

    name: str
    asset: str
    town: Town
    thefts: list[Theft]

    @property
    def rows(self) -> list[Row]:
        """The rows of the asset."""
        return [row for row in self.town.rows if row.move.asset == self.asset]

    def loot(self) -> set[str]:
        """The addresses of the thief to which what was stolen came, as the script has it."""
        paid = {row.move.recipient for row in self.rows if row.pattern.startswith("thief.") and row.pattern != "thief.gas"}
        return self.mine() & (paid | {theft.taker for theft in self.thefts})

    def mine(self) -> set[str]:
        """The addresses of the thief."""
        return {who.address for who in self.town.who.values() if who.owner == "thief"}


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("split", choices=("tuning", "reporting"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--modules", type=Path, required=True)
    parser.add_argument("--only", type=int)
    parser.add_argument("--port", type=int, default=8661)
    asked = parser.parse_args()
    with SEEDS.open(newline="") as file:
        seeds = [row["seed"] for row in csv.DictReader(file) if row["split"] == asked.split][: asked.only]
    shutil.rmtree(asked.folder, ignore_errors=True)
    asked.folder.mkdir(parents=True)
    (asked.folder / "challenge.toml").write_text(ABOUT.format(split=asked.split))
    for number, seed in enumerate(seeds):
        case = played(seed, f"case{number + 1:02}", "ETH" if number % 2 else "RUSD", asked.modules.resolve(), asked.port)
        write_case(case, asked.folder / "cases" / case.name)
        write_truth(case, asked.folder / "truth" / case.name)
        print(f"{case.name}: {len(case.rows):,} rows of {case.asset}, {len(case.thefts)} thefts", flush=True)
    print("seal", write_seal(asked.folder))


def played(seed: str, name: str, asset: str, modules: Path, port: int) -> Case:
    """One town: how big it is, how fast, and what the thief does, is the seed's."""
    dice = random.Random(f"challenge {seed}")
    town = Town(seed, modules, port)
    town.block_seconds = dice.choice((120, 600, 1800))
    crowd = Crowd(town, dice.randrange(600, 760))
    plan = Plan(
        rounds=dice.choice((1, 1, 2, 4, 14)), drains=dice.choice((1, 2, 4, 20, 97)), nested=dice.random() < 0.7,
        parts=dice.randrange(4, 15), dealers=dice.sample(crowd.crowd["dealer"], dice.randrange(3)),
    )  # fmt: skip
    try:
        play(town, crowd, dice.randrange(110, 180), plan)
    finally:
        town.node.stop()
    return Case(name, asset, town, [theft for theft in town.thefts if theft.asset == asset])


def write_case(case: Case, folder: Path) -> None:
    """What an investigator has: the question, the transfers with what accounts open with, the services that are known."""
    folder.mkdir(parents=True)
    asset = '"eth"' if case.asset == "ETH" else f'"{case.town.who["dollar"].address}"'
    thefts = dict.fromkeys((theft.tx_hash, theft.victim) for theft in case.thefts)
    asked = "".join(
        f'\n[[thefts]]\ntransfer = "{tx_hash}"\nvictims = ["{victim}"]\nlabel = "theft {number + 1}"\n'
        for number, (tx_hash, victim) in enumerate(thefts)
    )
    (folder / "case.toml").write_text(
        f'name = "{case.name}"\ntitle = "{case.name}: {len(case.thefts)} thefts"\nchain = "evm"\nasset = {asset}\n'
        f'decimals = {DECIMALS[case.asset]}\nnetwork = "ETH"\n\n[[sources]]\nkind = "table"\npath = "transfers.csv"\nunit = "smallest"\n'
        f'balances = "balances.csv"\norder = "oldest_first"\n{asked}\n'
        '[trace]\nprimary = "fifo"\nreason = "declared with the challenge"\n'
        'rules = ["fifo", "lifo", "haircut", "clean_first", "dirty_first"]\n\n'
        f'[labels]\nfiles = ["labels.yaml"]\n\n[stops]\ncategories = ["exchange", "mixing_service"]\ndust = {DUST[case.asset]}\n'
    )
    header = ("height", "time", "tx_hash", "sender", "recipient", "amount", "fee")
    write(folder / "transfers.csv", header, transfers(case))
    opening = Counter({row.move.recipient: row.move.amount for row in case.rows if row.pattern == "genesis"})
    opening[ZERO] = sum(row.move.amount for row in case.rows if row.move.sender == NOBODY and row.pattern != "genesis")
    write(folder / "balances.csv", ("address", "opening"), [(address, amount) for address, amount in opening.items() if amount])
    (folder / "labels.yaml").write_text(labels(case.town))


def transfers(case: Case) -> Iterator[tuple[object, ...]]:
    """The lines of the table, transaction by transaction. A fee stands at what its payer pays, or alone, with a payment of nothing."""
    seconds = case.town.block_seconds
    moves, fees = defaultdict[str, list[Row]](list), Counter[str]()
    payer: dict[str, tuple[int, str]] = {}
    for row in case.town.rows:
        if row.move.kind in FEES:
            payer[row.tx_hash] = row.height, row.move.sender
            fees[row.tx_hash] += row.move.amount if case.asset == "ETH" else 0
        elif row.move.asset == case.asset and row.pattern != "genesis":
            moves[row.tx_hash].append(row)
    for tx_hash, (height, who) in payer.items():
        time, fee = case.town.start + height * seconds, fees[tx_hash]
        for row in moves[tx_hash]:
            own = fee if row.move.sender == who else 0
            fee -= own
            yield height, time, tx_hash, row.move.sender or ZERO, row.move.recipient or ZERO, row.move.amount, own
        if fee:
            yield height, time, tx_hash, who, who, 0, fee


def labels(town: Town) -> str:
    """A TagPack of the services that are known."""
    head = (
        "title: Services of the town\ncreator: challenge\ncurrency: ETH\nnetwork: ETH\nconfidence: ownership\nlastmod: 2026-11-01\n"
        "source: the script\ntags:\n"
    )
    return head + "".join(
        f'  - address: "{who.address}"\n    label: {who.name}\n    actor: {who.owner}\n    category: {STOPS[who.role]}\n'
        for who in town.who.values()
        if who.role in STOPS
    )


def role_of(who: Who, loot: Collection[str], victims: Collection[str]) -> str:
    """What somebody is to the case; the thief's accounts that hold another loot are `other`."""
    if who.owner == "thief":
        return "thief" if who.address in loot else "other"
    return "victim" if who.address in victims else "service" if who.role in STOPS else "unrelated"


def write_truth(case: Case, folder: Path) -> None:
    """Who everybody is, whom a tag should name, and what the thief really sent where."""
    folder.mkdir(parents=True)
    there = {address for row in case.rows for address in (row.move.sender, row.move.recipient)}
    there |= {row.move.sender for row in case.town.rows if case.asset == "ETH"}
    victims = {theft.victim for theft in case.town.thefts}
    loot = case.loot()
    who = [(each.address, role_of(each, loot, victims), each.role, each.owner) for each in case.town.who.values() if each.address in there]
    write(folder / "accounts.csv", ("address", "role", "kind", "owner"), [*who, (ZERO, "service", "nobody", "nobody")])
    write(folder / "tags.csv", ("tag", "address"), sorted(played_shapes(case)))
    write(folder / "sent.csv", ("address", "amount"), sorted(sent(case).items()))


def played_shapes(case: Case) -> Iterator[tuple[str, str]]:
    """Whom each tag should name: what the script played, not what a threshold asks."""
    rows, mine = [row for row in case.rows if row.move.kind not in FEES], case.mine()
    patterns = defaultdict[str, set[str]](set)
    for row in rows:
        patterns[row.pattern].add(row.move.sender)
    yield from (("peel_chain", address) for address in patterns["thief.peel"] & mine)
    yield from (("fan_out", address) for address in patterns["thief.fan_out"] & mine)
    peeled = {row.move.recipient for row in rows if row.pattern == "thief.peel"} & patterns["thief.peel"]
    yield from (("relay", address) for address in peeled)
    yield from (("dust", row.move.recipient) for row in rows if row.pattern == "poisoning.dust")
    swept = patterns["exchange1.sweep"] | patterns["exchange2.sweep"]
    deposits = {who.address for who in case.town.who.values() if who.role == "deposit"}
    yield from (("deposit_address", address) for address in swept & deposits)
    yield from (("rhythm", address) for address in patterns["saving"])
    yield from (("cycle", address) for address in patterns["loan"])


def sent(case: Case) -> Counter[str]:
    """What the thief paid to each other account, less what it was paid back by it, and what is left on its own accounts."""
    mine, to = case.mine(), Counter[str]()
    for row in case.rows:
        sender, recipient = row.move.sender, row.move.recipient
        if row.pattern in ("theft", "thief.gas", "genesis") or row.move.kind in FEES:
            continue
        if (sender in mine) != (recipient in mine):
            to[recipient if sender in mine else sender] += row.move.amount if sender in mine else -row.move.amount
    to.update({address: amount for address in case.loot() if (amount := case.town.held[case.asset][address])})
    return Counter({address or ZERO: amount for address, amount in to.items() if amount > 0})


if __name__ == "__main__":
    main()
