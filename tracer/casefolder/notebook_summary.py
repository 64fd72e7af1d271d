"""A case in one line, and in one small table: what a notebook shows of it."""

from __future__ import annotations

import html
from collections import Counter
from typing import TYPE_CHECKING

from tracer.terminal_and_csv_escaping import plain
from tracer.wording import counted

if TYPE_CHECKING:
    from tracer.casefolder.case import Case


def line(case: Case) -> str:
    """What was stolen, in how many thefts, under which rule."""
    outcome, rule = case.outcome, case.question.leading_rule
    stolen = case.asset.stated(outcome.stolen[rule])
    return f"{plain(case.question.name)}, {stolen} stolen in {counted(len(outcome.thefts), 'theft')}, under {rule}"


def table(case: Case) -> str:
    """Where the stolen value is, by reason and service, as HTML; under every rule that was run, and it adds up to what was stolen."""
    outcome, rules = case.outcome, case.outcome.rules
    sums: dict[str, Counter[str]] = {}
    for end in outcome.endpoints:
        name = f"{end.reason}: {end.service}" if end.service else end.reason
        sums.setdefault(name, Counter()).update(end.amounts)
    first = case.question.leading_rule
    lines = sorted(sums.items(), key=lambda each: (-each[1][first], each[0]))
    lines += [("fees", Counter(outcome.fees)), ("stolen", Counter(outcome.stolen))]
    head = "".join(f"<th>{html.escape(rule)}</th>" for rule in rules)
    body = "".join(
        f"<tr><th>{html.escape(plain(name))}</th>"
        + "".join(f"<td>{html.escape(case.asset.format(amounts[rule]))}</td>" for rule in rules)
        + "</tr>"
        for name, amounts in lines
    )
    title = html.escape(plain(case.question.title or case.question.name))
    symbol = html.escape(case.asset.symbol)
    return f"<p><b>{title}</b><br>{html.escape(line(case))}</p><table><tr><th>{symbol}</th>{head}</tr>{body}</table>"
