"""What tags say of themselves was measured on a sealed challenge, for the tags there are."""

from __future__ import annotations

import pytest
from conftest import ROOT

from tracer.model import Tag, shown_preset
from tracer.tagging import HEURISTICS, PRESETS, THRESHOLDS
from tracer.tagging.error_rates import MOST_FALSE, measured_elsewhere, measured_of, measured_text
from tracer.tagging.payments_by_account import View
from tracer.validation.labelled_data_set_files import Payment
from tracer.validation.tagged_attempts import view_of_payments


def test_every_tag_was_measured_under_every_preset():
    assert {tag: set(presets) for tag, presets in measured_elsewhere()["tags"].items()} == {tag: set(PRESETS) for tag in HEURISTICS}


def test_what_a_tag_says_of_itself_names_its_population():
    said = measured_text("relay", "default")
    assert said.startswith(f"in {measured_elsewhere()['population']}, ")
    assert (
        "accounts that had nothing to do with a simulated theft, and to which the script did not give the shape, have it (default preset)"
        in said
    )


def test_the_figures_are_of_the_seal_in_the_repository():
    seals = (ROOT / "dev" / "evm_rehearsal" / "challenge_seals.csv").read_text().splitlines()
    assert f"reporting,{measured_elsewhere()['seal']}" in seals


def test_a_case_says_of_each_of_its_tags_what_was_measured_elsewhere(rehearsal):
    assert rehearsal.flow.about.measured.keys() == {(tag.name, shown_preset(tag.presets)) for tag in rehearsal.tags}


def test_nothing_measured_is_said_of_a_tag_whose_thresholds_a_case_changed():
    tags = [Tag(name, "anna", None, "lead", ("loose",), (), (), ()) for name in ("relay", "dust")]
    assert measured_of(tags, {"dust": {}}) == {("relay", "loose"): measured_text("relay", "loose")}


def too_often_false(of) -> bool:
    return 1000 * of["false"] > MOST_FALSE * of["of"]


@pytest.fixture(scope="module")
def view() -> View:
    return view_of_payments([Payment(n, "anna", "bert", 100) for n in range(3)])


@pytest.mark.parametrize("name", [tag for tag, presets in measured_elsewhere()["tags"].items() if too_often_false(presets["default"])])
def test_a_tag_that_is_often_false_is_a_lead(name, view):
    findings = HEURISTICS[name](view, view.ledger.index["bert"], **THRESHOLDS[name]["default"])
    assert {finding.status for finding in findings} == {"lead"}
