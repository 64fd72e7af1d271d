"""Every threshold of every tag, three times: strict, default, loose. A case file overrides one under [thresholds.NAME].

Shares are parts per million (ppm), so that no float decides. What has been used elsewhere stands in the page of each tag
(`tracer show NAME`); none of these numbers is a standard, which is why there are three of each and all are printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.did_you_mean import hint

Thresholds = Mapping[str, Mapping[str, Mapping[str, int]]]
"""Tag -> preset -> threshold -> value."""

PRESETS = ("loose", "default", "strict")
"""Loosest first. A stricter preset is tried only where the looser one fires."""

_AS_TABLE: dict[str, dict[str, tuple[int, int, int]]] = {
    # parameter: (strict, default, loose)
    "peel_chain": {
        "min_peels": (5, 3, 3),
        "min_main_ppm": (950_000, 800_000, 600_000),
        "max_hours": (24, 72, 168),
        "min_fresh_ppm": (800_000, 0, 0),
    },
    "fan_out": {
        "min_recipients": (20, 10, 5),
        "max_hours": (24, 24, 168),
        "min_share_ppm": (900_000, 800_000, 500_000),
        "max_single_ppm": (300_000, 500_000, 700_000),
    },
    "fan_in": {
        "min_senders": (10, 5, 3),
        "max_hours": (72, 168, 168),
        "min_traced_ppm": (800_000, 500_000, 100_000),
    },
    "relay": {
        "min_forwarded_ppm": (990_000, 950_000, 900_000),
        "max_minutes": (10, 60, 1_440),
        "max_parties": (1, 2, 3),
    },
    "single_use_relay": {
        "min_forwarded_ppm": (990_000, 950_000, 900_000),
        "max_minutes": (10, 60, 1_440),
    },
    "gather_scatter": {
        "min_parties": (10, 5, 3),
        "max_hours": (72, 168, 336),
        "min_matched_ppm": (900_000, 800_000, 600_000),
    },
    "scatter_gather": {
        "min_middles": (5, 3, 2),
        "max_hours": (168, 336, 720),
        "min_matched_ppm": (900_000, 600_000, 500_000),
    },
    "cycle": {
        "min_hops": (3, 2, 2),
        "max_hops": (6, 6, 8),
        "max_hours": (168, 720, 1_440),
        "min_returned_ppm": (900_000, 500_000, 300_000),
    },
    "structuring": {
        "min_transfers": (10, 5, 3),
        "max_hours": (24, 24, 168),
        "max_spread_ppm": (0, 0, 50_000),
        "min_share_ppm": (800_000, 500_000, 300_000),
    },
    "threshold_avoidance": {
        "limit": (0, 0, 0),
        "min_band_ppm": (950_000, 900_000, 800_000),
        "min_transfers": (5, 3, 3),
        "max_hours": (24, 72, 168),
        "min_share_ppm": (500_000, 300_000, 100_000),
    },
    "dust": {
        "limit_ppm": (1, 1_000_000, 10_000_000),
    },
    "dormancy": {
        "min_days": (90, 30, 7),
    },
    "burst": {
        "min_transfers": (20, 10, 5),
        "window_minutes": (60, 60, 60),
        "min_times": (10, 5, 3),
        "min_surprise": (9, 6, 3),
    },
    "rhythm": {
        "min_transfers": (20, 8, 5),
        "max_gap_variation_ppm": (150_000, 250_000, 400_000),
        "max_amount_variation_ppm": (150_000, 250_000, 400_000),
    },
    "deposit_address": {
        "min_deposits": (3, 2, 1),
        "max_kept_ppm": (1_000, 10_000, 50_000),
        "max_hours": (3, 12, 40),
    },
    "hub": {
        "min_counterparties": (1_000, 500, 100),
        "min_both_ppm": (100_000, 50_000, 10_000),
        "min_hours_ppm": (950_000, 800_000, 0),
    },
    "mixer_like": {
        "min_parties": (50, 10, 5),
        "max_denominations": (3, 3, 5),
        "min_equal_ppm": (950_000, 800_000, 600_000),
        "max_known_ppm": (50_000, 100_000, 300_000),
    },
    "change_of_control": {
        "min_removed": (1, 0, 0),
    },
    "same_memo": {
        "min_senders": (3, 2, 2),
        "min_length": (8, 6, 3),
    },
    "round_amounts": {
        "min_transfers": (20, 10, 5),
        "min_times_ppm": (5_000_000, 2_000_000, 1_500_000),
    },
    "wallet_fingerprint": {
        "min_transfers": (5, 3, 1),
        "min_share_ppm": (1_000_000, 900_000, 500_000),
        "min_times_ppm": (10_000_000, 3_000_000, 2_000_000),
    },
}

THRESHOLDS: Thresholds = {
    name: {preset: {key: values[place] for key, values in table.items()} for preset, place in (("loose", 2), ("default", 1), ("strict", 0))}
    for name, table in _AS_TABLE.items()
}
"""The thresholds of the package."""


def overridden(given: Mapping[str, Mapping[str, int]]) -> Thresholds:
    """The thresholds in force where a case file states some: a stated value holds in every preset."""
    return {name: {preset: {**values, **given.get(name, {})} for preset, values in presets.items()} for name, presets in THRESHOLDS.items()}


def fault_in(given: Mapping[str, Mapping[str, Any]]) -> tuple[tuple[str, ...], str] | None:
    """The first thing that is no threshold: where it stands under [thresholds], and what would be right. None if all are."""
    for name, values in given.items():
        if name not in THRESHOLDS:
            return (name,), f"no tag is called {name!r}: {hint(name, THRESHOLDS)}"
        known = THRESHOLDS[name]["default"]
        for key, value in values.items():
            if key not in known:
                return (name, key), f"{name} has no threshold {key!r}: {hint(key, known)}"
            if type(value) is not int or value < 0:
                return (name, key), f"{name}.{key} = {value!r} does not fit: write a whole number from 0 on, such as {known[key]}"
    return None
