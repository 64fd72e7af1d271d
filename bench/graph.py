"""Loading a graph: 100,000 transfers between 70,000 addresses, into a Neo4j 5 of its own and into the embedded store.

The ceiling is a bare UNWIND ... CREATE of the same rows, all in memory beforehand, in batches of the same size, with nothing checked.
Ceiling and ours take turns, twice; of each the faster run counts. Ours reads case.db, writes each batch exactly once, makes the
indexes, and compares counts and sums at the end. Rates are relations over the whole time, nodes included. Needs Java 17 or 21 and
Maven; the server is `dev/neo4j-dev`, on loopback, in a folder that is thrown away.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any

from figures import Figures, at_least, at_most, run

if TYPE_CHECKING:
    from tracer.store.record.database import CaseDb

TRANSFERS, ADDRESSES = 100_000, 70_000
NAIVE = 1_000  # relations of the naive loader, which takes too long for all
MANY, FEW = 11_000, 11  # addresses of a case, and of another beside it in one database
SEED = 20180126
PASSWORD = "only-for-the-bench"
DEV = Path(__file__).parents[1] / "dev" / "neo4j-dev"
RULES = ("fifo", "lifo", "haircut", "clean_first", "dirty_first")


def write_case(path: Path, transfers: int, addresses: int, carried: int | None = None) -> None:
    """A seeded case.db: stolen value spreads as a tree over the addresses, then on between them; each hop under every rule.

    `carried`: so many rows, the first ones, carry stolen value; all of them otherwise.
    """
    from tracer.model import NO_TERMS
    from tracer.store.record.database import CaseDb
    from tracer.store.record.packed_hops import kept_rows

    chance = random.Random(SEED)
    senders, recipients, amounts, hashes = [], [], [], []
    for n in range(transfers):
        reached = min(n + 1, addresses - 1)
        senders.append(int(reached * chance.random() ** 2) if n else 0)
        recipients.append(n + 1 if n + 1 < addresses else chance.randrange(1, addresses))
        amounts.append(chance.randrange(1, 10**9))
        hashes.append(f"{chance.getrandbits(256):064x}")
    keys = [n << 20 for n in range(transfers)]
    carrying = [*zip(keys[:carried], amounts[:carried], strict=True)]
    with CaseDb(path, create=True) as record, record.stage():
        fill(record, "accounts", addresses, id=range(addresses), opening=10**12, opening_basis="chain", coverage="full", served=None,
             served_height=None, omits="", address=(f"N{chance.getrandbits(190):038X}{n:X}" for n in range(addresses)))  # fmt: skip
        fill(record, "transfers", transfers, row_key=keys, height=range(transfers), position=0, tx_hash=hashes, sender=senders,
             recipient=recipients, amount=amounts, time=range(1_500_000_000, 1_500_000_000 + 60 * transfers, 60), fee=50_000,
             kind="transfer", memo_kind=None, memo=None, basis="chain", source="bench", verified=1, attributes="{}")  # fmt: skip
        fill(record, "thefts", 1, number=0, label="theft", row_key=0)
        for n, rule in enumerate(RULES):
            hops = [(key, amount - n) for key, amount in carrying if amount > n]
            columns = {"row": [key for key, _ in hops], "theft": [0] * len(hops), "amount": [amount for _, amount in hops]}
            record.insert_hops(rule, kept_rows(columns, {name: [] for name in columns}, key_of=lambda key: key))
        fill(record, "stolen", len(RULES), rule=RULES, theft=0, amount=10**9)
        record.note(asset=json.dumps(["bench", "coin", 6]), tip="null", terms=json.dumps(NO_TERMS._asdict()), rules=json.dumps(RULES))
    with CaseDb(path) as record:
        record.settle()


def fill(record: CaseDb, table: str, rows: int, **columns: object) -> None:
    """Fills a table: each column is a value a row, or one value for all of them."""
    record.insert(table, {name: [each] * rows if isinstance(each, (int, str, NoneType)) else each for name, each in columns.items()})


LOAD = """
import json, resource, sys, time
from pathlib import Path
from tracer.store.graph.load import load_graph, BATCH
from tracer.store.graph.projection import CaseFacts, Projection
from tracer.store.graph.schema import GRAPH_KINDS, Node, name_of
from tracer.store.graph.load_statements import constraints, create
case_db, where, what, password = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]

class Nowhere:
    where = "nowhere"
    def read(self, query, parameters): return [{"digest": None, "loaded": 0, "batches": None, "count": None}]
    def write(self, query, rows=(), parameters={}): return []
    def define(self, statements): pass
    def close(self): pass

def connected():
    if where == "nowhere": return Nowhere()
    if where.startswith("bolt"):
        from tracer.store.graph.neo4j_server import Server
        return Server(where, "neo4j", password, "neo4j")
    from tracer.store.graph.embedded import Embedded
    return Embedded(Path(where))

def facts(name): return CaseFacts(name, name, "fifo", "bench")
def relations(kinds): return sum(n for kind, n in kinds if not isinstance(kind, Node))

store = connected()
if what == "ceiling":
    tables = [(kind, list(rows)) for kind, rows in Projection(case_db, facts(sys.argv[5])).tables()]
    store.define(constraints())
    began = time.perf_counter()
    for kind, rows in tables:
        bare = "UNWIND $rows AS r" + create(kind, False).split("UNWIND $rows AS r", 1)[1].replace("c.chain", "$chain")
        for at in range(0, len(rows), BATCH):
            store.write(bare, rows[at:at + BATCH], {"case": sys.argv[5], "chain": "bench"})
    count = relations((kind, len(rows)) for kind, rows in tables)
elif what == "naive":
    kind, rows = next((kind, rows) for kind, rows in Projection(case_db, facts(sys.argv[5])).tables() if name_of(kind) == "TRANSFER")
    one = "UNWIND $rows AS r" + create(kind, False).split("UNWIND $rows AS r", 1)[1]
    rows = [next(rows) for _ in range(int(sys.argv[6]))]
    began = time.perf_counter()
    for row in rows: store.write(one, [row], {"case": sys.argv[5]})
    count = len(rows)
elif what == "stream":
    import tracer.store.graph.load as module
    module.verify = lambda *_: None
    Nowhere.read = lambda self, query, parameters: [{"digest": module.graph_digest("bench"), "loaded": 0, "batches": None}]
    began = time.perf_counter()
    done = load_graph(store, Projection(case_db, facts(sys.argv[5])))
    count = relations((kind, done.tally[name_of(kind)]["count"]) for kind in GRAPH_KINDS[1:])
else:
    began = time.perf_counter()
    done = load_graph(store, Projection(case_db, facts(sys.argv[5])))
    count = relations((kind, done.tally[name_of(kind)]["count"]) for kind in GRAPH_KINDS[1:])
seconds = time.perf_counter() - began
store.close()
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
print(json.dumps({"relations": count, "seconds": seconds, "per_s": count / seconds, "mb": peak / 1e6}))
"""
"""Each loads in a process of its own, so that its memory is its own."""


def timed(case_db: Path, where: str, what: str, name: str, *more: object) -> dict[str, Any]:
    command = [sys.executable, "-c", LOAD, str(case_db), where, what, PASSWORD, name, *map(str, more)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def dev(home: Path, what: str) -> str:
    settings = {"NEO4J_DEV_DIR": str(home), "NEO4J_DEV_PASSWORD": PASSWORD, "NEO4J_DEV_HEAP": "1g"}
    return subprocess.run([str(DEV), what], check=True, stdout=subprocess.PIPE, text=True, env=os.environ | settings).stdout.strip()


def against_ceiling(case_db: Path, place: Callable[[str], str]) -> tuple[float, dict[str, Any], str]:
    """Our rate over the ceiling's, our load, and both rates in words. `place`: where a run of that name goes."""
    found: dict[str, list[dict[str, Any]]] = {"ceiling": [], "ours": []}
    for turn in (1, 2):
        for what, runs in found.items():
            runs.append(timed(case_db, place(f"{what}{turn}"), what, f"{what}{turn}"))
    ceiling, ours = (max(runs, key=lambda each: each["per_s"]) for runs in found.values())
    every = ", ".join(f"{each['per_s']:,.0f}" for runs in found.values() for each in runs)
    words = f"{ours['per_s']:,.0f} of {ceiling['per_s']:,.0f} relations/s; all runs, ceiling first: {every}"
    return ours["per_s"] / ceiling["per_s"], ours, words


def write_elsewhere(path: Path, transfers: int, addresses: int, carried: int | None = None) -> None:
    """The case, written by another process: a process counts its parent's memory at its start as its own."""
    writer = multiprocessing.get_context("spawn").Process(target=write_case, args=(path, transfers, addresses, carried))
    writer.start()
    writer.join()


def case_index_hits(uri: str) -> tuple[float, str]:
    """What it costs to count the addresses of a small case beside one of 11,000, in hits of its own rows."""
    from neo4j import GraphDatabase

    def hits(plan: dict[str, Any]) -> int:
        return int(plan.get("dbHits", 0)) + sum(map(hits, plan.get("children", ())))

    with GraphDatabase.driver(uri, auth=("neo4j", PASSWORD)) as driver, driver.session() as session:
        result = session.run("PROFILE MATCH (a:Address {case: 'few'}) RETURN count(a) AS n")
        counted = int(result.single(strict=True)["n"])
        found = hits(dict(result.consume().profile or {}))
    return round(found / counted, 2), f"{found} db hits for {counted} addresses"


def figures() -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_elsewhere(home / "case.db", TRANSFERS, ADDRESSES)
        write_elsewhere(home / "large.db", 10 * TRANSFERS, 10 * ADDRESSES)
        write_elsewhere(home / "small.db", TRANSFERS // 20, ADDRESSES // 20)
        write_elsewhere(home / "beside.db", MANY, MANY)
        write_elsewhere(home / "few.db", FEW, FEW)
        uri = dev(home / "neo4j", "start")
        try:
            timed(home / "small.db", uri, "ours", "warm up")
            ratio, ours, words = against_ceiling(home / "case.db", lambda _: uri)
            again = timed(home / "case.db", uri, "ours", "ours2")
            naive = timed(home / "case.db", uri, "naive", "ours2", NAIVE)
            timed(home / "beside.db", uri, "ours", "many")
            timed(home / "few.db", uri, "ours", "few")
            looked_at, hits = case_index_hits(uri)
        finally:
            dev(home / "neo4j", "stop")
        embedded, _, embedded_words = against_ceiling(home / "case.db", lambda name: str(home / name))
        streamed, large = (timed(home / f"{name}.db", "nowhere", "stream", "x")["mb"] for name in ("case", "large"))
    memory = f"rows not sent: {streamed:.0f} MB, and {large:.0f} MB for ten times the case"
    return {
        "neo4j_vs_ceiling": at_least(round(ratio, 2), "", 0.6, words),
        "embedded_vs_ceiling": at_least(round(embedded, 2), "", 0.6, embedded_words),
        "vs_naive": at_least(round(ours["per_s"] / naive["per_s"], 1), "", 20, f"one statement a row: {naive['per_s']:,.0f} relations/s"),
        "second_load_ratio": at_most(
            round(again["seconds"] / ours["seconds"], 2), "", 0.5, f"{again['seconds']:.1f} s, all compared again"
        ),
        "case_index_hits": at_most(looked_at, "", 2, hits),
        "client_mb": at_most(round(ours["mb"]), "MB", 300, memory),
    }


if __name__ == "__main__":
    raise SystemExit(run([figures]))
