"""The recordings of the EVM rehearsals, read by meaning, and altered."""

from __future__ import annotations

import csv
import json
from functools import cache

from conftest import EVM_REHEARSAL

from tracer.chains import chain
from tracer.ingest.node.recording import exchanges
from tracer.ledger import assemble, audit

EVM = chain("evm")
ETHER = EVM.asset("eth", None)


@cache
def recorded(case=EVM_REHEARSAL):
    return tuple(exchanges(case / "recording.jsonl.gz"))


def truth(name, case=EVM_REHEARSAL):
    with (case / "truth" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


FORMS = {"pool_join": "pool_share", "pool_leave": "pool_share", "flash_loan": "loan", "basket": "unmatched"}
"""What the book of the market calls a form, and what is said of it where it is found; else both have one word."""


def address_of(name, case=EVM_REHEARSAL):
    return next(row["address"] for row in truth("accounts", case) if row["name"] == name)


def dollar():
    return EVM.asset(address_of("dollar"), 6)


def asked(exchange):
    question = json.loads(exchange.body)
    return question["method"], question["params"]


def answers_to(method, said=None):
    """The results of all questions of a kind, by what was asked first: a height, or an address."""
    found = {}
    for exchange in said or recorded():
        name, params = asked(exchange)
        if name == method:
            found[int(params[0], 16) if len(params[0]) < 20 else params[0]] = json.loads(exchange.answer).get("result")
    return found


def altered(method, first, change, said=None):
    """The recording with one answer changed, that to the first question of a kind whose first word is `first`."""
    found, done = [], False
    for exchange in said or recorded():
        name, params = asked(exchange)
        if not done and name == method and params and params[0] == first:
            answer = json.loads(exchange.answer)
            changed = change(answer["result"])
            answer["result"] = answer["result"] if changed is None else changed
            exchange, done = exchange._replace(answer=json.dumps(answer)), True
        found.append(exchange)
    assert done, f"nothing answers {method} {first}"
    return found


def read(said, asset=ETHER):
    """The reading of a recording, and the verdict on its ledger."""
    reading = EVM.scan(said, asset, "recording")
    return reading, audit(assemble(asset, [reading], EVM.tx_hash))
