"""How often a shape is seen where nothing is disputed: the same heuristics on accounts that no disputed money could have reached."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from tracer.model import BaseRate
from tracer.tagging.apply import Heuristic, tags_of
from tracer.tagging.payments_by_account import View
from tracer.tagging.thresholds import PRESETS, Thresholds

MOST_DRAWN = 2_000
"""Unrelated accounts that are looked at; where there are more, those whose addresses have the lowest SHA-256."""


def base_rates_of(view: View, heuristics: Mapping[str, Heuristic], thresholds: Thresholds) -> tuple[BaseRate, ...]:
    """Of every tag and preset, how many unrelated accounts have it; nothing where no such account was read whole.

    They are looked at over their whole life; measures of stolen value do not apply to them.
    """
    unrelated = view.unrelated()
    if not unrelated:
        return ()
    drawn = sorted(unrelated, key=lambda number: sha256(view.accounts[number].encode()).digest())[:MOST_DRAWN]
    tagged: dict[tuple[str, str], set[str]] = {(name, preset): set() for name in heuristics for preset in PRESETS}
    for tag in tags_of(view.outside(sorted(drawn)), heuristics, thresholds):
        for preset in tag.presets:
            tagged[tag.name, preset].add(tag.subject)
    return tuple(BaseRate(name, preset, len(subjects), len(drawn), len(unrelated)) for (name, preset), subjects in tagged.items())
