"""Recomputes the figures of a report from the rows they cite: reads the HTML and the exported CSV files, and nothing of tracer."""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import defaultdict
from fractions import Fraction
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "hr"}
MARKS = ("in", "out", "fees", "taken")


class Element:
    """An element of the report: attributes, what is inside, and what it is inside of."""

    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent, self.inside, self.texts = tag, attributes, parent, [], []

    def __getitem__(self, name):
        return self.attributes.get(name, "")

    def all(self):
        yield self
        for each in self.inside:
            yield from each.all()

    def text(self):
        return "".join(part if isinstance(part, str) else part.text() for part in self.texts)


class Page(HTMLParser):
    """The report, parsed."""

    def __init__(self, html):
        super().__init__()
        self.root = self.at = Element("", {}, None)
        self.feed(html)
        self.by_id = {each["id"]: each for each in self.root.all() if each["id"]}

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.inside.append(element)
        self.at.texts.append(element)
        if tag not in VOID:
            self.at = element

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.at.tag == tag, (self.at.tag, tag)
            self.at = self.at.parent

    def handle_data(self, data):
        self.at.texts.append(data)

    @property
    def figures(self):
        return [each for each in self.root.all() if each["class"] == "figure"]


def parts(text):
    """ "theft:amount:fee ..." as {theft: (amount, fee)}."""
    return {int(t): (int(a), int(f)) for t, a, f in (part.split(":") for part in text.split())}


class Export:
    """What `tracer export` wrote, read with the standard library alone."""

    def __init__(self, folder):
        csv.field_size_limit(1 << 30)

        def table(name):
            with (folder / name).open(encoding="utf-8", newline="") as opened:
                return [{key: value.removeprefix("'") for key, value in line.items()} for line in csv.DictReader(opened)]

        self.transfers, self.accounts = table("transfers.csv"), table("accounts.csv")
        self.bounds = table("bounds.csv") if (folder / "bounds.csv").exists() else []
        self.rules, self.ends = table("method.csv"), table("rules.csv")
        self.decimals = int(next(line["value"] for line in self.rules if line["setting"] == "decimals"))
        self.rows = {line["row_key"]: line for line in self.transfers}
        self.account = {line["address"]: line for line in self.accounts}
        self.case = tomllib.loads((folder / "case.toml").read_text(encoding="utf-8"))

    def moved(self, row, column, thefts):
        """What a row moved of a column, and what its fee took: of all, or of some thefts."""
        if column in ("amount", "fee"):
            return int(row["amount"]), int(row["fee"])
        if not thefts:
            return int(row[column]), int(row[f"{column}_fee"])
        by_theft = parts(row[f"{column}_by_theft"])
        return tuple(sum(by_theft.get(theft, (0, 0))[place] for theft in thefts) for place in (0, 1))

    def taken(self, row, column, thefts):
        """What a theft's own row made stolen."""
        theft = int(row["theft"] or 0)
        if not theft or (thefts and theft not in thefts):
            return 0
        return int(row["amount"]) if column == "amount" else parts(row[f"{column}_by_theft"]).get(theft, (0, 0))[0]

    def held(self, address, until=None, after=True):
        """What an account holds before or after a row, or at the end, by playing every row."""
        held = int(self.account[address]["opening"])
        for row in self.transfers:
            if row["row_key"] == until and not after:
                return held
            paid = int(row["fee"]) + (0 if row["sender"] == row["recipient"] else int(row["amount"]))
            held -= paid if row["sender"] == address else 0
            held += int(row["amount"]) if row["recipient"] == address != row["sender"] else 0
            if row["row_key"] == until:
                return held
        return held

    def stated(self):
        """The fully read accounts whose balance a source states, and whether the rows lead to it."""
        tip = {line["address"]: int(line["served_height"]) for line in self.accounts if line["served"] and line["served_height"]}
        held = {line["address"]: int(line["opening"]) for line in self.accounts}
        for row in self.transfers:
            for address in {row["sender"], row["recipient"]} & tip.keys():
                if row["height"] and int(row["height"]) > tip[address]:
                    continue
                own = row["sender"] == row["recipient"]
                if row["sender"] == address:
                    held[address] -= int(row["fee"]) + (0 if own else int(row["amount"]))
                elif row["recipient"] == address:
                    held[address] += int(row["amount"])
        served = [line for line in self.accounts if line["coverage"] == "full" and line["served"] and line["served_height"]]
        return [held[line["address"]] == int(line["served"]) for line in served]


class Recomputed:
    """Recomputes each figure of a page from what it cites."""

    def __init__(self, page, export):
        self.page, self.export = page, export

    def of(self, figure):
        """The value of a figure, from its rows."""
        return getattr(self, figure["data-how"])(figure)

    def cited(self, figure):
        """The elements that the figure cites: those inside what it links to, or the line it stands in."""
        if figure["href"]:
            return list(self.page.by_id[figure["href"].removeprefix("#")].all())
        line = figure
        while not any(line[f"data-{mark}"] for mark in (*MARKS, "crossings")):
            line = line.parent
        return [line]

    def keys(self, figure, *marks):
        return [(mark, key) for each in self.cited(figure) for mark in marks or MARKS for key in each[f"data-{mark}"].split()]

    def sum(self, figure):
        column, thefts = figure["data-column"], [int(theft) for theft in figure["data-thefts"].split()]
        own = column.startswith("taken:")
        column, total = column.removeprefix("taken:"), 0
        for mark, key in self.keys(figure):
            row = self.export.rows[key]
            amount, fee = self.export.moved(row, column, thefts)
            taken = self.export.taken(row, column, thefts)
            burnt = fee + (0 if row["recipient"] else amount)
            if column == "amount" and not figure["href"]:  # the face of one line, whichever way it went
                total += amount
            elif mark == "taken" or own:
                total += taken if mark == "taken" else 0
            else:
                total += {"in": amount, "fees": burnt, "out": taken - amount - fee}[mark]
        return total

    def difference(self, figure):
        high, low = (
            self.sum({"href": figure["href"], "data-column": figure[name], "data-thefts": ""}) for name in ("data-column", "data-less")
        )
        return high - low

    def worth(self, figure):
        total = Fraction(0)
        for each in self.cited(figure):
            for key in each["data-taken"].split():
                total += Fraction(int(self.export.rows[key]["amount"]), 10**self.export.decimals) * Fraction(each["data-price"])
        return total

    def rows(self, figure):
        return len({key for _, key in self.keys(figure)})

    def recipients(self, figure):
        return len({self.export.rows[key]["recipient"] for _, key in self.keys(figure, "in")})

    def items(self, figure):
        return len({each["data-item"] for each in self.cited(figure) if each["data-item"]})

    def accounts(self, figure):
        return len({each["data-account"] for each in self.cited(figure) if each["data-item"]})

    def lines(self, figure):
        lines = self.export.transfers if figure["data-table"] == "transfers" else self.export.accounts
        for condition in figure["data-where"].split():
            name, unequal, value = re.fullmatch(r"(\w+)(!?)=(.*)", condition).groups()
            lines = [line for line in lines if (line[name] == value) != bool(unequal)]
        return len(lines)

    def based(self, figure):
        """What ends at endpoints of one basis."""
        ends = [end for end in self.export.ends if end["reason"] != "fees" and end["basis"] == figure["data-basis"]]
        return sum(int(end[figure["data-column"]]) for end in ends)

    def reached(self, figure):
        return sum(self.export.stated())

    def unreached(self, figure):
        return len(self.export.stated()) - sum(self.export.stated())

    def opened(self, figure):
        return sum(line["opening_basis"] == "modelled" and line["opening"] != "0" for line in self.export.accounts)

    def tied(self, figure):
        """How many thefts, or how much, has this tie: a row is signed where it is verified, else it is only stated."""
        rows = [self.export.rows[key] for _, key in self.keys(figure, "taken")]
        rows = [row for row in rows if ("signed" if row["verified"] == "true" else "stated") == figure["data-tie"]]
        return sum(int(row["amount"]) for row in rows) if figure["data-column"] else len(rows)

    def unread(self, figure):
        return sum(int(row["amount"]) for _, key in self.keys(figure, "taken") if (row := self.export.rows[key])["basis"] != "chain")

    def others(self, figure):
        """What else drained addresses paid, from their first theft on."""
        first, found = {}, []
        for number, row in enumerate(self.export.transfers):
            if row["theft"]:
                first.setdefault(row["sender"], number)
            elif row["sender"] in first and row["recipient"] != row["sender"] and row["amount"] != "0":
                found.append(int(row["amount"]))
        return sum(found) if figure["data-column"] else len(found)

    def compared(self, figure):
        return sum(bool(each["data-compared"]) for each in self.cited(figure))

    def pieces(self, figure):
        wanted = figure["data-status"].split()
        found = [each for each in self.cited(figure) if each["data-item"]]
        return sum((not wanted or each["data-status"] in wanted) and each["data-grade"].startswith(figure["data-grade"]) for each in found)

    def marked(self, figure):
        mark = figure["data-mark"]
        return len({each["data-item"] for each in self.cited(figure) if mark in each["data-mark"].split()})

    def unmarked(self, figure):
        """Accounts that stolen value passed and that held no mark when it came or later: recomputed from the rows and the marks."""
        rule, spans = figure["data-column"], defaultdict(list)
        for each in self.cited(figure):
            if each["data-item"]:
                first, last = (cell.text().replace(",", "") for cell in each.inside[2:4])
                spans[each["data-item"]].append((int(first), int(last) if last else None))
        drained = {row["sender"] for row in self.export.transfers if row["theft"]}
        came = {}
        for row in self.export.transfers:
            if row[rule] != "0" and row["recipient"] not in drained and not self.export.account[row["recipient"]]["service"]:
                came.setdefault(row["recipient"], int(row["height"] or 0))
        return sum(all(last is not None and last < height for _, last in spans[address]) for address, height in came.items())

    def disputed(self, figure):
        return len({each["data-account"] for each in self.cited(figure) if "disputed" in each["data-mark"].split()})

    def tagged(self, figure):
        return sum(figure["data-tag"] in each["data-tag"].split() for each in self.cited(figure))

    def touched(self, figure):
        """The accounts that money from a theft could have reached, played forward over every row."""
        dust = int(next(line["value"] for line in self.export.rules if line["setting"] == "dust"))
        may, found, drained = set(), set(), set()
        for row in self.export.transfers:
            to, amount = row["recipient"], int(row["amount"])
            drained |= {row["sender"]} if row["theft"] else set()
            if to and amount and to != row["sender"] and (row["theft"] or row["sender"] in may):
                found.add(to)
                account = self.export.account[to]
                small = amount < dust and not row["theft"]
                if not (to in drained or account["service"] or account["coverage"] == "boundary" or small):
                    may.add(to)
        return len(found)

    def balance(self, figure):
        return self.export.held(figure["data-account"], figure["data-row"], figure["data-when"] == "after")

    def rule_names(self):
        return next(line["value"] for line in self.export.rules if line["setting"] == "rules").split()

    def unspent(self):
        """What is still held at each address, by rule."""
        rules, by = self.rule_names(), defaultdict(lambda: defaultdict(int))
        for end in self.export.ends:
            if end["reason"] == "unspent":
                for rule in rules:
                    by[end["address"]][rule] += int(end[rule])
        return by

    def spread(self, figure):
        """The largest difference between two rules at one service."""
        services = defaultdict(lambda: defaultdict(int))
        rules = self.rule_names()
        for row in self.export.transfers:
            if row["cut"] == "service":
                for rule in rules:
                    services[self.export.account[row["recipient"]]["service"]][rule] += int(row[rule])
        return max((max(by.values()) - min(by.values()) for by in services.values()), default=0)

    def holder_spread(self, figure):
        """The largest difference between two rules at one address that still holds, or at the one that is named."""
        held = [sums.values() for address, sums in self.unspent().items() if figure["data-account"] in ("", address)]
        return max((max(amounts) - min(amounts) for amounts in held), default=0)

    def rich(self, figure):
        """The holders whose money after the last row is so many times what any rule leaves there."""
        times = int(figure["data-times"])
        return sum(self.export.held(address) > times * max(sums.values()) for address, sums in self.unspent().items())

    def provisional(self, figure):
        """The cited rows that the chain could still rewrite when they were read, or what they carried."""
        rows = [self.export.rows[key] for key in {key for _, key in self.keys(figure)}]
        rows = [row for row in rows if row["provisional"] == "true"]
        return sum(int(row[figure["data-column"]]) for row in rows) if figure["data-column"] else len(rows)

    def bounds(self, figure):
        """A bound, or the one for any order of a block, as bounds.csv of the export has it; verify.py adds these up."""
        if figure["data-account"]:
            ends = [line for line in self.export.bounds if line["kind"] == "endpoint" and line["address"] == figure["data-account"]]
            return next(int(line[figure["data-column"].removesuffix("_here")]) for line in ends if line["reason"] == "unspent")
        name = {"least": "least_any_order", "most": "most_any_order", "least_here": "least", "most_here": "most"}[figure["data-column"]]
        return next(
            int(line[name]) for line in self.export.bounds if line["kind"] == "service" and line["service"] == figure["data-service"]
        )

    def crossing_list(self, figure):
        return json.loads(self.page.by_id[figure["href"].removeprefix("#")]["data-crossings"])

    def listed(self, figure):
        return len(self.crossing_list(figure))

    def crossed(self, figure):
        """What crosses a cut, each amount read from its row, or played from all rows where it is a balance."""
        total = 0
        for way, key, account in self.crossing_list(figure):
            row = self.export.rows.get(key)
            if way == "kept":
                total += self.export.held(account, key or None, after=False)
            elif way == "fee":
                total += int(row["fee"] if row["recipient"] or row["fee"] != "0" else row["amount"])
            else:
                total += int(row["amount"])
        return total

    def crossings(self, figure):
        crossed = self.crossed(figure)
        if figure["href"].startswith("#most-"):
            return crossed
        return sum(int(row["amount"]) for row in self.export.transfers if row["theft"]) - crossed
