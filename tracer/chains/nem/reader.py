"""What a run asks NIS nodes, account by account, and the ledger that the answers make.

An account is read whole or not at all: its lists to their empty page, its balance between two equal heights, and one
block for every height its lists name. Rows, their order and their times come from the blocks; the lists only say where to look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

from tracer.chains.nem.answers import Answers, Json
from tracer.chains.nem.histories import Histories
from tracer.chains.nem.questions import Questions, latest
from tracer.chains.nem.scan import breaks, opening_of_nemesis, pending_rows, rows_of
from tracer.chains.nem.terms import TERMS
from tracer.chains.node.client import NodeClient, NodeLostError
from tracer.chains.node.questions import BusyError
from tracer.chains.node.reader import AGAIN, BlockRows, NodeReader
from tracer.errors import NodeError
from tracer.model import Asset, Rejection, Transfer


class NisReader(NodeReader[Json]):
    """Reads accounts from NIS nodes, or from what was recorded of them; `client` None asks nobody."""

    answers: Answers
    questions: Questions

    def __init__(self, answers: Answers, client: NodeClient | None, asset: Asset, source: str) -> None:
        super().__init__(answers, Questions(answers, client), asset, source, TERMS)
        self.histories = Histories(answers, asset)
        self._findings: dict[str, Rejection] = {}

    least_questions = 5  # two lists, and the balance between two heights

    def heights(self, address: str) -> Collection[int]:
        return self.histories.heights(address)

    def explained(self, address: str) -> bool:
        closes = self.histories.closes(address) or self.histories.omits(address)
        return bool(closes) and not self.histories.leaves_out(address)

    def rows(self, blocks: Sequence[Json], keep: Collection[str] | None) -> BlockRows:
        found = rows_of(blocks, self.asset, self.source, self.answers.hashes, keep)
        return BlockRows(found.transfers, found.events, opening_of_nemesis(found), [*self._findings.values(), *found.rejections])

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
                self.questions.on_one_node(lambda: self.questions.read_list("/mosaic/definition/page", ""))

    def payments(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid since a moment (UNIX seconds; None: ever), with its blocks."""
        heights = self._paid_at(wallet, since)
        for _ in self.questions.everywhere() if not heights else ():
            self._read_payments(wallet, since)
            if heights := self._paid_at(wallet, since):
                break  # a list without a payment may be a list kept back: it counts only where every node gives none
        for height in heights:
            self.questions.block(height)

    def _read_payments(self, wallet: str, since: int | None) -> None:
        try:
            self.questions.on_one_node(lambda: self._read_outgoing(wallet, since))
        except BusyError:
            raise NodeError(f"{wallet} pays too often to be read as far back as that: narrow the window with from = ...") from None
        if self.answers.pinned is None:
            self.begin()

    def _read_outgoing(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid. A node that lists a payment above the end of its own chain is given up, and with it its tip."""
        self.questions.read_list("/account/transfers/outgoing", wallet, since)
        last = max((each.height for each in self.answers.payments[wallet].entries.values()), default=0)
        if self.questions.client is None or last <= self.tip or (height := self.questions.height()) >= last:
            return
        if not self.answers.begun:
            self.answers.pinned = None
        self.questions.client.give_up(f"says that its chain ends with block {height}, and lists a payment by {wallet} in block {last}")
        raise NodeLostError

    def _paid_at(self, wallet: str, since: int | None) -> list[int]:
        """The blocks, up to the tip, in which a wallet paid since a moment; none where its list was not read that far."""
        known = self.answers.payments.get(wallet)
        if known is None or not (known.closed or (since is not None and known.reaches(lambda each: latest(each.transaction) < since))):
            return []
        wanted = {each.height for each in known.entries.values() if since is None or latest(each.transaction) >= since}
        return sorted(height for height in wanted if height <= self.tip)

    def find(self, tx_hash: str) -> str:
        """Reads the block of a transaction, and gives who paid it. Raises NodeError where nodes no longer know the hash."""
        places = []
        for _ in self.questions.everywhere():
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
            f"no node finds transaction {tx_hash}: nodes keep hashes for 36 hours only; "
            'name the wallet that paid it beside the hash: wallet = "..."'
        )

    def _payer_at(self, height: int, tx_hash: str) -> str | None:
        """Who paid a transaction, if the block at that height holds it; no block above the tip is asked for."""
        if height > self.tip:
            return None
        rows = rows_of([self.questions.block(height)], self.asset, self.source, self.answers.hashes)
        return next((t.sender for t in rows.transfers if tx_hash in (t.tx_hash, t.attributes.get("inner_hash"))), None)

    def pending(self, address: str) -> list[Transfer]:
        """What an account announced, or would receive, and no block holds yet; their height is None."""
        self.questions.on_one_node(lambda: self.questions.ask("GET", f"/account/unconfirmedTransactions?address={address}"))
        return [t for each in self.answers.pending.get(address, []) for t in pending_rows(each, self.asset, self.source)]

    def read_account(self, address: str) -> None:
        self.questions.read_list("/account/transfers/all", address)
        self.questions.read_list("/account/harvests", address)
        for _ in range(AGAIN):
            self.questions.height()
            self.questions.ask("GET", f"/account/get?address={address}")
            if self.asset.symbol != "xem":
                self.questions.ask("GET", f"/account/mosaic/owned?address={address}")
            self.questions.height()
            if self.answers.served_height.get(address) is not None:
                break
        for name in sorted(self.histories.mosaics_moved(address) - self.answers.creators.keys()):
            self._read_creator(name)

    def _read_creator(self, name: str) -> None:
        """Who defined a mosaic, and everything that account announced: definitions are among it."""
        query = name.replace(":", "%3A")
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
                self.questions.read_list("/account/transfers/outgoing", creator)
        except BusyError:
            why = f"{creator}, who defined {name}, is too busy to be read: a levy it took would be missing"
            self._findings[name] = Rejection(self.source, name, why, "")

    def read_blocks(self, address: str) -> str | None:
        for height in sorted(self.heights(address)):
            self.questions.block(height)
        for each in self.answers.transfers[address].entries.values():
            if each.tx_hash not in self.histories.hashes_in(each.height):
                if self.questions.client is None:
                    return str(each.tx_hash)
                del self.answers.blocks[each.height]
                self.questions.block(each.height)
                if each.tx_hash not in self.histories.hashes_in(each.height):
                    return str(each.tx_hash)
        return None
