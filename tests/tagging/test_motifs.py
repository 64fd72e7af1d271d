"""Every tag has a motif that fires and a near miss that does not."""

from __future__ import annotations

import pytest
from support.motifs import MOTIFS, motif

from tracer.tagging import HEURISTICS, overridden, tags_of

SMALLER = {"hub": {"min_counterparties": 5, "min_hours_ppm": 0}}
"""A hub of 500 partners is no small motif."""


def presets_at_subject(name, which):
    view = motif(MOTIFS / f"{name}.{which}.csv")
    tags = tags_of(view, {name: HEURISTICS[name]}, overridden(SMALLER))
    return {preset for tag in tags if tag.subject == "subject" for preset in tag.presets}


@pytest.mark.parametrize("name", HEURISTICS)
def test_the_motif_fires(name):
    assert "default" in presets_at_subject(name, "fires")


@pytest.mark.parametrize("name", HEURISTICS)
def test_the_near_miss_does_not_fire(name):
    assert "default" not in presets_at_subject(name, "near_miss")


def test_every_tag_has_a_motif_and_every_motif_a_tag():
    assert {path.name for path in MOTIFS.glob("*.csv")} == {f"{n}.{which}.csv" for n in HEURISTICS for which in ("fires", "near_miss")}
    readme = (MOTIFS / "README.md").read_text()
    assert all(f"`{name}`" in readme for name in HEURISTICS)
