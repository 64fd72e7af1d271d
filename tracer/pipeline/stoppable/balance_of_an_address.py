"""What an address holds: as nodes say now, or at the end of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tracer.casefolder import CaseFolder
from tracer.errors import StoreError
from tracer.ingest.node.acquisition import Frontier, Seeds
from tracer.ingest.node.live import Live, reader
from tracer.ingest.node.recording import new_recording
from tracer.ledger import Ledger
from tracer.model import holder_of, holding_of
from tracer.plan.preconditions import require_chain
from tracer.wording import hosted, utc

FOLDER = "stoppable"
"""Where in a case folder the answers of nodes are recorded. They are no part of the case, and of no digest."""


class Balance(NamedTuple):
    """What an address holds of the asset, in smallest units, after a block and at its time (UNIX seconds), and on whose word.

    `now`: a node was asked for it. `amount` is None where it is not known, for the reason that `why` says.
    """

    amount: int | None
    height: int | None
    time: int | None
    source: str
    now: bool = False
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values; the amount is a decimal string of the smallest unit."""
        amount = None if self.amount is None else str(self.amount)
        return {**self._asdict(), "amount": amount, "time": utc(self.time), "why": self.why or None}


def at_the_end(ledger: Ledger, account: str) -> Balance:
    """What an account, an address or what it holds of another asset, holds after the last block of the ledger, as far as its history was
    read."""
    number = ledger.index[account]
    made = ledger.time_of_block(ledger.tip)
    time = ledger.last_time if made is None else made
    if ledger.accounts[number].coverage != "full":
        return Balance(None, ledger.tip, time, "the ledger", why="its history was not read in full")
    return Balance(ledger.balances[number], ledger.tip, time, "the ledger's last block")


def asked_now(case: CaseFolder, urls: Sequence[str], accounts: Iterable[str], patience: float = 1.0) -> dict[str, Balance]:
    """What nodes say that these accounts, each an address or what it holds of another asset, hold now. Every answer is recorded in the
    folder before it is read.

    Raises NodeError where no node answers, CaseError where the chain has none; StoreError where a link stands in place of the recordings.
    """
    question = case.question.with_options({**case.question.options, "node": list(urls)})
    require_chain(question)
    by_asset: dict[int, list[str]] = {}
    for account in dict.fromkeys(accounts):
        address, asset = holder_of(account) if case.answers else (account, 0)
        by_asset.setdefault(asset, []).append(address)
    found = {}
    for asset, addresses in by_asset.items():
        live = Live(_recording(case.folder), Seeds((), ()), lambda _: Frontier((), 0), patience=patience)
        with reader(question, question.nodes[0], case.assets[asset], live) as nodes:
            nodes.begin()
            for address in addresses:
                stated = nodes.balance(address)
                balance = Balance(stated.amount, stated.height, stated.time, hosted(nodes.node), now=True, why=stated.why)
                found[holding_of(address, asset)] = balance
    return found


def _recording(folder: Path) -> Path:
    """A new file for what nodes answer."""
    place = folder / FOLDER
    if place.is_symlink():
        raise StoreError(f"{place}: is a link, and what nodes answer would be written there: move it away")
    return new_recording(place)
