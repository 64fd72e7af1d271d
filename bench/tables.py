"""A million rows of CSV to a ledger: how long, and how much memory; part of bench/ingest.py.

By itself it measures only this. `--json` for figures; exits 1 if a bar does not hold.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from figures import Figures, at_most, run

ROWS = 1_000_000
ACCOUNTS = 100_000
SEED = 20180126
BARS = {"csv_million_s": (20, "s"), "csv_million_mb": (1000, "MB")}

CASE = """
name = "million"
chain = "table"
asset = "eth"
decimals = 18
[[sources]]
kind = "table"
path = "transfers.csv"
whole = "all"
[[thefts]]
transfer = "none is looked for"
"""

READ = """
import json, resource, sys, time
from tracer.casefile import CaseFile
from tracer.ingest.ledger_of_sources import read_ledger
case = CaseFile.load(sys.argv[1])
began = time.perf_counter()
rows = len(read_ledger(case))
spent = time.perf_counter() - began
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"rows": rows, "csv_million_s": round(spent, 2), "csv_million_mb": round(peak / 1e6)}))
"""
"""Runs in a process of its own, so that the memory is that of reading alone."""


def write_table(path: Path, rows: int = ROWS) -> None:
    """A seeded table like an account chain's: about 150 rows a block, amounts in wei, hashes of 64 digits."""
    chance = random.Random(SEED)
    accounts = [f"0x{chance.getrandbits(160):040x}" for _ in range(ACCOUNTS)]
    height, position = 4_000_000, 0
    with path.open("w", encoding="ascii") as file:
        file.write("height,position,time,tx_hash,sender,recipient,amount,fee\n")
        for _ in range(rows):
            sender, recipient = accounts[int(ACCOUNTS * chance.random() ** 2)], accounts[int(ACCOUNTS * chance.random())]
            amount, fee = chance.randrange(10**20), chance.randrange(21_000, 200_000) * 10**9
            place = f"{height},{position},{1_500_000_000 + 13 * height}"
            file.write(f"{place},0x{chance.getrandbits(256):064x},{sender},{recipient},{amount},{fee}\n")
            height, position = (height + 1, 0) if chance.random() < 1 / 150 else (height, position + 1)


def figures() -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        write_table(Path(folder) / "transfers.csv")
        case = Path(folder) / "case.toml"
        case.write_text(CASE, encoding="utf-8")
        done = subprocess.run([sys.executable, "-c", READ, str(case)], check=True, stdout=subprocess.PIPE, text=True)
    measured = json.loads(done.stdout)
    if measured["rows"] != ROWS:
        raise SystemExit(f"read {measured['rows']} rows of {ROWS}")
    return {name: at_most(measured[name], unit, bar) for name, (bar, unit) in BARS.items()}


if __name__ == "__main__":
    raise SystemExit(run([figures]))
