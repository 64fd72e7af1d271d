"""docs/rules.md: every worked example says what the rules say."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from support.ledgers import by_theft, ends, traced

from tracer.tracing import RULES

PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(ledger|ends|thefts)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
EXAMPLES = [(text, kind, line) for (_, text), (kind, told) in zip(BLOCKS[::2], BLOCKS[1::2], strict=True) for line in told.splitlines()]


@pytest.mark.parametrize(("text", "kind", "line"), EXAMPLES, ids=lambda value: value.splitlines()[0])
def test_every_line_under_a_ledger_is_what_the_rule_says_of_it(text, kind, line):
    rule, told = line.split(": ")
    trace = traced(text, [rule])
    if kind == "ends":
        found = {name.removesuffix(" unspent"): units for name, units in ends(trace, rule).items()}
        assert found == {name: int(units) for name, units in (each.split(" ") for each in told.split(", "))}
    else:
        parts = {name.removesuffix(" unspent"): units for name, units in by_theft(trace, rule).items()}
        assert parts == {name: tuple(map(int, units.split(" + "))) for name, units in (each.split(" ", 1) for each in told.split(", "))}


def test_every_ledger_of_the_page_has_its_answers_and_every_rule_a_section():
    assert [kind for kind, _ in BLOCKS[::2]] == ["ledger"] * (len(BLOCKS) // 2)
    assert re.findall(r"^## (\w+)$", PAGE, re.MULTILINE) == list(RULES)
