"""A theft of 812.500000000000000001 ether: no amount of it fits 64 bits. And cases of other rows like it."""

from __future__ import annotations

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder

STOLEN = 812500000000000000001
ETHER = """height,time,tx_hash,sender,recipient,amount,fee
100,2021-01-01T00:00:00Z,aa,alice,bob,812500000000000000001,0
101,2021-01-01T01:00:00Z,bb,bob,carol,500000000000000000007,21000
102,2021-01-01T02:00:00Z,cc,carol,zaif,33066915805160912601,3
103,2021-01-01T03:00:00Z,dd,bob,dave,312499999999999978991,1
104,2021-01-01T04:00:00Z,ee,dave,zaif,312499999999999978990,1
"""
AT_ZAIF = 33066915805160912601 + 312499999999999978990
AT_CAROL = 500000000000000000007 - 33066915805160912601 - 3
CASE = """name = "{name}"
chain = "table"
asset = "eth"
decimals = 18
[[sources]]
kind = "table"
path = "rows.csv"
basis = "chain"
balances = "opened.csv"
{thefts}
[trace]
primary = "fifo"
reason = "a test"
[labels]
files = ["labels.yaml"]
[stops]
categories = ["exchange"]
{more}
"""
LABELS = """title: t
creator: c
source: https://example.org/labels
currency: ETH
tags:
  - {address: zaif, label: Zaif, category: exchange, confidence: service_data}
"""
CLAIM = """
[prices]
file = "jpy.csv"
[[claims]]
from = "theft recipients"
to = "Zaif"
low = "345.566915805160891591"
source = "https://example.org/article"
"""


def case_file(folder, rows, opened, thefts, name="ether", more=""):
    """A case of these rows, openings and thefts."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rows.csv").write_text(rows)
    (folder / "opened.csv").write_text("".join(f"{who},{units}\n" for who, units in [("address", "opening"), *opened.items()]))
    (folder / "labels.yaml").write_text(LABELS)
    (folder / "jpy.csv").write_text("time,price,source\n2021-01-01T00:00:00Z,75000.5,a newspaper\n")
    listed = "\n".join(f'[[thefts]]\ntransfer = "{each}"' for each in thefts)
    (folder / "case.toml").write_text(CASE.format(name=name, thefts=listed, more=more))
    return folder / "case.toml"


def traced(path, folder):
    """The case, traced into a folder."""
    tracer.trace(CaseFile.load(path), folder)
    return CaseFolder.open(folder)


def ether(folder):
    """The theft of 812.5 ether, with a claim and prices, traced."""
    opened = {"alice": STOLEN, "bob": 0, "carol": 0, "dave": 0, "zaif": 0}
    return traced(case_file(folder / "in", ETHER, opened, ["aa"], more=CLAIM), folder / "out")
