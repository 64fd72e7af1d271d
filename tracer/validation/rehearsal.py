"""The rehearsal: which accounts play which pattern, and which of them each tag finds.

The truth of the story is a table of all its transactions with the pattern each belongs to, and of all accounts with their
names. TRUTH says, tag by tag, whose pattern that is. Only accounts that stolen value could have reached are counted, and no
labelled service: no other is looked at. A tag on anybody else is false, even where the shape is there.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from tracer.model import Tag
from tracer.tagging import HEURISTICS, PRESETS, View

COIN = 1_000_000


class Story(NamedTuple):
    """The truth: transactions in the order of the chain, accounts by address."""

    transactions: list[dict[str, str]]
    accounts: dict[str, dict[str, str]]

    def payers(self, *patterns: str, least: int = 1) -> set[str]:
        """Those who made at least so many payments of the patterns."""
        counts = Counter(t["from_address"] for t in self.transactions if t["pattern"] in patterns)
        return {address for address, count in counts.items() if count >= least}

    def payees(self, *patterns: str) -> set[str]:
        return {t["to_address"] for t in self.transactions if t["pattern"] in patterns}

    def first_payer(self, pattern: str) -> str:
        return next(t["from_address"] for t in self.transactions if t["pattern"] == pattern)

    def relays(self) -> set[str]:
        """Those whom money passes: the middles of peel, relay, cycle, and of the fan that is swept or paid in."""
        middles = self.payees("fan_out", "relay", "cycle", "peel") & self.payers("fan_in", "fan_deposit", "relay", "cycle", "peel")
        return middles - {self.first_payer("cycle")}

    def used_once(self) -> set[str]:
        paid = [t for t in self.transactions if int(t["xem_micro"]) >= COIN]
        ins, outs = Counter(t["to_address"] for t in paid), Counter(t["from_address"] for t in paid)
        return {address for address in self.relays() if ins[address] == outs[address] == 1}


TRUTH: Mapping[str, tuple[str, Callable[[Story], set[str]]]] = {
    "peel_chain": ("accounts that make payments in scene `peel`", lambda story: story.payers("peel")),
    "fan_out": ("accounts that make payments in scenes `fan_out` and `split`", lambda story: story.payers("fan_out", "split")),
    "fan_in": ("the account that receives payments in scene `fan_in`", lambda story: story.payees("fan_in")),
    "relay": ("intermediaries in scenes `peel`, `relay`, `cycle`, `fan_in` and `fan_deposit`", Story.relays),
    "single_use_relay": ("those intermediaries that received exactly one payment and made exactly one", Story.used_once),
    "gather_scatter": ("nobody", lambda story: set()),
    "scatter_gather": (
        "the collecting account in scene `fan_in`, because one account had funded its payers",
        lambda story: story.payees("fan_in"),
    ),
    "cycle": (
        "the first payer in scene `cycle`, and the first payer in scene `split.return`",
        lambda s: {s.first_payer("cycle"), s.first_payer("split.return")},
    ),
    "structuring": ("the account that makes payments in scene `structuring`", lambda story: story.payers("structuring")),
    "threshold_avoidance": (
        "the account that makes payments in scene `structuring` (99,999 each time)",
        lambda story: story.payers("structuring"),
    ),
    "dust": (
        "accounts that receive payments in scenes `dust`, `tag.send` and `shop.advert`",
        lambda story: story.payees("dust", "tag.send", "shop.advert"),
    ),
    "dormancy": ("nobody, because the rehearsal lasts only seven hours", lambda story: set()),
    "burst": ("accounts that make four payments in one block in scene `background.burst`", lambda story: story.payers("background.burst")),
    "rhythm": ("accounts that make five payments or more in scene `relay`", lambda story: story.payers("relay", least=5)),
    "deposit_address": ("nobody, because both exchanges tell customers apart by memo", lambda story: set()),
    "hub": ("nobody, because every hub in the rehearsal has a label", lambda story: set()),
    "mixer_like": ("nobody", lambda story: set()),
    "change_of_control": (
        "accounts whose cosigners change in scenes `thief_multisig` and `charity.make_multisig`",
        lambda story: {
            t["from_address"]
            for t in story.transactions
            if not t["to_address"] and t["pattern"] in ("thief_multisig", "charity.make_multisig")
        },
    ),
    "same_memo": ("accounts of the thief that use the same customer number at an exchange", lambda story: set()),
    "round_amounts": ("nobody", lambda story: set()),
    "wallet_fingerprint": (
        "every account of the thief that made a payment, because all of the thief's transactions expire after one day",
        lambda story: {a for a in {t["from_address"] for t in story.transactions} if story.accounts.get(a, {}).get("role") == "thief"},
    ),
}
"""Tag -> who it should name, in words and as a function of the story."""


class Score(NamedTuple):
    """What one preset of a tag found, by the names of the story: `right` of those it should, `missed`, and `wrong`."""

    right: tuple[str, ...]
    missed: tuple[str, ...]
    wrong: tuple[str, ...]


def read_story(folder: Path) -> Story:
    """The truth of the story, from the tables in the case's `truth` folder."""
    return Story(_rows(folder / "truth" / "transactions.csv"), {row["address"]: row for row in _rows(folder / "truth" / "accounts.csv")})


def scores(tags: Iterable[Tag], view: View, story: Story) -> dict[str, dict[str, Score]]:
    """Tag -> preset -> what it found."""
    looked_at = {view.accounts[n] for n in view.subjects if n not in view.services}
    tagged: dict[tuple[str, str], set[str]] = {}
    for tag in tags:
        for preset in tag.presets:
            tagged.setdefault((tag.name, preset), set()).add(tag.subject)
    return {
        name: {preset: _score(tagged.get((name, preset), set()), _truth(name, story, view) & looked_at, story) for preset in PRESETS}
        for name in HEURISTICS
    }


def _truth(name: str, story: Story, view: View) -> set[str]:
    return same_customer(story, view) if name == "same_memo" else TRUTH[name][1](story)


def same_customer(story: Story, view: View) -> set[str]:
    """Accounts of the thief that paid an exchange with the number of a customer whom another account pays in for, too.

    The numbers are read from the ledger; that these are the thief's accounts is the truth's word.
    """
    users: dict[bytes, set[str]] = {}
    for service in view.services:
        for move in view.life_ins(service):
            memo = view.memo(move.row)
            if memo and memo.text:
                users.setdefault(memo.content, set()).add(view.accounts[move.sender])
    thieves = {address for address, account in story.accounts.items() if account["role"] == "thief"}
    return {address for shared in users.values() if len(shared) > 1 for address in shared & thieves}


def _score(tagged: set[str], truth: set[str], story: Story) -> Score:
    def named(addresses: set[str]) -> tuple[str, ...]:
        return tuple(sorted(story.accounts[address]["name"] for address in addresses))

    return Score(named(tagged & truth), named(truth - tagged), named(tagged - truth))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
