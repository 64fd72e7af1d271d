"""Heuristics x presets x accounts -> tags; and of one account, what held and what did not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from tracer.gc_pause import collector_paused
from tracer.model import Tag, shown_preset
from tracer.tagging.measures import Finding, some
from tracer.tagging.thresholds import PRESETS, Thresholds
from tracer.tagging.view import View

Heuristic = Callable[..., list[Finding]]
"""(view, account, *, thresholds) -> findings. How many there are does not depend on the thresholds, only which of them hold."""

NEED_TIMES = frozenset(
    {"peel_chain", "fan_out", "fan_in", "relay", "single_use_relay", "gather_scatter", "scatter_gather", "cycle", "structuring",
     "threshold_avoidance", "dormancy", "burst", "rhythm", "deposit_address"}
)  # fmt: skip
"""Tags with windows of time: not looked for in a ledger that states no times."""

FOR_SERVICES = frozenset({"hub"})
"""Tags that a labelled service is examined for."""


def _ins(view: View, account: int) -> int:
    return len(view.ins(account))


def _outs(view: View, account: int) -> int:
    return len(view.outs(account))


def _life_outs(view: View, account: int) -> int:
    return len(view.life_outs(account))


def _life(view: View, account: int) -> int:
    return len(view.life_ins(account)) + _life_outs(view, account)


FEWEST: Mapping[str, tuple[tuple[Callable[[View, int], int], str], ...]] = {
    "fan_out": ((_outs, "min_recipients"),),
    "fan_in": ((_ins, "min_senders"),),
    "gather_scatter": ((_ins, "min_parties"), (_outs, "min_parties")),
    "scatter_gather": ((_ins, "min_middles"),),
    "structuring": ((_outs, "min_transfers"),),
    "threshold_avoidance": ((_outs, "min_transfers"),),
    "burst": ((_life_outs, "min_transfers"),),
    "rhythm": ((_outs, "min_transfers"),),
    "deposit_address": ((_life_outs, "min_deposits"),),
    "hub": ((_life, "min_counterparties"),),
    "mixer_like": ((_ins, "min_parties"), (_outs, "min_parties")),
    "round_amounts": ((_outs, "min_transfers"),),
    "wallet_fingerprint": ((_life_outs, "min_transfers"),),
}
"""Payments of an account, and the threshold that a tag cannot reach with fewer: counting them takes a tenth of the time of looking at
each. Most accounts have few."""


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
    asked = {service: _asked(view, heuristics, service=service) for service in (False, True)}
    with collector_paused():
        for account in view.subjects if accounts is None else sorted(accounts):  # all of one account at once: its payments are at hand then
            for name, heuristic in asked[account in view.services]:
                by_name[name] += _tags(view, name, heuristic, account, thresholds)
    return tuple(tag for tags in by_name.values() for tag in tags)


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
    loosest = thresholds[name][PRESETS[0]]
    for count, least in FEWEST.get(name, ()):
        if count(view, account) < loosest[least]:
            return
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
