"""Recomputes what an exported case with several assets says of all of them, in both answers, and compares every amount.

    python verify_swaps.py FOLDER

This file needs Python 3.11, and verify.py beside it, whose rules it uses; it shares no code with the program it checks. FOLDER is what
`tracer export` wrote. verify.py checks the asset of the thefts, followed until it is given for another one; this file checks every asset,
followed and substituted: assets, all_transfers, all_accounts, conversions, answers and reconciliation. Exit codes as of verify.py. Not
checked: that no conversion was left out, that its rows are what was given and received, how old a pool is, and who gave it liquidity.
"""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections import Counter, deque, namedtuple
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence, Set
from itertools import product
from pathlib import Path
from typing import Any

if not (path := Path(__file__).with_name("verify.py")).exists():
    raise SystemExit(f"{path.name} is not beside {Path(__file__).name}: take it from the project")
spec = importlib.util.spec_from_file_location("beside_verify", path)
verify: Any = importlib.util.module_from_spec(spec)  # type: ignore[arg-type]
spec.loader.exec_module(verify)  # type: ignore[union-attr]
CLEAN, RULES, Unreadable = verify.CLEAN, verify.RULES, verify.Unreadable
KINDS = ("wrap", "unwrap", "swap")  # one asset for another; whatever else is named is never substituted
DOUBTS = ("off_market", "young_pool", "own_pool", "no_rate")
OFF_MARKET = 10  # one part in so many off the rate of the block before, or of prices, is one too many
ANSWERS, SIDES = ("followed", "substituted"), ("given", "received")
ROW = ("row_key", "height", "position", "time", "tx_hash", "sender", "recipient", "amount", "fee", "kind", "basis")
OWNER = ("coverage", "stop", "service", "opening", "balance", "served", "served_height", "frozen")
Part = tuple[int, int]  # so many units, and their origin
Accounts = Mapping[str, Any]  # by holding, as verify.py has them
Numbers = Mapping[int, int]  # of thefts, from 0, by row
Ended = Counter[tuple[int, str, str, int]]  # by asset, address, reason, and theft from 1
Swap = namedtuple("Swap", "given received amounts")  # rows, rows, and how much of both: where swaps share rows, a part of them
Told = namedtuple("Told", "taken hops fees held exchanged")  # as in verify.py; exchanged: what pools themselves held and paid in swaps
OneAsset = namedtuple("OneAsset", "accounts owners transfers rows stolen")  # what verify.py asks of a case to check its accounts


def holding(address: str, asset: int) -> str:
    """What an address has of an asset: the first by the address alone."""
    return f"{address}:{asset}" if asset and address else address


def exchange(parts: Iterable[Part], received: int, mixed: bool) -> deque[Part]:
    """What is given becomes what is received, the stolen part t of a the same part of b, t * b // a. Mixed: of each theft in proportion,
    rounded down, what is left over of the earliest. Lots: each becomes its share, stolen or clean, up to there less that up to the one
    before, so that nothing is left over."""
    parts = list(parts)
    given, stolen = sum(units for units, _ in parts), sum(units for units, origin in parts if origin != CLEAN)
    becomes, held, found = stolen * received // given, Counter[int](), deque[Part]()
    if mixed:
        for units, origin in parts:
            held[origin] += units
        paid = {theft: held[theft] * becomes // stolen for theft in sorted(held) if theft != CLEAN and held[theft]}
        found.extend((units + (becomes - sum(paid.values())) * (theft == min(paid)), theft) for theft, units in paid.items())
        found.append((received - becomes, CLEAN))
        return found
    for units, origin in parts:
        clean = origin == CLEAN
        of, to = (given - stolen, received - becomes) if clean else (stolen, becomes)
        before, held[clean] = held[clean], held[clean] + units
        found.append((held[clean] * to // of - before * to // of if of else 0, origin))
    return found


def shared(rows: list[Any], swaps: Iterable[Swap]) -> tuple[dict[int, list[tuple[int, Any]]], Counter[int]]:
    """By row what each swap, in their order, has of it, and what they leave of it."""
    parts, left = dict[int, list[tuple[int, Any]]](), Counter[int]()
    for swap in swaps:
        for side, wanted in zip(swap[:2], swap.amounts, strict=True):
            for row in sorted(side):
                units = min(wanted, left.setdefault(row, rows[row].amount))
                left[row], wanted = left[row] - units, wanted - units
                parts.setdefault(row, []).extend([(units, swap)] if units else [])
    return parts, left


def recompute(accounts: Accounts, rows: list[Any], thefts: Numbers, stopped: Container[int], rule: str, swaps: list[Swap]) -> Told:
    """Follows the thefts under one rule as verify.py does, by holdings. What a swap gives waits, until all of it is there, to become what
    it receives, which comes then, whatever its place in the transaction; the pool gets as much clean money, and pays out of its own. A row
    that several swaps share is as many payments, and the first of them pays its fee."""
    on_top, spend = rule == "lifo", RULES[rule]
    holdings = {name: deque([(account.opening, CLEAN)]) for name, account in accounts.items()}
    told = Told([0] * len(thefts), Counter(), Counter(), Counter(), Counter())
    parts_of, waiting = shared(rows, swaps)[0], {swap: deque[Part]() for swap in swaps}
    last = {swap: max(row for row in swap.given if any(of == swap for _, of in parts_of[row])) for swap in swaps}
    paid: list[Any] = []
    for number, row in enumerate(rows):
        for n, (units, swap) in enumerate(parts_of.get(number) or [(row.amount, None)]):
            waits = swap is not None and number in swap.received and number < last[swap]
            paid.append((last[swap] if waits else number, waits, number, units, 0 if n else row.fee, swap))
    for _, _, number, units, fee, swap in sorted(paid, key=lambda part: part[:3]):
        row, moved, gives = rows[number], [(units, CLEAN)], swap and number in swap.given
        if row.sender:
            parts = holdings[row.sender]
            if (missing := fee + units - sum(held for held, _ in parts)) > 0:
                parts.append((missing, CLEAN))
            verify.add(told.fees, number, spend(parts, fee))
            moved = spend(parts, units)
        if swap and not gives:
            verify.add(told.exchanged, number, moved)
            moved = spend(waiting[swap], units)
        if number in thefts:
            told.taken[thefts[number]] += sum(units for units, origin in moved if origin == CLEAN)
            moved = [(units, thefts[number] if origin == CLEAN else origin) for units, origin in moved]
        verify.add(told.hops, number, moved)
        if gives:
            verify.receive(waiting[swap], moved, on_top)
            if number == last[swap]:
                waiting[swap] = exchange(waiting[swap], swap.amounts[1], spend is not verify.spend_first)
        if row.recipient:
            verify.receive(holdings[row.recipient], [(units, CLEAN)] if number in stopped or gives else moved, on_top)
    for name, parts in holdings.items():
        verify.add(told.held, name, parts)
    return told


def stops_at(accounts: Accounts, rows: list[Any], assets: list[int], thefts: Numbers, dust: int, ends: Set[int]) -> dict[int, str]:
    """The rows where the trail stops, and why, as verify.py has it, asset by asset: dust is of the first alone. `rows` name addresses,
    `accounts` are by holding; `ends` are given for something in which the trail does not go on."""
    found: dict[int, str] = {}
    for asset in set(assets):
        people = {row.recipient: accounts[name] for row in rows if (name := holding(row.recipient, asset)) in accounts}
        at = verify.stops_at(people, rows, thefts, 0 if asset else dust, ends)
        found |= {row: why for row, why in at.items() if assets[row] == asset}
    return found


class Case:  # the folder, read: the first asset as verify.py reads it, and the tables of all assets
    def __init__(self, folder: Path) -> None:
        read, self.first = verify.read, verify.Case(folder)
        self.rules, rules = self.first.rules, " ".join(self.first.rules)
        asked = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        self.asked = asked.get("conversions", {})
        self.symbols = [asked["asset"], *(each["asset"] for each in asked.get("assets", []))]
        split = " ".join(f"{rule}_fee {rule}_by_theft {rule}_pool" for rule in self.rules)
        leg = " ".join(f"{side}_{name}" for side in SIDES for name in ("asset", "amount", "rows"))
        self.kept = read(folder, "assets.csv", "asset symbol")
        self.transfers = read(folder, "all_transfers.csv", f"asset row theft cut {' '.join(ROW)} {rules} {split}")
        self.owners = read(folder, "all_accounts.csv", f"asset address {' '.join(OWNER)} {rules}")
        self.exchanged = read(folder, "conversions.csv", f"kind owner tx_hash pools {leg} rate_received rate_given doubts substituted")
        self.ends = read(folder, "answers.csv", f"answer asset address reason service theft {rules}")
        self.closing = read(folder, "reconciliation.csv", f"answer asset theft what {rules}")
        self.assets = [t.whole("asset") for t in self.transfers]
        sides = ((t.moment("time"), t.text("sender"), t.text("recipient")) for t in self.transfers)
        self.rows = [
            verify.Row(*side, t.whole("amount") * (side[1] != side[2]), t.whole("fee"))
            for side, t in zip(sides, self.transfers, strict=True)  # who pays himself pays the fee only
        ]
        self.whose = {holding(a.text("address"), a.whole("asset")): (a.text("address"), a.whole("asset")) for a in self.owners}
        held = ("not_fetched" if a.text("coverage") != "full" else "frozen" if a.text("frozen") else "unspent" for a in self.owners)
        known = ((a.whole("opening"), a.text("coverage"), a.text("service"), left) for a, left in zip(self.owners, held, strict=True))
        self.accounts = dict(zip(self.whose, (verify.Account(*each) for each in known), strict=False))
        for row, asset in zip(self.rows, self.assets, strict=True):
            for address in {row.sender, row.recipient} - {""}:
                self.whose.setdefault(holding(address, asset), (address, asset))
                self.accounts.setdefault(holding(address, asset), verify.Account(0, "not listed", left="not_fetched"))
        until = self.first.until
        late = (n for n, row in enumerate(self.rows) if until is not None and row.time is not None and row.time > until)
        self.followed = next(late, len(self.rows))
        self.at = {t.text("row_key"): row for row, t in enumerate(self.transfers)}
        stolen = {self.first.transfers[row].text("row_key"): n for row, n in self.first.stolen.items()}
        self.stolen = {self.at[key]: n for key, n in stolen.items() if key in self.at}
        much = [[sum(map(int, line.text(f"{side}_amount").split())) for side in SIDES] for line in self.exchanged]
        legs = [[tuple(self.named(line, side)) for side in SIDES] for line in self.exchanged]
        self.swaps = {line: Swap(given, got, tuple(both)) for line, (given, got), both in zip(self.exchanged, legs, much, strict=True)}
        self.through = [line for line in self.exchanged if line.text("substituted") == "yes" and self.moves(self.swaps[line])]

    def named(self, line: Any, side: str) -> Iterator[int]:
        """The rows of a side of a conversion. Raises Unreadable for one that is not there."""
        for key in line.text(f"{side}_rows").split():
            if key not in self.at:
                raise Unreadable(f"{line.place}: {side}_rows names {key!r}, which is no row_key of all_transfers.csv")
            yield self.at[key]

    def moves(self, swap: Swap) -> bool:
        """Whether something is given, and something received by other rows, none a theft: then it can be replayed."""
        apart = not {*swap.received} & {*swap.given, *self.stolen}
        return apart and bool(swap.received) and any(self.rows[row].amount for row in swap.given)

    def given(self, lines: Iterable[Any]) -> set[int]:
        """The rows that are given in conversions."""
        return {row for line in lines for row in self.swaps[line].given}


def assets(case: Case, report: Any) -> None:
    """The assets are those of case.toml, numbered from 0; every row and account is of one of them."""
    said = [(line.text("asset"), verify.digits(line.text("symbol"))) for line in case.kept]
    should = [(str(number), verify.digits(symbol)) for number, symbol in enumerate(case.symbols)]
    report.holds(said == should, f"assets.csv: has {said}, should have {should}, in that order")
    for line in (*case.ends, *case.closing):
        report.holds(line.text("answer") in ANSWERS, f"{line.place}: answer is followed or substituted, and not {line.text('answer')!r}")
    for line in (*case.transfers, *case.owners):
        report.holds(line.whole("asset") < len(case.kept), f"{line.place}: asset {line.text('asset')} is none of assets.csv")


def rows(case: Case, report: Any) -> None:
    """Rows of all assets stand in one order; those of the first are those of transfers.csv, and its accounts those of accounts.csv."""
    before, bits = -1, min(case.first.method["position_bits"].whole("value"), 62)
    for number, t in enumerate(case.transfers):
        report.same(t, "row", number, "the place of the line")
        key = t.whole("height") << bits | t.whole("position") if t.text("height") else t.whole("row_key")
        report.same(t, "row_key", key, f"height << {bits} | position")
        report.holds(key > before, f"{t.place}: should stand before the line above it")
        report.same(t, "theft", str(case.stolen[number] + 1) if number in case.stolen else "", "the thefts of case.toml")
        before = key
    tables = ("row_key", ROW, case.transfers, case.first.transfers), ("address", OWNER, case.owners, case.first.owners)
    for key, names, every, first in tables:
        of_first = {line.text(key): line for line in every if not line.whole("asset")}
        same = of_first.keys() == {one.text(key) for one in first}
        report.holds(same, f"{every[0].place}: the lines of asset 0 in this file are not those of {first[0].place.partition(':')[0]}")
        for one, name in product(first, names if same else ()):
            report.same(of_first[one.text(key)], name, one.text(name), one.place)


def holdings(case: Case, report: Any) -> None:
    """Nobody who was read in full is ever below zero in any asset; each holding closes as stated, and held what the source served."""
    drained = [verify.Row(None, case.rows[row].sender, "", 0, 0) for row in case.stolen]
    for asset in range(len(case.kept)):
        mine = [row for row, of in enumerate(case.assets) if of == asset]
        accounts = {row.sender: verify.Account(0, "partial") for row in drained}
        accounts |= {address: case.accounts[name] for name, (address, of) in case.whose.items() if of == asset}
        owners = [owner for owner in case.owners if owner.whole("asset") == asset]
        transfers, rows = [case.transfers[row] for row in (*mine, *case.stolen)], [case.rows[row] for row in mine] + drained
        verify.accounts(OneAsset(accounts, owners, transfers, rows, range(len(mine), len(rows))), report)


def conversions(case: Case, report: Any) -> None:
    """Each conversion moves what it says, by rows of its own, and is substituted where nothing speaks against it, or case.toml goes on
    through it."""
    through, asked = {verify.digits(text) for text in case.asked.get("through", [])}, case.asked.get("substitute") or KINDS
    swaps = [case.swaps[line] for line in case.exchanged if line.text("kind") in KINDS]
    (parts, left), many = shared(case.rows, swaps), Counter(row for swap in swaps for row in (*swap.given, *swap.received))
    for line in case.exchanged:
        place, swap, kind, doubts = line.place, case.swaps[line], line.text("kind"), set(line.text("doubts").split())
        for side, numbers in zip(SIDES, swap[:2], strict=True):
            moved = Counter[str]()
            for row in numbers:
                part = sum(units for units, of in parts.get(row, ()) if of == swap)
                moved[str(case.assets[row])] += part if kind in KINDS and many[row] > 1 else case.rows[row].amount
            said = dict(zip(line.text(f"{side}_asset").split(), line.text(f"{side}_amount").split(), strict=False))
            found = {asset: str(units) for asset, units in moved.items()}
            report.holds(said == found, f"{place}: {side}_amount says {said} by asset, and the rows of {side}_rows move {found}")
        report.holds(doubts <= {*DOUBTS}, f"{place}: doubts says {line.text('doubts')!r}, and there are {' '.join(DOUBTS)}")
        if kind in KINDS:
            strangers = {case.rows[row].sender for row in swap.given} - {line.text("owner")}
            report.holds(case.moves(swap) and not strangers, f"{place}: owner {line.text('owner')!r} does not pay all that is given")
            over = any(left[row] for side in swap[:2] for row in side if many[row] > 1)
            report.holds(not over, f"{place}: has a row that several conversions share, and moves more than they say")
            known, off, what = bool(line.text("rate_received")), False, f"{place}: doubts says {line.text('doubts')!r}"
            report.holds(known != ("no_rate" in doubts), f"{what}, and a rate is {'' if known else 'not '}stated")
            if known:  # off the market follows from its rate and that of the block before, or of prices
                at_market = line.whole("given_amount") * line.whole("rate_received")
                off = abs(line.whole("received_amount") * line.whole("rate_given") - at_market) * OFF_MARKET > at_market
            report.holds(off == ("off_market" in doubts), f"{what}, and by its rates it is {'' if off else 'not '}off_market")
        passed = through & {verify.digits(text) for text in (line.text("tx_hash"), *line.text("pools").split()) if text}
        goes_on = "yes" if kind in KINDS and kind in asked and (passed or not doubts) else "no"
        report.same(line, "substituted", goes_on, f"its kind, its doubts and [conversions] of case.toml: {kind} {line.text('doubts')}")


def results(case: Case, report: Any) -> None:
    """Both answers, under every rule."""
    for answer in ANSWERS:
        through = case.through if answer == "substituted" else []
        passed = case.given(through)
        every = stops_at(case.accounts, case.rows, case.assets, case.stolen, case.first.dust, case.given(case.exchanged) - passed)
        stopped = {row: why for row, why in every.items() if row not in passed}
        sides = zip(case.rows[: case.followed], case.assets, strict=False)
        named = [row._replace(sender=holding(row.sender, n), recipient=holding(row.recipient, n)) for row, n in sides]
        swaps = [swap for line in through if max(*(swap := case.swaps[line]).given, *swap.received) < case.followed]
        told = {rule: recompute(case.accounts, named, case.stolen, stopped, rule, swaps) for rule in case.rules}
        if answer == "substituted":
            carried(case, report, told, stopped)
            shares(case, report)
        ended = {rule: places(case, said, stopped) for rule, said in told.items()}
        endpoints(case, report, answer, ended)
        reconciliation(case, report, answer, told, ended, swaps)


def carried(case: Case, report: Any, told: Mapping[str, Told], stopped: Mapping[int, str]) -> None:
    """What each row and its fee carried, where the trail stops, and what each holding received."""
    carrying = {row for said in told.values() for row, _ in said.hops}
    for row, t in enumerate(case.transfers):
        report.same(t, "cut", stopped.get(row, "") if row in carrying else "", "where the trail stops")
    for rule, said in told.items():
        parts: dict[int, dict[int, list[int]]] = {}
        for place, counter in enumerate((said.hops, said.fees, said.exchanged)):
            for (row, n), units in counter.items():
                parts.setdefault(row, {}).setdefault(n + 1, [0, 0, 0])[place] += units
        received = Counter[str]()
        for row, t in enumerate(case.transfers):
            of = sorted(parts.get(row, {}).items())
            report.same(t, rule, sum(amount for _, (amount, _, _) in of))
            report.same(t, f"{rule}_fee", sum(fee for _, (_, fee, _) in of))
            report.same(t, f"{rule}_by_theft", " ".join(f"{n}:{amount}:{fee}" for n, (amount, fee, _) in of if amount or fee))
            report.same(t, f"{rule}_pool", " ".join(f"{n}:{own}" for n, (_, _, own) in of if own), "the rows: what the pool itself held")
            received[holding(case.rows[row].recipient, case.assets[row])] += sum(amount for _, (amount, _, _) in of)
        for owner in case.owners:
            report.same(owner, rule, received[holding(owner.text("address"), owner.whole("asset"))], "the rows: stolen value received")


def shares(case: Case, report: Any) -> None:
    """Of a substituted conversion with rows of its own, in the figures as they are printed: t of a stolen become t * b // a."""
    many = Counter(row for line in case.through for side in case.swaps[line][:2] for row in side)
    for line in case.through:
        given, received, (units, _) = case.swaps[line]
        own = max(many[row] for row in (*given, *received)) == 1
        for rule in case.rules if max(*given, *received) < case.followed and units and own else ():
            stolen, got = (sum(case.transfers[row].whole(rule) for row in side) for side in (given, received))
            should = stolen * line.whole("received_amount") // units
            report.holds(got == should, f"{line.place}: {rule} says {got} received are stolen, but {should} follows from {stolen} given")


def places(case: Case, told: Told, stopped: Mapping[int, str]) -> Ended:
    """What ended where; fees nowhere."""
    found: Ended = Counter()
    for (row, n), units in told.hops.items():
        if row in stopped:
            found[case.assets[row], case.rows[row].recipient or case.rows[row].sender, stopped[row], n + 1] += units
    for (row, n), units in told.exchanged.items():
        found[case.assets[row], case.rows[row].sender, "converted", n + 1] += units
    for (row, n), units in told.fees.items():
        found[case.assets[row], "", "fees", n + 1] += units
    for (name, n), units in told.held.items():
        address, asset = case.whose[name]
        found[asset, address, case.accounts[name].left, n + 1] += units
    return found


def endpoints(case: Case, report: Any, answer: str, ended: Mapping[str, Ended]) -> None:
    """Where the value of each theft is in each asset."""
    missing = {place for found in ended.values() for place in found}
    for line in (line for line in case.ends if line.text("answer") == answer):
        place = asset, address, reason, n = line.whole("asset"), line.text("address"), line.text("reason"), line.whole("theft")
        where = f"theft {n} at {address!r}, {reason}, asset {asset}"
        report.holds(place in missing, f"{line.place}: {answer}, nothing is left of {where}: should not be there")
        missing.discard(place)
        for rule in case.rules:
            report.same(line, rule, ended[rule][place], f"the rows, {answer}: {where}")
        service = case.accounts.get(holding(address, asset), verify.Account(0)).service
        report.same(line, "service", service if reason == "service" else "", "all_accounts.csv")
    for asset, address, reason, n in sorted(missing):
        report.holds(False, f"answers.csv: has no line for {answer}, theft {n} at {address!r}, {reason}, asset {asset}")


def reconciliation(case: Case, report: Any, answer: str, told: Mapping[str, Told], ended: Mapping[str, Ended], swaps: list[Swap]) -> None:
    """Every asset closes: stolen + converted in = ended + fees + converted out, recomputed and as printed."""
    turns = {row: what for swap in swaps for side, what in zip(swap[:2], ("converted_out", "converted_in"), strict=True) for row in side}
    sums, left = Counter[tuple[int, int, str, str]](), Counter[tuple[int, int, str]]()
    for rule, said in told.items():
        sums.update({(0, n, "stolen", rule): units for n, units in enumerate(said.taken, 1)})
        for (row, n), units in said.hops.items():
            if row in turns:
                sums[case.assets[row], n + 1, turns[row], rule] += units
        for (asset, address, _, n), units in ended[rule].items():
            sums[asset, n, "ended" if address else "fees", rule] += units
    for line, rule in product((line for line in case.closing if line.text("answer") == answer), case.rules):
        asset, n, what = line.whole("asset"), line.whole("theft"), line.text("what")
        report.same(line, rule, sums.pop((asset, n, what, rule), 0), f"the rows: {answer}, asset {asset}, theft {n}: {what}")
        left[asset, n, rule] += line.whole(rule) * (1 if what in ("stolen", "converted_in") else -1)
    for (asset, n, rule), units in left.items():
        report.holds(not units, f"reconciliation.csv: {answer}, asset {asset}, theft {n}, {rule}: does not close, {units} left over")
    for (asset, n, what, rule), units in sums.items():
        report.holds(not units, f"reconciliation.csv: has no line for {answer}, asset {asset}, theft {n}, {what}: {rule} {units}")


def check(folder: Path) -> Any:
    """Everything compared, as a Report of verify.py. Raises Unreadable where a file is not what it should be."""
    try:
        case = Case(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unreadable(f"case.toml: cannot be read: {type(error).__name__}: {error}") from None
    many = f"{len(case.rows)} rows of {len(case.kept)} assets and their order"
    swaps = f"what was given and received in {len(case.exchanged)} conversions ({len(case.through)} substituted), and what is said of pools"
    report = verify.Report(f"Taken as given: {many}, {swaps}.")
    for part in (assets, rows, holdings, conversions, results):
        part(case, report)
    return report


def main(arguments: Sequence[str]) -> int:
    folder = Path(*arguments)
    try:
        if not (folder / "assets.csv").exists():
            raise Unreadable(f"{folder}: has no assets.csv: it has one asset, and verify.py checks all of it")
        report = check(folder)
    except Unreadable as error:
        print(f"verify_swaps: {error}", file=sys.stderr)
        return 1
    print(*report.lines(), sep="\n")
    return 2 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2]))
