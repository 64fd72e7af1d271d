"""The same questions answered in Python, from what case.db holds: plain loops, no Cypher, no SQL of the projection."""

from __future__ import annotations

import json
from collections import Counter, defaultdict

from tracer.evidence.both_answers import DOUBTS

DAY = 86400


class Answers:
    """One method a query of the book; each gives its rows, in its order."""

    def __init__(self, case, scale=0):
        self.case, self.flow, self.ledger, self.trace = case, case.flow, case.ledger, case.trace
        self.scale, self.bounded = scale, self.flow.about.bounds
        self.edges = sorted(
            ({**edge, "s": s, "r": r} for s, r, edge in self.flow.edges(data=True)),
            key=lambda e: e["row"],
        )
        for edge in self.edges:
            edge["key"] = self.ledger.columns.row_key[edge["row"]]
            for name in ("amount", "fee", *self.flow.rules):
                edge[name] = self.units(edge[name])
        self.exact = [{**edge, "ends": (s, r)} for s, r, edge in self.flow.edges(data=True)]
        self.leaving = defaultdict(list)
        for edge in self.edges:
            self.leaving[edge["s"]].append(edge)

    def units(self, amount):
        return None if amount is None else amount // 10**self.scale

    def node(self, address):
        return self.flow.nodes[address]

    def name(self, address):
        return self.node(address)["label"]

    def arrived(self, address, rule):
        return self.units(self.node(address)["traced"][rule])

    def ended(self, endpoint, rule):
        return self.units(endpoint.amounts[rule])

    def seen(self, address):
        times = [t.time for t in self.ledger if address in (t.sender, t.recipient)]
        return min(times), max(times)

    @property
    def horizon(self):
        return max(t.time for t in self.ledger)

    # the questions

    def endpoints_by_service(self, rule):
        groups = defaultdict(list)
        for e in self.trace.endpoints:
            if e.reason == "service":
                groups[e.service].append(e)
        every = ("fifo", "lifo", "haircut", "clean_first", "dirty_first")
        rows = [
            (
                service,
                len({e.address for e in es}),
                *(sum(self.ended(e, r) for e in es) if r in self.flow.rules else None for r in every),
                *map(self.units, self.bounded.services.get(service, (None, None))),
            )
            for service, es in groups.items()
        ]
        return sorted(rows, key=lambda row: (-row[2 + every.index(rule)], row[0]))

    def endpoints(self, rule, least=0):
        rows = [
            (e.address, e.reason, e.service, e.basis, self.ended(e, rule), *map(self.units, self.bounds(e)))
            for e in self.trace.endpoints
            if self.ended(e, rule) >= least
        ]
        return sorted(rows, key=lambda row: (-row[4], row[0], row[1]))

    def bounds(self, endpoint):
        return self.bounded.endpoints.get((endpoint.address, endpoint.reason), (None, None))

    def deposits_to_service(self, service, rule):
        return [
            (
                e["time"], e["height"], e["tx_hash"], e["s"], e["r"], e["memo"] and e["memo"].text,
                e["memo"] and e["memo"].content.hex(), e["amount"], e[rule], e["basis"],
            )
            for e in self.edges
            if self.node(e["r"])["service"] == service and e[rule] > 0
        ]  # fmt: skip

    def grouped(self, edges, by, rule):
        """Edges by a key: key, how many, amounts, stolen, first, last."""
        groups = defaultdict(list)
        for e in edges:
            groups[by(e)].append(e)
        return [
            (key, len(es), sum(e["amount"] for e in es), sum(e[rule] for e in es), min(e["time"] for e in es), max(e["time"] for e in es))
            for key, es in groups.items()
        ]

    def payers(self, address, rule):
        rows = self.grouped((e for e in self.edges if e["r"] == address), lambda e: e["s"], rule)
        return [(row[0], self.name(row[0]), *row[1:]) for row in sorted(rows, key=lambda row: (-row[3], -row[2], row[0]))]

    def paths(self, source, target, rule, longest=6):
        """All chains of transfers in the order of the chain that carry stolen value; none but the last is cut."""

        def grow(path):
            if path[-1]["r"] == target:
                yield path
            if len(path) < longest and path[-1]["cut"] is None:
                for e in self.leaving[path[-1]["r"]]:
                    if e["row"] > path[-1]["row"] and e[rule] > 0:
                        yield from grow([*path, e])

        for e in self.leaving[source]:
            if e[rule] > 0:
                yield from grow([e])

    def strongest_paths(self, source, target, rule, most=3):
        rows = []
        by_length = defaultdict(list)
        for path in self.paths(source, target, rule):
            by_length[len(path)].append(path)
        for length in sorted(by_length):
            best = sorted(by_length[length], key=lambda path: (-min(e[rule] for e in path), [e["key"] for e in path]))[:most]
            rows += [
                (
                    length, min(e[rule] for e in path), path[0]["time"], path[-1]["time"],
                    " > ".join([path[0]["s"], *(e["r"] for e in path)]), [e["key"] for e in path],
                )
                for path in best
            ]  # fmt: skip
        return rows

    def paths_in_time(self, source, target, rule):
        by_length = defaultdict(list)
        for path in self.paths(source, target, rule):
            by_length[len(path)].append((path[0]["time"], path[-1]["time"]))
        return [(n, len(found), min(f for f, _ in found), max(t for _, t in found)) for n, found in sorted(by_length.items())]

    def contacts(self, address, other):
        rows = []
        for direction, (s, r) in (("out", (address, other)), ("in", (other, address))):
            es = [e for e in self.edges if (e["s"], e["r"]) == (s, r)]
            if es:
                rows.append((direction, len(es), sum(e["amount"] for e in es), es[0]["time"], es[-1]["time"]))
        return rows

    def fan_outs(self, rule, hours=24, recipients=10):
        window = hours * 3600
        rows = []
        for (since, address), _, amount, stolen, *_ in self.grouped(self.edges, lambda e: (e["time"] // window * window, e["s"]), rule):
            es = [e for e in self.leaving[address] if e["time"] // window * window == since]
            if len({e["r"] for e in es}) >= recipients:
                rows.append((since, address, self.name(address), len({e["r"] for e in es}), len(es), amount, stolen))
        return sorted(rows, key=lambda row: (-row[3], row[0], row[1]))

    def peel_steps(self, rule, percent=80, hours=72):
        rows = [
            (t["r"], t["amount"], u["amount"], t["amount"] - u["amount"], t["time"], u["time"], u["r"], t["key"], u["key"])
            for t in self.edges
            if t["cut"] is None and t[rule] > 0
            for u in self.leaving[t["r"]]
            if u[rule] > 0 and t["row"] < u["row"] and u["time"] - t["time"] <= hours * 3600
            and t["amount"] // 100 * percent <= u["amount"] < t["amount"]
        ]  # fmt: skip
        return sorted(rows, key=lambda row: row[-2:])

    def cycles(self, rule, most=20):
        rows = []
        for length in (2, 3):
            found = []
            for first in self.edges:
                if first[rule] > 0:
                    found += self.closing([first], length, rule)
            found.sort(key=lambda path: (-min(e["amount"] for e in path), [e["key"] for e in path]))
            rows += [
                (
                    length, " > ".join([path[0]["s"], *(e["r"] for e in path)]), min(e["amount"] for e in path),
                    path[0]["time"], path[-1]["time"], [e["key"] for e in path],
                )
                for path in found[:most]
            ]  # fmt: skip
        return rows

    def closing(self, path, length, rule):
        """Ways on from a path that end where it began, over addresses that differ."""
        if len(path) == length:
            places = [e["s"] for e in path]
            return [path] if path[-1]["r"] == path[0]["s"] and len(set(places)) == length else []
        later = (e for e in self.leaving[path[-1]["r"]] if e["row"] > path[-1]["row"] and e[rule] > 0)
        return [found for e in later for found in self.closing([*path, e], length, rule)]

    def cash_outs_by_day(self, rule):
        groups = defaultdict(list)
        for e in self.edges:
            if e[rule] > 0 and self.node(e["r"])["service"]:
                groups[e["time"] // DAY * DAY, self.node(e["r"])["service"]].append(e)
        return [(*key, len(es), len({e["s"] for e in es}), sum(e[rule] for e in es)) for key, es in sorted(groups.items())]

    def largest_transfers(self, rule, most=20):
        rows = sorted((e for e in self.edges if e[rule] > 0), key=lambda e: (-e[rule], e["row"]))[:most]
        return [(e[rule], e["amount"], e["time"], e["s"], e["r"], self.name(e["r"]), e["tx_hash"], e["cut"]) for e in rows]

    def last_movements(self, rule, most=20):
        rows = [e for e in reversed(self.edges) if e[rule] > 0][:most]
        return [
            (
                e["time"], e["s"], e["r"], self.name(e["r"]), self.node(e["r"])["role"], e["amount"], e[rule], e["tx_hash"],
                e["provisional"],
            )
            for e in rows
        ]  # fmt: skip

    def memos(self, rule):
        groups = defaultdict(list)
        for e in self.edges:
            if e["memo"] is not None and e[rule] > 0:
                groups[e["memo"].text, e["memo"].content.hex()].append(e)
        rows = [
            (*key, len(es), len({e["s"] for e in es}), len({e["r"] for e in es}), sum(e[rule] for e in es)) for key, es in groups.items()
        ]
        return sorted(rows, key=lambda row: (-row[2], -row[3], row[1]))

    def fan_ins(self, rule, hours=24, senders=10):
        window, groups = hours * 3600, defaultdict(list)
        for e in self.edges:
            groups[e["time"] // window * window, e["r"]].append(e)
        rows = []
        for (since, address), es in groups.items():
            paid = len({e["s"] for e in es})
            if paid >= senders:
                sums = sum(e["amount"] for e in es), sum(e[rule] for e in es)
                rows.append((since, address, self.name(address), paid, len(es), *sums))
        return sorted(rows, key=lambda row: (-row[3], row[0], row[1]))

    def dealt_with(self, address):
        payers = {t.sender for t in self.ledger if t.recipient == address} - {None, address}
        payees = {t.recipient for t in self.ledger if t.sender == address} - {None, address}
        return len(payers), len(payees)

    def hubs(self, rule, others=20):
        rows = []
        for address, node in self.flow.nodes(data=True):
            if node["service"] is None and node["role"] != "victim" and self.arrived(address, rule) > 0:
                payers, payees = self.dealt_with(address)
                if payers + payees >= others:
                    arrived = self.arrived(address, rule)
                    rows.append((address, node["label"], payers, payees, payers + payees, arrived, *self.seen(address)))
        return sorted(rows, key=lambda row: (-row[4], row[0]))

    def funders(self):
        funder = {}
        for t in self.ledger:
            if t.recipient and t.amount and t.sender != t.recipient:
                funder.setdefault(t.recipient, t.sender)
        return funder

    def new_accounts(self, rule):
        begun, funder = min(theft.time for theft in self.trace.thefts), self.funders()
        rows = []
        for address, node in self.flow.nodes(data=True):
            if self.arrived(address, rule) > 0 and (first := self.seen(address)[0]) >= begun:
                about = (address, node["label"], node["role"], first, first - begun)
                rows.append((*about, funder.get(address), self.arrived(address, rule)))
        return sorted(rows, key=lambda row: (row[3], row[0]))

    def time_to_service(self, rule):
        first, stolen = {}, Counter()
        for each, of_rule in self.trace.rules.items():
            for row, theft, amount in of_rule.hops:
                t = self.ledger.transfer(row)
                first[theft, t.recipient] = min(t.time, first.get((theft, t.recipient), t.time))
                if each == rule:
                    stolen[theft, t.recipient] += amount
        groups = defaultdict(list)
        for (theft, address), amount in stolen.items():
            if amount and self.node(address)["service"]:
                groups[theft, self.node(address)["service"]].append((first[theft, address], amount))
        rows = []
        for (number, service), parts in groups.items():
            theft, when = self.trace.thefts[number], min(time for time, _ in parts)
            rows.append((number + 1, theft.label, service, when, when - theft.time, sum(amount for _, amount in parts)))
        return sorted(rows, key=lambda row: (row[0], row[3], row[2]))

    def common_payees(self, address, other):
        def paid(by):
            return {row[0]: row[1:3] for row in self.grouped(self.leaving[by], lambda e: e["r"], self.flow.leading_rule)}

        one, two = paid(address), paid(other)
        return [(each, self.name(each), self.node(each)["role"], *one[each], *two[each]) for each in sorted(one.keys() & two.keys())]

    def hours_of_day(self, address):
        groups = self.grouped(self.leaving[address], lambda e: e["time"] % DAY // 3600, self.flow.leading_rule)
        to = defaultdict(set)
        for e in self.leaving[address]:
            to[e["time"] % DAY // 3600].add(e["r"])
        return [(hour, n, len(to[hour]), amount) for hour, n, amount, *_ in sorted(groups)]

    def shared_by_thefts(self, rule, thefts=2):
        rows_of = self.trace.rules
        arrived, first = defaultdict(Counter), {}
        for each, stolen in rows_of.items():
            for row, theft, amount in stolen.hops:
                t = self.ledger.transfer(row)
                if each == rule:
                    arrived[t.recipient][theft] += amount
                first[t.recipient, theft] = min(t.time, first.get((t.recipient, theft), t.time))
        rows = []
        for address, by_theft in arrived.items():
            shares = {theft: self.units(amount) for theft, amount in by_theft.items() if self.units(amount) > 0}
            if len(shares) >= thefts:
                when = min(first[address, theft] for theft in shares)
                rows.append((address, self.name(address), self.node(address)["role"], len(shares), sum(shares.values()), when))
        return sorted(rows, key=lambda row: (-row[3], -row[4], row[0]))

    def marked_not_traced(self, rule):
        rows = []
        for address, node in self.flow.nodes(data=True):
            for marking in node.get("marked", ()):
                if self.arrived(address, rule) == 0:
                    about = (address, node["label"], node["role"], node["touched"], marking.marker, marking.marked_by)
                    rows.append((*about, marking.first_time, marking.last_time, marking.ended))
        return sorted(rows, key=lambda row: row[0])

    def traced_not_marked(self, rule, least=1):
        rows = [
            (address, node["label"], node["role"], self.arrived(address, rule), self.seen(address)[0])
            for address, node in self.flow.nodes(data=True)
            if not node.get("marked") and self.arrived(address, rule) >= least
        ]
        return sorted(rows, key=lambda row: (-row[3], row[0]))

    def sleepers(self, rule, days=30):
        rows = []
        for e in self.trace.endpoints:
            if e.reason == "unspent" and self.ended(e, rule) > 0:
                last = self.seen(e.address)[1]
                if self.horizon - last >= days * DAY:
                    balance = self.units(self.node(e.address)["balance"])
                    rows.append((e.address, self.name(e.address), self.ended(e, rule), balance, last, (self.horizon - last) // DAY))
        return sorted(rows, key=lambda row: (-row[2], row[0]))

    def daily_outflow(self, address, rule):
        rows = self.grouped(self.leaving[address], lambda e: e["time"] // DAY * DAY, rule)
        return [
            (day, n, len({e["r"] for e in self.leaving[address] if e["time"] // DAY * DAY == day}), amount, stolen)
            for day, n, amount, stolen, *_ in sorted(rows)
        ]

    def rhythm(self, address, minutes=10):
        keys = {e["key"] for e in self.leaving[address]}
        pauses, before = Counter(), None
        for t in self.ledger:
            if t.sender == address:
                if before is not None and t.row_key in keys:
                    pauses[(t.time - before) // (minutes * 60) * minutes] += 1
                before = t.time
        return sorted(pauses.items(), key=lambda row: (-row[1], row[0]))

    def funded_by(self, address, rule):
        funder = {}
        for t in self.ledger:
            if t.recipient and t.amount and t.sender != t.recipient:
                funder.setdefault(t.recipient, t.sender)
        rows = [
            (each, node["label"], node["role"], self.seen(each)[0], self.arrived(each, rule))
            for each, node in self.flow.nodes(data=True)
            if funder.get(each) == address
        ]
        return sorted(rows, key=lambda row: (row[3], row[0]))

    def round_amounts(self, unit=1000, least=5):
        unit = -(-unit * 10**self.flow.asset.decimals // 10**self.scale)
        rows = []
        for address, edges in self.leaving.items():
            amounts = [e["amount"] for e in edges if e["amount"] > 0]
            whole = [amount for amount in amounts if amount % unit == 0]
            if len(whole) >= least:
                rows.append((address, self.name(address), len(amounts), len(whole), sum(whole)))
        return sorted(rows, key=lambda row: (-row[3], -row[2], row[0]))

    def changes_of_control(self, rule):
        return [
            (
                e.time, e.height, e.subject, self.name(e.subject), self.arrived(e.subject, rule), e.tx_hash,
                json.dumps(dict(e.attributes), sort_keys=True, separators=(",", ":")),
            )
            for e in self.ledger.events
            if e.kind == "multisig_changed" and e.subject in self.flow
        ]  # fmt: skip

    def frontier(self, rule):
        rows = [
            (e.address, self.name(e.address), self.ended(e, rule), self.seen(e.address)[1])
            for e in self.trace.endpoints
            if e.reason == "not_fetched"
        ]
        return sorted(rows, key=lambda row: (-row[2], row[0]))

    def label_conflicts(self):
        rows = []
        labels = list(enumerate(self.case.labels.labels))
        for n, one in labels:
            for m, other in labels:
                if n < m and one.address == other.address and one.address in self.flow:
                    named = [(each.label, each.category or "", each.actor or "") for each in (one, other)]
                    if named[0] != named[1]:
                        row = (one.address, one.label, one.source, one.level, other.label, other.source, other.level)
                        rows.append((one.address, n, m, row))
        return [row[-1] for row in sorted(rows)]

    def neighbours(self, address):
        rows = []
        rule = self.flow.leading_rule
        for direction, own, other in (("out", 0, 1), ("in", 1, 0)):
            found = self.grouped((e for e in self.exact if e["ends"][own] == address), lambda e, other=other: e["ends"][other], rule)
            units = [(*row[:2], *map(self.units, row[2:4]), *row[4:]) for row in found]
            for each, n, amount, stolen, first, last in sorted(units, key=lambda row: (-row[3], -row[2], row[0])):
                rows.append((direction, each, self.name(each), self.node(each)["role"], n, amount, stolen, first, last))
        return rows

    def transaction(self, hash, rule):
        return [
            (
                e["key"], e["time"], e["s"], e["r"], str(self.ledger.columns.amount[e["row"]]), e["fee"], e[rule], e["kind"],
                e["memo"] and e["memo"].text, e["basis"], e["cut"],
            )
            for e in self.edges
            if e["tx_hash"] == hash
        ]  # fmt: skip

    @property
    def tags(self):
        return [tag for tag in self.flow.about.tags if tag.subject in self.flow]

    def tags_by_status(self):
        groups = defaultdict(list)
        for tag in self.tags:
            groups[tag.status, tag.name].append(tag.subject)
        rows = [(status, name, len(subjects), len(set(subjects))) for (status, name), subjects in groups.items()]
        return sorted(rows, key=lambda row: (row[0], -row[2], row[1]))

    def tag_evidence(self, address):
        key = self.ledger.columns.row_key
        text = lambda value: None if value is None else str(value)  # noqa: E731
        return [
            (
                tag.name, tag.status, None if tag.row is None else key[tag.row], against, m.name, text(m.value), m.unit,
                text(m.threshold), m.holds, m.note or None, [key[row] for row in m.rows],
            )
            for tag in self.tags
            if tag.subject == address
            for against, side in ((False, tag.measures), (True, tag.against))
            for m in side
        ]  # fmt: skip

    def claims_and_traced(self, rule):
        rows = []
        for each in self.flow.about.claims:
            claim = each.claim
            amounts = self.units(claim.least), self.units(claim.most)
            traced = None if each.traced is None else self.units(each.traced[rule])
            rows.append((claim.sender, claim.recipient, *amounts, claim.since, claim.until, traced, each.why, claim.source))
        return rows

    def evidence(self):
        return [(e.time, e.kind, e.value, e.source, e.grade, e.status, e.subject) for e in self.flow.about.evidence]

    def balance_sheet(self):
        rows = []
        for rule in sorted(self.flow.rules):
            reasons = Counter()
            for e in self.trace.endpoints:
                reasons[e.reason] += self.ended(e, rule)
            stolen, fees = self.units(self.flow.about.outcome.stolen[rule]), self.units(self.flow.about.outcome.fees[rule])
            shown = ("service", "returned", "unspent", "frozen", "destroyed", "converted", "dust", "not_fetched")
            parts = [reasons[reason] for reason in shown]
            rows.append((rule, rule == self.flow.leading_rule, stolen, *parts, fees, stolen - sum(parts) - fees))
        return rows

    def thefts(self, rule):
        taken = self.flow.about.outcome.taken[rule]
        return [
            (n + 1, t.label, t.time, t.tx_hash, t.sender, t.recipient, self.units(t.amount), self.units(taken[n]), t.basis)
            for n, t in enumerate(self.trace.thefts)
        ]

    def both_answers(self, rule):
        found = defaultdict(lambda: [set(), 0])
        for answer, ends in (self.case.answers.endpoints if self.case.answers else {}).items():
            for end in ends:
                line = found[answer, self.case.asset_names[end.asset], end.reason, end.service]
                line[0].add(end.address)
                line[1] += end.amounts[rule]
        ordered = sorted(found.items(), key=lambda line: (*line[0][:3], line[0][3] is None, line[0][3] or ""))
        return [(*where, len(addresses), ended) for where, (addresses, ended) in ordered]

    def what_became(self, address, rule):
        if self.case.answers is None:
            return []
        exchanges, names = self.case.answers.exchanges, self.case.asset_names
        row_of = {key: row for row, key in enumerate(self.case.whole.columns.row_key)}
        carried = self.case.traces["substituted"].rules[rule].by_row
        rows = []
        for number, each in enumerate(exchanges.conversions):
            if each.owner == address:
                through = number in exchanges.substituted
                got = sum(carried.get(row_of[key], 0) for key in each.received.rows) if through else 0
                to = self.case.whole.transfer(row_of[min(each.received.rows)]).recipient
                given, received = ((names[leg.asset], leg.amount) for leg in (each.given, each.received))
                why = None if through else "; ".join(DOUBTS[doubt] for doubt in each.doubts)
                rows.append((number, each.kind, each.tx_hash, *given, *received, got, to, through, why, each.pool))
        return rows
