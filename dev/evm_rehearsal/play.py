"""Plays the rehearsal of an EVM chain on a real node, and records it.

usage: python play.py SEED FOLDER --modules NODE_MODULES [--port 8660] [--people 300] [--blocks 110] [--keep]

FOLDER gets recording.jsonl.gz and truth/. package.json names the node and the compiler, for `npm install` in a folder of your own. The
same seed plays the same chain: the hash of its last block is printed. --keep leaves the node running until Enter is pressed, so that
`tracer trace` can read it.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from life import Life
from record import record
from thefts import REHEARSED, Plan, Thief
from town import Town


def play(town: Town, life: Life, blocks: int, plan: Plan = REHEARSED) -> None:
    """The whole story; the thefts begin when a fifth of the blocks are made, and are at their end before the last one."""
    town.begin(life.genesis())
    life.build()
    thief = Thief(town, life, plan)
    running = {blocks // 5: thief.dollars(), blocks // 4: thief.ether()}
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
    asked = parser.parse_args()
    town = Town(asked.seed, asked.modules.resolve(), asked.port)
    try:
        play(town, Life(town, asked.people), asked.blocks)
        write_truth(town, asked.folder / "truth")
        first = [row.move.recipient for row in town.rows if row.pattern == "genesis"]
        answers = record(town.node, asked.folder / "recording.jsonl.gz", first)
        thief = sum(each.owner == "thief" for each in town.who.values())
        print(f"{town.height} blocks, {len(town.who)} accounts of which {thief} the thief's, {answers} answers")
        print("last block", town.node.ask("eth_getBlockByNumber", hex(town.height), False)["hash"])
        if asked.keep:
            input(f"the node listens on {town.node.url}; Enter ends it")
    finally:
        town.node.stop()


if __name__ == "__main__":
    main()
