"""Sections on what the report stands on: sources and their completeness, and the method with its settings."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from tracer.evidence.masking import masked_text
from tracer.model import Label
from tracer.report.court.blocks import Block, Items, Say, Section, TableLine, Text, tabular
from tracer.report.court.cited_figures import Pen
from tracer.report.tables import method_table
from tracer.tracing import RULES


def sources(pen: Pen) -> Section:
    """What was read, whether it is whole, and the coverage statement."""
    say, case = pen.say, pen.case
    files = case.manifest.get("sources", [])
    blocks: list[Block] = []
    if files:
        head = [say("column.kind"), say("column.file"), say("column.digest"), say("column.size")]
        lines = [
            TableLine([each["kind"], pen.code(each["name"]), pen.code(each["sha256"]), pen.setting(f"{each['size']:,}")]) for each in files
        ]
        blocks += [Say(say("sources.files")), tabular(head, lines, (3,), small=True)]
    else:
        blocks.append(Say(say("sources.no_files")))
    blocks += [Say(say("sources.test")), tabular([say("column.counted"), say("column.count")], list(_tested(pen)), (1,))]
    blocks += [
        Say(say("sources.unread")),
        Say(say("sources.said")),
        Items([pen.printed(each) for each in pen.flow.about.coverage], "quoted"),
    ]
    if notes := case.question.report.notes:
        blocks += [Say(say("sources.notes")), Items([pen.quoted(masked_text(note) if pen.masked else note) for note in notes], "quoted")]
    if case.gaps:
        blocks += [Say(say("sources.gaps"), "warning"), Items([pen.quoted(gap) for gap in case.gaps], "quoted")]
    return Section("sources", "3", say("sources.title"), blocks)


def _tested(pen: Pen) -> Iterator[TableLine]:
    """The completeness test: counts that anybody can make again from the exported tables."""
    ledger, verdict = pen.case.ledger, pen.case.audit
    yield TableLine([pen.say("sources.rows"), pen.whole(verdict.rows, "transfers")])
    yield TableLine([pen.say("sources.verified"), pen.whole(verdict.verified, "transfers", "verified=true")])
    yield TableLine([pen.say("sources.provisional"), pen.whole(pen.provisional, "transfers", "provisional=true")])
    for coverage, number in (("full", verdict.full), ("partial", verdict.partial), ("boundary", verdict.boundary)):
        yield TableLine([pen.say(f"sources.{coverage}"), pen.whole(number, "accounts", f"coverage={coverage}")])
    for name, number in (("reached", verdict.reconciled), ("unreached", verdict.contradicted)):
        yield TableLine([pen.say(f"sources.{name}"), pen.figure(number, f"{number:,}", "again", name, {})])
    opened = [account for account in ledger.accounts if account.opening and account.opening_basis == "modelled"]
    yield TableLine([pen.say("sources.opened"), pen.figure(len(opened), f"{len(opened):,}", "again", "opened", {})])


def method(pen: Pen) -> Section:
    """The settings, what the stops and the order are, and on what authority each rule is used."""
    say, case = pen.say, pen.case
    head = [say("column.setting"), say("column.value")]
    blocks: list[Block] = [Say(say("method.intro")), tabular(head, list(_settings(pen)), anchor="settings")]
    order = say(f"method.order_{case.ledger.order_basis}")
    blocks += [Say(say("method.order", basis=order)), Say(say("method.fee")), Say(say("method.stops")), Say(say("method.bounds"))]
    if case.declared.sentences:
        blocks += [Say(say("method.changed"), "warning"), Items([pen.quoted(each) for each in case.declared.sentences], "quoted")]
    defined = [Markup("<b>{}</b> {}").format(pen.rule(rule), pen.quoted((RULES[rule].__doc__ or "").split("\n")[0])) for rule in pen.rules]
    blocks += [Items(defined), Say(say("method.rules"))]
    columns = ("rule", "situation", "jurisdiction", "authority", "read")
    lines = [
        TableLine(
            [
                pen.rule(each["rule"]) if each["rule"] else "",
                *(Markup("<span class=quoted>{}</span>").format(each[name]) for name in columns[1:]),
            ]
        )
        for each in say.authorities()
        if not each["rule"] or each["rule"] in pen.rules
    ]
    blocks += [tabular([say(f"column.{name}") for name in columns], lines, anchor="authority"), Say(say("method.unverified"))]
    return Section("method", "4", say("method.title"), blocks)


def _settings(pen: Pen) -> Iterator[TableLine]:
    """The settings of the method: those of the export, and what the case file asks beside them."""
    asked = pen.case.question
    settings: list[tuple[str, object]] = [(str(name), value) for name, value in method_table(pen.case).rows]
    settings += [
        ("categories", ", ".join(asked.stops.categories)),
        ("through", ", ".join(asked.trace.through)),
        ("min_confidence", asked.labels.min_confidence),
        ("markers", ", ".join(asked.labels.markers)),
        ("label_files", ", ".join(asked.labels.files)),
    ]
    if asked.nodes:
        settings += [("max_accounts", asked.stops.max_accounts), ("max_requests", asked.stops.max_requests)]
    changed = [f"{tag}.{name} = {value}" for tag, of_tag in asked.thresholds.items() for name, value in of_tag.items()]
    settings += [("thresholds", "; ".join(changed)), ("timezone", asked.report.timezone)]
    for name, value in settings:
        text: Text = pen.say("word.none") if value in (None, "") else pen.setting(value)
        yield TableLine([pen.say(f"method.settings.{name}"), text])


def label_said(pen: Pen, label: Label, *, younger: bool = False) -> Markup:
    """A label, with all by which it is judged. `younger`: its date is later than the last deposit of the service."""
    date = Markup("<time>{}</time>").format(label.lastmod[:10]) if label.lastmod else pen.say("attribution.undated")
    actor = label.actor if label.actor and label.actor.casefold() != label.label.casefold() else None
    return pen.say(
        "attribution.label",
        label=pen.quoted(label.label),
        actor=pen.say("attribution.actor", actor=pen.quoted(actor)) if actor else "",
        category=pen.quoted(label.category) if label.category else pen.say("attribution.no_category"),
        source=pen.quoted(label.source),
        date=pen.say("attribution.younger_than_deposit", date=date) if younger else date,
        confidence=pen.quoted(label.confidence),
    )


def as_of(pen: Pen) -> Markup:
    """When the results were made, as far as the log tells."""
    from tracer.casefolder.log import made_by

    entry = made_by(pen.case.log_entries)
    return (
        pen.say("head.as_of", time=Markup("<time>{}</time>").format(entry.time), number=entry.number) if entry else pen.say("head.no_log")
    )
