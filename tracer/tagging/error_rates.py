"""What was measured of each tag elsewhere, with the population: beside "error rate on this chain: unknown", which it does not mend."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tracer.model import Tag, shown_preset

MEASURED = Path(__file__).with_name("measured.json")
"""Written by `make validation` from a sealed challenge (docs/challenge.md), for the presets of tags as they come."""

MOST_FALSE = 50
"""Unrelated accounts per 1,000 that a tag may name under the default preset and still be a pattern: beyond, it is a lead."""

UNRELATED = "accounts that had nothing to do with a simulated theft"
"""In words that a case does not use: there an unrelated account is one that stolen value could not have reached."""


@cache
def measured_elsewhere() -> dict[str, Any]:
    """The population, and of every tag and preset what was found."""
    figures: dict[str, Any] = json.loads(MEASURED.read_text(encoding="utf-8"))
    return figures


def measured_text(tag: str, preset: str) -> str:
    """What was measured of a tag under one preset, in a sentence; "" where nothing was.

    >>> measured_text("no such tag", "default")
    ''
    """
    presets = measured_elsewhere()["tags"].get(tag)
    if presets is None:
        return ""
    of, population = presets[preset], measured_elsewhere()["population"]
    if not (of["false"] or of["should"]):
        none = f"none of {of['of']:,} {UNRELATED} has the shape ({preset} preset)"
        return f"in {population}, {none}; the script gave it to no account, so this says little"
    given = f"{of['should']:,} accounts, the simulated thief's or others', to which the script gave the shape"
    found = f"; the tag finds {of['found']:,} of the {given}"
    rate, _, interval = of["per_1000"].partition(" (")
    per_1000 = f"{rate} per 1,000" + (f" (95 % confidence interval {interval}" if interval else "")
    unrelated = f"{of['of']:,} {UNRELATED}, and to which the script did not give the shape,"
    return f"in {population}, {of['false']:,} of {unrelated} have it ({preset} preset), {per_1000}{found if of['should'] else ''}"


def measured_of(tags: Sequence[Tag], changed: Container[str]) -> Mapping[tuple[str, str], str]:
    """By tag and preset, what was measured elsewhere of the tags of a case.

    Nothing of a tag whose thresholds the case `changed`: it was measured with those that come with the program.
    """
    shown = dict.fromkeys((tag.name, shown_preset(tag.presets)) for tag in tags if tag.name not in changed)
    return {of: said for of in shown if (said := measured_text(*of))}
