"""What a reader of the first page must know before relying on a figure: what binds it to a chain, whose chain, what was not looked at."""

from __future__ import annotations

from collections.abc import Iterator

from tracer.evidence.coverage import ties_said
from tracer.plan.unlabelled_services import unlabelled_sentences
from tracer.report.court.blocks import Text
from tracer.report.court.cited_figures import Pen
from tracer.wording import PRIVATE_CHAIN


def cautions(pen: Pen) -> Iterator[Text]:
    """The cautions that hold in this case, a sentence or two each."""
    say, case = pen.say, pen.case
    if any(basis == "chain" for basis in case.ledger.columns.basis):
        yield say("answer.private_chain") if on_a_private_chain(pen) else say("answer.whose_chain", place=whose_chain(pen))
    yield from map(pen.printed, ties_said(case.ledger, case.trace))
    yield from map(pen.printed, unlabelled_sentences(case.ledger, case.trace, pen.flow.about.unlabelled, case.question.leading_rule))
    if len(_sources_of_rows(pen)) < 2:
        yield say("answer.one_source")
    if case.rests is None:
        yield say("answer.rests_missing")


def on_a_private_chain(pen: Pen) -> bool:
    """Whether the first block that was read is known not to be that of the public network."""
    return any(PRIVATE_CHAIN in note for note in pen.case.ledger.notes)


def whose_chain(pen: Pen) -> Text:
    """The block by which anybody can tell whether the chain is the public one."""
    newest = pen.case.manifest.get("newest_block") or {"height": None, "hash": None}
    last = pen.say("answer.last_block", height=pen.height(newest["height"]), hash=pen.code(newest["hash"]))
    return last if newest["hash"] else pen.say("answer.any_block")


def _sources_of_rows(pen: Pen) -> set[str]:
    """The sources that rows are of."""
    kinds = ("node", "recording", "table", "columns")
    return {each["name"] for each in pen.case.manifest.get("sources", []) if each["kind"] in kinds}
