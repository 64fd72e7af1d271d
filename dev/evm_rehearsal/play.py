"""Plays the rehearsal of an EVM chain on a real node, and records it.

usage: python play.py SEED FOLDER --modules NODE_MODULES [--market] [--port 8660] [--people 300] [--blocks 110] [--keep]

FOLDER gets recording.jsonl.gz and truth/. --market plays a town with a market, and a thief who swaps. package.json names the node and
the compiler, for `npm install` in a folder of your own. The same seed plays the same chain: the hash of its last block is printed.
--keep leaves the node running until Enter is pressed, so that `tracer trace` can read it.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bazaar import Bazaar
from life import Life
from record import record
from swaps import Swapper
from thefts import REHEARSED, Plan, Thief
from town import Town

AFTERWARDS = 20
"""Blocks of a market that are made after the thief's swaps."""

DECLARED = {"dollar": 2, "weth": 0, "grain": 0}
"""Which of the variables that a token's contract declares, from 0, holds the balances."""


def play(town: Town, life: Life, blocks: int, plan: Plan = REHEARSED) -> None:
    """The whole story; the thefts begin when a fifth of the blocks are made, and are at their end before the last one."""
    town.begin(life.genesis())
    life.build()
    thief = Thief(town, life, plan)
    go_on(town, life, blocks, {blocks // 5: thief.dollars(), blocks // 4: thief.ether()})


def play_market(town: Town, bazaar: Bazaar, blocks: int) -> None:
    """A town with a market, and a thief who swaps."""
    town.begin(bazaar.genesis())
    bazaar.build()
    swapper = Swapper(town, bazaar)
    go_on(town, bazaar, blocks, {blocks // 3: swapper.story()})
    go_on(town, bazaar, town.height + AFTERWARDS, {town.height + 2: swapper.afterwards()})


def go_on(town: Town, life: Life, blocks: int, running: dict[int, Iterator[int]]) -> None:
    """Block after block, with stories that begin at their heights, until all is told."""
    due = dict(running)
    while town.height < blocks or due:
        for at in sorted(due):
            if at <= town.height:
                story = due.pop(at)
                if (pause := next(story, None)) is not None:
                    later = town.height + pause + 1
                    while later in due:
                        later += 1
                    due[later] = story
        life.go_on(town.dice.randrange(3, 8))
        town.mine()


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Writes one table of the truth."""
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def write_truth(town: Town, folder: Path) -> None:
    """The script's own book: who everybody is, every move, what everybody holds at the end, and the thefts."""
    folder.mkdir(parents=True, exist_ok=True)
    who = [(each.address, each.name, each.role, each.owner) for each in town.who.values()]
    write(folder / "accounts.csv", ("address", "name", "role", "owner"), who)
    rows = [(row.height, row.tx_hash, row.pattern, *row.move) for row in town.rows]
    write(folder / "movements.csv", ("height", "hash", "pattern", "asset", "sender", "recipient", "amount", "kind"), rows)
    held = [(asset, address, amount) for asset, book in sorted(town.held.items()) for address, amount in sorted(book.items())]
    write(folder / "balances.csv", ("asset", "address", "amount"), held)
    write(folder / "thefts.csv", ("hash", "asset", "victim", "taker", "amount", "how"), town.thefts)


def write_exchanges(town: Town, bazaar: Bazaar, folder: Path) -> None:
    """The book of the market: what became what, a line for each asset on either side; and what bridges were asked for."""
    thief = {each.address for each in town.who.values() if each.owner == "thief"}
    joined: dict[str, int] = {}
    for each in bazaar.exchanged:
        if each.form == "pool_join" and each.owner in thief:
            joined.setdefault(each.pools[0], each.height)
    theft = min(row.height for row in town.rows if row.pattern == "theft")
    lines = []
    for each in bazaar.exchanged:
        traps = [
            name
            for name, holds in (
                ("off_market", abs(each.received[0][1] - each.market) * 10 > each.market),
                ("young_pool", any(bazaar.made[pool] > theft for pool in each.pools)),
                ("own_pool", any(joined.get(pool, each.height + 1) <= each.height for pool in each.pools)),
            )
            if holds and each.form == "swap"
        ]
        for side, amounts in (("given", each.given), ("received", each.received)):
            head = (each.height, each.tx_hash, each.owner, each.recipient, each.form, "+".join(traps), ";".join(each.pools))
            lines += [(*head, side, asset, amount) for asset, amount in amounts]
    header = ("height", "hash", "owner", "recipient", "form", "traps", "pools", "side", "asset", "amount")
    write(folder / "conversions.csv", header, lines)
    header = ("hash", "sender", "bridge", "asset", "amount", "far_chain", "far_address", "request")
    write(folder / "bridges.csv", header, bazaar.locked)


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--modules", type=Path, required=True)
    parser.add_argument("--port", type=int, default=8660)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--blocks", type=int, default=110)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--market", action="store_true")
    asked = parser.parse_args()
    town = Town(asked.seed, asked.modules.resolve(), asked.port)
    try:
        if asked.market:
            bazaar = Bazaar(town, asked.people)
            play_market(town, bazaar, asked.blocks)
            write_truth(town, asked.folder / "truth")
            write_exchanges(town, bazaar, asked.folder / "truth")
        else:
            play(town, Life(town, asked.people), asked.blocks)
            write_truth(town, asked.folder / "truth")
        first = [row.move.recipient for row in town.rows if row.pattern == "genesis"]
        declared = {town.who[name].address: place for name, place in DECLARED.items() if name in town.who}
        answers = record(town.node, asked.folder / "recording.jsonl.gz", first, declared)
        thief = sum(each.owner == "thief" for each in town.who.values())
        print(f"{town.height} blocks, {len(town.who)} accounts of which {thief} the thief's, {answers} answers")
        print("last block", town.node.ask("eth_getBlockByNumber", hex(town.height), False)["hash"])
        if asked.keep:
            input(f"the node listens on {town.node.url}; Enter ends it")
    finally:
        town.node.stop()


if __name__ == "__main__":
    main()
