"""Whether what stood still was on the list of what can be stopped before it moved on. `--json` for figures; exits 1 if a bar does not hold.

The rehearsal's network is replayed under two questions, its own (thefts by hash, its stops) and Coincheck's (thefts by wallet and window,
its own stops), a poll a block, from the last theft on. Of Coincheck's own chain there are eleven reported payments without blocks, and
nothing that leaves their recipient: there is nothing of it to replay (docs/stoppable.md). A watch on a simulated node follows the first
blocks, in which most of the value moves, and its own file is read after each poll. Then all blocks to the last: the list of the ledger as
it stood at each, which is what a watch writes once it has traced.

- `named_before_left`: of the value that stood still for two polls, at an address or at a service, the share that the list named there,
  whole, at one of the polls before it moved on; the lesser under both questions, in per cent. What moved and where it stood is taken from a
  trace of the whole chain under the declared rule, which the watch never sees.
- `unrelated_named`: lines, and messages, about an address that no stolen money can have reached: reached is what is found by following
  every payment of the network's own book (`truth/transactions.csv`), and not by tracer.
"""

from __future__ import annotations

import csv
import logging
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from figures import Figures, at_least, at_most, run

import tracer
from tracer.casefile import CaseFile
from tracer.casefolder import CaseFolder
from tracer.ledger.columns import Columns
from tracer.pipeline.stoppable.holdings import Facts
from tracer.pipeline.stoppable.lines import stoppable_lines
from tracer.pipeline.stoppable.listing import facts_of, listing_of
from tracer.pipeline.watch.listed import FILE
from tracer.pipeline.watch.target import CaseTarget
from tracer.pipeline.watch.watch import Clock, Watch
from tracer.report.messages import write_messages
from tracer.tracing import follow

ROOT = Path(__file__).parent.parent
CASES = ROOT / "fixtures" / "cases"
REHEARSAL = CASES / "rehearsal"
RECORDING = REHEARSAL / "recording.jsonl.gz"
VICTIM, RECIPIENT = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4", "TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN"
ROBBED, PAID = "NC3BI3DNMR2PGEOOMP2NKXQGSAKMS7GYRKVA5CSZ", "NC4C6PSUW5CLTDT5SXAGJDQJGZNESKFK5MCN77OG"
FIRST_SEEN = 34
"""The block of the last theft: with it the case can be put."""

WATCHED = 74
"""The last block that the watch follows: it reads a hundred accounts again for every block, which takes a second or two."""

FAST = 1e-4  # of all waiting for nodes


class Piece(NamedTuple):
    """Value that stood at an address from block `came` on until it moved on in block `left`; None: it is there at the end."""

    address: str
    amount: int
    came: int
    left: int | None


def rehearsal_case(place: Path, url: str) -> CaseFile:
    """The rehearsal's own question, put to a node."""
    text = (REHEARSAL / "case.toml").read_text(encoding="utf-8")
    return written(place, text.replace('files = ["labels.yaml"]', f'files = ["{REHEARSAL / "labels.yaml"}"]'), url)


def coincheck_case(place: Path, url: str) -> CaseFile:
    """Coincheck's question with the addresses of the rehearsal's network, and its labels."""
    text = (CASES / "coincheck" / "case.toml").read_text(encoding="utf-8").replace(ROBBED, VICTIM).replace(PAID, RECIPIENT)
    text = text.replace("2018-01-25T15:00:00Z", "2018-01-25T12:00:00Z").replace('"labels.yaml"', f'"{REHEARSAL / "labels.yaml"}"')
    return written(place, text.replace('"jpy.csv"', f'"{CASES / "coincheck" / "jpy.csv"}"'), url)


def written(place: Path, text: str, url: str) -> CaseFile:
    path = place / "case.toml"
    path.write_text(text, encoding="utf-8")
    return CaseFile.load(path).with_options({"node": [url]})


def named_at(path: Path, rule: str) -> dict[str, int]:
    """What the list names at each address under a rule, lines that are withdrawn left out."""
    found: dict[str, int] = {}
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["since_last"] != "withdrawn":
                found[row["address"]] = found.get(row["address"], 0) + int(row[rule])
    return found


def replayed(case: CaseFile, out: Path, node: Any, last: int) -> dict[int, dict[str, int]]:
    """What the list named after each poll, by the block it was made at; a poll a block."""
    rule = case.leading_rule
    node.tip = FIRST_SEEN
    tracer.trace(case, out, patience=FAST)
    lists: dict[int, dict[str, int]] = {}

    def polled(_seconds: float) -> None:
        lists[node.tip] = named_at(out / "watch" / FILE, rule)
        node.tip = min(node.tip + 1, last)

    watch = Watch(CaseTarget(out, CaseFolder.open(out).question, FAST), clock=Clock(sleep=polled))
    for _ in watch.alerts(last - FIRST_SEEN + 1, 0, lambda _: None):
        pass
    lists[last] = named_at(out / "watch" / FILE, rule)
    return lists


def at_each_block(case: CaseFolder) -> dict[int, dict[str, int]]:
    """What the list names at each block, of the ledger as it stood then."""
    ledger, heights = case.ledger, case.ledger.columns.height
    lists: dict[int, dict[str, int]] = {}
    for tip in range(FIRST_SEEN, (ledger.tip or 0) + 1):
        rows = sum((height or 0) <= tip for height in heights)
        then = replace(ledger, columns=Columns(*(column[:rows] for column in ledger.columns)), tip=tip, index={})
        trace = follow(then, case.trace.thefts, case.trace.stops, [case.question.leading_rule])
        facts = Facts(then, trace, case.labels, case.question.leading_rule, {}, "")
        found = lists.setdefault(tip, {})
        for line in stoppable_lines(facts):
            at = line.holding.address
            found[at] = found.get(at, 0) + line.holding.traced[facts.declared or ""]
    return lists


def pieces(case: CaseFolder) -> Iterator[Piece]:
    """Where stolen value stood under the declared rule, and how long: what came to an address first is taken to leave it first."""
    trace, ledger = case.trace, case.ledger
    stolen = trace.rules[case.question.leading_rule]
    c = ledger.columns
    standing: dict[int, deque[tuple[int, int]]] = {}
    for row in sorted(stolen.by_row.keys() | stolen.fees_by_row.keys()):
        height, amount = c.height[row] or 0, stolen.by_row.get(row, 0)
        is_theft = any(theft.row == row for theft in trace.thefts)
        leaving = (0 if is_theft else amount) + stolen.fees_by_row.get(row, 0)
        queue = standing.setdefault(c.sender[row], deque())
        while leaving and queue:
            came, there = queue.popleft()
            gone = min(there, leaving)
            leaving -= gone
            yield Piece(ledger.accounts[c.sender[row]].address, gone, came, height)
            if there > gone:
                queue.appendleft((came, there - gone))
        if amount and trace.cuts.get(row) in (None, "service", "not_fetched"):
            standing.setdefault(c.recipient[row], deque()).append((height, amount))
    for number, queue in standing.items():
        yield from (Piece(ledger.accounts[number].address, amount, came, None) for came, amount in queue)


def share_named(case: CaseFolder, lists: dict[int, dict[str, int]]) -> tuple[int, int]:
    """Of the value that stood still for two polls, how much the list named whole before it moved on; and all of it.

    The polls are those of `lists`; the list is to have named the value at one of the first two that found it there.
    """
    found = list(pieces(case))
    named = still = 0
    for piece in found:
        polls = [tip for tip in lists if piece.came <= tip and (piece.left is None or tip < piece.left)]
        if len(polls) < 2:
            continue
        still += piece.amount
        there = {
            tip: sum(p.amount for p in found if p.address == piece.address and p.came <= tip and (p.left is None or tip < p.left))
            for tip in polls[:2]
        }
        if any(lists[tip].get(piece.address, 0) >= there[tip] for tip in polls[:2]):
            named += piece.amount
    return named, still


def reached() -> set[str]:
    """Every address that stolen money can have come to, in the order of the blocks, by the network's own book."""
    with (REHEARSAL / "truth" / "transactions.csv").open(encoding="utf-8") as file:
        book = [(int(row["height"]), int(row["block_index"]), row) for row in csv.DictReader(file)]
    there: set[str] = set()
    for _, _, row in sorted(book, key=lambda each: each[:2]):
        if row["pattern"] == "theft" or row["from_address"] in there:
            there.add(row["to_address"])
    return there


def unrelated(case: CaseFolder, lists: dict[int, dict[str, int]], place: Path) -> int:
    """Addresses on any of the lists, and in any message about them, that no stolen money can have reached."""
    related = reached()
    listing = listing_of(facts_of(case))
    paths = write_messages(case, listing, place / "messages")
    strangers = {account.address for account in case.ledger.accounts} - related - {VICTIM}
    lines = {address for named in lists.values() for address in named} - related
    written_about = sum(any(f"address {each}," in path.read_text(encoding="utf-8") for each in strangers) for path in paths)
    return len(lines) + written_about


def whole(case: CaseFile, out: Path, node: Any, last: int) -> CaseFolder:
    """The case traced to the last block, in a folder of its own: nothing of the watch's."""
    node.tip = last
    return tracer.trace(case, out.with_name("whole"), patience=FAST)


def measured() -> Figures:
    sys.path.insert(0, str(ROOT / "tests"))
    from support.nis_server import NisServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    shares, strangers, notes = [], 0, []
    for name, put in (("rehearsal", rehearsal_case), ("coincheck", coincheck_case)):
        with NisServer(RECORDING) as node, TemporaryDirectory() as place:
            last, node.hash_cache = node.tip, True
            case, out = put(Path(place), node.url), Path(place) / "out"
            watched = replayed(case, out, node, WATCHED)
            truth = whole(case, out, node, last)
            for lists, who in ((watched, "a watch"), (at_each_block(truth), "every block")):
                named, still = share_named(truth, lists)
                strangers += unrelated(truth, lists, Path(place))
                shares.append(100 * named // still)
                notes.append(f"{name}, {who}: {named} of {still} units over {len(lists)} polls, {sum(map(len, lists.values())):,} lines")
    note = "; ".join(notes)
    return {"named_before_left": at_least(min(shares), "%", 100, note), "unrelated_named": at_most(strangers, "addresses", 0, note)}


if __name__ == "__main__":
    raise SystemExit(run([measured]))
