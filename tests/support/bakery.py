"""A small case in files: ann takes 900 from the bakery, mixes it with her own, and pays two shops. More days can follow."""

from __future__ import annotations

from pathlib import Path

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder

CASE = """# the bakery's case
name = "bakery"
chain = "table"
asset = "coin"
decimals = 0

[[sources]]
kind = "table"
path = "t.csv"
balances = "b.csv"
basis = "chain"

[[thefts]]
transfer = "a1"

[trace]
# which money leaves first
primary = "haircut"  # for now
reason = "nobody knows"

[labels]
files = ["l.yaml"]
"""
EXPLORATORY = CASE.replace('primary = "haircut"  # for now\nreason = "nobody knows"\n', "")
ROWS = """height,tx_hash,sender,recipient,amount,fee
1,a1,bakery,ann,900,0
2,a2,ann,alpha,600,0
3,a3,ann,bob,300,0
"""
PACK = """title: shops
creator: us
source: a letter
currency: COIN
category: exchange
lastmod: 2024-01-01
confidence: service_data
tags:
  - {address: alpha, label: Alpha}
"""


class Bakery:
    """The case in a folder; `trace` answers it as its files stand now."""

    def __init__(self, place: Path, case: str = CASE) -> None:
        self.place, self.file, self.out = place, place / "case.toml", place / "out"
        self.table = place / "t.csv"
        self.file.write_text(case)
        self.table.write_text(ROWS)
        (place / "b.csv").write_text("address,opening\nbakery,900\nann,100\nbob,100000\n")
        (place / "l.yaml").write_text(PACK)

    def trace(self, **options: object) -> CaseFolder:
        return tracer.trace(CaseFile.load(self.file), self.out, **options)

    def change(self, was: str, now: str) -> None:
        """Edits the case file by hand."""
        text = self.file.read_text()
        assert was in text
        self.file.write_text(text.replace(was, now))

    def pays(self, *rows: str) -> None:
        """More rows at the end of the table."""
        with self.table.open("a") as file:
            file.write("".join(f"{row}\n" for row in rows))
