"""Generated cases to ask, with what the shipped ones have not: a narrow and a wide one; and the arguments every query is asked with."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.casefolder.log import act
from tracer.casefolder.run import amend
from tracer.model import NO_PROOFS, Bound, Bounds, Marking, Measure, Tag
from tracer.store.record.bounds import save_bounds
from tracer.store.record.evidence_claims_prices import save_context
from tracer.store.record.tags import save_tags

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
whole = "all"
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
[[offchain]]
kind = "chat"
value = "log in from 198.51.100.23"
time = 2018-01-28
source = "a server log"
grade = "C3"
status = "explained"
subject = "whose server"
[[offchain]]
kind = "statement"
value = "a bystander's name"
time = 2018-01-26
source = "a forum"
grade = "F6"
status = "superseded"
subject = "who it was"
third_party = true
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
    """A generated case, traced; its record has its own tags and evidence, and beside them what no trace of it would find."""
    tracer.trace(CaseFile.load(write_case(folder / "in", **settings)), folder / "out")
    case = CaseFolder.open(folder / "out")
    tags, markings, bounds = (*case.tags, *_odd_tags(case)), _spans(case), _made_up_bounds(case)

    def add(record):
        save_tags(record, case.ledger, tags)
        save_context(record, case.context._replace(markings=markings))
        save_bounds(record, case.ledger, bounds, NO_PROOFS)

    return amend(case, add, lambda _: ("", ""), act("furnished for a test"))


def with_other_results(folder):
    """The case of a folder with a tag less: its record is another one, and vouched for."""
    case = CaseFolder.open(folder)
    fewer = case.tags[:-1]
    return amend(case, lambda record: save_tags(record, case.ledger, fewer), lambda _: ("", ""), act("changed for a test"))


def under_a_tip(case, tip, finality):
    """The case as if a node had been read up to a tip, of a chain that may still rewrite so many blocks below it."""
    terms = json.dumps(case.ledger.terms._replace(finality=finality)._asdict())
    return amend(case, lambda record: record.note(tip=str(tip), terms=terms), lambda _: ("", ""), act("given a tip for a test"))


def _measure(name, value, holds, rows=()):
    return Measure(name, value, "ppm", "at least 5", holds, rows, "" if holds else "a note")


def _odd_tags(case):
    """Tags with all that a measure may hold: huge, a text, unknown, of no row."""
    edges = sorted((edge["row"], s, r) for s, r, edge in case.flow.edges(data=True))
    one, two, four, five = edges[0], edges[1], edges[3], edges[4]
    steps = (_measure("steps", 3, True, (one[0], two[0])), _measure("part", "most", False))
    return (
        Tag("peel_chain", one[2], None, "pattern", ("loose", "default"), steps, (_measure("payroll", None, False),), (one[0], two[0])),
        Tag("fan_out", four[1], None, "lead", ("loose",), (_measure(HOSTILE[1], 10**20, True),), (), ()),
        Tag("relay", four[1], five[0], "fact", (), (_measure("seconds", 7, True, (five[0],)),), (), (five[0],)),
    )


def _spans(case):
    """Markings of two addresses that stolen value reached and of one that it may have."""
    edges = sorted((edge["row"], r) for _, r, edge in case.flow.edges(data=True))
    touched = next(a for a, node in case.flow.nodes(data=True) if node["traced"]["fifo"] == 0 and node["touched"])
    return [
        Marking("ts:mark", address, "marker maker", f"m{n}", n, 1000 + n, *((9, 1009, "returned") if n == 0 else ()))
        for n, address in enumerate((edges[0][1], edges[5][1], touched))
    ]


def _made_up_bounds(case):
    """Of twenty endpoints and a service."""
    least = case.trace.thefts[0].amount // 1000
    ends = {(e.address, e.reason): Bound(n, least + n) for n, e in enumerate(case.trace.endpoints[:20])}
    return Bounds(ends, {"Zaif": Bound(5, least)})


OF_A_RULE = (
    *("cash_outs_by_day", "time_to_service", "new_accounts", "memos", "endpoints_by_service", "changes_of_control"),
    *("frontier", "marked_not_traced", "claims_and_traced", "thefts", "both_answers"),
)
"""Queries that take a rule and nothing else."""


def asked(case):
    """Every query with the arguments it is asked with: name -> list of arguments."""
    flow, rules = case.flow, list(case.flow.rules)
    busy = [a for a, _ in Counter(s for s, _, _ in flow.edges(keys=True)).most_common(3)]
    paid = [a for a, _ in Counter(r for _, r, _ in flow.edges(keys=True)).most_common(2)]
    victim, recipient = flow.about.outcome.thefts[0].sender, flow.about.outcome.thefts[0].recipient
    ends = [a for a, node in flow.nodes(data=True) if node["service"]]
    services = sorted({flow.nodes[a]["service"] for a in ends})
    pairs = [(victim, paid[0]), *((recipient, end) for end in ends[:1]), (busy[0], paid[-1]), (paid[0], "nobody"), (HOSTILE[1], HOSTILE[2])]
    tagged = [subject for subject, _ in Counter(tag.subject for tag in flow.about.tags).most_common(6)]
    hashes = [theft.tx_hash for theft in flow.about.outcome.thefts if theft.tx_hash][:2]
    by_rule = [{"rule": rule} for rule in rules]
    two = [{"rule": rule} for rule in rules[:2]]
    ways = [{"source": a, "target": b, "rule": rule} for a, b in pairs for rule in rules[:2]]
    each = [{"address": a} for a in [*busy, *paid, "nobody", *HOSTILE]]
    givers = sorted({each.owner for each in case.answers.exchanges.conversions}) if case.answers else busy[:1]
    coin = 10**flow.asset.decimals
    return {
        **{name: [{}] for name in ("label_conflicts", "tags_by_status", "evidence", "balance_sheet")},
        **dict.fromkeys(OF_A_RULE, by_rule),
        "endpoints": [*two, {"rule": rules[0], "least": 500 * coin}],
        "deposits_to_service": [{"service": name, "rule": rule} for name in [*services, "nobody"] for rule in rules[:2]],
        "payers": [{**one, "rule": rules[1]} for one in each],
        "strongest_paths": [*ways, {**ways[1], "most": 1}],
        "paths_in_time": ways,
        "contacts": [{"address": a, "other": b} for a, b in pairs],
        "fan_outs": [{"rule": rules[0], "recipients": 3}, {"rule": rules[1], "hours": 500, "recipients": 6}],
        "fan_ins": [{"rule": rules[0], "senders": 2}, {"rule": rules[1], "hours": 500, "senders": 6}],
        "largest_transfers": [*by_rule, {"rule": rules[0], "most": 3}],
        "last_movements": [*two, {"rule": rules[0], "most": 3}],
        "hubs": [{"rule": rules[0], "others": 3}, {"rule": rules[1]}],
        "common_payees": [{"address": a, "other": b} for a, b in [(busy[0], busy[1 % len(busy)]), (busy[0], busy[0]), *pairs]],
        "hours_of_day": each,
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
        "transaction": [{"hash": one, "rule": rules[0]} for one in [*hashes, "none", *HOSTILE]],
        "what_became": [{"address": a, "rule": rules[0]} for a in (*givers, "nobody", HOSTILE[2])],
        "tag_evidence": [{"address": a} for a in [*tagged, "nobody", *HOSTILE]],
    }
