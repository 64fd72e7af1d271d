"""From sources to a ledger: how fast, and how few questions. `--json` for figures; exits 1 if a bar does not hold.

Everything is measured on the rehearsal's own recording (484 blocks, 1,062 transactions of all types) and on tables that are
generated with a fixed seed. A figure is a function that gives it; `MEASURES` names them all.

- `normalise_per_s`: transactions a second, on one core, that `tracer.chains.nem.scan.rows_of` turns from a block's JSON (parsed)
  into ledger rows, events and hashes. Signatures of transactions and blocks are not checked; all else is done: transactions are
  serialised and hashed, multisigs unwrapped, mosaics and levies counted, harvests credited. The blocks are repeated as other
  transactions (their time stamps are moved on, so every hash is another one); the addresses of their keys are known by then.
- `verify_per_s`: transactions a second, on two cores, whose hash is computed and whose every signature, cosignatures too, is
  checked. Two processes take half of the transactions each; starting them does not count.
- `csv_million_s`, `csv_million_mb`: bench/tables.py.
- `evm_...`: bench/evm_rehearsal.py.
- `requests_to_95`: the questions a simulated node is asked until at most 5 % of the stolen value lies at accounts that were not read
  (under haircut; value at a service or unspent in an account that was read is located), for the order that follows the value
  over the same for breadth-first order: next is the account that the money reached first. The note has the same for smaller shares.
  One case, one ratio: the rehearsal has a chain of payments with 13 % of the value at its far end, so breadth-first order must read
  every account for any share above 87 %. For smaller shares it may be ahead, because the order of value runs along that chain first.
- `alert_polls`: polls of `tracer watch` until a payment that carries stolen value is told as confirmed, the slowest of all; 1 is the
  first poll after its block appeared. A payment never told counts as one poll more than there were.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest import mock

import evm_rehearsal
import tables
from figures import Figures, at_least, at_most, fastest, run

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.chains import Nodes, chain
from tracer.chains.nem.hashes_and_signatures import hash_of, signature_holds
from tracer.ingest.node.acquisition import Acquisition, Budget, Frontier, Rank, Standing
from tracer.ingest.node.recording import exchanges
from tracer.labels import LabelBook
from tracer.ledger import Ledger
from tracer.model import Asset
from tracer.pipeline.watch.target import CaseTarget
from tracer.pipeline.watch.watch import Watch
from tracer.plan.how_sources_are_read import frontier_of, seeds_of
from tracer.plan.labels import book_of, labels_of
from tracer.plan.service_stops import stops_of
from tracer.plan.thefts import thefts_of
from tracer.tracing import follow

ROOT = Path(__file__).parents[1]
REHEARSAL = ROOT / "fixtures" / "cases" / "rehearsal"
RECORDING = REHEARSAL / "recording.jsonl.gz"
XEM = Asset("nem", "xem", 6)
CORES = 2
COPIES = 10  # of the rehearsal's blocks, in a pass of `normalise_per_s`
ROUNDS = 3  # over all transactions, in a pass of `verify_per_s`
VICTIM = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4"
LOCATED = 95  # per cent of the value: the bar is for this share
EARLIER = (50, 75)  # told beside it
FIRST_SEEN, LAST_SEEN = 35, 75  # tips of the simulated node when the watch begins and ends

Json = Mapping[str, Any]


# Rows and hashes


@cache
def blocks() -> list[Json]:
    """The blocks of the rehearsal, in order."""
    found = [json.loads(e.answer) for e in exchanges(RECORDING) if e.path == "/block/at/public" and e.status == 200]
    return [block for _, block in sorted({block["height"]: block for block in found}.items())]


def moved_on(block: Json, seconds: int) -> Json:
    """The block with other transactions that do the same."""
    return {**block, "transactions": [{**each, "timeStamp": each["timeStamp"] + seconds} for each in block["transactions"]]}


def unchecked(_: Json) -> bool:
    """In place of the check of a signature."""
    return True


def normalise() -> Figures:
    scan = import_module("tracer.chains.nem.scan")
    copies = [moved_on(block, seconds) for seconds in range(COPIES) for block in blocks()]
    count = sum(len(block["transactions"]) for block in copies)
    with mock.patch.multiple(scan, signature_holds=unchecked, block_signature_holds=unchecked):

        def read() -> None:
            rows = scan.rows_of(copies, XEM, "bench", {})
            if rows.rejections or len(rows.transfers) < count:
                raise SystemExit(f"{len(rows.rejections)} transactions were rejected, first: {rows.rejections[:1]}")

        spent = fastest(read)
    return {"normalise_per_s": at_least(round(count / spent), "transactions/s", 20_000, "one core")}


# Hashes and signatures


def transactions() -> list[Json]:
    return [transaction for block in blocks() for transaction in block["transactions"]]


def verify_part(part: int, parts: int) -> int:
    """Checks one transaction of `parts`, a few times over; gives how many it checked."""
    mine = transactions()[part::parts] * ROUNDS
    codec = import_module("tracer.chains.nem.hashes_and_signatures")
    with mock.patch.object(codec, "holds", codec.holds.__wrapped__):  # which remembers nothing: every signature is checked every time
        for transaction in mine:
            hash_of(transaction)
            if not all(map(signature_holds, (transaction, *transaction.get("signatures", ())))):
                raise SystemExit(f"a signature of {hash_of(transaction)} does not hold")
    return len(mine)


def verify() -> Figures:
    count = len(transactions()) * ROUNDS
    alone = count / fastest(lambda: verify_part(0, 1))
    with get_context("spawn").Pool(CORES, initializer=blocks) as pool:

        def together() -> None:
            if sum(pool.starmap(verify_part, [(part, CORES) for part in range(CORES)], chunksize=1)) != count:
                raise SystemExit("not every transaction was checked")

        together()
        both = count / fastest(together)
    return {"verify_per_s": at_least(round(both), "transactions/s", 3_000, f"two cores; {round(alone):,} on one")}


# Questions


class LocatedError(Exception):
    """Enough of the value is located."""


class Course(NamedTuple):
    """Questions asked until a share (per cent) of the value was located, and accounts read by the last of them."""

    asked: dict[int, int]
    accounts: int


class Question(NamedTuple):
    """The rehearsal's, put to a node."""

    text: str
    case: CaseFile
    book: LabelBook

    @classmethod
    def of(cls, url: str) -> Question:
        """Nodes keep hashes for 36 hours only, so the wallet is named beside each theft."""
        text = (REHEARSAL / "case.toml").read_text(encoding="utf-8")
        text = re.sub(r'kind = "recording"\npath = .*', f'kind = "node"\nurls = ["{url}"]', text)
        text = re.sub(r"(transfer = .*)", rf'\1\nwallet = "{VICTIM}"', text)
        case = CaseFile.parse(text, REHEARSAL / "case.toml")
        return cls(text, case, book_of(case, labels_of(case)))

    def by_value(self, ledger: Ledger) -> Frontier:
        return frontier_of(self.case, self.book, ledger)

    def breadth_first(self, ledger: Ledger) -> Frontier:
        """The same accounts, with the same values, in the order in which money first reached them."""
        frontier = self.by_value(ledger)
        reached = follow(ledger, thefts_of(self.case, ledger), stops_of(self.case, self.book), ["haircut"]).touched
        return frontier._replace(wanted=sorted(frontier.wanted, key=lambda each: reached[each[0]]))


def course(url: str, question: Question, rank: Rank) -> Course:
    """Follows the money in the order of a rank until enough of it is located; told after each batch of accounts."""
    reader = chain("nem").reader([], XEM, "bench", Nodes((url,), lambda *_: None, per_second=50, patience=1e-4))
    reached: dict[int, int] = {}
    read = 0

    def report(at: Standing) -> None:
        nonlocal read
        read = at.accounts
        if not at.frontier.stolen:  # nothing was ranked yet
            return
        left = sum(value for _, value in at.frontier.wanted)
        for share in (*EARLIER, LOCATED):
            if left * 100 <= at.frontier.stolen * (100 - share):
                reached.setdefault(share, at.asked)
        if LOCATED in reached:
            raise LocatedError

    try:
        Acquisition(XEM, Budget(10**6, 10**6), report).acquire(reader, seeds_of(question.case), rank)
    except LocatedError:
        return Course(reached, read)
    raise SystemExit(f"{LOCATED} % of the value were not located by reading every account that it reached")


def requests() -> Figures:
    sys.path.insert(0, str(ROOT / "tests"))
    from support.nis_server import NisServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with NisServer(RECORDING) as node:
        question = Question.of(node.url)
        value, breadth = (course(node.url, question, rank) for rank in (question.by_value, question.breadth_first))
    earlier = ", ".join(f"{value.asked[share]:,} to {breadth.asked[share]:,} for {share} %" for share in EARLIER)
    note = (
        f"{value.asked[LOCATED]:,} questions about {value.accounts:,} accounts; breadth first {breadth.asked[LOCATED]:,} "
        f"about {breadth.accounts:,}. Before: {earlier}"
    )
    return {"requests_to_95": at_most(round(value.asked[LOCATED] / breadth.asked[LOCATED], 3), "", 0.5, note)}


# Alerts


def watched_case(folder: Path, url: str) -> CaseFile:
    """The rehearsal's case on a node; what it stops at is labelled."""
    question = Question.of(url)
    path = folder / "case.toml"
    path.write_text(question.text, encoding="utf-8")
    shutil.copy(REHEARSAL / "labels.yaml", folder)
    return CaseFile.load(path)


def alerts() -> Figures:
    """Blocks appear one, two or three at a time; every payment in them that carries stolen value has to be told."""
    sys.path.insert(0, str(ROOT / "tests"))
    from support.nis_server import NisServer

    polls_by_hash: dict[str, int] = {}
    shown: dict[int, int] = {}
    with NisServer(RECORDING) as node, TemporaryDirectory() as place:
        node.tip = FIRST_SEEN
        case = watched_case(Path(place), node.url)
        out = Path(place) / "out"
        tracer.trace(case, out, patience=1e-4)
        poll = 0
        while node.tip < LAST_SEEN:
            before, node.tip = node.tip, min(node.tip + 1 + poll % 3, LAST_SEEN)
            poll += 1
            shown |= dict.fromkeys(range(before + 1, node.tip + 1), poll)
            for alert in Watch(CaseTarget(out, case, 1e-4)).alerts(1, 0, lambda _: None):
                if alert.height is not None:
                    polls_by_hash.setdefault(alert.tx_hash, poll)
        flow = CaseFolder.open(out).flow
    carried = {e["tx_hash"]: e["height"] for *_, e in flow.edges(data=True) if e["height"] > FIRST_SEEN and any(e[r] for r in flow.rules)}
    late = [polls_by_hash.get(tx_hash, poll + 1) - shown[height] + 1 for tx_hash, height in carried.items()]
    note = f"the latest of {len(late)} payments in {LAST_SEEN - FIRST_SEEN} blocks and {poll} polls"
    return {"alert_polls": at_most(max(late), "polls", 1, note)}


MEASURES: Iterable[Callable[[], Figures]] = (normalise, verify, tables.figures, requests, alerts, *evm_rehearsal.MEASURES)

if __name__ == "__main__":
    raise SystemExit(run(MEASURES))
