"""The engine's speed: ratios to plain Python and to networkx on the same data, growth, and ten million rows from disk to picture.

Ratios are of CPU time in one process, the two sides in turn, the best of a few passes each. What is compared has to say the same, or the
bench fails. The ledgers are those of ledgers.py; where nothing else is said the one with the large cone, which is the harder one. A bar
stands on the hard variant, twelve thefts; one theft is in the note.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from figures import Figures, at_least, at_most, run

MILLION = 1_000_000
FINER = 10**12
"""From the six decimals of these ledgers to the eighteen of ether."""

PASSES = 5
"""Of compiled kernels; Python and networkx have fewer, because they take so much longer that nothing disturbs them for long."""

CASE = """
name = "bench"
chain = "table"
asset = "coin"
decimals = 6
[[sources]]
kind = "columns"
path = "ledger"
"""

SOURCE = "https://example.org/list"
PACK = f"""
title: bench
creator: bench
source: {SOURCE}
currency: COIN
tags:
  - address: "{{address}}"
    label: exchange
    category: exchange
"""
PROBE = """
import atexit, os, sys
from tracer.cli import main
atexit.register(lambda: os._exit(3) if {"numpy", "numba"} & sys.modules.keys() else None)
main()
"""
TRACE = "from tracer.cli import main; main()"
WRITE = """
import sys
from pathlib import Path
import ledgers
pieces = ledgers.pieces(int(sys.argv[2]), large_cone=False)
print(*ledgers.write(pieces, Path(sys.argv[1])))
"""
"""Runs in a process of its own, so that this one stays small: a process that is started counts the memory of who started it."""


class Known(NamedTuple):
    """A ledger as lists, for Python, and as the engine's flows, for the kernels; the first `thefts` of it are thefts."""

    rows: list[tuple[int, int, int, int]]
    openings: list[int]
    thefts: list[int]
    flows: Any


@cache
def known(rows: int, thefts: int) -> Known:
    flows = flows_of(rows, thefts)
    rows = list(zip(*(column.tolist() for column in flows.moves), strict=True))
    return Known(rows, flows.openings.tolist(), flows.thefts.tolist(), flows)


def flows_of(rows: int, thefts: int) -> Any:
    import ledgers
    import numpy as np

    from tracer.tracing.followed_rows import Flows
    from tracer.tracing.lists_or_compiled_arrays import as_arrays

    c = ledgers.ledger(rows, large_cone=True)
    return as_arrays(Flows(c.sender, c.recipient, c.amount, c.fee, np.zeros(rows, np.uint8), c.thefts[:thefts], c.opening))


def in_wei(known: Known) -> Known:
    """The same ledger in a unit that is FINER: balances of some 90 bits."""
    from tracer.tracing.lists_or_compiled_arrays import as_limbs

    rows = [(sender, recipient, amount * FINER, fee * FINER) for sender, recipient, amount, fee in known.rows]
    openings = [opening * FINER for opening in known.openings]
    amounts = {"amount": [row[2] for row in rows], "fee": [row[3] for row in rows], "openings": openings}
    return Known(rows, openings, known.thefts, as_limbs(known.flows._replace(**amounts)))


# Plain Python: what one writes without thinking of speed, on ledgers that have no overdraft and no payment to oneself.


def haircut_of_one(known: Known) -> array[int]:
    """Pools in dicts, one theft. Withdrawals (twice the row, one more for the fee) and the stolen part of each, in turn."""
    balance, stolen = dict(enumerate(known.openings)), dict.fromkeys(range(len(known.openings)), 0)
    (theft,) = known.thefts
    carried = array("q")
    for row, (sender, recipient, amount, fee) in enumerate(known.rows):
        moved = 0
        if dirty := stolen[sender]:
            burnt = dirty * fee // balance[sender]
            moved = (dirty - burnt) * amount // (balance[sender] - fee)
            stolen[sender] -= burnt + moved
            if burnt:
                carried.extend((2 * row + 1, burnt))
        if row == theft:
            moved = amount
        balance[sender] -= amount + fee
        balance[recipient] += amount
        if moved:
            stolen[recipient] += moved
            carried.extend((2 * row, moved))
    return carried


def split(pool: list[int], total: int, taken: int) -> list[int]:
    """Takes so many of the stolen units of a pool, from each theft in proportion."""
    shares = [taken * part // total if taken else 0 for part in pool]
    left = taken - sum(shares)
    for theft, part in enumerate(pool):
        if not left:
            break
        more = min(left, part - shares[theft])
        shares[theft] += more
        left -= more
    for theft, share in enumerate(shares):
        pool[theft] -= share
    return shares


def haircut_of_many(known: Known) -> array[int] | list[int]:
    """The same with a part for each theft: the total first, then its split, units left over to the earliest that has some."""
    balance = dict(enumerate(known.openings))
    parts: dict[int, list[int]] = {}
    number = {row: n for n, row in enumerate(known.thefts)}
    count = len(number)
    carried: array[int] | list[int] = [] if max(known.openings) >> 63 else array("q")

    def write(withdrawal: int, shares: list[int]) -> None:
        for theft, share in enumerate(shares):
            if share:
                carried.extend((withdrawal * count + theft, share))

    for row, (sender, recipient, amount, fee) in enumerate(known.rows):
        pool, moved = parts.get(sender), []
        if pool and (dirty := sum(pool)):
            burnt = dirty * fee // balance[sender]
            if burnt:
                write(2 * row + 1, split(pool, dirty, burnt))
            moved = split(pool, dirty - burnt, (dirty - burnt) * amount // (balance[sender] - fee))
        if row in number:
            moved = moved or [0] * count
            moved[number[row]] += amount - sum(moved)
        balance[sender] -= amount + fee
        balance[recipient] += amount
        if moved:
            write(2 * row, moved)
            held = parts.setdefault(recipient, [0] * count)
            for theft, share in enumerate(moved):
                held[theft] += share
    return carried


def fifo(known: Known) -> array[int]:
    """Inventories in deques of [amount, theft], -1 clean, neighbours of one origin merged; the stolen part of each withdrawal by theft."""
    lots = {account: deque([[opening, -1]] if opening else []) for account, opening in enumerate(known.openings)}
    number = {row: n for n, row in enumerate(known.thefts)}
    count = len(number)
    carried = array("q")

    def take(inventory: deque[list[int]], amount: int) -> list[list[int]]:
        taken = []
        while amount:
            lot = inventory[0]
            if lot[0] > amount:
                lot[0] -= amount
                taken.append([amount, lot[1]])
                break
            amount -= lot[0]
            taken.append(inventory.popleft())
        return taken

    def write(withdrawal: int, taken: list[list[int]]) -> None:
        sums: dict[int, int] = {}
        for amount, theft in taken:
            if theft >= 0:
                sums[theft] = sums.get(theft, 0) + amount
        for theft, amount in sums.items():
            carried.extend((withdrawal * count + theft, amount))

    for row, (sender, recipient, amount, fee) in enumerate(known.rows):
        inventory = lots[sender]
        write(2 * row + 1, take(inventory, fee))
        moved = take(inventory, amount)
        if row in number:
            moved = [[units, number[row] if theft < 0 else theft] for units, theft in moved]
        write(2 * row, moved)
        arriving = lots[recipient]
        for lot in moved:
            if arriving and arriving[-1][1] == lot[1]:
                arriving[-1][0] += lot[0]
            else:
                arriving.append(lot)
    return carried


def cone(known: Known) -> dict[int, int]:
    """The accounts that money from the thefts could have reached, with the first row that reached each."""
    thefts = set(known.thefts)
    reached: dict[int, int] = {}
    for row, (sender, recipient, amount, _) in enumerate(known.rows):
        if (sender in reached or row in thefts) and amount and sender != recipient:
            reached.setdefault(recipient, row)
    return reached


def graph_of(known: Known) -> Any:
    """The same ledger as a networkx graph: what a node holds and what a transfer moves are attributes."""
    import networkx

    graph = networkx.MultiDiGraph()
    graph.add_nodes_from((account, {"balance": opening, "stolen": 0}) for account, opening in enumerate(known.openings))
    graph.add_edges_from((s, r, {"row": row, "amount": a, "fee": f, "stolen": 0}) for row, (s, r, a, f) in enumerate(known.rows))
    return graph


def haircut_on_graph(graph: Any, theft: int) -> int:
    """Haircut as a loop over the attributes; gives the stolen units that moved, all transfers together."""
    nodes, total = graph.nodes, 0
    for sender, recipient, transfer in sorted(graph.edges(data=True), key=lambda edge: edge[2]["row"]):
        payer, payee, amount, fee = nodes[sender], nodes[recipient], transfer["amount"], transfer["fee"]
        burnt = payer["stolen"] * fee // payer["balance"] if payer["stolen"] else 0
        moved = (payer["stolen"] - burnt) * amount // (payer["balance"] - fee) if payer["stolen"] else 0
        payer["stolen"] -= burnt + moved
        payer["balance"] -= amount + fee
        if transfer["row"] == theft:
            moved = amount
        transfer["stolen"] = moved
        payee["stolen"] += moved
        payee["balance"] += amount
        total += moved
    return total


# Side by side


def spent(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def in_turn(slow: Callable[[], Any], fast: Callable[[], Any], passes: int) -> tuple[float, float, Any, Any]:
    """The least CPU seconds of each, a slow pass and then fast ones in turn; and what each said last."""
    slowest = fastest = math.inf
    for _ in range(passes):
        seconds, said = spent(slow)
        slowest = min(slowest, seconds)
        for _ in range(PASSES):
            seconds, found = spent(fast)
            fastest = min(fastest, seconds)
    return slowest, fastest, said, found


def same(what: str, said: Sequence[int], found: Any) -> None:
    """Ends the bench where a kernel says anything else than plain Python: withdrawals with their stolen parts, in any order."""
    import numpy as np

    from tracer.tracing.int128_arrays import widened

    one = widened(said) if isinstance(said, list) else np.frombuffer(said, np.int64)
    pairs = [cells.reshape(-1, 2) for cells in (one, np.concatenate(found.written))]
    first = [cells[:, 0]["low"] if isinstance(said, list) else cells[:, 0] for cells in pairs]
    one, other = (cells[withdrawals.argsort()] for cells, withdrawals in zip(pairs, first, strict=True))
    if one.shape != other.shape or not (one == other).all():
        raise SystemExit(f"{what}: the kernel says {len(other):,} stolen parts, plain Python {len(one):,}, and they are not the same")


def warm() -> None:
    """Compiles the kernels, or loads them."""
    from tracer.tracing.rules import RULES
    from tracer.tracing.runs import reached

    for thefts in (1, 12):
        flows = flows_of(20_000, thefts)
        reached(flows)
        for rule in ("haircut", "fifo"):
            RULES[rule](flows)


def haircut_vs_python() -> Figures:
    from tracer.tracing.rules import RULES

    warm()
    one, many = known(MILLION, 1), known(MILLION, 12)
    slow, fast, said, found = in_turn(lambda: haircut_of_one(one), lambda: RULES["haircut"](one.flows), 3)
    same("haircut, one theft", said, found)
    slow_12, fast_12, said, found = in_turn(lambda: haircut_of_many(many), lambda: RULES["haircut"](many.flows), 1)
    same("haircut, twelve thefts", said, found)
    note = (
        f"twelve thefts: {MILLION / fast_12 / 1e6:.1f} million transfers/s to {MILLION / slow_12 / 1e6:.3f}; "
        f"with one {slow / fast:.0f} times: {MILLION / fast / 1e6:.0f} to {MILLION / slow / 1e6:.2f}"
    )
    return {"haircut_vs_python": at_least(round(slow_12 / fast_12), "times", 80, note)}


def wide() -> Figures:
    """Amounts of 90 bits: haircut with twelve thefts against plain Python, and against the same ledger in 64 bits."""
    from tracer.tracing.rules import RULES

    narrow = known(MILLION, 12)
    many = in_wei(narrow)
    slow, fast, said, found = in_turn(lambda: haircut_of_many(many), lambda: RULES["haircut"](many.flows), 1)
    same("haircut in wei, twelve thefts", said, found)
    del said, found
    one = {"thefts": narrow.flows.thefts[:1]}
    ratios = {}
    for name, rule, change in (("haircut", "haircut", {}), ("haircut, one theft", "haircut", one), ("fifo", "fifo", {})):
        sides = [partial(RULES[rule], flows._replace(**change)) for flows in (many.flows, narrow.flows)]
        wider, narrower = (min(each) for each in zip(*([spent(side)[0] for side in sides] for _ in range(3 * PASSES)), strict=True))
        ratios[name] = wider / narrower
    note = f"haircut, twelve thefts: {MILLION / fast / 1e6:.1f} million transfers/s to {MILLION / slow / 1e6:.3f}"
    others = f"haircut, twelve thefts; with one {ratios['haircut, one theft']:.1f}, fifo with twelve {ratios['fifo']:.1f}"
    return {
        "wide_vs_python": at_least(round(slow / fast, 1), "times", 15, note),
        "wide_vs_narrow": at_most(round(ratios["haircut"], 1), "times as long", 4, others),
    }


def fifo_vs_python() -> Figures:
    from tracer.tracing.rules import RULES

    many = known(MILLION, 12)
    slow, fast, said, found = in_turn(lambda: fifo(many), lambda: RULES["fifo"](many.flows), 2)
    same("fifo, twelve thefts", said, found)
    note = f"twelve thefts: {MILLION / fast / 1e6:.1f} million transfers/s to {MILLION / slow / 1e6:.2f}"
    return {"fifo_vs_python": at_least(round(slow / fast, 1), "times", 25, note)}


def cone_vs_python() -> Figures:
    from tracer.tracing.runs import reached

    many = known(MILLION, 12)
    slow, fast, said, found = in_turn(lambda: cone(many), lambda: reached(many.flows), 3)
    if said != {account: row for account, row in enumerate(found[::2].tolist()) if row >= 0}:
        raise SystemExit("cone: the kernel reaches other accounts, or at other rows, than plain Python")
    note = f"{MILLION / fast / 1e6:.0f} million transfers/s to {MILLION / slow / 1e6:.1f}; {len(said):,} accounts reached"
    return {"cone_vs_python": at_least(round(slow / fast), "times", 20, note)}


def haircut_vs_networkx() -> Figures:
    from tracer.tracing.rules import RULES

    one = known(MILLION, 1)
    building, graph = spent(lambda: graph_of(one))
    slow, said = spent(lambda: haircut_on_graph(graph, one.thefts[0]))
    fast, found = min((spent(lambda: RULES["haircut"](one.flows)) for _ in range(PASSES)), key=lambda each: each[0])
    moved = sum(int(chunk[1::2][chunk[::2] % 2 == 0].sum()) for chunk in found.written)  # of one theft: odd ones are fees
    if said != moved:
        raise SystemExit(f"haircut: the kernel moves {moved} stolen units, the loop over the graph {said}")
    note = f"the loop alone, {slow:.1f} s; with building the graph, {building:.1f} s more, {(building + slow) / fast:,.0f} times"
    return {"haircut_vs_networkx": at_least(round(slow / fast), "times", 500, note)}


def growth() -> Figures:
    """The exponent of the CPU time from one million rows to ten, with twelve thefts: 1 is in proportion. With one beside it."""
    from tracer.tracing.rules import RULES

    known.cache_clear()
    pair = [flows_of(MILLION, 12), flows_of(10 * MILLION, 12)]
    figures: Figures = {}
    for name, rule in (("growth_pooled", "haircut"), ("growth_fifo", "fifo")):
        kind, _, _ = growth_of(RULES[rule], [flows._replace(thefts=flows.thefts[:1]) for flows in pair])
        hard, seconds, parts = growth_of(RULES[rule], pair)
        note = (
            f"{rule}, 12 thefts: {seconds[0]:.3f} s for 1 million rows, {seconds[1]:.2f} s for 10 million; "
            f"{parts[0]:.2f} and {parts[1]:.2f} stolen parts a transfer; with one theft {kind:.2f}"
        )
        figures[name] = at_most(round(hard, 2), "", 1.25, note)
    return figures


def growth_of(rule: Callable[[Any], Any], pair: Sequence[Any]) -> tuple[float, list[float], list[float]]:
    """The exponent from the first ledger to the second, ten times as long; the seconds and the stolen parts a transfer of each."""
    seconds, parts = [math.inf, math.inf], [0.0, 0.0]
    for _ in range(PASSES):
        for which, flows in enumerate(pair):
            passed, found = spent(partial(rule, flows))
            seconds[which] = min(seconds[which], passed)
            parts[which] = sum(map(len, found.written)) / 2 / len(flows.sender)
    return math.log10(seconds[1] / seconds[0]), seconds, parts


# From disk to picture


class Process(NamedTuple):
    """Wall and CPU seconds, and the most memory in bytes, of a process from its start to its end."""

    wall: float
    cpu: float
    peak: float


def of_process(arguments: Sequence[str]) -> Process:
    began = time.perf_counter()
    child = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"{arguments} ended with exit code {os.waitstatus_to_exitcode(status)}")
    return Process(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


def ten_million() -> Figures:
    """A small cone in ten million rows on disk: `tracer trace` as a process of its own, five rules, case.db and page.

    Byte code is cached, as it is where tracer is installed.
    """
    with TemporaryDirectory() as place:
        folder = Path(place)
        arguments = [sys.executable, "-c", WRITE, str(folder / "ledger"), str(10 * MILLION)]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])}
        hashes = subprocess.run(arguments, check=True, capture_output=True, text=True, env=environment).stdout.split()
        found = {}
        for thefts in (1, 12):
            case = folder / f"{thefts}.toml"
            case.write_text(CASE + "".join(f'[[thefts]]\ntransfer = "{each}"\n' for each in hashes[:thefts]), encoding="utf-8")
            runs = [of_process(["-c", TRACE, "trace", str(case), "-o", str(folder / f"{thefts}-{n}")]) for n in range(PASSES)]
            found[thefts] = Process(*map(min, zip(*runs, strict=True)))
    one, many = found[1], found[12]
    note = f"twelve thefts, all mixed in every hop; {many.cpu:.2f} s of them CPU. With one: {one.wall:.2f} s, {one.cpu:.2f} s CPU"
    return {
        "ten_million_s": at_most(round(many.wall, 2), "s", 2, note),
        "ten_million_mb": at_most(round(max(one.peak, many.peak) / 1e6), "MB", 500),
    }


def small_case(folder: Path) -> Path:
    """A traced case of some 5,000 rows: a table of what the small cone touches in a million rows, with one labelled address."""
    import ledgers
    import numpy as np

    c = ledgers.ledger(MILLION, large_cone=False)
    loot = len(c.opening) - ledgers.MULES - 2  # mules, victim and taker are the last accounts
    rows = np.flatnonzero((c.sender >= loot) | (c.recipient >= loot)).tolist()
    lines = (f"{1 + n},{c.sender[n]},{c.recipient[n]},{c.amount[n]},{c.fee[n]},{n:064x}\n" for n in rows)
    (folder / "rows.csv").write_text("height,sender,recipient,amount,fee,tx_hash\n" + "".join(lines), encoding="ascii")
    (folder / "labels.yaml").write_text(PACK.format(address=loot + 7), encoding="utf-8")
    source, theft = '[[sources]]\nkind = "table"\npath = "rows.csv"\nwhole = "all"\n', f'[[thefts]]\ntransfer = "{c.thefts[0]:064x}"\n'
    head = CASE.partition("[[sources]]")[0]
    (folder / "case.toml").write_text(f'{head}{source}{theft}[labels]\nfiles = ["labels.yaml"]\n', encoding="utf-8")
    of_process(["-c", TRACE, "trace", str(folder / "case.toml"), "-o", str(folder / "case")])
    return folder / "case"


def cli() -> Figures:
    """Five rules run anew on a small case, from the start of the process to its end, beside `tracer --help` and an empty Python, in turn.

    Byte code is cached, as it is where tracer is installed. One that imports numpy or numba fails.
    """
    empty, without = ["-c", "pass"], ["--without-labels", SOURCE]
    with TemporaryDirectory() as place:
        case = str(small_case(Path(place)))
        commands = {
            "python": empty,
            "help": ["-c", PROBE, "--help"],
            "stored": ["-c", PROBE, "rules", case, "--json"],
            "anew": ["-c", PROBE, "rules", case, *without, "--json"],
        }
        runs: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(16):
            for name, arguments in commands.items():
                passed = of_process(arguments).wall
                if turn:  # the first fills the cache
                    runs[name].append(passed)
    took = {name: median(times) for name, times in runs.items()}
    note = f"median of 15, the fastest {min(runs['anew']) * 1000:.0f}; neither numpy nor numba is imported"
    stored = f"five rules run anew; as they are stored: {took['stored'] / took['help']:.1f}"
    return {
        "cli_ms": at_most(round(took["anew"] * 1000), "ms", 150, note),
        "cli_vs_help": at_most(round(took["anew"] / took["help"], 2), "times", 3, stored),
        "help_vs_python": at_most(round(took["help"] / took["python"], 2), "times", 6, "tracer --help beside python -c pass"),
    }


def held(account: int) -> str:
    """Why the trail ends with what an account holds at the end: none is frozen."""
    return "unspent"


def bounds() -> Figures:
    """Least and most at ten endpoints of a million transfers, with the network they are read from; the hubs are services. And the floors of
    a hundred customers, whom those services know by memos, with their proofs."""
    from ledgers import HUBS

    from tracer.model import Memo
    from tracer.tracing.bounds_by_max_flow import bound, extreme
    from tracer.tracing.bounds_network import network
    from tracer.tracing.lists_or_compiled_arrays import as_lists
    from tracer.tracing.min_cuts import allocation_of

    flows = flows_of(MILLION, 12)
    rows = as_lists(flows)
    reasons = {row: "service" for row, recipient in enumerate(rows.recipient) if recipient < HUBS}
    building, made = spent(lambda: network(rows, reasons, {}, held))
    ends = [place for place in made.places if place.reason == "service"][:5]
    ends += [place for place in made.places if place.reason == "unspent"][: 10 - len(ends)]
    seconds, found = spent(lambda: [bound(made, [place]) for place in ends])
    if not all(0 <= each.least <= each.most <= made.stolen for each in found):
        raise SystemExit(f"bounds: {found} of {made.stolen} stolen units")
    memos = {row: Memo("plain", str(row % 40).encode()) for row in reasons}
    known, made = spent(lambda: network(rows, reasons, memos, held))
    customers = [place for place in made.places if place.reason == "service"][:100]
    flowing, floors = spent(lambda: [extreme(made, [place], away=True) for place in customers])
    proving, _ = spent(lambda: [allocation_of(made, floor) for floor in floors[:10]])
    note = f"{len(made.tails):,} arcs, {len(ends)} endpoints, hubs are services; the network takes {building:.1f} s of it"
    proofs = f"{len(customers)} customers; each allocation that no rule reaches takes {proving / 10:.2f} s more"
    return {
        **hubs_followed(rows),
        "bounds_s": at_most(round(building + seconds, 1), "s", 10, note),
        "floors_s": at_most(round(known + flowing, 1), "s", 10, proofs),
    }


def hubs_followed(rows: Any) -> Figures:
    """Least and most at ten endpoints, the eight hubs among them, where the hubs are no services but followed like anybody."""
    from tracer.tracing.bounds_by_max_flow import bound
    from tracer.tracing.bounds_network import network

    building, made = spent(lambda: network(rows, {}, {}, held))
    ends = [place for place in made.places if place.reason == "unspent"][:10]
    seconds, found = spent(lambda: [bound(made, [place]) for place in ends])
    if not all(0 <= each.least <= each.most <= made.stolen for each in found):
        raise SystemExit(f"bounds, hubs followed: {found} of {made.stolen} stolen units")
    note = f"CPU; {len(made.tails):,} arcs, {len(ends)} endpoints; the network takes {building:.1f} s of it"
    return {"bounds_hubs_followed_s": at_most(round(building + seconds, 1), "s", 60, note)}


def rests() -> Figures:
    """What the rehearsal rests on: every assumption taken away, the cone, the rules and the floors anew each time; of two hundred."""
    from tracer.casefile import CaseFile
    from tracer.model import quiet
    from tracer.pipeline.trace import trace
    from tracer.pipeline.what_figures_rest_on import rests_of

    with TemporaryDirectory() as place:
        case = trace(CaseFile.load(Path(__file__).parents[1] / "fixtures/cases/rehearsal/case.toml"), Path(place) / "case")
        rests_of(case, 0, 0, quiet)  # so that what is imported once is not counted
        began = time.process_time()
        found = rests_of(case, 10, 1000, quiet)
        seconds = time.process_time() - began
    tried = sum(line.came != "cannot be taken away" for line in found.lines)
    note = f"CPU; {tried:,} assumptions took {seconds:.1f} s, with ten floors besides those of the services, taken in proportion"
    return {"rests_s": at_most(round(seconds * 200 / tried, 1), "s", 60, note)}


MEASURES = (ten_million, cli, bounds, rests, haircut_vs_python, wide, fifo_vs_python, cone_vs_python, haircut_vs_networkx, growth)

if __name__ == "__main__":
    raise SystemExit(run(MEASURES))
