"""The last sections of the report: custody, and how to make it again."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from tracer.casefolder.breaks_in_log import faults_of
from tracer.casefolder.manifest import record_digest
from tracer.casefolder.trusted_time_tokens import LogToken, tokens_in
from tracer.errors import InputError
from tracer.evidence import masked_case
from tracer.report.court.blocks import Block, Items, Say, Section, TableLine, tabular
from tracer.report.court.cautions import on_a_private_chain
from tracer.report.court.cited_figures import Pen


def custody(pen: Pen) -> Section:
    """What was done to the case, and what shows when."""
    say, case = pen.say, pen.case
    entries, manifest = case.log_entries, case.manifest
    blocks: list[Block] = [Say(say("custody.intro"))]
    if entries:
        head = [say(f"column.{name}") for name in ("number", "time", "act", "by", "hash")]
        lines = [
            TableLine(
                [str(e.number), Markup("<time>{}</time>").format(e.time), pen.quoted(e.act), pen.quoted(e.by or "–"), pen.code(e.hash)]
            )
            for e in entries
        ]
        blocks += [tabular(head, lines, (0,), "log", small=True)]
        nameless = sum(entry.by is None for entry in entries)
        blocks += [Say(say("custody.nameless", count=say.counted(nameless, "entry")), "warning")] if nameless else []
        blocks += [Say(say("custody.acquired"))]
        faults = faults_of(entries)
        blocks.append(
            Say(say("custody.broken", fault=pen.quoted(faults[0])), "warning")
            if faults
            else Say(say("custody.holds", count=say.counted(len(entries), "entry")))
        )
    else:
        blocks.append(Say(say("custody.no_log"), "warning"))
    of = {"digest": pen.code(case.stamp.results_digest), "tags": pen.code(manifest.get("tags_digest"))}
    bounded = case.bounds.endpoints or case.bounds.services
    digests = [
        say("custody.case_file", digest=pen.code(manifest["case"]["sha256"])),
        say("custody.record", digest=pen.code(record_digest(manifest))),
        say("custody.results", **of, bounds=pen.code(manifest.get("bounds_digest"))) if bounded else say("custody.results_no_bounds", **of),
    ]
    if masked_case(case.question.text) != case.question.text:
        digests.append(say("custody.masked"))
    blocks += [Items(digests), *_times(pen), Say(say("custody.this_folder")), Say(say("custody.unsigned"))]
    return Section("custody", "15", say("custody.title"), blocks)


def _times(pen: Pen) -> Iterator[Say]:
    """What bounds the time of the results from both sides, as far as anything outside does."""
    say, entries = pen.say, pen.case.log_entries
    newest = pen.case.manifest.get("newest_block")
    if newest:
        block, made = {"height": pen.height(newest["height"])}, pen.case.ledger.time_of_block(newest["height"])
        if not newest["hash"]:
            yield Say(say("custody.not_before_unknown", **block))
        elif made is None:
            yield Say(say("custody.not_before_untimed", **block, hash=pen.code(newest["hash"]), time=pen.time(pen.case.ledger.last_time)))
        else:
            yield Say(say("custody.not_before", **block, hash=pen.code(newest["hash"]), time=pen.time(made)))
        if on_a_private_chain(pen):
            yield Say(say("custody.not_before_private"), "warning")
    else:
        yield Say(say("custody.no_block"))
    kept = list(tokens_in(entries))
    yield from (_stamped(pen, each) for each in kept)
    if not kept:
        yield Say(say("custody.no_token", hash=pen.code(entries[-1].hash if entries else None)), "warning")


def _stamped(pen: Pen, kept: LogToken) -> Say:
    """What a token that the log keeps proves, and of which results."""
    say, held = pen.say, str(kept.held.number)
    try:
        found = kept.stamped()
    except ValueError as error:
        return Say(say("custody.bad_token", held=held, why=pen.quoted(str(error))), "warning")
    except InputError as error:
        return Say(say("custody.token_unread", held=held, why=pen.quoted(str(error))), "warning")
    assert kept.of is not None
    state, case = kept.of.after, pen.case
    same = state is not None and state.results_digest == case.stamp.results_digest
    rule = state.primary if state else None
    parts = [
        say("custody.token", held=held, number=str(kept.of.number), act=pen.quoted(kept.of.act), time=pen.time(found.time)),
        say("custody.token_same" if same else "custody.token_other"),
        say("custody.token_rule", rule=pen.rule(rule)) if rule else say("custody.token_no_rule"),
        say("custody.token_root"),
    ]
    return Say(Markup(" ").join(parts), "computed")


def again(pen: Pen) -> Section:
    """The commands by which anybody makes the same figures."""
    say, case = pen.say, pen.case
    name = case.question.name
    steps = [("tracer trace case.toml -o " + name, "trace")]
    steps += [(f"tracer bounds {name}", "bounds")] if case.bounds.endpoints else []
    steps += [
        (f"tracer report {name}", "report"),
        (f"tracer export {name} -o export", "export"),
        ("python3 -I -S verify.py export", "verify"),
    ]
    steps += [("python3 -I -S verify_swaps.py export", "swaps")] if pen.several else []
    blocks: list[Block] = [Say(say("again.intro"))]
    blocks.append(Items([Markup("<code>{}</code> {}").format(command, say(f"again.step_{key}")) for command, key in steps]))
    if case.question.nodes:
        blocks.append(Say(say("again.nodes")))
    blocks.append(Say(say("again.figures")))
    return Section("again", "16", say("again.title"), blocks)
