"""The appendices: every row that a figure is computed from, account ledgers, reconciliation, registers, glossary."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from tracer.evidence.marked_on_chain_and_traced import marked_of
from tracer.labels.book import OWN
from tracer.ledger.balances import replay
from tracer.model import Label, Reason, Transfer
from tracer.report.court.blocks import Block, Body, Group, Heading, Marks, Say, Section, TableLine, Tabular, Text, tabular
from tracer.report.court.cited_figures import Pen
from tracer.report.court.findings import customer_said
from tracer.report.court.outside_the_trace import DEFAULT, innocently_explained, only_touched
from tracer.report.court.rows_at_endpoints import Holder
from tracer.report.court.sources_and_method import label_said

MOST_ROWS = 2000  # of one list that are printed; the others are cited by their row keys


def rows(pen: Pen) -> Section:
    """Appendix A: deposits of services, and the rows at which the trail was cut otherwise."""
    say = pen.say
    blocks: list[Block] = [Say(say("appendix.rows_intro", unit=pen.asset.symbol))]
    for service in pen.ends.services:
        head = [*_heads(pen), say("column.amount"), *pen.rule_heads(), say("column.tie")]
        bodies = [
            Body(
                capped(pen, [_deposit(pen, each) for each in deposits], len(head)),
                f"{service.anchor}-{number}",
                customer_said(pen, customer),
            )
            for number, (customer, deposits) in enumerate(service.customers.items(), 1)
        ]
        blocks.append(Heading(say("appendix.rows_service", service=pen.quoted(service.name))))
        blocks.append(Tabular(head, bodies, range(len(head) - 2 - len(pen.rules), len(head) - 1), service.anchor, True))
    blocks += [_group(pen, reason, holders) for reason, holders in pen.ends.holders.items() if reason != "unspent"]
    return _section(pen, "A", "rows", blocks)


def _heads(pen: Pen) -> list[Text]:
    return [pen.say("column.when"), pen.say("column.which")]


def _deposit(pen: Pen, t: Transfer) -> TableLine:
    cells: list[Text] = [pen.when(t), _which(pen, t, "+", t.sender), pen.amount(t.amount, "", "amount", unit=False)]
    cells += [pen.amount(carried, "", rule, unit=False) for rule, carried in pen.case.trace.carried(t.row).items()]
    return TableLine([*cells, pen.say(f"tie_short.{pen.tie(t)}")], pen.marks("in", [t.row]))


def _which(pen: Pen, t: Transfer, sign: str, other: str | None) -> Markup:
    """A row's transaction, and below it from whom it came or where it went."""
    party = pen.code(other) if other else pen.say("reasons.fees")
    return Markup("{}<br>{}{}").format(pen.code(t.tx_hash), f"{sign} " if sign else "", party)


def _group(pen: Pen, reason: Reason, holders: Sequence[Holder]) -> Group:
    """The rows that ended for a reason, by address; of an address read in part what left it, too."""
    blocks: list[Block] = [Heading(pen.say(f"appendix.ends_{reason}")), *_ledgers(pen, holders)]
    return Group(f"end-{reason}", blocks)


def _ledgers(pen: Pen, holders: Sequence[Holder]) -> list[Block]:
    say = pen.say
    balances = _balances(pen, holders)
    head = [*_heads(pen), say("column.amount"), *pen.rule_heads(), say("column.before"), say("column.tie")]
    numeric = range(len(head) - 3 - len(pen.rules), len(head) - 1)
    return [Tabular(head, [_ledger(pen, each, balances, len(head)) for each in holders], numeric, "", True)]


def _ledger(pen: Pen, each: Holder, balances: dict[tuple[int, int], tuple[int, int]], width: int) -> Body:
    address = each.end.address
    number, lines = pen.case.ledger.index[address], []
    known, last = pen.case.ledger.accounts[number].coverage == "full", None
    for row in sorted({*each.came, *each.left}):
        t, out = pen.case.ledger.transfer(row), row in each.left
        before, after = balances[number, row]
        if known and last is not None and before != last:
            lines.append(_left_between(pen, before - last, width))
        last = after
        marks = pen.marks("out" if out else "in", [row])
        which = _which(pen, t, "−", t.recipient) if out else _which(pen, t, "+" if t.recipient else "", t.sender)
        cells: list[Text] = [pen.when(t), which, pen.amount(t.amount, "", "amount", unit=False)]
        cells += [pen.amount(_moved(pen, t, rule, out), "", rule, unit=False) for rule in pen.rules]
        money = _balance(pen, address, row, (before, after)) if known else pen.say("appendix.balance_unknown")
        cells += [money, pen.say(f"tie_short.{pen.tie(t)}")]
        lines.append(TableLine(cells, marks))
    said = "arrived" if not known else "remains" if each.end.reason in ("unspent", "frozen") else "together"
    remains = [pen.amount(each.end.amounts[rule], each.anchor, rule, unit=False) for rule in pen.rules]
    blank: list[Text] = [""] * (width - 3 - len(pen.rules))
    total = TableLine([pen.say(f"appendix.{said}"), *blank, *remains, "", ""], strong=True)
    return Body([*capped(pen, lines, width), total], each.anchor, pen.named(address), {"data-item": address})


def _left_between(pen: Pen, change: int, width: int) -> TableLine:
    """The rows between two lines of a ledger that carried nothing traced, as what they changed together."""
    sign = "+" if change > 0 else "−"
    return TableLine([pen.say("appendix.between", change=pen.setting(f"{sign}{pen.asset.format(abs(change))}")), *[""] * (width - 1)])


def _moved(pen: Pen, t: Transfer, rule: str, out: bool) -> int:
    """What a row brought an account, or took from it: with the part of the fee, and without what the row itself made stolen."""
    stolen = pen.case.trace.rules[rule]
    if not out:
        return stolen.by_row.get(t.row, 0)
    taken = sum(stolen.taken[number] for number in pen.thefts_of.get(t.row, ()))
    return taken - stolen.by_row.get(t.row, 0) - stolen.fees_by_row.get(t.row, 0)


def _balance(pen: Pen, address: str, row: int, ends: tuple[int, int]) -> Markup:
    """The whole money of the account before and after a row."""
    place = {"data-account": address, "data-row": str(pen.keys[row])}
    before, after = (
        pen.figure(value, pen.asset.format(value), "", "balance", {**place, "data-when": when})
        for when, value in zip(("before", "after"), ends, strict=True)
    )
    return Markup("{} → {}").format(before, after)


def _balances(pen: Pen, holders: Iterable[Holder]) -> dict[tuple[int, int], tuple[int, int]]:
    """What each holder held in all before and after each of its rows, by account and row."""
    ledger = pen.case.ledger
    wanted: dict[int, list[int]] = {}
    for each in holders:
        for row in {*each.came, *each.left}:
            wanted.setdefault(row, []).append(ledger.index[each.end.address])
    held = [account.opening or 0 for account in ledger.accounts]
    found: dict[tuple[int, int], tuple[int, int]] = {}
    before: dict[int, int] = {number: held[number] for number in wanted.get(0, ())}
    for row, _ in enumerate(replay(ledger.columns, held)):
        for number in wanted.get(row, ()):
            found[number, row] = before[number], held[number]
        before = {number: held[number] for number in wanted.get(row + 1, ())}
    return found


def _fees(pen: Pen) -> list[Block]:
    say = pen.say
    head = [*_heads(pen), say("column.whole_fee"), *pen.rule_heads()]
    lines = []
    for row in sorted(pen.ends.fee_rows):
        t = pen.case.ledger.transfer(row)
        cells: list[Text] = [pen.when(t), _which(pen, t, "", t.sender)]
        cells.append(pen.amount(t.fee if t.recipient else t.fee + t.amount, "", "fee", unit=False))
        cells += [pen.amount(pen.case.trace.rules[rule].fees_by_row.get(row, 0), "", rule, unit=False) for rule in pen.rules]
        lines.append(TableLine(cells, pen.marks("fees", [row])))
    numeric = range(len(head) - 1 - len(pen.rules), len(head))
    return [Heading(say("appendix.rows_fees")), tabular(head, capped(pen, lines, len(head)), numeric, "fees", small=True)]


def capped(pen: Pen, lines: Sequence[TableLine], width: int) -> list[TableLine]:
    """At most so many lines; the others as one, which cites their rows."""
    if len(lines) <= MOST_ROWS:
        return list(lines)
    rest: dict[str, str] = {}
    for line in lines[MOST_ROWS:]:
        for name, keys in line.marks.items():
            rest[name] = f"{rest[name]} {keys}" if name in rest else keys
    said = pen.say("appendix.more", count=f"{len(lines) - MOST_ROWS:,}", file="transfers.csv")
    return [*lines[:MOST_ROWS], TableLine([said, *[""] * (width - 1)], rest)]


def ledgers(pen: Pen) -> Section:
    """Appendix B: an account ledger for each address that still holds value."""
    holders = pen.ends.holders.get("unspent", [])
    blocks: list[Block] = [Say(pen.say("appendix.ledgers_intro", unit=pen.asset.symbol))]
    return _section(pen, "B", "ledgers", [*blocks, Group("end-unspent", _ledgers(pen, holders))] if holders else blocks)


def reconciliation(pen: Pen) -> Section:
    """Appendix C: what each theft took, what is at endpoints, what went as fees; and the rows of these fees."""
    say, outcome = pen.say, pen.case.outcome
    head = [say("column.rule"), say("column.number"), say("appendix.took"), say("appendix.ended"), say("reasons.fees")]
    lines = []
    for rule in pen.rules:
        for number, took in enumerate(outcome.taken[rule]):
            fees = outcome.fees_by_theft[rule][number]
            ended = sum(end.by_theft[rule][number] for end in outcome.endpoints)
            amounts = [pen.amount(took, "thefts", f"taken:{rule}", [number + 1], unit=False)]
            amounts += [pen.amount(ended, "ends", rule, [number + 1], unit=False), pen.amount(fees, "fees", rule, [number + 1], unit=False)]
            lines.append(TableLine([pen.rule(rule), str(number + 1), *amounts], {"data-item": rule}))
    table = tabular(head, lines, (1, 2, 3, 4), "reconciliation", small=True)
    return _section(pen, "C", "reconciliation", [Say(say("appendix.reconciliation_intro")), table, *_fees(pen)])


def registers(pen: Pen) -> Section:
    """Appendix D: labels, tags, marks, touched accounts."""
    blocks: list[Block] = [*_labels(pen), *_tagged(pen), *_marks(pen), *_touched(pen)]
    return _section(pen, "D", "register", blocks)


def _labels(pen: Pen) -> list[Block]:
    say, book = pen.say, pen.book
    younger = set(pen.younger)
    services = {address for each in pen.ends.services for address in each.addresses}
    head = [say("column.address"), say("column.label"), say("column.label_file")]
    lines = []
    for number, label in enumerate(book.labels, 1):
        marks = {
            "undated": not label.lastmod,
            "younger": label in younger,
            "own": label.pack == OWN,
            "disputed": label.address in book.conflicts,
            "doubtful": label.address in services and (label in younger or not label.lastmod),
        }
        held = " ".join(name for name, holds in marks.items() if holds)
        lines.append(TableLine(_label_cells(pen, label), {"data-item": str(number), "data-account": label.address, "data-mark": held}))
    said = [Say(say("appendix.register_labels_said"))] if lines else []
    return [Heading(say("appendix.register_labels")), *said, tabular(head, lines, anchor="labels", small=True)]


def _label_cells(pen: Pen, label: Label) -> list[Text]:
    return [pen.code(label.address), label_said(pen, label), pen.quoted(label.pack)]


def _tagged(pen: Pen) -> list[Block]:
    say, of = pen.say, dict[str, list[str]]()
    for tag in pen.case.tags:
        names = of.setdefault(tag.subject, [])
        kinds = ("", *(["?"] if innocently_explained(tag) else []), *([DEFAULT] if "default" in tag.presets else []))
        names += [name for kind in kinds if (name := kind + tag.name) not in names]
    if not of:
        return []
    lines = [
        TableLine(
            [pen.named(address), pen.quoted(", ".join(name for name in names if not name.startswith(("?", DEFAULT))))],
            {"data-account": address, "data-tag": " ".join(names)},
        )
        for address, names in of.items()
    ]
    head = [say("column.address"), say("column.tags")]
    return [Heading(say("appendix.register_tags")), tabular(head, lines, anchor="tagged", small=True)]


def _marks(pen: Pen) -> list[Block]:
    markings, say = pen.case.context.markings, pen.say
    if not markings:
        return []
    found = marked_of(pen.case.ledger, pen.case.trace, markings, pen.case.question.leading_rule)
    kinds = {address: name for name in ("both", "touched", "innocent") for address in getattr(found, name)}
    head = [say("column.address"), say("column.marker"), say("column.from_block"), say("column.to_block")]
    lines = [
        TableLine(
            [pen.named(each.address), pen.quoted(each.marker), pen.height(each.first), "" if each.last is None else pen.height(each.last)],
            {"data-item": each.address, "data-mark": kinds.get(each.address, "")},
        )
        for each in markings
    ]
    return [Heading(say("beside.marked")), tabular(head, lines, anchor="marks", small=True)]


def _touched(pen: Pen) -> list[Block]:
    say = pen.say
    head = [say("column.address"), say("column.first_row")]
    lines = []
    for address, row in sorted(only_touched(pen).items(), key=lambda item: (item[1], item[0])):
        t = pen.case.ledger.transfer(row)
        marks: Marks = {**pen.marks("in", [row]), "data-item": address}
        lines.append(TableLine([pen.named(address), Markup("{} {}").format(pen.height(t.height), pen.code(t.tx_hash))], marks))
    return [Heading(say("appendix.register_touched")), tabular(head, lines, anchor="touched", small=True)]


def glossary(pen: Pen) -> Section:
    """Appendix F: what the words mean."""
    say = pen.say
    lines = [TableLine([Markup("<b>{}</b>").format(word), say(f"glossary.{word}")]) for word in say.text["glossary"]]
    return _section(pen, "F", "glossary", [tabular([say("column.term"), say("column.meaning")], lines)])


def _section(pen: Pen, letter: str, key: str, blocks: Sequence[Block]) -> Section:
    title = pen.say("appendix.title", letter=letter, name=pen.say(f"appendix.{key}"))
    return Section(f"appendix-{key}", letter, title, blocks, wide=True)
