"""Recomputes an exported case the slow, obvious way and compares every traced amount, floor and ceiling.

    python verify.py FOLDER

This file needs Python 3.11 and nothing else, and shares no code with the program it checks. FOLDER holds what `tracer export` wrote.
Exit code 0: every one of them is as recomputed. 2: a line for each that differs says where. 1: a file cannot be read. Not checked, as it
is not in the folder: that transfers are the chain's, that no account was left out, that an address belongs to the service its label names.
"""

from __future__ import annotations

import csv
import gc
import json
import sys
import tomllib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Container, Iterable, Mapping, Sequence, Set
from datetime import UTC, datetime
from itertools import groupby, product
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

CLEAN = -1  # where money comes from that no theft has touched; any other origin is the number of a theft, from 0
Part = tuple[int, int]  # so many units, and their origin


class Row(NamedTuple):  # nobody ("") sends what is made, and receives what is destroyed; times are UNIX seconds, None if nobody states it
    time: int | None
    sender: str
    recipient: str
    amount: int  # who pays himself pays the fee only
    fee: int


class Account(NamedTuple):  # coverage: full, partial (not all its rows), boundary (not read); left: why the trail ends with what it holds
    opening: int
    coverage: str = "full"
    service: str = ""
    left: str = "unspent"


class Told(NamedTuple):  # what one rule says: units taken by each theft; stolen units by (row, theft) and by (address, theft)
    taken: list[int]
    hops: Counter[tuple[int, int]]
    fees: Counter[tuple[int, int]]
    held: Counter[tuple[str, int]]


def spend_first(parts: deque[Part], wanted: int) -> list[Part]:
    """What lies first leaves first: the oldest under fifo, the newest under lifo."""
    taken: list[Part] = []
    while wanted:
        units, origin = parts.popleft()
        taken.append((min(units, wanted), origin))
        if units > wanted:
            parts.appendleft((units - wanted, origin))
        wanted = max(0, wanted - units)
    return taken


def spend_mixed(parts: deque[Part], wanted: int, leaving: Callable[[int, int], int]) -> list[Part]:
    """`leaving` says how many are stolen: of each theft in proportion, rounded down; units left over, of the earliest that has some."""
    held = {CLEAN: 0}
    for units, origin in parts:
        held[origin] = held.get(origin, 0) + units
    clean, thefts = held[CLEAN], sorted(origin for origin in held if origin != CLEAN and held[origin])
    stolen = sum(held[theft] for theft in thefts)
    going = leaving(stolen, clean) if stolen and wanted else 0
    paid = {theft: held[theft] * going // stolen for theft in thefts}
    while sum(paid.values()) < going:
        paid[next(theft for theft in thefts if paid[theft] < held[theft])] += 1
    paid[CLEAN] = wanted - going
    parts.clear()
    parts.extend((held[origin] - units, origin) for origin, units in paid.items())
    return [(units, origin) for origin, units in paid.items()]


RULES: dict[str, Callable[[deque[Part], int], list[Part]]] = {
    "fifo": spend_first,
    "lifo": spend_first,
    "haircut": lambda parts, wanted: spend_mixed(parts, wanted, lambda stolen, clean: stolen * wanted // (stolen + clean)),
    "clean_first": lambda parts, wanted: spend_mixed(parts, wanted, lambda _, clean: max(0, wanted - clean)),
    "dirty_first": lambda parts, wanted: spend_mixed(parts, wanted, lambda stolen, _: min(stolen, wanted)),
}


def receive(parts: deque[Part], arriving: Sequence[Part], on_top: bool) -> None:
    """Behind what is there, in the order it was taken; under lifo on top, the first taken topmost. Neighbours of one origin are one."""
    for units, origin in reversed(arriving) if on_top else arriving:
        if parts and parts[0 if on_top else -1][1] == origin:
            units += (parts.popleft if on_top else parts.pop)()[0]
        (parts.appendleft if on_top else parts.append)((units, origin))


def stops_at(accounts: Mapping[str, Account], rows: Sequence[Row], thefts: Mapping[int, int], dust: int, ends: Set[int]) -> dict[int, str]:
    """The rows where the trail stops, and why: the first of these that holds. `ends` are given for another asset and not followed there."""
    drained, found = set[str](), dict[int, str]()
    for number, row in enumerate(rows):
        if number in thefts:
            drained.add(row.sender)
        to = accounts.get(row.recipient, Account(0))
        why = {"converted": number in ends and not to.service, "destroyed": not row.recipient, "returned": row.recipient in drained}
        why |= {"service": bool(to.service), "not_fetched": to.coverage == "boundary", "dust": row.amount < dust and number not in thefts}
        if any(why.values()):
            found[number] = next(reason for reason in why if why[reason])
    return found


def recompute(accounts: Mapping[str, Account], rows: Sequence[Row], thefts: Mapping[int, int], stopped: Container[int], rule: str) -> Told:
    """Follows the thefts (their numbers, from 0, by row) under one rule, row by row. A fee is paid before the amount. An account that
    pays more than it is known to hold gets the rest as clean money, to be spent last."""
    holdings = {address: deque([(account.opening, CLEAN)]) for address, account in accounts.items()}
    told = Told([0] * len(thefts), Counter(), Counter(), Counter())
    for number, row in enumerate(rows):
        moved = clean = [(amount := row.amount, CLEAN)]
        if row.sender and len(parts := holdings[row.sender]) == 1 and parts[0][1] == CLEAN:  # all is clean, and stays so
            parts[0] = max(0, parts[0][0] - row.fee - amount), CLEAN
        elif row.sender:
            if (missing := row.fee + amount - sum(units for units, _ in parts)) > 0:
                parts.append((missing, CLEAN))
            add(told.fees, number, RULES[rule](parts, row.fee))
            moved = RULES[rule](parts, amount)
        if number in thefts:  # the clean money that a theft carries is stolen now; money stolen before keeps its origin
            told.taken[thefts[number]] += sum(units for units, origin in moved if origin == CLEAN)
            moved = [(units, thefts[number] if origin == CLEAN else origin) for units, origin in moved]
        add(told.hops, number, moved)
        if row.recipient:
            receive(holdings[row.recipient], clean if number in stopped else moved, on_top=rule == "lifo")
    for address, parts in holdings.items():
        add(told.held, address, parts)
    return told


def add(counter: Counter[tuple[Any, int]], key: int | str, parts: Iterable[Part]) -> None:
    for units, origin in parts:
        if units and origin != CLEAN:
            counter[key, origin] += units


class Unreadable(Exception):  # noqa: N818
    """A file that is not what it should be; one line says where."""


def seconds(value: object) -> int | None:
    """UNIX seconds of a moment in ISO 8601, None of nothing; a day begins at midnight UTC."""
    return int((moment := datetime.fromisoformat(str(value))).replace(tzinfo=moment.tzinfo or UTC).timestamp()) if value else None


class Line:  # of a CSV file; text that a spreadsheet would run has one apostrophe in front, which is left out here
    def __init__(self, place: str, names: Mapping[str, int], cells: list[str]) -> None:
        self.place, self.names, self.cells = place, names, cells

    def text(self, name: str) -> str:
        return self.cells[self.names[name]].removeprefix("'")

    def whole(self, name: str) -> int:
        if not ((text := self.text(name)).isascii() and text.removeprefix("-" if name == "balance" else "").isdigit() and len(text) <= 100):
            raise Unreadable(f"{self.place}: {name} = {text[:80]!r} is no whole number")
        return int(text)

    def hashes(self) -> set[str]:
        return {digits(text) for name in ("tx_hash", "inner_hash") if (text := self.text(name))}

    def moment(self, name: str) -> int | None:
        try:
            return seconds(self.text(name))
        except (ValueError, OverflowError):
            raise Unreadable(f"{self.place}: {name} = {self.text(name)[:80]!r} is no moment such as 2018-01-26T00:04:56Z") from None


def read(folder: Path, file: str, needed: str) -> list[Line]:
    """The lines of a CSV file that has the columns needed, at least."""
    csv.field_size_limit(1 << 30)
    try:
        with (folder / file).open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.reader(opened, strict=True)
            header = next(reader, [])
            names = {name: number for number, name in enumerate(header)}
            lines = [Line(f"{file}:{reader.line_num}", names, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Unreadable(f"{file}: cannot be read: {error}") from None
    if odd := [name for name in needed.split() if header.count(name) != 1]:
        raise Unreadable(f"{file}:1: column {odd[0]!r} stands there {header.count(odd[0])} times, should stand there once")
    if torn := [line for line in lines if len(line.cells) != len(header)]:
        raise Unreadable(f"{torn[0].place}: has {len(torn[0].cells)} cells, the first line has {len(header)}: {torn[0].cells[:1]} ...")
    return lines


class Case:  # the folder, read: what case.toml asks for, the lines of the tables, and what they say as plain numbers
    def __init__(self, folder: Path) -> None:
        asked = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))
        trace, stops = asked.get("trace", {}), asked.get("stops", {})
        self.rules, self.primary = list(trace.get("rules", RULES)), str(trace.get("primary", ""))
        self.dust, self.until = int(stops.get("dust", 0)), seconds(stops.get("until"))
        if unknown := set(self.rules) - RULES.keys():
            raise ValueError(f"{sorted(unknown)[0]!r} is not a rule")
        rules, split = " ".join(self.rules), " ".join(f"{rule}_fee {rule}_by_theft" for rule in self.rules)
        row = "row row_key height position time tx_hash inner_hash sender recipient amount fee kind basis provisional theft cut"
        settings = read(folder, "method.csv", "setting value")
        self.method = {line.text("setting"): line for line in settings}
        self.twice = [line for line in settings if self.method[line.text("setting")] is not line]
        if missing := {"rules", "primary", "dust", "until", "order", "position_bits", "tip", "finality"} - self.method.keys():
            raise Unreadable(f"method.csv: has no line for {min(missing)!r}")
        bounded = (folder / "bounds.csv").exists()
        rests, memo = ("frozen opening_basis", "memo_hex memo_kind") if bounded else ("frozen", "")
        self.thefts = read(folder, "thefts.csv", f"theft row row_key tx_hash time sender recipient amount basis {rules}")
        self.transfers = read(folder, "transfers.csv", f"{row} {rules} {split} {memo}")
        self.owners = read(folder, "accounts.csv", f"address coverage stop service opening balance served served_height {rules} {rests}")
        self.ends = read(folder, "rules.csv", f"address reason service theft {rules}")
        ends = "bound kind address reason service memo_hex memo_kind theft names least most least_any_order most_any_order least_by most_by"
        self.bounds = read(folder, "bounds.csv", ends) if bounded else []
        self.cuts: dict[tuple[str, str], list[Line]] = {}
        for line in read(folder, "cuts.csv", "bound figure listed address first until") if bounded else ():
            self.cuts.setdefault((line.text("bound"), line.text("figure")), []).append(line)
        self.allocations: dict[str, dict[int, list[int]]] = {}
        for line in read(folder, "allocations.csv", "allocation row amount fee") if bounded else ():
            parts = self.allocations.setdefault(line.text("allocation"), {}).setdefault(line.whole("row"), [0, 0])
            parts[:] = parts[0] + line.whole("amount"), parts[1] + line.whole("fee")
        left = {a: "not_fetched" if a.text("coverage") != "full" else "frozen" if a.text("frozen") else "unspent" for a in self.owners}
        self.accounts = {a.text("address"): Account(a.whole("opening"), a.text("coverage"), a.text("service"), left[a]) for a in left}
        self.rows = [
            Row(t.moment("time"), who := t.text("sender"), to := t.text("recipient"), t.whole("amount") * (who != to), t.whole("fee"))
            for t in self.transfers
        ]
        late = (n for n, row in enumerate(self.rows) if self.until is not None and row.time is not None and row.time > self.until)
        self.followed = next(late, len(self.rows))  # so many rows are, up to the last moment
        for address in {side for row in self.rows for side in (row.sender, row.recipient)} - {""}:
            self.accounts.setdefault(address, Account(0, "not listed", left="not_fetched"))
        self.at: dict[str, list[int]] = {}  # rows by the hashes of their transaction, and by who pays
        for n, key in ((n, key) for n, t in enumerate(self.transfers) for key in {*t.hashes(), t.text("sender")}):
            self.at.setdefault(key, []).append(n)
        self.alike: dict[str, set[str]] = {}  # addresses by what of them tells them apart
        for address in (owner.text("address") for owner in self.owners):
            self.alike.setdefault(digits(address.replace("-", "")), set()).add(address)
        self.named = [named(self, theft) for theft in asked["thefts"]]
        self.stolen = {row: number for number, row in enumerate(sorted({row for rows in self.named for row in rows}))}
        self.several = (folder / "assets.csv").exists()
        exchanged = read(folder, "conversions.csv", "given_rows") if (folder / "conversions.csv").exists() else []
        keys = {key for line in exchanged for key in line.text("given_rows").split()}  # what is given for another asset ends there
        given = {row for row, t in enumerate(self.transfers) if t.text("row_key") in keys}
        self.stopped = stops_at(self.accounts, self.rows, self.stolen, self.dust, given)


def digits(text: str) -> str:
    return text.strip().lower().removeprefix("0x")


def named(case: Case, asked: Mapping[str, Any]) -> list[int]:
    """The rows that a [[thefts]] of case.toml names: what left the victim in a transaction, or what a wallet paid in a window. The victim
    is who is named, or who only loses there: routers and pools pay on what came to them."""

    def address(text: str) -> str:  # as the tables write it; a person may use other capitals, hyphens, or leave 0x out
        text = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
        alike = case.alike.get(digits(text.replace("-", "")), set())
        return min(alike) if len(alike) == 1 else text.strip()

    transfer, wallet, least = digits(asked.get("transfer", "")), address(asked.get("wallet", "")), int(asked.get("min_amount", 0))
    first, last, payees = seconds(asked.get("from")), seconds(asked.get("until")), [address(text) for text in asked.get("to", [])]
    victims = {address(text) for text in asked.get("victims", [])} or {wallet} - {""}
    spared = [form(text) for text in asked.get("exclude", []) for form in (address, digits)]

    def names(t: Line) -> bool:
        real = t.text("kind") == "transfer" and t.whole("amount") > 0 and t.text("recipient") not in ("", t.text("sender"))
        if transfer or not real:
            return real and transfer in t.hashes()
        inside = (first, last) == (None, None) or ((time := t.moment("time")) is not None and (first or time) <= time <= (last or time))
        meant = (not payees or t.text("recipient") in payees) and not {t.text("recipient"), *t.hashes()}.intersection(spared)
        return t.text("sender") == wallet and inside and meant and t.whole("amount") >= least

    there = {row: case.transfers[row] for row in case.at.get(transfer or wallet, ())}
    net: Counter[str] = Counter()
    for t in there.values():
        net[t.text("recipient")] += t.whole("amount")
        net[t.text("sender")] -= t.whole("amount")
    drained = victims or {who for who, units in net.items() if who and units < 0}
    return [row for row, t in there.items() if names(t) and (not transfer or t.text("sender") in drained)]


class Report:  # how much was compared, the lines that say what differs, and what could not be compared
    def __init__(self, given: str) -> None:
        self.checked, self.differences, self.given = 0, list[str](), given

    def holds(self, true: bool, otherwise: str) -> None:
        self.checked += 1
        if not true:
            self.differences.append(otherwise)

    def same(self, line: Line, name: str, should: str | int, source: str = "the rows") -> None:
        self.checked += 1
        plain = line.cells[line.names[name]] == str(should)  # as it nearly always is
        if not plain and (said := line.whole(name) if isinstance(should, int) else line.text(name)) != should:
            self.differences.append(f"{line.place}: {name} says {said!r}, but {should!r} follows from {source}")

    def lines(self) -> list[str]:
        verdict = f"{len(self.differences)} DIFFER" if self.differences else "all are as recomputed, to the unit"
        return [*self.differences, f"{self.checked} figures compared: {verdict}. {self.given}"]


def check(folder: Path) -> Report:
    """Everything compared. Raises Unreadable where a file is not what it should be."""
    try:
        case = Case(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:  # a table's are told where it is read
        raise Unreadable(f"case.toml: cannot be read: {type(error).__name__}: {error}") from None
    report = Report(given(case))
    for part in (method, order, thefts, accounts, results):
        part(case, report)
    return report


def given(case: Case) -> str:
    """What no figure here could show to be wrong, and how many balances could."""
    stated, services = (sum(bool(owner.text(name)) for owner in case.owners) for name in ("served", "service"))
    hidden = sum("commitment" in t.names and bool(t.text("commitment")) for t in case.transfers)
    modelled = sum("opening_basis" in owner.names and owner.text("opening_basis") == "modelled" for owner in case.owners)
    order, tip = (case.method[name].text("value") or "not stated" for name in ("order", "tip"))
    rows = f"{len(case.rows)} rows and their order ({order}; tip {tip}), {len(case.owners)} opening balances ({modelled} of them modelled)"
    untied = f", the place of {hidden} rows of third parties (redacted: no hash ties them to the chain)" * bool(hidden)
    full = sum(owner.text("coverage") == "full" for owner in case.owners)
    whole = f"that {full} histories are complete, that {services} addresses belong to the services or victims named in accounts.csv"
    more = " Other assets, and the second answer: verify_swaps.py." * case.several
    return f"Taken as given: {rows}{untied}, {whole}. Balances that a source stated: {stated}.{more}"


def method(case: Case, report: Report) -> None:
    """The settings in force are those that case.toml asks for, each once; no table has a column of a rule that was not asked for."""
    for line in case.twice:
        report.holds(False, f"{line.place}: setting {line.text('setting')!r} stands there twice")
    report.holds(bool(case.named), "case.toml: names no theft, so nothing was traced")
    for lines in (case.transfers, case.thefts, case.owners, case.ends):
        for name in lines[0].names if lines else ():
            rule = name.removesuffix("_by_theft").removesuffix("_fee")
            place = lines[0].place.partition(":")[0]
            report.holds(rule not in RULES or rule in case.rules, f"{place}:1: column {name!r} is of a rule that case.toml does not name")
    until = "" if case.until is None else datetime.fromtimestamp(case.until, UTC).isoformat().replace("+00:00", "Z")
    for name, asked in {"rules": " ".join(case.rules), "primary": case.primary, "dust": str(case.dust), "until": until}.items():
        report.same(case.method[name], "value", asked, f"{name} in case.toml")


def order(case: Case, report: Report) -> None:
    """The order changes results: by block, or time where blocks are unknown. A block has one time; those of a chain do not go back."""
    said = case.method["order"].text("value")
    report.holds(said in ("chain", "file", "time"), f"{case.method['order'].place}: order is chain, file or time, and not {said!r}")
    by_chain, tip = said in ("chain", "file"), case.method["tip"].text("value")
    bits, finality = min(case.method["position_bits"].whole("value"), 62), case.method["finality"].whole("value")
    before, unplaced = -1, any(not t.text("height") for t in case.transfers)
    for number, (t, row) in enumerate(zip(case.transfers, case.rows, strict=True)):
        report.same(t, "row", number, "the place of the line")
        if by_chain and "commitment" in t.names and t.text("commitment"):  # a third party's: its place on the chain is withheld
            continue
        report.holds(by_chain or unplaced or not t.text("height"), f"{t.place}: has a height, so rows should stand by block, not by time")
        above, earlier = case.transfers[max(0, number - 1)], case.rows[max(0, number - 1)].time
        if said == "chain" and t.text("basis") == above.text("basis") == "chain":
            next_block = t.text("height") != above.text("height")
            on = row.time is None or earlier is None or row.time == earlier or (next_block and row.time > earlier)
            report.holds(on, f"{t.place}: time {t.text('time')} is not that of its block, or goes back from the line above it")
        key = t.whole("height") << bits | t.whole("position") if by_chain else number
        report.same(t, "row_key", key, f"height << {bits} | position" if by_chain else "chronological order")
        report.holds(key > before and (by_chain or (row.time or 0) >= (earlier or 0)), f"{t.place}: should stand before the line above it")
        near = bool(tip and t.text("height")) and t.whole("height") > case.method["tip"].whole("value") - finality
        report.same(t, "provisional", str(near).lower(), f"its distance from the tip: {finality} blocks or more are final")
        before = key


def accounts(case: Case, report: Report) -> None:
    """No account that was read in full is ever below zero; each closes as stated, held what the source served, and absorbs as it should."""
    held = {address: account.opening for address, account in case.accounts.items()}
    served = dict(held)
    upto = {owner.text("address"): owner.whole("served_height") for owner in case.owners if owner.text("served_height")}
    for t, row in zip(case.transfers, case.rows, strict=True):
        for side, address, change in (("sender", row.sender, -row.amount - row.fee), ("recipient", row.recipient, row.amount)):
            if not address:
                continue
            held[address] += change
            coverage = case.accounts[address].coverage
            report.holds(coverage != "not listed", f"{t.place}: {side} {address!r} is no account of accounts.csv")
            below = f"{t.place}: {side} {address!r} is at {held[address]} then, should not be below zero"
            report.holds(side == "recipient" or coverage != "full" or held[address] >= 0, below)
            if address in upto and (not t.text("height") or t.whole("height") <= upto[address]):
                served[address] = held[address]
    drained = {case.rows[row].sender for row in case.stolen}
    for owner in case.owners:
        address, coverage = owner.text("address"), owner.text("coverage")
        rest = {"full": "", "partial": "", "boundary": "not_fetched"}.get(coverage, "(coverage is full, partial or boundary)")
        report.same(owner, "stop", "returned" if address in drained else "service" if owner.text("service") else rest, "its other cells")
        report.same(owner, "balance", held[address], f"opening and transfers of {address!r}")
        if coverage == "full" and owner.text("served"):
            report.same(owner, "served", served[address], f"opening and transfers of {address!r} up to height {upto.get(address)}")
    report.holds(len(case.owners) == len({owner.text("address") for owner in case.owners}), "accounts.csv: lists an address twice")


def thefts(case: Case, report: Report) -> None:
    """The thefts are the rows that case.toml names, numbered in their order."""
    for n, named in enumerate(case.named, 1):
        report.holds(bool(named), f"case.toml: the {n}. [[thefts]] names no payment of transfers.csv")
    for row, t in enumerate(case.transfers):
        report.same(t, "theft", str(case.stolen[row] + 1) if row in case.stolen else "", "the thefts of case.toml")
    report.holds(len(case.thefts) == len(case.stolen), f"thefts.csv: has {len(case.thefts)} thefts, should have {len(case.stolen)}")
    for line, row in zip(case.thefts, case.stolen, strict=False):
        for name in ("theft", "row", "row_key", "tx_hash", "time", "sender", "recipient", "amount", "basis"):
            report.same(line, name, case.transfers[row].text(name), case.transfers[row].place)


def results(case: Case, report: Report) -> None:
    """Under every rule: what each theft took, what each row carried, what each account received."""
    told = {rule: recompute(case.accounts, case.rows[: case.followed], case.stolen, case.stopped, rule) for rule in case.rules}
    cells = {rule: itemgetter(*(t.names[rule + end] for end in ("", "_fee", "_by_theft"))) for rule in told for t in case.transfers[:1]}
    carrying = {row for said in told.values() for row, _ in said.hops}
    for row, t in enumerate(case.transfers):
        report.same(t, "cut", case.stopped.get(row, "") if row in carrying else "", "where the trail stops")
    for rule, said in told.items():
        received: Counter[str] = Counter()
        carried_by: dict[int, dict[int, list[int]]] = {}  # by row and theft, from 1: what its amount and what its fee carried
        for place, counter in enumerate((said.hops, said.fees)):
            for (row, n), units in counter.items():
                carried_by.setdefault(row, {}).setdefault(n + 1, [0, 0])[place] += units
        for number, line in enumerate(case.thefts[: len(case.stolen)]):
            report.same(line, rule, said.taken[number], "the rows: what it took that was not stolen before")
        for row, t in enumerate(case.transfers):
            if row not in carried_by and cells[rule](t.cells) == ("0", "0", ""):  # nearly every row
                report.checked += 3
                continue
            parts = sorted(carried_by.get(row, {}).items())
            received[case.rows[row].recipient] += (carried := sum([amount for _, (amount, _) in parts]))
            report.same(t, rule, carried)
            report.same(t, f"{rule}_fee", sum([fee for _, (_, fee) in parts]))
            report.same(t, f"{rule}_by_theft", " ".join([f"{n}:{amount}:{fee}" for n, (amount, fee) in parts]))
        for owner in case.owners:
            report.same(owner, rule, received[owner.text("address")], "the rows: stolen value received")
    endpoints(case, report, told)
    bounds(case, report, told)


def endpoints(case: Case, report: Report, told: Mapping[str, Told]) -> None:
    """Where the value of each theft ended, and that endpoints and fees are together what it took (the reconciliation)."""
    ends: defaultdict[tuple[str, str, int], dict[str, int]] = defaultdict(lambda: dict.fromkeys(case.rules, 0))
    for rule, said in told.items():
        found = [(*end_of(case, row)[:2], n, units) for (row, n), units in said.hops.items() if row in case.stopped]
        found += [(address, case.accounts[address].left, n, units) for (address, n), units in said.held.items()]
        for address, reason, n, units in [*found, *(("", "fees", n, units) for (_, n), units in said.fees.items())]:
            ends[address, reason, n + 1][rule] += units
    arrived: Counter[tuple[str, str]] = Counter()
    floors = {tuple(bound.text(name) for name in ("kind", "theft", "address", "reason")): bound for bound in case.bounds}
    for line in case.ends:
        where = line.text("address"), line.text("reason"), line.whole("theft")
        report.holds(where in ends, f"{line.place}: nothing of theft {where[2]} ended at {where[0]!r}, {where[1]}: should not be there")
        for rule in case.rules:
            arrived[line.text("theft"), rule] += line.whole(rule)
        for rule, units in ends.pop(where, dict.fromkeys(case.rules, 0)).items():
            report.same(line, rule, units, f"the rows: theft {where[2]} at {where[0]!r}, {where[1]}")
        bound = floors.get(("endpoint", "", *where[:2]))
        for name in {"least", "most"} & line.names.keys():
            report.same(line, name, bound.text(name) if bound else "", "the endpoint in bounds.csv, all thefts together")
        report.same(line, "service", case.accounts.get(where[0], Account(0)).service if where[1] == "service" else "", "accounts.csv")
    for where, amounts in ends.items():
        report.holds(False, f"rules.csv: has no line for theft {where[2]} at {where[0]!r}, {where[1]}, but {amounts} follows from the rows")
    for line, rule in product(case.thefts, case.rules):
        report.same(line, rule, arrived[line.text("theft"), rule], "its endpoints and fees in rules.csv, added up")


Place = tuple[str, str, str, str]  # where value ends: address, reason, and at a service the memo (bytes in hex, and kind)
FEES: Place = ("", "fees", "", "")
Reach = tuple[list[tuple[int, int, Row]], dict[str, list[tuple[int, int]]], list[int]]


def reach(case: Case, report: Report, thefts: Set[int], blocks: Iterable[Sequence[int]]) -> Reach:
    """Rows that can carry stolen value, with the row at which sides are looked up; what each account can hold of it, as (row from which,
    units): all it holds, from the first until it holds nothing; what each row leaves its sender. Where order counts, a row is a block."""
    held = Counter({address: account.opening for address, account in case.accounts.items()})
    tainted, steps, most, left = set[str](), list[tuple[int, int, Row]](), dict[str, list[tuple[int, int]]](), list[int]()
    for block in blocks:
        rows, before = [(n, case.rows[n]) for n in block], -1
        while len(tainted) > before:
            before = len(tainted)
            tainted |= {r.recipient for n, r in rows if r.amount and n not in case.stopped and (n in thefts or r.sender in tainted)} - {""}
        for n, row in rows:
            held[row.sender] -= row.amount + row.fee
            held[row.recipient] += row.amount
            left.append(held[row.sender])
            if n in thefts or row.sender in tainted:
                steps.append((block[0], n, row))
                report.same(case.transfers[n], "basis", "chain", "bounds.csv: a bound rests on this row")
        for address in {side for _, row in rows for side in (row.sender, row.recipient)} & tainted:
            most.setdefault(address, []).append((block[-1] + 1, held[address]))
            if not held[address]:
                tainted.discard(address)
    for owner in case.owners:
        full = owner.text("coverage") == "full" and owner.text("opening_basis") != "modelled"
        report.holds(full or owner.text("address") not in most, f"{owner.place}: bounds need a complete history and a stated opening")
    return steps, most, left


def end_of(case: Case, row: int) -> Place:
    """Where what a row carries ends, if the trail stops there; what is destroyed, where it was."""
    t, reason, sides = case.transfers[row], case.stopped[row], case.rows[row]
    return sides.recipient or sides.sender, reason, *((t.text("memo_hex"), t.text("memo_kind")) if reason == "service" else ("", ""))


def meant(case: Case, line: Line) -> Callable[[Place], bool]:
    """Whether a place is one of those that a bound is of."""
    kind, address, reason = (line.text(name) for name in ("kind", "address", "reason"))
    services = {address: account.service for address, account in case.accounts.items() if account.service}
    if kind in ("customer", "endpoint"):
        where = (address, "service", line.text("memo_hex"), line.text("memo_kind")) if kind == "customer" else (address, reason)
        return lambda place: place[: len(where)] == where
    names = set(json.loads(line.text("names")) if kind == "union" else [line.text("service")])
    addresses = names - {"fees", *services.values()}  # a name that is both is the service
    return lambda place: place[0] in addresses or {"service": services.get(place[0]), "fees": "fees"}.get(place[1]) in names - addresses


def crossing(case: Case, thefts: Set[int], found: Reach, cut: Sequence[Line], far: Callable[[Place], bool]) -> int:
    """All that can cross a cut from near, where thefts pay, to far: payments, fees, what is held at a change of sides and at the end."""
    sides: dict[str, list[tuple[int, int]]] = {}
    for line in (line for line in cut if line.text("address")):
        until = line.whole("until") if line.text("until") else len(case.rows) + 1
        sides.setdefault(line.text("address"), []).append((line.whole("first"), until))
    listed, end, total = not cut or cut[0].text("listed") == "near", case.followed, 0

    def near(address: str, row: int) -> bool:
        return (address in sides and any(first <= row < until for first, until in sides[address])) == listed

    for at, n, row in found[0]:
        if n in thefts or near(row.sender, at):
            total += row.fee if n not in thefts and far(FEES) else 0
            total += row.amount * (far(end_of(case, n)) if n in case.stopped else not near(row.recipient, at))
    for address, held in found[1].items():
        turns = {row for span in sides.get(address, ()) for row in span if row <= end and near(address, row - 1) and not near(address, row)}
        ends = [end] if near(address, end) and far((address, case.accounts[address].left, "", "")) else []
        total += sum(next((units for row, units in reversed(held) if row <= turn), 0) for turn in [*turns, *ends])
    return total


def allocated(case: Case, report: Report, name: str, parts: dict[int, list[int]], thefts: Set[int], left: list[int]) -> Counter[Place]:
    """What an allocation puts at each place; that it loses nothing, and in no row moves more than moves or leaves more than is `left`."""
    stolen, at = Counter[str](), Counter[Place]()
    for n, row in enumerate(case.rows[: case.followed]):
        if n not in parts and n not in thefts and not stolen[row.sender]:
            continue
        moved, fee = parts.pop(n, (0, 0))
        fine = (moved, fee) == (row.amount, 0) if n in thefts else moved <= row.amount and fee <= row.fee
        stolen[row.sender] -= 0 if n in thefts else moved + fee
        fine = fine and (0 <= stolen[row.sender] <= max(0, left[n]) if row.sender else not moved + fee)
        report.holds(fine, f"allocations.csv: {name} moves {moved} and {fee} in row {n}, which it cannot")
        at[FEES] += fee
        if n in case.stopped:
            at[end_of(case, n)] += moved
        else:
            stolen[row.recipient] += moved
    report.holds(not parts, f"allocations.csv: {name} has a row that is not there or not followed")
    return at + Counter({(address, case.accounts[address].left, "", ""): units for address, units in stolen.items() if units})


def bounds(case: Case, report: Report, told: Mapping[str, Told]) -> None:
    """Every least and most is what its cut says, and an allocation reaches it; no flow has to be computed for that."""
    rows = range(case.followed if case.bounds else 0)
    together = groupby(rows, key=lambda row: case.transfers[row].text("height"))
    blocks = {"": [[row] for row in rows], "_any_order": [list(each) for _, each in together]}
    starts = {order: {str(block[0]) for block in blocks[order]} | {"", "0"} for order in blocks}
    reached, known = dict[tuple[str, str], Reach](), dict[tuple[str, str], Counter[Place]]()
    for line in case.bounds:
        of, inside = line.text("theft"), meant(case, line)
        thefts = {row for row, n in case.stolen.items() if row in rows and of in ("", str(n + 1))}
        stolen = sum(case.rows[row].amount for row in thefts)
        for figure in ("least", "most", "least_any_order", "most_any_order"):
            order, away = figure.removeprefix("least").removeprefix("most"), figure.startswith("least")
            if order and not line.text(figure):
                continue
            reached[of, order] = reached.get((of, order)) or reach(case, report, thefts, blocks[order])
            cut = case.cuts.get((line.text("bound"), figure), [])
            whole = all(each.text(end) in starts[order] for each in cut for end in ("first", "until"))
            report.holds(whole, f"{line.place}: the cut of {figure} changes sides inside a block, or where no row is")
            total = crossing(case, thefts, reached[of, order], cut, lambda place: inside(place) != away)  # noqa: B023
            report.same(line, figure, stolen - total if away else total, f"what crosses the cut of bound {line.text('bound')}")
            if order:  # rounded outward: no allocation is claimed
                continue
            name = line.text(f"{figure}_by")
            if (name, of) not in known:
                parts = {} if name in told else case.allocations.get(name, {}).copy()
                for which, carried in enumerate((told[name].hops, told[name].fees) if name in told else ()):
                    for (row, n), units in carried.items():
                        parts.setdefault(row, [0, 0])[which] += units if of in ("", str(n + 1)) else 0
                known[name, of] = allocated(case, report, name, parts, thefts, reached[of, ""][2])
            report.same(line, figure, sum(units for place, units in known[name, of].items() if inside(place)), f"allocation {name!r}")


def main(arguments: Sequence[str]) -> int:
    gc.disable()  # nothing here refers to itself: looking for that takes a tenth of the time
    try:
        report = check(Path(*arguments))
    except Unreadable as error:
        print(f"verify: {error}", file=sys.stderr)
        return 1
    print(*report.lines(), sep="\n")
    return 2 if report.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:2]))
