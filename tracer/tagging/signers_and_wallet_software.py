"""Who can sign for an account, and with what software: what transactions say besides their amounts."""

from __future__ import annotations

import json
from collections import Counter
from typing import NamedTuple

from tracer.model import Event
from tracer.tagging.measures import Finding, a_label, at_least, fits, measured, ppm, rows_moved
from tracer.tagging.payments_by_account import Move, View
from tracer.tagging.rates_with_wilson_intervals import ratio

MOST_BANDS = 25  # steps of `Terms.fee_band` that are told apart


class Fingerprint(NamedTuple):
    """What a wallet program decides, not its user. `fee` against what most others pay for such a payment."""

    deadline_offset: int
    version: int
    fee: str

    @property
    def text(self) -> str:
        return f"deadline {self.deadline_offset:,} s after signing, version {self.version}, fee {self.fee}"


def change_of_control(view: View, account: int, *, min_removed: int) -> list[Finding]:
    """The keys that can sign for the account, or how many of them must, changed: it became a multisig account, or its
    cosigners changed, or the number of required signatures changed; this does not show that another person controls it.

    Each such event in the account's complete history that removed at least `min_removed` cosigners is a finding of its
    own. It is a fact: the ledger shows it. On NEM a multisig account can no longer sign transactions itself; its cosigners do.
    In an n-of-n account, the cosigner who is removed need not sign, so one cosigner of a 2-of-2 account can make it a
    1-of-1 without the other's consent. The ledger shows which keys can sign, not who holds them or owns the money.

    Search limit: the account's events.

    Sources: NEM developer guide, multisig accounts, https://rb2nem.github.io/nem-dev-guide/08-multisig-accounts ; nis:
    MultisigAggregateModificationTransaction.

    Look-alikes: custodians and exchanges that replace a key, escrow, a company whose staff changes.

    Validation: the error rate on real chains is not known.
    """
    changes = [event for event in view.events.get(view.accounts[account], ()) if event.kind == "multisig_changed"]
    findings = [_change(view, account, event, min_removed) for event in changes]
    return findings or [Finding("fact", (at_least("multisig changes in its life", 0, 1, "events"),))]


def _change(view: View, account: int, event: Event, min_removed: int) -> Finding:
    added, removed = event.attributes.get("added", ()), event.attributes.get("removed", ())
    rows = tuple(view.ledger.rows_of_hash(event.tx_hash)) if event.tx_hash else ()
    signed = json.loads(view.attributes(rows[0])) if rows else {}
    signers = {signed.get("signed_by"), *signed.get("cosigned_by", ())} - {None}
    measures = (
        measured("cosigners added", len(added), "accounts", rows, ", ".join(added)),
        at_least("cosigners removed", len(removed), min_removed, "accounts", rows, ", ".join(removed)),
        measured("change of the number that must sign", event.attributes.get("required_change", 0), "accounts", rows),
        measured("signers of the change", len(signers) or 1, "accounts", rows, ", ".join(sorted(signers)) or "the account itself"),
        measured("block", event.height, "height"),
    )
    swapped = bool(removed) and len(added) == len(removed)
    swap = fits("added less removed (as many: a key replaced)", len(added) - len(removed), "accounts", "exactly 0", swapped)
    return Finding("fact", measures, lambda: (swap, a_label(view, account)), rows, rows[0] if rows else None)


def wallet_fingerprint(view: View, account: int, *, min_transfers: int, min_share_ppm: int, min_times_ppm: int) -> list[Finding]:
    """The account's payments carry a trait, which the paying program sets, more often than the payments of other accounts
    do: a lead to others who use the same program.

    The *trait* of a payment consists of three values that the paying program sets: the time from signing to expiry, the
    version, and whether the fee is the usual one. The usual fee is the one that most people pay for a payment with a
    memo of the same length (and, on a chain where the fee grows with the amount, with an amount in the same fee
    bracket). The account makes at least `min_transfers` payments in its complete history,
    and at least `min_share_ppm` of them have the same trait. The share of that trait among them is at least
    `min_times_ppm` / 1,000,000 times its share among the payments of all others, and the ratio's 95 % interval lies
    above 1. The note of the tag gives the trait, so accounts with equal notes have equal traits. The tag exists only on
    chains whose transfers record these fields (on NEM `deadline_offset` and `version`).

    Search limit: traits of all payments are read once.

    Sources: the idea is ours and has not been validated. Fields: NEM developer guide,
    https://rb2nem.github.io/nem-dev-guide/06-transaction-transfer ; Beres et al.,
    https://arxiv.org/abs/2005.14051, use fee and time as quasi-identifiers: features that help to recognise who made a
    payment.

    Why it is there: like `same_memo`, it connects accounts that never paid each other. It is a lead for anyone who can
    find out who uses that program.

    Look-alikes: everybody else with the same program.

    Validation: the error rate on real chains is not known.
    """
    marks = view.once(fingerprints)
    own = [(move, marks[move.row]) for move in view.life_outs(account) if move.row in marks] if marks else []
    counts = Counter(mark for _, mark in own)
    mark, most = max(counts.items(), key=lambda item: (item[1], item[0]), default=(None, 0))
    everywhere = view.once(fingerprint_counts)
    rate = ratio(most, len(own), everywhere[mark] - most, len(marks) - len(own)) if mark else None
    rows = rows_moved([move for move, its_mark in own if its_mark == mark])
    measures = (
        at_least(
            "payments with one mark", most, min_transfers, "transfers", rows, mark.text if mark else "no payment says how it was made"
        ),
        at_least("part of its payments", ppm(most, len(own)), min_share_ppm, "ppm", rows),
        at_least("its rate, of the rate of all others", rate and rate.value_ppm, min_times_ppm, "ppm", (), rate.text if rate else ""),
        at_least("lower end of its 95 % interval", rate and rate.low_ppm, 1_000_001, "ppm"),
    )
    return [Finding("lead", measures, lambda: (a_label(view, account),), rows)]


def fingerprints(view: View) -> dict[int, Fingerprint]:
    """The traits of every payment that says how it was made, by row."""
    usual: dict[tuple[int, int], Counter[int]] = {}
    read: list[tuple[Move, int, int]] = []
    texts = view.ledger.columns.attributes
    for move in view.moves:
        if "deadline_offset" in (text := texts[move.row]):
            attributes = json.loads(text)
            read.append((move, attributes["deadline_offset"], attributes.get("version", 0)))
            usual.setdefault(_like(view, move), Counter())[move.fee] += 1
    most = {like: max(fees.items(), key=lambda item: (item[1], -item[0]))[0] for like, fees in usual.items()}
    fingerprints = {}
    for move, offset, version in read:
        common = most[_like(view, move)]
        fee = "as usual" if move.fee == common else "above the usual" if move.fee > common else "below the usual"
        fingerprints[move.row] = Fingerprint(offset, version, fee)
    return fingerprints


def _like(view: View, move: Move) -> tuple[int, int]:
    """Payments that a fee rule does not tell apart: by amount and length of the memo."""
    memo, band = view.memo(move.row), view.ledger.terms.fee_band
    step = min(move.amount // (band * 10**view.ledger.asset.decimals), MOST_BANDS) if band else 0
    return step, len(memo.content) // 32 if memo else -1


def fingerprint_counts(view: View) -> Counter[Fingerprint]:
    """How many of all payments have each trait."""
    return Counter(view.once(fingerprints).values())
