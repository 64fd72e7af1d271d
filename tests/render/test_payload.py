"""A page whose payload is spoiled or lacks something says so, and shows nothing."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from support.page_payload import BOUNDED, CLAIMS, EVIDENCE, EXCHANGE, SPAN, TAG, TRANSFERS, VALUATION, payload

import tracer
from tracer.casefile import CaseFile
from tracer.render.html import page


@pytest.mark.parametrize("broken", ["AAAA", "%%%", ""])
def test_a_payload_that_cannot_be_unpacked_gives_a_message(shown, broken):
    source = re.sub(r'(id="payload">)[^<]*', lambda match: match[1] + broken, page(payload()))
    tab = shown(source, ready=False)
    assert "cannot show its trace" in tab.get_by_test_id("failure").inner_text()


def test_a_payload_that_lacks_a_part_is_named_and_nothing_is_shown(shown):
    trace = payload()
    del trace["nodes"]["balance"]
    tab = shown(trace, ready=False)
    assert "its payload has no nodes.balance" in tab.get_by_test_id("failure").inner_text()


def places(part, way=()):
    """The way to every key of a payload, keys and numbers; of a list the first entry stands for all."""
    for key, value in part.items():
        yield [*way, key]
        first = value[0] if isinstance(value, list) and value else value
        for each in first if isinstance(first, list) else [first]:
            if isinstance(each, dict):
                at = [0] * (isinstance(value, list) + isinstance(first, list))
                yield from places(each, (*way, key, *at))


def test_no_key_of_a_payload_may_be_missing(shown):
    """Every key that Python writes, rules included, is taken away in turn."""
    trace = payload(
        transfers=[TRANSFERS[4], *TRANSFERS], evidence=EVIDENCE, claims=CLAIMS, valuation=VALUATION, tags=[TAG], services=[BOUNDED]
    )
    trace["customers"] = [{"node": 0, "edges": [0], "least": "1", "most": "2"}]
    trace["nodes"]["labels"][0], trace["nodes"]["marked"][0] = [EXCHANGE], [SPAN]
    tolerated = shown(trace).evaluate(
        """([trace, ways]) => ways.filter((way) => {
          const spoiled = structuredClone(trace);
          const last = way.pop();
          delete way.reduce((part, key) => part[key], spoiled)[last];
          try {
            complete(spoiled);
            return true;
          } catch {
            return false;
          } finally {
            way.push(last);
          }
        })""",
        [trace, list(places(trace))],
    )
    assert tolerated == []


def test_a_column_that_is_too_short_is_refused(shown):
    trace = payload()
    trace["edges"]["stolen"]["haircut"].pop()
    tab = shown(trace, ready=False)
    assert "7 entries in edges.stolen.haircut, and 8 beside them" in tab.get_by_test_id("failure").inner_text()


@pytest.mark.parametrize("name", ["rehearsal", "coincheck"])
def test_the_page_of_a_traced_case_lacks_nothing(shown, tmp_path, name):
    done = tracer.trace(CaseFile.load(ROOT / "fixtures" / "cases" / name / "case.toml"), tmp_path / name)
    tab = shown((done.folder / "case.html").read_text(encoding="utf-8"))
    assert tab.faults == []
