"""The rehearsal: whom every tag finds, misses and names wrongly under the default preset; docs/tags.md has all presets."""

from __future__ import annotations

import pytest
from conftest import REHEARSAL

from tracer.plan.tags import view_of
from tracer.tagging import HEURISTICS, PRESETS
from tracer.validation.rehearsal import TRUTH, read_story, scores

RIGHT = {
    "peel_chain": "T1 peel01 peel02 peel03 peel04 peel05 peel06 peel07 peel08 peel09 peel10 peel11 peel12 peel13",
    "fan_out": "T0 T2",
    "fan_in": "collector",
    "relay": (
        "cycle1 cycle2 fan00 fan01 fan02 fan03 fan04 fan05 fan06 fan07 fan08 fan09 fan10 fan11 fan12 fan13 fan14 fan15 fan16 "
        "peel01 peel02 peel03 peel04 peel05 peel06 peel07 peel08 peel09 peel10 peel11 peel12 peel13 relay1 relay3_once0 "
        "relay3_once1 relay3_once2 relay3_once3 relay3_once4 relay3_once5"
    ),
    "single_use_relay": (
        "fan00 fan01 fan02 fan03 fan04 fan05 fan06 fan07 fan08 fan09 fan10 fan11 fan12 fan13 fan14 fan15 fan16 relay3_once0 "
        "relay3_once1 relay3_once2 relay3_once3 relay3_once4 relay3_once5"
    ),
    "gather_scatter": "",
    "scatter_gather": "collector",
    "cycle": "T1 T4",
    "structuring": "T5",
    "threshold_avoidance": "T5",
    "dust": "B04 T0 T1 T10 T2 T3 T4 T5 T6 T7 T8 T9 merchant peel01 peel02 peel03 peel04 peel05 peel06",
    "dormancy": "",
    "burst": "",
    "rhythm": "",
    "deposit_address": "",
    "hub": "",
    "mixer_like": "",
    "change_of_control": "TM1 TM2 charity",
    "same_memo": (
        "fan12 fan13 fan14 fan15 fan16 fan17 peel02 peel05 peel08 peel11 relay3_once0 relay3_once1 relay3_once2 relay3_once3 "
        "relay3_once4 relay3_once5"
    ),
    "round_amounts": "",
    "wallet_fingerprint": "T0 T1 T2 T3 T5 T6 T7 relay1 relay2",
}
MISSED = {
    "relay": "cycle0 fan17 relay2",
    "single_use_relay": "fan17",
    "burst": "B00 B03 B07 B09 B12 B14 B17 B18 B19 B21 B26 B27 B29 B36 B43",
    "rhythm": "T3 relay1 relay2",
    "wallet_fingerprint": (
        "T10 T4 T8 T9 TM1 TM2 chain_end collector cycle0 cycle1 cycle2 fan00 fan01 fan02 fan03 fan04 fan05 fan06 fan07 fan08 "
        "fan09 fan10 fan11 fan12 fan13 fan14 fan15 fan16 fan17 peel01 peel02 peel03 peel04 peel05 peel06 peel07 peel08 "
        "peel09 peel10 peel11 peel12 peel13 relay3_once0 relay3_once1 relay3_once2 relay3_once3 relay3_once4 relay3_once5"
    ),
}
WRONG = {
    "fan_out": "B12 T6",
    "relay": "buyer07 buyer10 buyer13",
    "cycle": "B10 B11 B30",
    "dust": (
        "B01 B02 B03 B07 B09 B10 B11 B12 B14 B15 B16 B17 B18 B19 B20 B21 B23 B24 B25 B27 B28 B29 B31 B32 B33 B35 B37 B38 B39 B40 B41 B43"
    ),
    "round_amounts": "T0 T8",
    "wallet_fingerprint": "charity nemesis",
}


@pytest.fixture(scope="module")
def found(rehearsal):
    view = view_of(rehearsal.ledger, rehearsal.labels, rehearsal.trace)
    return scores(rehearsal.tags, view, read_story(REHEARSAL))


@pytest.mark.parametrize("name", HEURISTICS)
def test_the_tag_names_exactly_these(found, name):
    score = found[name]["default"]
    assert " ".join(score.right) == RIGHT[name]
    assert " ".join(score.missed) == MISSED.get(name, "")
    assert " ".join(score.wrong) == WRONG.get(name, "")


def test_every_tag_has_a_truth_to_be_told_against():
    assert list(TRUTH) == list(HEURISTICS)


@pytest.mark.parametrize("name", HEURISTICS)
def test_a_looser_preset_finds_no_fewer(found, name):
    counts = [(len(found[name][preset].right), len(found[name][preset].wrong)) for preset in PRESETS]
    assert counts == sorted(counts, reverse=True)
    assert len({len(found[name][preset].right) + len(found[name][preset].missed) for preset in PRESETS}) == 1
