"""A pack of 50,000 tags in a case of two rows. `--json` for figures; exits 1 if a bar does not hold.

- `pack_one_key_cpu_s`: CPU seconds of a whole `tracer trace` whose pack states an address in each tag and the rest in the header.
- `pack_six_keys_cpu_s`: the same, each tag with an address, a label, a source, a currency, a category and a day of its own.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from figures import Figures, at_most, run

TAGS = 50_000
PASSES = 3
ONE_KEY, SIX_KEYS = 2, 6  # bars, CPU seconds

CASE = """
name = "pack"
chain = "table"
asset = "eth"
decimals = 2
[[sources]]
kind = "table"
path = "t.csv"
[[thefts]]
transfer = "t1"
[labels]
files = ["pack.yaml"]
[stops]
categories = ["exchange"]
"""
TRANSFERS = "height,time,tx_hash,sender,recipient,amount\n1,2021-01-01T00:00:00Z,t1,anna,bert,100\n2,2021-01-01T01:00:00Z,t2,bert,carl,60\n"
HEADER = "title: Many wallets\ncreator: me\n"
SHARED = "source: https://example.org\nlabel: exchange1\ncategory: exchange\nconfidence: service_data\ncurrency: ETH\nlastmod: 2021-01-01\n"


def one_key(number: int) -> str:
    return f'- address: "0x{number:040x}"\n'


def six_keys(number: int) -> str:
    day = f"20{10 + number % 10}-{1 + number % 12:02}-{1 + number % 28:02}"
    return (
        f'- address: "0x{number:040x}"\n  label: wallet {number}\n  source: https://example.org/{number}\n'
        f"  currency: ETH\n  category: exchange\n  lastmod: {day}\n"
    )


def cpu_seconds(pack: str) -> float:
    """The least CPU seconds of a few runs of `tracer trace`: the others were disturbed."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in {"case.toml": CASE, "t.csv": TRANSFERS, "pack.yaml": pack}.items():
            (folder / file).write_text(text)
        return min(traced(folder, number) for number in range(PASSES))


def traced(folder: Path, number: int) -> float:
    before = os.times()
    command = [
        sys.executable,
        "-c",
        "from tracer.cli import main; main()",
        "trace",
        str(folder / "case.toml"),
        "-o",
        str(folder / f"{number}"),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def measured() -> Figures:
    one = HEADER + SHARED + "tags:\n" + "".join(map(one_key, range(TAGS)))
    six = HEADER + "tags:\n" + "".join(map(six_keys, range(TAGS)))
    return {
        "pack_one_key_cpu_s": at_most(round(cpu_seconds(one), 2), "CPU s", ONE_KEY),
        "pack_six_keys_cpu_s": at_most(round(cpu_seconds(six), 2), "CPU s", SIX_KEYS),
    }


if __name__ == "__main__":
    raise SystemExit(run([measured]))
