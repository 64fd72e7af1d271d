"""Two recordings held against each other, question by question: what the one was answered differently from the other, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from tracer.chains.node.answers import LOST, NODE
from tracer.compare.malformed_answers import Unlike, shape_fault, unlike
from tracer.compare.nem_answers import meaning_of
from tracer.ingest.node.recording import exchanges
from tracer.model import Exchange
from tracer.terminal_and_csv_escaping import plain

Question: TypeAlias = tuple[str, str, str | None]
Side: TypeAlias = str
"""A or B: which of the two it is."""

ASKED = re.compile(r"((?:GET|POST) \S+(?: \{.*?\})?): (.*)", re.DOTALL)
"""A question and what came of it, as a note says why a node was given up."""

STATUS = {
    204: "no content",
    206: "a part of the answer only",
    302: "sends elsewhere",
    401: "wants a password",
    403: "refuses",
    404: "has no such thing",
    429: "was asked too often",
    500: "failed inside",
    501: "does not know the question",
    503: "is not available",
}
"""What a node says by the status of an answer that is none."""


class AnswerDifference(NamedTuple):
    """A question that two recordings have different answers to.

    `lines` are those of the recordings, None where the one has no answer. `cause` says what is the matter, and of which; `value` is the
    amount it is about in smallest units, None where it is about none. `times`: how often it was answered so.
    """

    question: str
    lines: tuple[int | None, int | None]
    cause: str
    value: int | None
    times: int = 1


class Recorded(NamedTuple):
    """A recording by its questions; `lost` has why nodes were given up, by line, and `nodes` what they said of themselves."""

    answers: dict[Question, list[Exchange]]
    lost: list[tuple[int, str]]
    nodes: dict[str, dict[str, Any]]

    @property
    def tip(self) -> int | None:
        """The last height that a node stated."""
        stated = [each for each in self.answers.get(("GET", "/chain/height", None), ()) if shape_fault(each.answer) is None]
        heights = (json.loads(each.answer) for each in stated if each.status == 200)
        known = [height["height"] for height in heights if isinstance(height, dict) and type(height.get("height")) is int]
        return known[-1] if known else None


def recorded(path: Path) -> Recorded:
    """A recording, read once. Raises InputError where it is none."""
    found = Recorded({}, [], {})
    for exchange in exchanges(path, whole_lines=True):
        if exchange.path.startswith((LOST, NODE)):
            said = json.loads(exchange.answer)
            found.nodes.setdefault(exchange.node, {}).update(said)
            if exchange.path.startswith(LOST):
                found.lost.append((exchange.line, str(said.get("given_up"))))
        elif not exchange.path.startswith("/tracer/"):
            found.answers.setdefault(_question(exchange), []).append(exchange)
    return found


def _question(exchange: Exchange) -> Question:
    try:
        body = json.dumps(_without_ids(json.loads(exchange.body)), sort_keys=True) if exchange.body else None
    except ValueError:
        body = exchange.body
    return exchange.method, exchange.path, body


def compare_answers(a: Recorded, b: Recorded) -> list[AnswerDifference]:
    """Every question that was put in both and answered differently, and why nodes were given up, in the order of B.

    What was asked in one only is no difference: a run that was lost asks less.
    """
    return [*_differing(a, b), *_given_up("A", a), *_given_up("B", b)]


def _given_up(side: Side, one: Recorded) -> Iterator[AnswerDifference]:
    for line, why in one.lost:
        asked = ASKED.match(why)
        question, reason = (asked[1], asked[2]) if asked else ("a node", why)
        lines = (line, None) if side == "A" else (None, line)
        yield AnswerDifference(question, lines, f"{side} gave the node up: {plain(reason)}", None)


def _differing(a: Recorded, b: Recorded) -> Iterator[AnswerDifference]:
    for question, answers in b.answers.items():
        others = a.answers.get(question)
        if others is None:
            continue
        known, said = {_told(each) for each in others}, {_told(each) for each in answers}
        odd_b, odd_a = ([each for each in one if _told(each) not in other] for one, other in ((answers, known), (others, said)))
        if odd_b or odd_a:
            first_a, first_b = (odd_a or others)[-1], (odd_b or answers)[0]
            cause, value = _cause(question, first_a, first_b, a, b)
            times = max(len(odd_a), len(odd_b))
            if cause:
                yield AnswerDifference(" ".join(filter(None, question)), (first_a.line, first_b.line), cause, value, times)


def _told(exchange: Exchange) -> tuple[int, str]:
    """An answer, alike for two that say the same: the ids by which nodes page their lists are a node's own."""
    if shape_fault(exchange.answer) is not None:
        return exchange.status, exchange.answer
    return exchange.status, json.dumps(_without_ids(json.loads(exchange.answer)), sort_keys=True)


def _without_ids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_ids(each) for name, each in value.items() if not (name == "id" and type(each) is int and each >= 0)}
    return [_without_ids(each) for each in value] if isinstance(value, list) else value


def _cause(question: Question, first: Exchange, second: Exchange, a: Recorded, b: Recorded) -> Unlike:
    """What is the matter with the one or the other; "" where the other only was read further."""
    for side, exchange in (("B", second), ("A", first)):
        if exchange.status != 200:
            missing = " (a node answers so for the definition of a mosaic whose namespace expired)" if _is_definition(question) else ""
            return Unlike(f"{side}: status {exchange.status}: {STATUS.get(exchange.status, 'no answer')}{missing}", None)
        if fault := shape_fault(exchange.answer):
            return Unlike(f"{side}: {fault}", None)
    told = json.loads(first.answer), json.loads(second.answer)
    return unlike(*told) or meaning_of(question[1], question[2], told, (a.tip, b.tip), _versions(a, b))


def _is_definition(question: Question) -> bool:
    return question[1].startswith("/mosaic/definition")


def _versions(a: Recorded, b: Recorded) -> tuple[str, str]:
    """What the nodes of each say of their version, joined."""
    first, second = (", ".join(sorted({str(said["version"]) for said in one.nodes.values() if said.get("version")})) for one in (a, b))
    return first, second


def questions_in_common(a: Recorded, b: Recorded) -> int:
    """How many questions stand in both."""
    return len(a.answers.keys() & b.answers.keys())


def first_of(differences: Iterable[AnswerDifference]) -> AnswerDifference | None:
    """The first that is about an answer, else why a node was given up."""
    found = list(differences)
    return next((each for each in found if None not in each.lines), found[0] if found else None)
