"""What tags say of themselves was measured on a sealed challenge, for the tags there are."""

from __future__ import annotations

import pytest
from conftest import ROOT

from tracer.tagging import HEURISTICS, PRESETS, THRESHOLDS
from tracer.tagging.measured import MOST_FALSE, measured_elsewhere, measured_text
from tracer.tagging.view import View
from tracer.validation.layouts import Payment
from tracer.validation.tagged_attempts import view_of_payments


def test_every_tag_was_measured_under_every_preset():
    assert {tag: set(presets) for tag, presets in measured_elsewhere()["tags"].items()} == {tag: set(PRESETS) for tag in HEURISTICS}


def test_what_a_tag_says_of_itself_names_its_population():
    said = measured_text("relay", "default")
    assert said.startswith(f"in {measured_elsewhere()['population']}, ")
    assert "unrelated accounts have the shape (default)" in said


def test_the_figures_are_of_the_seal_in_the_repository():
    seals = (ROOT / "dev" / "evm_rehearsal" / "challenge_seals.csv").read_text().splitlines()
    assert f"reporting,{measured_elsewhere()['seal']}" in seals


def too_often_false(of) -> bool:
    return 1000 * of["false"] > MOST_FALSE * of["of"]


@pytest.fixture(scope="module")
def view() -> View:
    return view_of_payments([Payment(n, "anna", "bert", 100) for n in range(3)])


@pytest.mark.parametrize("name", [tag for tag, presets in measured_elsewhere()["tags"].items() if too_often_false(presets["default"])])
def test_a_tag_that_is_often_false_is_a_lead(name, view):
    findings = HEURISTICS[name](view, view.ledger.index["bert"], **THRESHOLDS[name]["default"])
    assert {finding.status for finding in findings} == {"lead"}
