"""`tracer challenge`: what tags name and rules say in cases whose truth is known, counted case by case.

A tag says what an address does, so two questions are asked of it: whom it should name, does it (recall); and of a thousand accounts that
have nothing to do with the theft, how many have its shape too (false positives). A rule is not asked whether it is right: what it says
is put beside what the thief really sent where.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracer.casefile import CaseFile
from tracer.errors import InputError
from tracer.ledger import Ledger, audit
from tracer.plan.how_sources_are_read import read_sources
from tracer.plan.labels import labels_of
from tracer.plan.preconditions import require_chain, require_sound
from tracer.plan.service_stops import stops_of
from tracer.plan.tags import thresholds_of, view_of
from tracer.plan.thefts import thefts_of
from tracer.tagging import HEURISTICS, PRESETS, Thresholds, View, tags_of
from tracer.tracing import follow
from tracer.validation.bootstrap import Rate, rate
from tracer.validation.challenge_folder import Challenge, Truth, opened_challenge, truth_of
from tracer.validation.loot_by_rule_and_truth import Placed, placed
from tracer.validation.published_search_methods import PEERS, by_rule

TOO_FEW = 200
"""Unrelated accounts below which no rate is said: with none found the upper end would still be 1.5 in a hundred (the rule of three)."""

Named = Mapping[tuple[str, str], Collection[str]]
"""Whom a tag names, by tag and preset."""


class Played(NamedTuple):
    """One case after it was traced: whom tags name, of all accounts in its ledger; and what rules say of the loot."""

    name: str
    truth: Truth
    there: frozenset[str]
    reached: frozenset[str]
    named: Named
    thefts: int
    rules: Mapping[str, Placed]
    methods: Mapping[str, Collection[str]]


def challenge(folder: Path) -> dict[str, Any]:
    """The figures of a challenge, as JSON values. Raises InputError of a broken seal or truth, TracerError of a case."""
    found = opened_challenge(folder)
    cases = [_played(found, name) for name in found.names]
    return {
        **found.about,
        "seal": found.seal,
        "cases": len(cases),
        "thefts": [min(case.thefts for case in cases), max(case.thefts for case in cases)],
        "accounts": sum(len(case.there) for case in cases),
        "roles": _counted(case.truth.players[address].role for case in cases for address in case.there),
        "kinds": _counted(kind for case in cases for kind in _unrelated(case).values()),
        "reached": sum(len(case.reached & _unrelated(case).keys()) for case in cases),
        "tags": {tag: {preset: _figures(cases, tag, preset) for preset in reversed(PRESETS)} for tag in HEURISTICS},
        "rules": _rules(cases),
        "methods": {method: _method(cases, method) for method in dict.fromkeys(name for case in cases for name in case.methods)},
        "by_case": {case.name: {rule: _parties(at) for rule, at in case.rules.items()} for case in cases},
    }


def _counted(names: Iterable[str]) -> dict[str, int]:
    """How often each stands there: the most frequent first, those of one number by name, so that the page is the same each time."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _played(found: Challenge, name: str) -> Played:
    question, truth = CaseFile.load(found.case_file(name)), truth_of(found, name)
    require_chain(question)
    ledger, book = read_sources(question), labels_of(question)
    require_sound(question, ledger, audit(ledger), False)
    trace = follow(ledger, thefts_of(question, ledger), stops_of(question, book), question.trace.rules)
    _require_known(found, name, ledger, truth)
    view = view_of(ledger, book, trace)
    return Played(
        name,
        truth,
        frozenset(account.address for account in ledger.accounts),
        frozenset(trace.touched),
        _named(view, thresholds_of(question)),
        len(trace.thefts),
        {rule: placed(trace, rule, truth) for rule in trace.rules},
        {rule: by_rule(view, trace, rule) for rule in trace.rules} | {name: peer(view) for name, peer in PEERS.items()},
    )


def _require_known(found: Challenge, name: str, ledger: Ledger, truth: Truth) -> None:
    for account in ledger.accounts:
        if account.address not in truth.players:
            path = found.folder / "truth" / name / "accounts.csv"
            raise InputError(f"{path}: says nothing of {account.address}, which is in the ledger of the case: add a line")


def _named(view: View, thresholds: Thresholds) -> Named:
    """Whom tags name: the accounts that the trace reached as in any case, and all others over their whole life."""
    named: dict[tuple[str, str], set[str]] = {(tag, preset): set() for tag in HEURISTICS for preset in PRESETS}
    for tags in (tags_of(view, HEURISTICS, thresholds), tags_of(view.outside(view.unrelated()), HEURISTICS, thresholds)):
        for tag in tags:
            for preset in tag.presets:
                named[tag.name, preset].add(tag.subject)
    return named


def _unrelated(case: Played) -> dict[str, str]:
    """The kind of each account of the ledger that has nothing to do with the theft."""
    players = case.truth.players
    return {address: players[address].kind for address in case.there if players[address].role == "unrelated"}


def _figures(cases: Sequence[Played], tag: str, preset: str) -> dict[str, Any]:
    """Recall, and false positives on unrelated accounts, all and kind by kind. Whom the truth names for the tag is no false one."""
    recall, false, by_kind = list[tuple[int, int]](), list[tuple[int, int]](), dict[str, list[tuple[int, int]]]()
    for case in cases:
        should, named = case.truth.shapes.get(tag, frozenset()) & case.there, case.named[tag, preset]
        recall.append((len(should & set(named)), len(should)))
        others = {address: kind for address, kind in _unrelated(case).items() if address not in should}
        false.append((len(others.keys() & named), len(others)))
        of, hits = Counter(others.values()), Counter(kind for address, kind in others.items() if address in named)
        for kind in of:
            by_kind.setdefault(kind, []).append((hits[kind], of[kind]))
    return {
        "recall": _share(rate(recall)),
        "false_positives": _per_thousand(rate(false)),
        "by_kind": {kind: _per_thousand(rate(counts)) for kind, counts in sorted(by_kind.items())},
    }


def _share(of: Rate) -> dict[str, Any]:
    """A share, with three digits; None where the truth names nobody."""
    return {"hits": of.hits, "of": of.of, "share": _text(of, 1, 3)}


def _per_thousand(of: Rate) -> dict[str, Any]:
    """Per 1,000 accounts; said of TOO_FEW accounts and more."""
    return {"hits": of.hits, "of": of.of, "per_1000": _text(of, 1000, 1) if of.of >= TOO_FEW else "too few"}


def _text(of: Rate, times: int, digits: int) -> str | None:
    if of.value is None:
        return None
    if of.low is None or of.high is None:
        return f"{of.value * times:.{digits}f}"
    return f"{of.value * times:.{digits}f} ({of.low * times:.{digits}f} to {of.high * times:.{digits}f})"


def _rules(cases: Sequence[Played]) -> dict[str, Any]:
    """Of each rule, the share of the loot that it places where the thief did not send it: the mean over cases, and the least and most."""
    rules: Iterable[str] = dict.fromkeys(rule for case in cases for rule in case.rules)
    return {rule: _elsewhere([case.rules[rule].elsewhere_ppm for case in cases if rule in case.rules]) for rule in rules}


def _method(cases: Sequence[Played], method: str) -> dict[str, Any]:
    """Of the thief's accounts and those whom the thief paid, how many a method names; and how many unrelated accounts besides."""
    recall, false = list[tuple[int, int]](), list[tuple[int, int]]()
    for case in cases:
        if method in case.methods:
            players, named = case.truth.players, set(case.methods[method])
            should = {address for address in case.there if players[address].role == "thief"} | (case.truth.sent.keys() & case.there)
            others = _unrelated(case).keys() - should
            recall.append((len(should & named), len(should)))
            false.append((len(others & named), len(others)))
    return {"recall": _share(rate(recall)), "false_positives": _per_thousand(rate(false))}


def _parties(at: Placed) -> dict[str, Any]:
    return {"elsewhere_ppm": at.elsewhere_ppm, "parties": [party._asdict() for party in at.parties]}


def _elsewhere(ppm: Sequence[int]) -> dict[str, Any]:
    of = rate([(each, 1_000_000) for each in ppm])
    return {"cases": len(ppm), "elsewhere": _text(of, 1, 3), "range": [f"{end / 1e6:.3f}" for end in (min(ppm), max(ppm))]}
