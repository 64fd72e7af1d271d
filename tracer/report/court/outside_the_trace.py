"""Sections on what stands beside the trace: marks, touched accounts, claims, statements, evidence; attribution; tags; what it rests on."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from tracer.evidence import NO_ATTRIBUTION, Compared
from tracer.evidence.marked_on_chain_and_traced import marked_of
from tracer.labels.book import OWN
from tracer.model import BaseRate, Evidence, Tag
from tracer.report.court.blocks import Block, Group, Heading, Items, Say, Section, TableLine, tabular
from tracer.report.court.cited_figures import Pen
from tracer.report.court.sources_and_method import label_said
from tracer.tagging import HEURISTICS
from tracer.tagging.error_rates import measured_elsewhere
from tracer.wording import FEWEST_FOR_A_RATE, first_sentence, utc

DEFAULT = "default:"
"""Before the name of a tag, in the register: the default preset finds it too."""


def beside_the_trace(pen: Pen) -> Section:
    """What is no part of a traced amount, each kind apart."""
    say = pen.say
    blocks: list[Block] = [Say(say("beside.intro"))]
    blocks += [Heading(say("beside.marked")), Say(_marked(pen)), Heading(say("beside.touched")), Say(_touched(pen))]
    blocks += [Heading(say("beside.claims")), *_claims(pen), Heading(say("beside.statements")), *_statements(pen)]
    blocks += [Heading(say("beside.evidence")), *_evidence(pen)]
    return Section("beside", "8", say("beside.title"), blocks)


def _marked(pen: Pen) -> Markup:
    markings = pen.case.context.markings
    if not markings:
        return pen.say("beside.no_marks")
    rule = pen.case.question.leading_rule
    found = marked_of(pen.case.ledger, pen.case.trace, markings, rule)
    marked = len({marking.address for marking in markings})
    said = [pen.say("beside.marked_said", count=pen.count(marked, "marks", "items", "address"))]
    for name, addresses in {"both": found.both, "touched": found.touched, "innocent": found.innocent}.items():
        if addresses:
            count = pen.count(len(addresses), "marks", "marked", marks={"data-mark": name})
            key = "all" if name == "both" and len(addresses) == marked else name
            said.append(pen.say(f"beside.marked_{key}", count=count, rule=pen.rule(rule)))
    missed = pen.count(len(found.missed), "marks", "unmarked", "address", marks={"data-column": rule})
    return Markup(" ").join([*said, pen.say("beside.marked_missed", count=missed, rule=pen.rule(rule)), pen.say("beside.marked_means")])


def only_touched(pen: Pen) -> dict[str, int]:
    """The accounts that were touched and that no rule puts value at, each with the row that first touched it."""
    c, accounts = pen.case.ledger.columns, pen.case.ledger.accounts
    reached = {accounts[c.recipient[row]].address for row in pen.case.trace.carrying}
    return {address: row for address, row in pen.case.trace.touched.items() if address not in reached}


def _touched(pen: Pen) -> Markup:
    only, count = len(only_touched(pen)), pen.count(len(pen.case.trace.touched), "touched", "touched", "account")
    if not only:
        return pen.say("beside.touched_all", count=count)
    return pen.say("beside.touched_said", count=count, only=pen.count(only, "touched", "items"))


def _claims(pen: Pen) -> Iterator[Block]:
    claims = pen.flow.about.claims
    if not claims:
        yield Say(pen.say("beside.no_claims"))
        return
    compared = sum(each.traced is not None for each in claims)
    none = pen.figure(0, pen.say("beside.claims_none"), "claims", "compared", {})
    of = pen.say("beside.claims_compared", compared=pen.count(compared, "claims", "compared") if compared else none)
    yield Say(pen.say("beside.claims_said", count=pen.count(len(claims), "claims", "items", "claim"), compared=of))
    yield Group("claims", [_claim(pen, number, each) for number, each in enumerate(claims, 1)])


def _claim(pen: Pen, number: int, each: Compared) -> Say:
    claim, say, anchor = each.claim, pen.say, f"claim-{number}"
    ends = [f"{pen.asset.format(end)}" for end in dict.fromkeys((claim.least, claim.most)) if end is not None]
    amount = (
        say("beside.claim_amount", amount=pen.quoted(f"{' – '.join(ends)} {pen.asset.symbol}")) if ends else say("beside.claim_no_amount")
    )
    said = {"sender": claim.sender, "recipient": claim.recipient, "source": claim.source}
    says = say("beside.claim_says", says=pen.quoted(claim.says)) if claim.says else ""
    quoted = {name: pen.quoted(text) for name, text in said.items()}
    text = say("beside.claim", time=_window(pen, claim.since, claim.until), amount=amount, says=says, **quoted)
    marks = {"data-item": str(number)}
    if each.traced is None:
        traced = say("beside.claim_why", why=pen.quoted(each.why.removeprefix("not compared: ")))
    else:
        traced = say("beside.claim_traced", figures=pen.by_rule(each.traced, anchor))
        marks |= {**pen.marks("in", sorted(each.rows)), "data-compared": "1"}
    return Say(Markup("{} {}").format(text, traced), "", anchor, marks)


def _window(pen: Pen, since: int | None, until: int | None) -> Markup:
    """The time that a claim is of."""
    ends = {name: pen.time(time) for name, time in (("since", since), ("until", until)) if time is not None}
    key = "window" if len(ends) > 1 else next(iter(ends), "any_time")
    return pen.say(f"beside.{key}", **ends)


def _statements(pen: Pen) -> Iterator[Block]:
    told = pen.flow.about.statements
    if not told:
        yield Say(pen.say("beside.no_statements"))
    for number, each in enumerate(told, 1):
        anchor = f"statement-{number}"
        text = pen.say("beside.statement", sentence=pen.quoted(each.sentence()))
        arrived = pen.amount(each.amount, anchor, "amount")
        traced = pen.say("beside.statement_traced", amount=arrived, figures=pen.by_rule(each.traced, anchor))
        yield Say(Markup("{} {}").format(text, traced), "", anchor, pen.marks("in", each.rows))


def _evidence(pen: Pen) -> Iterator[Block]:
    pieces = pen.flow.about.evidence
    if not pieces:
        yield Say(pen.say("beside.no_evidence"))
        return
    explained, superseded = (
        pen.count(sum(piece.status == status for piece in pieces), "evidence", "pieces", marks={"data-status": status})
        for status in ("explained", "superseded")
    )
    gone = sum(piece.status != "stands" for piece in pieces)
    weak = sum(piece.grade.startswith("F") for piece in pieces)
    yield Say(pen.say("beside.evidence_said", count=pen.count(len(pieces), "evidence", "items", "entry")))
    withdrawn = pen.count(gone, "evidence", "pieces", marks={"data-status": "explained superseded"})
    yield Items(
        [
            pen.say("beside.evidence_withdrawn", withdrawn=withdrawn, explained=explained, superseded=superseded),
            pen.say("beside.evidence_weak", weak=pen.count(weak, "evidence", "pieces", marks={"data-grade": "F"})),
        ]
    )
    yield Say(_naming(pen))
    yield Say(pen.say("beside.grades"))
    yield Say(pen.say("beside.masked" if pen.masked else "beside.unmasked"))
    lines = [_piece(pen, number, piece) for number, piece in enumerate(pieces, 1)]
    head = [pen.say("column.date"), pen.say("column.kind"), pen.say("column.status"), pen.say("column.value"), pen.say("column.source")]
    yield tabular(head, lines, anchor="evidence", small=True)
    yield Say(pen.say("beside.no_attribution", sentence=pen.quoted(NO_ATTRIBUTION)))
    yield Say(pen.say("beside.why_none"), "inferred")


def _naming(pen: Pen) -> Markup:
    """Whether any entry names an account or a transaction of the ledger: looked for in what the entries say."""
    texts = [f"{piece.value} {piece.subject}" for piece in pen.flow.about.evidence]
    hashes = {tx_hash for tx_hash in pen.case.ledger.columns.tx_hash if tx_hash}
    named = sum(any(word in pen.case.ledger.index for word in text.split()) for text in texts)
    by_hash = sum(any(word in hashes for word in text.split()) for text in texts)
    parts = [pen.say("beside.evidence_names", count=str(named)) if named else pen.say("beside.evidence_no_names")]
    if by_hash:
        parts.append(pen.say("beside.evidence_hash", count=str(by_hash)))
    return Markup(" ").join(parts)


def _piece(pen: Pen, number: int, piece: Evidence) -> TableLine:
    day = Markup("<time>{}</time>").format((utc(piece.time) or "")[:10])
    status = Markup("{}, {}").format(pen.say(f"status.{piece.status}"), pen.say("beside.grade", grade=piece.grade))
    value = Markup("<b>{}</b>:<br>{}").format(pen.quoted(piece.value), pen.quoted(piece.subject))
    marks = {"data-item": str(number), "data-status": piece.status, "data-grade": piece.grade}
    return TableLine([day, pen.quoted(piece.kind.replace("_", " ")), status, value, pen.quoted(piece.source)], marks)


def attribution(pen: Pen) -> Section:
    """Who addresses are said to be: labels with source and date, conflicts, own labels counted."""
    say, book = pen.say, pen.book
    if not book.labels:
        return Section("attribution", "9", say("attribution.title"), [Say(say("attribution.none")), Say(say("attribution.nobody"))])
    labels = pen.count(len(book.labels), "labels", "items", "label")
    addresses = pen.count(len({label.address for label in book.labels}), "labels", "accounts", "address")
    among = {
        "undated": sum(not label.lastmod for label in book.labels),
        "younger": len(pen.younger),
        "own": sum(label.pack == OWN for label in book.labels),
    }
    blocks: list[Block] = [
        Say(say("attribution.intro")),
        Say(say("attribution.counts", labels=labels, addresses=addresses)),
        Items([say(f"attribution.count_{name}", count=_with(pen, name, number)) for name, number in among.items()]),
        Say(say("attribution.younger")),
    ]
    if book.conflicts:
        blocks.append(Say(say("attribution.conflicts", count=pen.count(len(book.conflicts), "labels", "disputed", "address"))))
        blocks.append(
            Items(
                [
                    say(
                        "attribution.conflict",
                        address=pen.code(address),
                        labels=say.joined([label_said(pen, label) for label in several]),
                    )
                    for address, several in book.conflicts.items()
                ]
            )
        )
    else:
        blocks.append(Say(say("attribution.no_conflicts")))
    return Section("attribution", "9", say("attribution.title"), [*blocks, Say(say("attribution.nobody"))])


def _with(pen: Pen, mark: str, number: int) -> Markup:
    return pen.count(number, "labels", "marked", marks={"data-mark": mark})


def tags(pen: Pen) -> Section:
    """What addresses do, according to heuristics; how often these were false elsewhere, and that nobody has measured it on this chain."""
    say, by_name = pen.say, dict[str, list[Tag]]()
    for tag in pen.case.tags:
        by_name.setdefault(tag.name, []).append(tag)
    blocks: list[Block] = [Say(say("tags.intro", few=pen.setting(FEWEST_FOR_A_RATE)))]
    if by_name:
        head = [say(f"column.{name}") for name in ("tag", "status", "addresses", "lookalikes", "outside", "error_rate")]
        lines = [_tag_line(pen, name, by_name[name]) for name in HEURISTICS if name in by_name]
        blocks += [tabular(head, lines, (2, 3)), Say(say("tags.rate_measured", population=pen.quoted(measured_elsewhere()["population"])))]
    else:
        blocks.append(Say(say("tags.none")))
    changed = ", ".join(pen.case.question.thresholds)
    blocks.append(Say(say("tags.thresholds", changed=pen.quoted(changed)) if changed else say("tags.thresholds_default")))
    return Section("tags", "10", say("tags.title"), blocks)


def _tag_line(pen: Pen, name: str, found: list[Tag]) -> TableLine:
    statuses = ", ".join(dict.fromkeys(str(pen.say(f"tags.status_{tag.status}")) for tag in found))
    subjects = {tag.subject for tag in found}
    innocent = {tag.subject for tag in found if innocently_explained(tag)}
    default = {tag.subject for tag in found if "default" in tag.presets}
    kinds = {"": subjects, DEFAULT: default, "?": innocent}
    total, by_default, explained = (pen.count(len(of), "tagged", "tagged", marks={"data-tag": kind + name}) for kind, of in kinds.items())
    counts = [pen.say("tags.by_default", all=total, default=by_default), explained]
    rate = pen.say("tags.rate") if name in pen.case.question.thresholds else _measured(pen, name)
    outside = next((each for each in pen.flow.about.base_rates if (each.tag, each.preset) == (name, "default")), None)
    said = _among(pen, outside) if outside else pen.say("tags.no_outside")
    called = pen.quoted(name)
    if f"called_{name}" in pen.say.text["tags"]:  # its name is a term of law, and is not meant so
        called = pen.say(f"tags.called_{name}", name=called)
    shape = Markup("{}<br>{}").format(called, pen.quoted(first_sentence(HEURISTICS[name].__doc__ or "")))
    return TableLine([shape, statuses, *counts, said, rate])


def _among(pen: Pen, rate: BaseRate) -> Markup:
    """How many of the unrelated accounts of the case have the shape of a tag."""
    counts = [pen.setting(f"{number:,}") for number in (rate.tagged, rate.looked_at, rate.unrelated)]
    some = dict(zip(("some", "all", "whole"), counts, strict=True))
    return pen.say("tags.of_drawn" if rate.looked_at < rate.unrelated else "tags.of", **some)


def _measured(pen: Pen, name: str) -> Markup:
    """What was measured elsewhere of a tag under the default preset: false alarms, and how many it finds."""
    of = measured_elsewhere()["tags"][name]["default"]
    numbers = {key: pen.setting(f"{of[key]:,}") for key in ("false", "of", "found", "should")}
    rate = pen.say("tags.rate_elsewhere", false=numbers["false"], all=numbers["of"], rate=pen.setting(of["per_1000"]))
    if of["should"]:
        return pen.say("tags.found_elsewhere", rate=rate, found=numbers["found"], given=numbers["should"])
    return rate if of["false"] else pen.say("tags.says_little", rate=rate)


def innocently_explained(tag: Tag) -> bool:
    """Whether a look-alike of a tag holds: then something innocent explains the same rows."""
    return any(measure.holds for measure in tag.against)


def rests(pen: Pen) -> Section:
    """What the figures of services rest on, where it was computed."""
    say = pen.say
    if pen.case.rests is None:
        return Section("rests", "11", say("rests.title"), [Say(say("rests.missing"))])
    blocks: list[Block] = [Say(say("rests.intro")), Items([pen.quoted(each) for each in pen.flow.about.rests], "quoted")]
    blocks += [Say(say("rests.left_out", sentence=pen.quoted(each))) for each in pen.case.rests.left_out]
    return Section("rests", "11", say("rests.title"), blocks)
