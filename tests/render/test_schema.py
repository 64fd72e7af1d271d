"""What Python writes into the page and what its script reads there are the same keys."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

from tracer.evidence import ComparedText
from tracer.render import schema, several_assets_schema

VIEWER = ROOT / "tracer" / "render" / "viewer"
SCRIPTS = {path.name: path.read_text(encoding="utf-8") for path in VIEWER.rglob("*.js")}
PARTS = {
    "payload": schema.Payload,
    "asset": schema.ShownAsset,
    "thefts": schema.ShownTheft,
    "endpoints": schema.ShownEndpoint,
    "services": schema.ShownService,
    "customers": schema.ShownCustomer,
    "evidence": schema.ShownEvidence,
    "claims": ComparedText,
    "statements": schema.ShownStatement,
    "valuation": schema.ShownValuation,
    "prices": schema.ShownPrice,
    "tags": schema.ShownTag,
    "freezable": schema.ShownFreezable,
    "several": several_assets_schema.ShownSeveral,
    "assets": several_assets_schema.ShownNamedAsset,
    "worth": several_assets_schema.ShownWorth,
    "table": several_assets_schema.ShownWorthLine,
    "lines": several_assets_schema.ShownAssetLine,
    "exchanges": several_assets_schema.ShownExchange,
    "substituted": several_assets_schema.ShownInAsset,
    "what_ifs": schema.ShownWhatIf,
    "nodes": schema.ShownNodes,
    "labels": schema.ShownLabel,
    "marked": schema.ShownMarking,
    "edges": schema.ShownEdges,
}


def test_the_script_asks_for_every_key_that_python_writes_and_no_other():
    asked = re.search(r"const SCHEMA = \{(.*?)\n\};", SCRIPTS["10_payload.js"], re.DOTALL)[1]
    keys = {name: re.findall(r'"(\w+)"', listed) for name, listed in re.findall(r"(\w+): \[(.*?)\]", asked, re.DOTALL)}
    assert keys == {name: list(part.__annotations__) for name, part in PARTS.items()}


def read(part):
    """The keys of a part of the payload that some script reads: `trace.nodes.role`, `const { role } = trace.nodes`, or by a local name."""
    place = "trace" if part == "payload" else rf"trace\.{part}"
    found = set()
    for script in SCRIPTS.values():
        local = part != "payload" and re.search(rf"\{{[^{{}}]*\b{part}\b[^{{}}]*\}} = trace;", script)
        names = rf"\b(?:{place}|{part})" if local else rf"\b{place}"
        found |= set(re.findall(rf"{names}\.(\w+)", script))
        for taken in re.findall(rf"\{{([^{{}}]*)\}} = {place};", script):
            found |= {name.split(":")[0].strip() for name in taken.split(",")}
    return found


@pytest.mark.parametrize("part", ["payload", "asset", "nodes", "edges", "valuation", "several"])
def test_no_script_reads_a_key_that_is_not_written_and_none_is_written_for_nothing(part):
    written = several_assets_schema.SeveralPayload if part == "payload" else PARTS[part]
    assert read(part) == set(written.__annotations__)
