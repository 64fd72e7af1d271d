"""Tags against labelled attempts: AMLworld, AMLSim, and the deposit addresses of LaunderNet.

An attempt is a handful of payments that somebody labelled with a type, and each is a ledger of its own here: nothing of the
world around it is in the data. A tag is right where it names any account of an attempt of its own type; what it names in
attempts of other types is its base rate. All attempts are laundering, so no figure here is a rate on innocent accounts.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from tracer.ledger import assemble
from tracer.model import Asset, Reading, Transfer, row_key
from tracer.tagging import HEURISTICS, PRESETS, THRESHOLDS, View, tags_of
from tracer.tagging.rates_with_wilson_intervals import ratio, wilson
from tracer.validation.labelled_data_set_files import (
    FLOWS,
    TERMINALS,
    Attempt,
    Attempts,
    Payment,
    amlsim_attempts,
    amlworld_attempts,
    part_of,
)

HUNDREDTHS = Asset("table", "money", 2)
AMLWORLD = {
    "fan_out": "FAN-OUT",
    "fan_in": "FAN-IN",
    "gather_scatter": "GATHER-SCATTER",
    "scatter_gather": "SCATTER-GATHER",
    "cycle": "CYCLE",
}
AMLSIM = {"fan_out": "fan_out", "fan_in": "fan_in", "cycle": "cycle"}
CEILINGS = {
    "fan_out": "48 of 48",
    "fan_in": "40 of 40",
    "gather_scatter": "33 of 51",
    "scatter_gather": "31 of 44",
    "cycle": "49 of 54 (in time order)",
}
"""How many of all 370 attempts have the strict shape of their type's name: what an honest detector can find at most. Counted by
us, with a program that knows neither amounts nor windows."""


CIRCULAR = "the generator plants these shapes: recall says that two definitions agree, not that crime is found"


def amlworld(folder: Path) -> dict[str, Any]:
    """AMLworld's typed laundering attempts: per tag and preset, what it finds of its type and of the others."""
    attempts = amlworld_attempts(folder)
    counted = attempts.file.startswith(("HI-Small", "laundering_patterns"))
    population = "typed laundering attempts of a synthetic bank world; each is a ledger of its own; no innocent account"
    return _measured(attempts, population, AMLWORLD, CEILINGS if counted else {})


def amlsim(folder: Path) -> dict[str, Any]:
    """AMLSim's alerts: per tag and preset, what it finds of its type and of the others."""
    population = "alerts of a synthetic bank world; each is a ledger of its own; no innocent account"
    return _measured(amlsim_attempts(folder), population, AMLSIM, {})


def _measured(read: Attempts, population: str, types: dict[str, str], ceilings: dict[str, str]) -> dict[str, Any]:
    return {
        "population": population,
        "circular": CIRCULAR,
        "file": read.file,
        "attempts": len(read.attempts),
        "left_out": [f"{name} (a file of its own: not pooled with {read.file})" for name in read.left_out],
        "tags": _figures(read.attempts, types),
        "ceilings": ceilings,
    }


def deposits(cluster: Path) -> dict[str, Any]:
    """One theft of LaunderNet: deposit addresses that pay a labelled terminal, and other accounts that look the same."""
    view, labels = _launder_net(cluster)
    tagged = {preset: set[str]() for preset in PRESETS}
    for tag in tags_of(view, {"deposit_address": HEURISTICS["deposit_address"]}, THRESHOLDS):
        for preset in tag.presets:
            tagged[preset].add(tag.subject)
    paying = {view.accounts[n] for n in range(len(view.accounts)) if view.life_outs(n) and n not in view.services}
    known = {address for address in paying if "deposit" in labels[address].lower()}
    return {preset: rates(len(names & known), len(known), len(names - known), len(paying - known)) for preset, names in tagged.items()}


def rates(right: int, of_right: int, wrong: int, of_wrong: int) -> dict[str, Any]:
    """Recall and base rate with Wilson's interval, their ratio with the log method's (none where nothing was named), and
    precision, which holds for this very mix only; decimal text."""
    times = ratio(right, of_right, wrong, of_wrong) if right or wrong else None
    return {
        "right": right,
        "of": of_right,
        "wrong": wrong,
        "of_others": of_wrong,
        "recall": _share(right, of_right),
        "base_rate": _share(wrong, of_wrong),
        "precision": _share(right, right + wrong),
        "likelihood_ratio": times and f"{times.value_ppm / 1e6:.1f} ({times.low_ppm / 1e6:.1f} to {times.high_ppm / 1e6:.1f})",
    }


def _share(part: int, of: int) -> str | None:
    """A share with its 95 % interval; None of nothing."""
    interval = wilson(part, of)
    return interval and f"{part / of:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _figures(attempts: Sequence[Attempt], types: dict[str, str]) -> dict[str, dict[str, Any]]:
    counts = {name: {preset: [0, 0] for preset in PRESETS} for name in types}
    for attempt in attempts:
        asked = {name: HEURISTICS[name] for name in types}
        fired = {(tag.name, preset) for tag in tags_of(view_of_payments(attempt.payments), asked, THRESHOLDS) for preset in tag.presets}
        for name, preset in fired:
            counts[name][preset][attempt.kind != types[name]] += 1
    of_type = {name: sum(attempt.kind == kind for attempt in attempts) for name, kind in types.items()}
    return {
        name: {preset: rates(right, of_type[name], wrong, len(attempts) - of_type[name]) for preset, (right, wrong) in by.items()}
        for name, by in counts.items()
    }


def view_of_payments(payments: Iterable[Payment], services: Iterable[str] = ()) -> View:
    """What heuristics see of payments that nothing was traced through: every account, over its whole life."""
    ordered = sorted(payments, key=lambda payment: payment.time)
    ledger = assemble(HUNDREDTHS, [Reading(_transfers(ordered), [], [], [], tip=None, complete=False)])
    return View(ledger, services={service: service for service in services})


def _transfers(payments: Iterable[Payment]) -> Iterator[Transfer]:
    for n, (time, sender, recipient, amount) in enumerate(payments):
        yield Transfer(row_key(n + 1, 0), n + 1, 0, time, None, sender, recipient, amount, 0, "transfer", None,
                       "reported", "labelled data", False, {})  # fmt: skip


def _launder_net(cluster: Path) -> tuple[View, dict[str, str]]:
    labels: dict[str, str] = {}
    payments = []
    with part_of(cluster, FLOWS).open(newline="", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            sender, recipient = row["From"].strip().lower(), row["To"].strip().lower()
            labels |= {sender: row["From_label"], recipient: row["To_label"]}
            at = datetime.fromisoformat(row["Timestamp"]).replace(tzinfo=UTC)
            payments.append(Payment(int(at.timestamp()), sender, recipient, int(Decimal(row["Value_in_USD"]) * 100)))
    terminals = part_of(cluster, TERMINALS).read_text(encoding="utf-8-sig").lower().split()
    return view_of_payments(payments, terminals), labels
