"""Whether what stood still was on the list of what can be stopped before it moved on. `--json` for figures; exits 1 if a bar does not hold.

The rehearsal's network is replayed under two questions, its own (thefts by hash, its stops) and Coincheck's (thefts by wallet and window,
its own stops), a poll a block, from the last theft on. Of Coincheck's own chain there are eleven reported payments without blocks, and
nothing that leaves their recipient: there is nothing of it to replay (docs/stoppable.md). A watch on a simulated node follows the first
blocks, in which most of the value moves, and its own file is read after each poll. Then all blocks to the last: the list of the ledger as
it stood at each, which is what a watch writes once it has traced. The rehearsal with a market is replayed so too, from its recording: the
answer that substitutes, with what was known to become what by each block, each asset by itself.

- `named_before_left`: of the value that stood still for two polls, at an address or at a service, the share that the list named there,
  whole, at one of the polls before it moved on; the least under all questions and of all assets, in per cent. What moved and where it
  stood is taken from a trace of the whole chain under the declared rule, which the watch never sees. What moved on sooner is counted too.
- `unrelated_named`: lines, and messages, about an address that no stolen money could have reached: reached is what is found by following
  every payment of the network's own book (`truth/transactions.csv`), and not by tracer. In the market, whose pools pay everybody, lines
  about an address that is neither the thief's nor a service's, by its book.
"""

from __future__ import annotations

import csv
import logging
import shutil
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
from tracer.ingest.ledger_of_sources import recognised
from tracer.ledger import Columns, Ledger
from tracer.model import Recognition, holder_of
from tracer.pipeline.stoppable.lines import stoppable_lines
from tracer.pipeline.stoppable.listing import facts_of, issuers_of, listing_of
from tracer.pipeline.stoppable.who_holds_stolen_value import Facts
from tracer.pipeline.watch.stoppable_list import FILE
from tracer.pipeline.watch.target import CaseTarget
from tracer.pipeline.watch.watch import Clock, Watch
from tracer.plan.conversions import decided
from tracer.plan.evidence_claims_prices import prices_of
from tracer.plan.rates_from_prices import with_worth
from tracer.report.messages_to_addressees import write_messages
from tracer.tracing import follow
from tracer.tracing.stops import rows_of_keys

ROOT = Path(__file__).parent.parent
CASES = ROOT / "fixtures" / "cases"
REHEARSAL = CASES / "rehearsal"
RECORDING = REHEARSAL / "recording.jsonl.gz"
VICTIM, RECIPIENT = "TBXFYOQYXMA6UWFJENGCF3OBU5WSC45ZHHWZAGC4", "TCOPFZDZF2XTRM2LHURBBZ5ANSJJXUJHYWOBDUVN"
ROBBED, PAID = "NC3BI3DNMR2PGEOOMP2NKXQGSAKMS7GYRKVA5CSZ", "NC4C6PSUW5CLTDT5SXAGJDQJGZNESKFK5MCN77OG"
FIRST_SEEN = 34
"""The block of the last theft: with it the case can be put."""

MARKET = CASES / "evm_swaps"
OF_THE_STORY = ("thief", "exchange1", "exchange2", "bridge", "mixer")
"""Whose addresses a list of the market may be about, by its book."""

WATCHED = 74
"""The last block that the watch follows: it reads a hundred accounts again for every block, which takes a second or two."""

FAST = 1e-4  # of all waiting for nodes


class Piece(NamedTuple):
    """Value of an asset that stood at an address, by the name of the holding, from block `came` on until it moved on in block `left`; None:
    it is there at the end."""

    account: str
    asset: int
    amount: int
    came: int
    left: int | None


class Named(NamedTuple):
    """Of an asset: what stood still for two polls, what of it the list named whole before it moved on, and what moved on sooner."""

    named: int
    still: int
    sooner: int


def rehearsal_case(place: Path, url: str) -> CaseFile:
    """The rehearsal's own question, put to a node."""
    text = (REHEARSAL / "case.toml").read_text(encoding="utf-8")
    return written(place, text, url)


def coincheck_case(place: Path, url: str) -> CaseFile:
    """Coincheck's question with the addresses of the rehearsal's network, and its labels."""
    text = (CASES / "coincheck" / "case.toml").read_text(encoding="utf-8").replace(ROBBED, VICTIM).replace(PAID, RECIPIENT)
    text = text.replace("2018-01-25T15:00:00Z", "2018-01-25T12:00:00Z")
    return written(place, text, url)


def written(place: Path, text: str, url: str) -> CaseFile:
    """A case file with the rehearsal's labels, and Coincheck's prices, beside it."""
    for path in (REHEARSAL / "labels.yaml", CASES / "coincheck" / "jpy.csv"):
        shutil.copy(path, place)
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


def at_each_block(case: CaseFolder, first: int) -> dict[int, dict[str, int]]:
    """What the list names at each block, of the ledger as it stood then, and of what was known by then to become what."""
    (ledger, whole), question, found = (
        case.finding,
        case.question,
        with_worth(recognised(case.question), case.whole, prices_of(case.question)),
    )
    heights, lists = ledger.columns.height, dict[int, dict[str, int]]()
    for tip in range(first, (ledger.tip or 0) + 1):
        rows = sum((height or 0) <= tip for height in heights)
        events = tuple(event for event in ledger.events if event.height <= tip)
        then = replace(ledger, columns=Columns(*(column[:rows] for column in ledger.columns)), events=events, tip=tip, index={})
        stops = whole.stops
        if case.answers:
            known = decided(question, by_then(found, then), then, whole.thefts, stops)
            stops = stops._replace(exchanges=known.exchanges)
        trace = follow(then, whole.thefts, stops, [question.leading_rule])
        facts = Facts(then, trace, case.labels, question.leading_rule, {}, "", issuers=issuers_of(then, case.labels, case.asset_names))
        named = lists.setdefault(tip, {})
        for line in stoppable_lines(facts):
            at = line.holding.account
            named[at] = named.get(at, 0) + line.holding.traced[question.leading_rule]
    return lists


def by_then(found: Recognition, ledger: Ledger) -> Recognition:
    """What was recognised in rows that a ledger has."""
    keys = {*ledger.columns.row_key}
    conversions = (each for each in found.conversions if keys.issuperset((*each.given.rows, *each.received.rows)))
    named = [each for each in found.recognised if all(keys.issuperset(leg.rows) for leg in each.given)]
    return found._replace(conversions=tuple(conversions), recognised=tuple(named))


def pieces(case: CaseFolder) -> Iterator[Piece]:
    """Where stolen value stood under the declared rule, and how long: what came to an address first is taken to leave it first."""
    ledger, trace = case.finding
    stolen, c = trace.rules[case.question.leading_rule], ledger.columns
    given, thefts = rows_of_keys(ledger, trace.stops.exchanges.passed), {theft.row for theft in trace.thefts}
    standing: dict[int, deque[tuple[int, int]]] = {}

    def piece(number: int, amount: int, came: int, left: int | None) -> Piece:
        account = ledger.accounts[number]
        return Piece(account.holding, account.asset, amount, came, left)

    for row in sorted(stolen.by_row.keys() | stolen.fees_by_row.keys()):
        height, amount = c.height[row] or 0, stolen.by_row.get(row, 0)
        leaving = (0 if row in thefts else amount) + stolen.fees_by_row.get(row, 0)
        queue = standing.setdefault(c.sender[row], deque())
        while leaving and queue:
            came, there = queue.popleft()
            gone = min(there, leaving)
            leaving -= gone
            yield piece(c.sender[row], gone, came, height)
            if there > gone:
                queue.appendleft((came, there - gone))
        if amount and row not in given and trace.cuts.get(row) in (None, "service", "not_fetched"):
            standing.setdefault(c.recipient[row], deque()).append((height, amount))
    for number, queue in standing.items():
        yield from (piece(number, amount, came, None) for came, amount in queue)


def share_named(case: CaseFolder, lists: dict[int, dict[str, int]]) -> dict[int, Named]:
    """By asset, how much of the value that stood still for two polls the list named whole before it moved on.

    The polls are those of `lists`; the list is to have named the value at one of the first two that found it there.
    """
    found, shares = list(pieces(case)), dict[int, Named]()
    for piece in found:
        share = shares.get(piece.asset, Named(0, 0, 0))
        polls = [tip for tip in lists if piece.came <= tip and (piece.left is None or tip < piece.left)]
        if len(polls) < 2:
            seen = piece.left is not None and min(lists) < piece.left <= max(lists)
            shares[piece.asset] = share._replace(sooner=share.sooner + piece.amount * seen)
            continue
        there = {
            tip: sum(p.amount for p in found if p.account == piece.account and p.came <= tip and (p.left is None or tip < p.left))
            for tip in polls[:2]
        }
        named = any(lists[tip].get(piece.account, 0) >= there[tip] for tip in polls[:2])
        shares[piece.asset] = share._replace(named=share.named + piece.amount * named, still=share.still + piece.amount)
    return shares


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
    """Addresses on any of the lists, and in any message about them, that no stolen money could have reached."""
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


def in_the_market(place: Path) -> tuple[CaseFolder, dict[int, dict[str, int]], int]:
    """The rehearsal with a market: the case, what the list named at each block from the last theft on, and addresses on it of nobody who
    has to do with the thief."""
    case = tracer.trace(CaseFile.load(MARKET / "case.toml"), place / "market", offline=True)
    ledger, trace = case.finding
    lists = at_each_block(case, ledger.columns.height[trace.thefts[-1].row] or 0)
    with (MARKET / "truth" / "accounts.csv").open(encoding="utf-8") as file:
        whose = {row["address"]: row["owner"] for row in csv.DictReader(file)}
    strangers = {holder_of(account)[0] for named in lists.values() for account, amount in named.items() if amount}
    return case, lists, sum(whose.get(address) not in OF_THE_STORY for address in strangers)


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
            for lists, who in ((watched, "a watch"), (at_each_block(truth, FIRST_SEEN), "every block")):
                strangers += unrelated(truth, lists, Path(place))
                shares += told(f"{name}, {who}", truth, lists, notes)
    with TemporaryDirectory() as place:
        case, lists, more = in_the_market(Path(place))
        strangers += more
        shares += told("market, every block", case, lists, notes)
    note = "; ".join(notes)
    return {"named_before_left": at_least(min(shares), "%", 100, note), "unrelated_named": at_most(strangers, "addresses", 0, note)}


def told(what: str, case: CaseFolder, lists: dict[int, dict[str, int]], notes: list[str]) -> list[int]:
    """The share that was named of each asset, in per cent; with a note of each."""
    shares, polls = share_named(case, lists), f"{len(lists)} polls, {sum(map(len, lists.values())):,} lines"
    for asset, share in sorted(shares.items()):
        name = f", {case.asset_names[asset]}" if case.answers else ""
        notes.append(f"{what}{name}: {share.named} of {share.still} units over {polls}; {share.sooner} moved on sooner")
    return [100 * share.named // share.still for share in shares.values() if share.still]


if __name__ == "__main__":
    raise SystemExit(run([measured]))
