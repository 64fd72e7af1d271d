"""What a run asks NIS nodes, account by account, and the ledger that the answers make.

An account is read whole or not at all: its lists to their empty page, its balance between two equal heights, and one
block for every height its lists name. Rows, their order and their times come from the blocks; the lists only say where to look.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from urllib.parse import quote

from tracer.chains import Pending
from tracer.chains.nem.account_completeness import Histories
from tracer.chains.nem.answers import Answers, Json, Listed
from tracer.chains.nem.effects import MOSAIC_NAME
from tracer.chains.nem.harvest import DELEGATION_DELAY
from tracer.chains.nem.paged_lists import latest, read_pages
from tracer.chains.nem.questions import Questions
from tracer.chains.nem.scan import Rows, breaks, opening_of_nemesis, pending_rows, rows_of
from tracer.chains.nem.terms import TERMS
from tracer.chains.node.client import NodeClient
from tracer.chains.node.questions import BusyError
from tracer.chains.node.reader import AGAIN, NodeReader
from tracer.chains.node.reorganisations import BlockRows
from tracer.errors import NodeError
from tracer.model import Asset, Event, Rejection, Transfer
from tracer.wording import counted, hosted

PENDING_LINKS = (0, 6, 102)  # the version of NIS that lists harvests rightly while a link to a delegate is pending (nis: CHANGELOG)
CUT_AT = (10, 25)
"""Lengths at which nodes cut a list of unconfirmed transactions (nis: 25; older nodes, and some that are set so, 10)."""

SMALL = 5  # pages of a hundred transactions: a wallet that has no more is read whole
SETTLED = 10  # blocks from a node's tip within which its list may differ honestly: the chain is often rewritten there


class NisReader(NodeReader[Json]):
    """Reads accounts from NIS nodes, or from what was recorded of them; `client` None asks nobody."""

    answers: Answers
    questions: Questions

    def __init__(self, answers: Answers, client: NodeClient | None, asset: Asset, source: str) -> None:
        super().__init__(answers, Questions(answers, client), asset, source, TERMS)
        self.histories = Histories(answers, asset)
        self._findings: dict[str, Rejection] = {}
        self._since: dict[str, int | None] = {}
        self._pending_links: dict[str, int] = {}

    least_questions = 5  # two lists, and the balance between two heights

    def heights(self, address: str) -> Collection[int]:
        return self.histories.heights(address)

    def explained(self, address: str) -> bool:
        closes = self.histories.closes(address) or self.histories.omits(address)
        return bool(closes) and not self.histories.leaves_out(address)

    def rows(self, blocks: Sequence[Json], keep: Collection[str] | None) -> BlockRows:
        block_rows = rows_of(blocks, self.asset, self.source, self.answers.hashes, keep)
        transfers = list(self._marked(block_rows))
        return BlockRows(transfers, block_rows.events, opening_of_nemesis(block_rows), [*self._findings.values(), *block_rows.rejections])

    def _marked(self, rows: Rows) -> Iterator[Transfer]:
        """The rows; harvests that a node too old for it may list for the wrong account name its version."""
        links = [event for event in rows.events if event.kind.startswith("delegation_")]
        self._pending_links = {}
        for t in rows.transfers:
            pending = t.kind == "harvest" and any(_pending(link, t) for link in links)
            giver = self.answers.giver("account", t.recipient) if pending else ""
            version = self.answers.nodes[giver].version if giver in self.answers.nodes else None
            if giver and not _knows_pending_links(version):
                self._pending_links[giver] = self._pending_links.get(giver, 0) + 1
                t = t._replace(attributes={**t.attributes, "link_pending": version or "version unknown"})
            yield t

    def breaks(self, blocks: Sequence[Json]) -> Iterable[tuple[Json, Json]]:
        return breaks(blocks)

    def served(self, address: str) -> int | None:
        return self.answers.served(address, self.asset.symbol)

    def omits(self, address: str) -> str:
        return self.histories.omits(address)

    def read_further(self, address: str) -> None:
        """Reads all mosaic definitions once, to name the levy that an unexplained income may be."""
        if not self.histories.closes(address) and self.questions.client is not None and not self.answers.all_definitions:
            with suppress(BusyError):
                self.questions.on_one_node(lambda: read_pages(self.questions, "/mosaic/definition/page", ""))

    def small(self, address: str) -> bool:
        """Whether a few pages hold its transactions."""
        if self.questions.client is None or self.answers.complete(address):
            return self.answers.complete(address)
        try:
            self.questions.on_one_node(lambda: read_pages(self.questions, "/account/transfers/all", address, pages=SMALL))
        except BusyError:
            return False
        return True

    def payments(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid since a moment (UNIX seconds; None: ever), with its blocks: the lists of all nodes together.

        A node that leaves out of its list what another one's holds, and a block shows, is given up.
        """
        self._since[wallet] = since
        for _ in self.questions.everywhere():
            known = self._paid(wallet, since)
            if self.questions.node not in known and (self.questions.client or not known):
                self._read_payments(wallet, since)
        lists = self._paid(wallet, since)
        for height in sorted({listed_payment.height for listed in lists.values() for listed_payment in listed.values()}):
            self.questions.block(height)
        for node, left_out in self._left_out(wallet, since).items():
            client = self.questions.client
            if left_out and client is not None and node in client.left and client.left != [node]:
                client.give_up(f"leaves {left_out} of what {wallet} paid out of its list", node)

    def _read_payments(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid. A node that lists a payment above the end of its own chain is given up, and with it its tip."""

        def highest() -> int:
            read_pages(self.questions, "/account/transfers/outgoing", wallet, since)
            return max((payment.height for payment in self.answers.payments[wallet].entries.values()), default=0)

        try:
            self.questions.on_one_node(lambda: self.questions.require_reach(highest, f"a payment by {wallet}"))
        except BusyError:
            raise NodeError(
                f"{self.questions.node}: {wallet} pays too often to be read as far back as that: narrow the window with from = ..."
            ) from None

    def _paid(self, wallet: str, since: int | None) -> dict[str, dict[str, Listed]]:
        """What each node lists as paid by a wallet since a moment and up to the tip; no node whose list was not read that far."""
        paid = {}
        for node, lists in self.answers.payments_by.items():
            known = lists.get(wallet)
            if known is None or not (known.closed or (since is not None and known.reaches(lambda paid: latest(paid.transaction) < since))):
                continue
            wanted = {key: payment for key, payment in known.entries.items() if since is None or latest(payment.transaction) >= since}
            paid[node] = {key: payment for key, payment in wanted.items() if payment.height <= self.tip}
        return paid

    def _left_out(self, wallet: str, since: int | None) -> dict[str, int]:
        """How many payments each node leaves out that another one lists and their block holds, as far as its own chain went."""
        lists = self._paid(wallet, since)
        listed = {key: payment for entries in lists.values() for key, payment in entries.items()}
        blocks = self.answers.blocks
        held = {height: self.histories.hashes_in(height) for height in {payment.height for payment in listed.values()} & blocks.keys()}
        shown = {key: payment for key, payment in listed.items() if key in held.get(payment.height, ())}
        ends = {node: source.height for node, source in self.answers.nodes.items()}
        return {
            node: sum(key not in entries and payment.height <= (ends.get(node) or self.tip) - SETTLED for key, payment in shown.items())
            for node, entries in lists.items()
        }

    def notes(self, full: Collection[str], wallets: Collection[str]) -> Iterable[str]:
        """On whose word the lists of what the drained wallets paid rest."""
        for wallet in sorted(wallets):
            left_out = self._left_out(wallet, self._since.get(wallet))
            yield from payments_said(wallet, left_out, whole=wallet in full and wallet in self.whole)
        for node, harvests in self._pending_links.items():
            yield (
                f"{counted(harvests, 'harvest')} within {DELEGATION_DELAY} blocks of a link to a delegate, listed by {hosted(node)}, which "
                "does not say that it runs 0.6.102 or newer: older nodes list such for the wrong account. They are marked (link_pending)."
            )

    def find(self, tx_hash: str) -> str:
        """Reads the block of a transaction, and gives who paid it. Raises NodeError where nodes no longer know the hash."""
        places, asked = [], []
        for node in self.questions.everywhere():
            asked.append(node)
            if tx_hash not in self.answers.heights:
                path = f"/transaction/get?hash={tx_hash}"
                self.questions.on_one_node(lambda path=path: self.questions.ask("GET", path, may_refuse=True))  # type: ignore[misc]
            height = self.answers.heights.get(tx_hash)
            if height is not None and (payer := self._payer_at(height, tx_hash)):
                return payer
            places += [height] if height is not None else []
            self.answers.heights.pop(tx_hash, None)  # what one node says of a hash, another may say better
        if places:
            raise NodeError(
                f"transaction {tx_hash}: block {places[-1]}, which {self.questions.node} names, holds none that moves "
                f'{self.asset.symbol} and verifies; ask another node with --node, or name the wallet that paid it: wallet = "..."'
            )
        raise NodeError(
            f"no node finds transaction {tx_hash} ({', '.join(asked)}, /transaction/get): nodes keep hashes for 36 hours only; "
            'name the wallet that paid it beside the hash: wallet = "...", or add another node with --node'
        )

    def _payer_at(self, height: int, tx_hash: str) -> str | None:
        """Who paid a transaction, if the block at that height holds it; no block above the tip is asked for."""
        if height > self.tip:
            return None
        rows = rows_of([self.questions.block(height)], self.asset, self.source, self.answers.hashes)
        return next((t.sender for t in rows.transfers if tx_hash in (t.tx_hash, t.attributes.get("inner_hash"))), None)

    def pending(self, address: str) -> Pending:
        """What an account announced, or would receive, and no block holds yet; their height is None."""
        self.questions.on_one_node(lambda: self.questions.ask("GET", f"/account/unconfirmedTransactions?address={address}"))
        listed = self.answers.pending.get(address, [])
        rows = [t for transaction in listed for t in pending_rows(transaction, self.asset, self.source)]
        return Pending(rows, len(listed) in CUT_AT)

    def read_account(self, address: str) -> None:
        self.questions.require_reach(lambda: self._read_lists(address), address)
        self.read_balance(address)
        for name in sorted(self.histories.mosaics_moved(address) - self.answers.creators.keys()):
            self._read_creator(name)

    def read_balance(self, address: str) -> None:
        for _ in range(AGAIN):
            self.questions.height()
            self.questions.ask("GET", f"/account/get?address={address}")
            if self.asset.symbol != "xem":
                self.questions.ask("GET", f"/account/mosaic/owned?address={address}")
            self.questions.height()
            if self.answers.served_height.get(address) is not None:
                break

    def _read_lists(self, address: str) -> int:
        """Reads what an account moved and harvested; gives the highest block that is named."""
        read_pages(self.questions, "/account/transfers/all", address)
        read_pages(self.questions, "/account/harvests", address)
        moved = (transfer.height for transfer in self.answers.transfers[address].entries.values())
        return max((*moved, *self.answers.harvests[address].entries), default=0)

    def _read_creator(self, name: str) -> None:
        """Who defined a mosaic, and everything that account announced: definitions are among it."""
        if not MOSAIC_NAME.fullmatch(name):
            self._findings[name] = Rejection(self.source, name, "is no name of a mosaic, so no node was asked about it", "")
            return
        query = quote(name, safe="")
        for path in ("/mosaic/definition", "/mosaic/definition/last"):
            if self.questions.ask("GET", f"{path}?mosaicId={query}", may_refuse=True).status == 200:
                break
        else:
            why = f"the definition of {name} has expired and the node keeps none: a levy it took would be missing"
            self._findings[name] = Rejection(self.source, name, why, "")
            return
        creator = self.histories.creator(name) or ""
        try:
            if not self.histories.announced(creator):
                read_pages(self.questions, "/account/transfers/outgoing", creator)
        except BusyError:
            why = f"{creator}, who defined {name}, is too busy to be read: a levy it took would be missing"
            self._findings[name] = Rejection(self.source, name, why, "")

    def read_blocks(self, address: str) -> str | None:
        for height in sorted(self.heights(address)):
            self.questions.block(height)
        for transfer in self.answers.transfers[address].entries.values():
            if transfer.tx_hash not in self.histories.hashes_in(transfer.height):
                if self.questions.client is None:
                    return str(transfer.tx_hash)
                del self.answers.blocks[transfer.height]
                self.questions.block(transfer.height)
                if transfer.tx_hash not in self.histories.hashes_in(transfer.height):
                    return str(transfer.tx_hash)
        return None


def _pending(link: Event, harvest: Transfer) -> bool:
    """Whether a harvest fell into the blocks in which a link to a delegate, or its end, did not yet hold."""
    signer = harvest.attributes.get("signed_by", harvest.recipient)
    return 0 <= (harvest.height or 0) - link.height < DELEGATION_DELAY and bool({link.subject, link.object} & {signer, harvest.recipient})


def _knows_pending_links(version: str | None) -> bool:
    """Whether a node of that version lists harvests rightly while a link is pending; False where it states none."""
    return tuple(int(part) for part in re.findall(r"[0-9]+", version or "")) >= PENDING_LINKS


def payments_said(wallet: str, left_out: Mapping[str, int], whole: bool) -> Iterator[str]:
    """On whose word the list of what a wallet paid rests. `left_out`: by node, how many payments it did not list that another did."""
    if whole:
        yield f"What {wallet} paid is all there: it was read with its whole history, which explains the balance that a node states."
    for node, payments in left_out.items():
        if payments:
            yield f"{hosted(node)} left {counted(payments, 'payment')} by {wallet} out of its list, which another node listed: they count."
    if len(left_out) > 1 and not any(left_out.values()):
        yield f"{counted(len(left_out), 'node')} list the same payments by {wallet}."
    if len(left_out) == 1 and not whole:
        node = hosted(next(iter(left_out))) or "which, is not recorded"
        yield (
            f"What {wallet} paid, and with it the list of thefts, rests on the word of one node ({node}): "
            "add another with --node, and the two are compared."
        )
