"""All tags on a case of a million transfers. `--json` for figures; exits 1 if a bar does not hold.

- `all_tags_million_s`: CPU seconds that `plan.tags.tagged` takes for every heuristic under all its presets, the view of the ledger
  included, on a ledger in memory in which twelve thefts were traced under five rules before. The ledger is generated with a fixed
  seed: 100,000 accounts, most of them small, some of them hubs, payments over two years; a part of them plays the motifs of
  laundering (peels, relays, cycles, fans, equal parts). Stolen value reaches nearly everybody under haircut, so nearly every
  account is looked at: the worst case.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable, Iterator
from itertools import islice, pairwise
from pathlib import Path

from figures import Figures, at_most, run

from tracer.casefile import CaseFile
from tracer.labels import LabelBook
from tracer.ledger import Ledger, assemble
from tracer.model import Asset, Reading, Theft, Transfer, row_key
from tracer.plan.tags import tagged
from tracer.tracing import RULES, Stops, Trace, follow

ROWS = 1_000_000
ACCOUNTS = 100_000
SEED = 20180126
COIN = Asset("table", "coin", 6)
START = 1_500_000_000
TWO_YEARS = 2 * 365 * 86_400
BAR = 40

CASE = """
name = "million"
chain = "table"
asset = "coin"
[[sources]]
kind = "table"
path = "transfers.csv"
whole = "all"
[[thefts]]
transfer = "none is looked for"
"""

Payment = tuple[int, str, str, int]


def payments(rows: int) -> list[Payment]:
    """(time, sender, recipient, amount), in the order of time."""
    chance = random.Random(SEED)
    accounts = rows * ACCOUNTS // ROWS
    found: list[Payment] = []
    while len(found) < rows:
        at = START + chance.randrange(TWO_YEARS)
        if chance.random() < 0.02:
            found.extend(motif(chance, at, accounts))
        else:
            sender, recipient = int(accounts * chance.random() ** 2), int(accounts * chance.random() ** 2)
            found.append((at, f"a{sender}", f"a{recipient}", amount(chance)))
    return sorted(found[:rows])


def amount(chance: random.Random) -> int:
    """Mostly odd, now and then round, now and then dust."""
    kind = chance.random()
    if kind < 0.05:
        return chance.randrange(1_000_000)
    if kind < 0.25:
        return chance.randrange(1, 100) * 10 ** chance.randrange(6, 11)
    return chance.randrange(10**6, 10**11)


def motif(chance: random.Random, at: int, accounts: int) -> Iterator[Payment]:
    """A chain, a fan or a row of equal parts, an hour and more between its payments."""
    names = [f"a{chance.randrange(accounts)}" for _ in range(12)]
    value = amount(chance) + 10**9
    kind = chance.choice(["peel", "cycle", "fan", "equal"])
    if kind == "fan":
        yield from ((at + 600 * n, names[0], name, value // 11 + n) for n, name in enumerate(names[1:]))
    elif kind == "equal":
        yield from ((at + 900 * n, names[0], names[1], value // 8) for n in range(8))
    else:
        ring = [*names[:5], names[0]] if kind == "cycle" else names
        for n, (sender, recipient) in enumerate(pairwise(ring)):
            yield at + 3600 * n, sender, recipient, value
            if kind == "peel":
                yield at + 3600 * n + 60, sender, names[-1 - n // 4], value // 20
            value = value * 19 // 20


def ledger_of(rows: int) -> Ledger:
    transfers = (
        Transfer(row_key(n // 100 + 1, n % 100), n // 100 + 1, n % 100, at, f"{n:064x}", sender, recipient, units, 0, "transfer", None,
                 "chain", "bench", True, {})
        for n, (at, sender, recipient, units) in enumerate(payments(rows))
    )  # fmt: skip
    return assemble(COIN, [Reading(transfers, [], [], [], tip=rows // 100 + 1, complete=False)])


def traced(ledger: Ledger, count: int, rules: Iterable[str]) -> Trace:
    """The first so many large payments are the thefts; ten of the busiest accounts are services."""
    large = islice((t for t in ledger if t.amount > 10**10 and t.sender != t.recipient), count)
    thefts = [
        Theft(f"theft {t.row}", t.row, t.row_key, t.tx_hash, t.time, str(t.sender), str(t.recipient), t.amount, t.basis) for t in large
    ]
    return follow(ledger, thefts, Stops({f"a{n}": f"service {n}" for n in range(5, 15)}, dust=1_000_000), rules)


def measured() -> Figures:
    """Twelve thefts under five rules, which is what has to hold; one theft under haircut beside it, on the same ledger."""
    case = CaseFile.parse(CASE, Path("case.toml"))
    ledger = ledger_of(ROWS)
    took = []
    for count, rules in ((1, ["haircut"]), (12, RULES)):
        trace = traced(ledger, count, rules)
        began = time.process_time()
        tags = tagged(case, ledger, LabelBook([]), trace, everywhere=True).tags
        took.append(time.process_time() - began)
    note = f"CPU; {len(trace.touched):,} accounts looked at, {len(tags):,} tags; with one theft under haircut {took[0]:.1f} s"
    return {"all_tags_million_s": at_most(round(took[1], 1), "s", BAR, note)}


if __name__ == "__main__":
    raise SystemExit(run([measured]))
