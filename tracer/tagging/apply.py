"""Heuristics x presets x accounts -> tags; and of one account, what held and what did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Literal, NamedTuple

from tracer.gc_pause import collector_paused
from tracer.model import Tag, shown_preset
from tracer.tagging.measures import Finding, some
from tracer.tagging.payments_by_account import View
from tracer.tagging.signers_and_wallet_software import fingerprints
from tracer.tagging.thresholds import PRESETS, Thresholds

Heuristic = Callable[..., list[Finding]]
"""(view, account, *, thresholds) -> findings. How many there are does not depend on the thresholds, only which of them hold."""

NEED_TIMES = frozenset(
    {"peel_chain", "fan_out", "fan_in", "relay", "single_use_relay", "gather_scatter", "scatter_gather", "cycle", "structuring",
     "threshold_avoidance", "dormancy", "burst", "rhythm", "deposit_address"}
)  # fmt: skip
"""Tags with windows of time: not looked for in a ledger that states no times."""

FOR_SERVICES = frozenset({"hub"})
"""Tags that a labelled service is examined for."""


Fewest = Mapping[Literal["ins", "outs", "life_ins", "life_outs", "life", "marked"], "int | str"]

FEWEST: Mapping[str, Fewest] = {
    "peel_chain": {"ins": 1, "outs": 2},
    "fan_out": {"outs": "min_recipients"},
    "fan_in": {"ins": "min_senders"},
    "relay": {"ins": 1, "outs": 1},
    "single_use_relay": {"ins": 1, "outs": 1},
    "gather_scatter": {"ins": "min_parties", "outs": "min_parties"},
    "scatter_gather": {"ins": "min_middles"},
    "cycle": {"ins": 1, "outs": 1},
    "structuring": {"outs": "min_transfers"},
    "threshold_avoidance": {"outs": "min_transfers"},
    "burst": {"life_outs": "min_transfers"},
    "rhythm": {"outs": "min_transfers"},
    "deposit_address": {"life_outs": "min_deposits"},
    "hub": {"life": "min_counterparties"},
    "mixer_like": {"ins": "min_parties", "outs": "min_parties"},
    "round_amounts": {"outs": "min_transfers"},
    "wallet_fingerprint": {"marked": "min_transfers"},
}
"""How many payments of an account a tag cannot do without, as a number or by the threshold that says so: counting them takes a tenth of
the time of looking at each. Most accounts have few. `marked` are those that say how they were made."""


class Examined(NamedTuple):
    """What one heuristic says of one account: the presets that fire, loosest first, and the finding that is shown, under `preset`."""

    name: str
    presets: tuple[str, ...]
    preset: str
    finding: Finding


def tags_of(
    view: View, heuristics: Mapping[str, Heuristic], thresholds: Thresholds, accounts: Sequence[int] | None = None
) -> tuple[Tag, ...]:
    """Every tag of the subjects of the view, in the order of the heuristics, then of the accounts in the ledger; or of `accounts` alone,
    some of the subjects.

    The measures of a tag are those of the default preset, of the loose one where only that fires. A stricter preset is
    asked only where the looser one fires, so the presets of a tag are always a beginning of PRESETS.
    """
    by_name: dict[str, list[Tag]] = {name: [] for name in heuristics}
    asked = {
        service: [(name, heuristic, _fewest(name, thresholds)) for name, heuristic in _asked(view, heuristics, service=service)]
        for service in (False, True)
    }
    with collector_paused():
        for account in view.subjects if accounts is None else sorted(accounts):  # all of one account at once: its payments are at hand then
            counts = _counts(view, account)
            for name, heuristic, fewest in asked[account in view.services]:
                for what, least in fewest:
                    if counts[what] < least:
                        break
                else:
                    by_name[name] += _tags(view, name, heuristic, account, thresholds)
    return tuple(tag for tags in by_name.values() for tag in tags)


def _fewest(name: str, thresholds: Thresholds) -> list[tuple[str, int]]:
    """What FEWEST says of a tag, under the loosest thresholds."""
    loosest = thresholds[name][PRESETS[0]]
    return [(what, loosest[least] if isinstance(least, str) else least) for what, least in FEWEST.get(name, {}).items()]


def _counts(view: View, account: int) -> dict[str, int]:
    """The payments of an account that FEWEST counts."""
    ins, outs, marks = len(view.life_ins(account)), len(view.life_outs(account)), view.once(fingerprints)
    return {
        "ins": len(view.ins(account)),
        "outs": len(view.outs(account)),
        "life_ins": ins,
        "life_outs": outs,
        "life": ins + outs,
        "marked": sum([move.row in marks for move in view.life_outs(account)]) if marks else 0,
    }


def examine(view: View, address: str, heuristics: Mapping[str, Heuristic], thresholds: Thresholds) -> list[Examined]:
    """What every heuristic says of one account, holding or not, under the default preset (the loose one where only that fires).

    Heuristics that do not apply to such an account are left out: all of them, where it is no subject of the view.
    """
    account = view.ledger.index[address]
    results = []
    for name, heuristic in _asked(view, heuristics, service=account in view.services) if account in view.subjects else ():
        default = heuristic(view, account, **thresholds[name]["default"])
        fires = {n: (presets, finding) for n, presets, finding in _fired(view, heuristic, account, thresholds[name])}
        results += [Examined(name, *_shown(*fires.get(n, ((), finding)))) for n, finding in enumerate(default)]
    return results


def _asked(view: View, heuristics: Mapping[str, Heuristic], *, service: bool) -> list[tuple[str, Heuristic]]:
    """The heuristics that an account is looked at with; a labelled service with few."""
    return [
        (name, heuristic)
        for name, heuristic in heuristics.items()
        if (view.has_times or name not in NEED_TIMES) and (not service or name in FOR_SERVICES)
    ]


def _shown(presets: tuple[str, ...], finding: Finding) -> tuple[tuple[str, ...], str, Finding]:
    return presets, shown_preset(presets), finding


def _tags(view: View, name: str, heuristic: Heuristic, account: int, thresholds: Thresholds) -> Iterator[Tag]:
    for _, presets, finding in _fired(view, heuristic, account, thresholds[name]):
        yield Tag(
            name, view.accounts[account], finding.row, finding.status, presets, finding.measures, finding.against(), some(finding.rows)
        )  # fmt: skip


def _fired(
    view: View, heuristic: Heuristic, account: int, presets: Mapping[str, Mapping[str, int]]
) -> Iterator[tuple[int, tuple[str, ...], Finding]]:
    """The findings that hold under the loosest preset: number, presets that fire, and what is shown of it."""
    loosest, *stricter = PRESETS
    under = {loosest: heuristic(view, account, **presets[loosest])}
    if not any([finding.holds for finding in under[loosest]]):  # noqa: C419 - a list: asked millions of times, and nearly always no
        return
    for preset in stricter:
        under[preset] = heuristic(view, account, **presets[preset])
        if not any(finding.holds for finding in under[preset]):
            break
    for number in range(len(under[loosest])):
        fires = tuple(takewhile(lambda preset, n=number: under[preset][n].holds, under))  # type: ignore[misc]
        if fires:
            yield number, fires, under["default" if "default" in fires else loosest][number]
