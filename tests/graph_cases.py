"""Cases to ask: a generated one with everything a graph can hold, a wide one, and the arguments every query is asked with."""

from __future__ import annotations

import csv
import json
import random
import sqlite3
from collections import Counter
from types import SimpleNamespace

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder

SEED = 20180126
HOSTILE = (
    "</script><img src=x>",
    "'}) DETACH DELETE n //",
    '" OR 1=1 --',
    "=cmd|' /C calc'!A0",
    "\u202eevil",
    "\x1b[2J",
    "日本 💰",
    "$case `x`",
)

CASE = """
name = "{name}"
title = "A generated case"
chain = "table"
asset = "coin"
decimals = {decimals}
[[sources]]
kind = "table"
path = "transfers.csv"
{thefts}
[trace]
primary = "haircut"
reason = "declared for the test"
rules = {rules}
[labels]
files = ["labels.yaml"]
[stops]
categories = ["exchange"]
dust = {dust}
[[claims]]
from = "theft recipients"
to = "Zaif"
low = "22.6M"
high = "46M"
until = 2018-03-05
source = "a newspaper"
[[offchain]]
kind = "statement"
value = "it was not me"
time = 2018-01-27
source = "a newspaper"
grade = "F6"
status = "stands"
subject = "who it was"
"""

LABELS = """
title: generated
creator: test
source: https://example.org/labels
currency: COIN
confidence: ownership
tags:
{tags}
"""


def write_case(folder, *, name="generated", accounts=40, rows=300, unit=1, decimals=2, rules=("fifo", "haircut", "dirty_first")):
    """A seeded case: three thefts, services, hostile memos and labels, fan-outs, cycles; amounts in multiples of `unit`."""
    chance = random.Random(SEED)
    folder.mkdir(parents=True, exist_ok=True)
    people = [f"acc{n:03d}" for n in range(accounts)]
    lines, hashes = [], []
    for n in range(rows):
        theft = n in (5, 20, 60)
        sender = "victim" if theft else people[int(accounts * chance.random() ** 1.6)]
        recipient = people[0] if theft else chance.choice(people)
        amount = (10_000_000 if theft else chance.choice((100_000, 5, chance.randrange(1, 3_000_000)))) * unit
        memo = chance.choice((*HOSTILE, "", "", "deposit 17"))
        lines.append((n // 3, n % 3, 1_516_900_000 + 4000 * n, f"{n:064x}", sender, recipient, amount, 2 * unit, memo))
        hashes += [f"{n:064x}"] * theft
    with (folder / "transfers.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["height", "position", "time", "tx_hash", "sender", "recipient", "amount", "fee", "memo"])
        writer.writerows(lines)
    thefts = "\n".join(f'[[thefts]]\ntransfer = "{each}"\nlabel = "theft {n}"' for n, each in enumerate(hashes, 1))
    text = CASE.format(name=name, decimals=decimals, thefts=thefts, rules=json.dumps(rules), dust=10 * unit)
    (folder / "case.toml").write_text(text, encoding="utf-8")
    one, two, three = people[-10:-7]
    tags = [(one, "Zaif hot wallet", "exchange", "Zaif"), (two, "Zaif deposits", "exchange", "Zaif"),
            (two, "Bittrex?", "exchange", "Bittrex"), (three, HOSTILE[1], "exchange", HOSTILE[0]),
            (people[1], HOSTILE[4], "user", None), (people[1], "somebody else", "user", None)]  # fmt: skip
    entries = [
        "  - " + json.dumps({"address": a, "label": label, "category": category} | ({"actor": actor} if actor else {}))
        for a, label, category, actor in tags
    ]
    (folder / "labels.yaml").write_text(LABELS.format(tags="\n".join(entries)), encoding="utf-8")
    return folder / "case.toml"


def traced(folder, **settings):
    """A generated case, traced; with tags, markings, claims and evidence in its record and in its flow graph."""
    tracer.trace(CaseFile.load(write_case(folder / "in", **settings)), folder / "out")
    case = CaseFolder.open(folder / "out")
    _add(case)
    return case


def _measure(name, value, holds, rows=()):
    return SimpleNamespace(
        name=name, value=value, unit="ppm", threshold="at least 5", holds=holds, rows=rows, note="" if holds else "a note"
    )


def _add(case):
    """What later stages find, put where they put it."""
    flow, key = case.flow, case.ledger.columns.row_key
    edges = sorted((edge["row"], s, r) for s, r, edge in flow.edges(data=True))
    fields = "name subject row status presets measures against rows"
    tags = [
        dict(zip(fields.split(), each, strict=True))
        for each in (
            ("peel_chain", edges[0][2], None, "pattern", ("loose", "default"),
             (_measure("steps", 3, True, (edges[0][0], edges[1][0])), _measure("part", "most", False)),
             (_measure("payroll", None, False),), (edges[0][0], edges[1][0])),
            ("fan_out", edges[3][1], None, "lead", ("loose",), (_measure("recipients", 10**20, True),), (), ()),
            ("relay", edges[3][1], edges[4][0], "fact", (), (_measure("seconds", 7, True, (edges[4][0],)),), (), (edges[4][0],)),
        )
    ]  # fmt: skip
    tags = tuple(SimpleNamespace(**each) for each in tags)
    marked = [edges[0][2], edges[5][2], next(a for a, node in flow.nodes(data=True) if node["traced"]["fifo"] == 0 and node["touched"])]
    spans = [
        ("ts:mark", a, "marker maker", f"m{n}", n, 1000 + n, None if n else 9, None if n else 1009, None) for n, a in enumerate(marked)
    ]
    names = "marker address marked_by tx_hash first first_time last last_time ended".split()
    rows = [SimpleNamespace(**dict(zip(names, span, strict=True))) for span in spans]
    flow.graph["tags"] = tags
    for row in rows:
        flow.nodes[row.address]["marked"] = (row,)
    with sqlite3.connect(case.db.path) as db:
        db.executescript("DELETE FROM bounds; DELETE FROM measures; DELETE FROM tags; DELETE FROM markings;")
        for n, tag in enumerate(tags):
            keys = [key[row] for row in tag.rows]
            hop = None if tag.row is None else key[tag.row]
            account = case.ledger.index[tag.subject]
            db.execute("INSERT INTO tags VALUES (?, ?, ?, ?, ?, ?, ?)",
                       (n, tag.name, account, hop, tag.status, json.dumps(tag.presets), json.dumps(keys)))  # fmt: skip
            sides = [(0, m) for m in tag.measures] + [(1, m) for m in tag.against]
            db.executemany("INSERT INTO measures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [
                (n, place, against, m.name, json.dumps(m.value), m.unit, json.dumps(m.threshold), int(m.holds),
                 json.dumps([key[row] for row in m.rows]), m.note) for place, (against, m) in enumerate(sides)
            ])  # fmt: skip
        db.executemany("INSERT INTO markings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [(n, *span) for n, span in enumerate(spans)])
        bounded = [] if case.case.name == "wide" else case.trace.endpoints[:20]
        ends = [(e.address, e.reason, None, n, n + 10) for n, e in enumerate(bounded)] + [(None, None, "Zaif", 5, 50)] * bool(bounded)
        db.executemany("INSERT INTO bounds VALUES (?, ?, ?, ?, ?, ?)", [(n, *each) for n, each in enumerate(ends)])
    db.close()
    by_place = {(address, reason): bound for address, reason, _, *bound in ends if address}
    flow.graph["bounds"] = SimpleNamespace(
        endpoints=by_place, services={service: (least, most) for *_, service, least, most in ends if service}
    )
    asked = ("theft recipients", "Zaif", 22_600_000 * 10**2, None, None, 1_520_208_000, "", "a newspaper")
    named = "sender recipient least most since until says source".split()
    if not flow.graph.get("claims"):
        claim = _Row(zip(named, asked, strict=True))
        flow.graph["claims"] = (
            _Row({"claim": claim, "traced": dict.fromkeys(flow.rules, 12345), "why": "all followed", "unread": 0}.items()),
        )
        facts = ("statement", "it was not me", 1_517_011_200, "a newspaper", "F6", "stands", "who it was", False)
        flow.graph["evidence"] = (_Row(zip("kind value time source grade status subject third_party".split(), facts, strict=True)),)


class _Row(tuple):
    """A named tuple of whatever fields: stands in for the nouns of other stages."""

    def __new__(cls, pairs):
        pairs = list(pairs)
        made = super().__new__(cls, [value for _, value in pairs])
        made.__dict__.update(pairs)
        return made


def asked(case):
    """Every query with the arguments it is asked with: name -> list of arguments."""
    flow, rules = case.flow, list(case.flow.rules)
    busy = [a for a, _ in Counter(s for s, _, _ in flow.edges(keys=True)).most_common(3)]
    paid = [a for a, _ in Counter(r for _, r, _ in flow.edges(keys=True)).most_common(2)]
    victim, recipient = flow.graph["thefts"][0].sender, flow.graph["thefts"][0].recipient
    ends = [a for a, node in flow.nodes(data=True) if node["service"]]
    services = sorted({flow.nodes[a]["service"] for a in ends})
    pairs = [(victim, paid[0]), (recipient, ends[0]), (busy[0], paid[1]), (paid[0], "nobody")]
    tagged = sorted({tag.subject for tag in flow.graph.get("tags", ())})[:4]
    hashes = [theft.tx_hash for theft in flow.graph["thefts"][:2]]
    by_rule = [{"rule": rule} for rule in rules]
    two = [{"rule": rule} for rule in rules[:2]]
    ways = [{"source": a, "target": b, "rule": rule} for a, b in pairs for rule in rules[:2]]
    each = [{"address": a} for a in [*busy, *paid, "nobody"]]
    coin = 10**flow.asset.decimals
    return {
        **{name: [{}] for name in ("label_conflicts", "tags_by_status", "evidence", "balance_sheet")},
        **dict.fromkeys(
            ["endpoints_by_service", "changes_of_control", "frontier", "marked_not_traced", "claims_and_traced", "thefts"], by_rule
        ),
        "endpoints": [*two, {"rule": rules[0], "least": 500 * coin}],
        "deposits_to_service": [{"service": name, "rule": rule} for name in services for rule in rules[:2]],
        "payers": [{**one, "rule": rules[1]} for one in each],
        "strongest_paths": [*ways, {**ways[1], "most": 1}],
        "paths_in_time": ways,
        "contacts": [{"address": a, "other": b} for a, b in pairs],
        "fan_outs": [{"rule": rules[0], "recipients": 3}, {"rule": rules[1], "hours": 500, "recipients": 6}],
        "peel_steps": [*two, {"rule": rules[0], "percent": 10, "hours": 10_000}],
        "cycles": [*two, {"rule": rules[1], "most": 1000}],
        "shared_by_thefts": [*by_rule, {"rule": rules[0], "thefts": 1}],
        "traced_not_marked": [*two, {"rule": rules[0], "least": 1000 * coin}],
        "sleepers": [{"rule": rules[0], "days": 0}, {"rule": rules[1], "days": 2}],
        "daily_outflow": [{**one, "rule": rules[0]} for one in each],
        "rhythm": [*each, {"address": busy[0], "minutes": 60}],
        "funded_by": [{**one, "rule": rules[1]} for one in each],
        "round_amounts": [{"least": 1}, {"unit": 1, "least": 3}],
        "neighbours": each,
        "transaction": [{"hash": one, "rule": rules[0]} for one in [*hashes, "none"]],
        "tag_evidence": [{"address": a} for a in [*tagged, "nobody"]],
    }
