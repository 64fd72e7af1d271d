"""Here is decided whether the ledger, which is what was read, "adds up"; whether the trace does: `tracing/reconciliation.py`.

The verdict is on every balance, at every row, on what the source itself states, and on fees and supply.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from tracer.ledger.gap import Gap
from tracer.ledger.ledger import Ledger
from tracer.ledger.overdrawn_accounts import overdrawn_accounts
from tracer.ledger.stated_balances import contradicted_balances, states_balance
from tracer.wording import counted, which


class Audit(NamedTuple):
    """The verdict, and what it rests on. Of the fully read accounts, `served` were compared with a balance the source states,
    `contradicted` of these hold another one, and of the rest (`unstated`) no source says at a known height what they hold.
    `verified` rows have the hashes and signatures that they claim, of their transaction, or of their block where the block pays them.
    """

    adds_up: bool
    accounts: int
    full: int
    partial: int
    boundary: int
    served: int
    rows: int
    verified: int
    gaps: list[Gap]
    contradicted: int = 0

    @property
    def reconciled(self) -> int:
        """Balances that a source stated and the ledger reached."""
        return self.served - self.contradicted

    @property
    def unstated(self) -> int:
        """Fully read accounts whose balance no source stated: nothing was compared with theirs."""
        return self.full - self.served


def audit(ledger: Ledger) -> Audit:
    """Checks each fully read account (no balance below zero; the balance served is reached) and, of a complete block
    scan, that every block's fees went where the chain's terms say and that no coin appeared or vanished. Partial and boundary accounts
    are not audited: their history was not read whole.
    """
    full = [number for number, account in enumerate(ledger.accounts) if account.coverage == "full"]
    served = [number for number in full if states_balance(ledger.accounts[number])]
    differing = contradicted_balances(ledger, served)
    gaps = overdrawn_accounts(ledger) + differing + (_whole(ledger) if ledger.complete else [])
    return Audit(
        adds_up=not gaps,
        accounts=len(ledger.accounts),
        full=len(full),
        partial=sum(account.coverage == "partial" for account in ledger.accounts),
        boundary=sum(account.coverage == "boundary" for account in ledger.accounts),
        served=len(served),
        rows=len(ledger),
        verified=sum(ledger.columns.verified),
        gaps=gaps,
        contradicted=len(differing),
    )


def _whole(ledger: Ledger) -> list[Gap]:
    """The fees of a block did not go where the chain's terms say, or the supply changed without a mint or burn.

    An unverified row that names its `tie` stands in a block that is verified, and no hash covers it: balances say whether it holds.
    """
    c = ledger.columns
    gaps = _fees(ledger)
    unsigned = [row for row, verified in enumerate(c.verified) if not verified and "tie" not in json.loads(c.attributes[row])]
    if unsigned:
        why = "rows of blocks that are not what their maker signed: their order and time rest on nobody's word"
        gaps.append(Gap(None, len(unsigned), unsigned[0], why))
    if ledger.rejections and not all(map(states_balance, ledger.accounts)):
        why = f"{len(ledger.rejections):,} records were rejected, and not every balance can be compared: what they moved is unknown"
        gaps.append(Gap(None, len(ledger.rejections), None, why))
    made = _made(ledger)
    change = [-units for units in made]
    for account, opening, balance in zip(ledger.accounts, ledger.openings, ledger.balances, strict=True):
        change[account.asset] += balance - opening
    why = "the supply changed: coins appeared or vanished between the first block and the tip"
    return gaps + [Gap(None, units, None, why, asset) for asset, units in enumerate(change) if units]


def _fees(ledger: Ledger) -> list[Gap]:
    """Blocks whose rows earn more than the fees paid in them or, where all fees are earned, less."""
    c, terms = ledger.columns, ledger.terms
    if terms.fees == "kept":
        return []
    left: dict[int | None, int] = {}
    first_row: dict[int | None, int] = {}
    for row, (height, kind, amount, fee) in enumerate(zip(c.height, c.kind, c.amount, c.fee, strict=True)):
        first_row.setdefault(height, row)
        left[height] = left.get(height, 0) + fee - (amount if kind == terms.earning else 0)
    wrong = {height: units for height, units in left.items() if units < 0 or (units and terms.fees == "earned")}
    fault = "were not earned in it" if terms.fees == "earned" else "are less than what was earned in it"
    return [Gap(None, units, first_row[height], f"fees paid in block {height} {fault}") for height, units in wrong.items()]


def _made(ledger: Ledger) -> list[int]:
    """By how much the supply of each asset grew, as the rows and the chain's terms say: coins made less coins burnt."""
    c, terms, made = ledger.columns, ledger.terms, [0] * len(ledger.assets)
    for row, (kind, amount, fee) in enumerate(zip(c.kind, c.amount, c.fee, strict=True)):
        units = amount * ((kind == "mint") - (kind == "burn"))
        if terms.fees != "earned":
            units += (amount if kind == terms.earning else 0) - fee
        if units:
            made[ledger.asset_of(row)] += units
    return made


def gaps_of(ledger: Ledger, verdict: Audit) -> list[str]:
    """The gaps of a ledger that does not add up, a sentence each."""
    return [_gap(ledger, *gap) for gap in verdict.gaps]


def checked_of(verdict: Audit) -> str:
    """What the figures were checked against."""
    if not verdict.verified and not verdict.served:
        return "nothing here could be checked: the source has no signatures and states no balances"
    return f"{balances_of(verdict)}, {verdict.verified:,} of {verdict.rows:,} rows verified by signature"


def balances_of(verdict: Audit) -> str:
    """How many balances of fully read accounts were reconciled, contradicted, not stated; what is 0 of the last two is left out."""
    if not verdict.served:
        return "no balance stated by the source"
    if verdict.contradicted:
        said = [f"for {counted(verdict.reconciled, 'account')}, the rows add up exactly to the balance that the source states"]
        said.append(f"for {counted(verdict.contradicted, 'other')}, they do not")
    else:
        which_accounts = "the one account" if verdict.reconciled == 1 else f"each of the {verdict.reconciled:,} accounts"
        said = [f"for {which_accounts} whose balance the source states, the rows add up exactly to that balance"]
    if verdict.unstated:
        said.append(f"{which(verdict.unstated, 'balance', 'is', 'are')} not stated, so there was nothing to compare")
    return "; ".join(said)


def openings_of(ledger: Ledger) -> str:
    """How much of what the followed accounts opened with is modelled; "" where sources state all of it."""
    given = [account for account in ledger.accounts if account.opening_basis == "modelled" and account.coverage != "boundary"]
    if not given:
        return ""
    units = [0] * len(ledger.assets)
    for account in given:
        units[account.asset] += account.opening or 0
    together = " and ".join(ledger.assets[asset].stated(each) for asset, each in enumerate(units) if each or not asset)
    return (
        f"No source states the opening balance of {counted(len(given), 'account')}; {sum(bool(each.opening) for each in given):,} of them "
        f"{'is' if sum(bool(each.opening) for each in given) == 1 else 'are'} taken to have opened with the least that covers all their "
        f"payments, {together} together (modelled)"
    )


def _gap(ledger: Ledger, address: str | None, short_by: int, row: int | None, likely: str, asset: int) -> str:
    if address is None:
        return f"the ledger as a whole: {likely} ({short_by:,})"
    where = ""
    if row is not None:
        at = ledger.transfer(row)
        where = (
            f" at row {row} ({at.source}"
            + (f", height {at.height}" if at.height is not None else "")
            + f", hash {at.tx_hash or 'not stated'})"
        )
    return f"account {address} is {ledger.assets[asset].stated(short_by)} short{where}; likely {likely}"
