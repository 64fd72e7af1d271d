"""What a run asks NIS nodes, account by account, and the ledger that the answers make.

An account is read whole or not at all: its lists to their empty page, its balance between two equal heights, and one
block for every height its lists name. Rows, their order and their times come from the blocks; the lists only say where to look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

from tracer.chains.nem.answers import FORK, TIP, Answers, Json
from tracer.chains.nem.client import NodeClient
from tracer.chains.nem.codec import block_hash
from tracer.chains.nem.histories import Histories
from tracer.chains.nem.questions import REWRITE_LIMIT, BusyError, Questions, latest
from tracer.chains.nem.scan import RECORD, Rows, breaks, opening_of_nemesis, pending_rows, rows_of
from tracer.errors import NodeError
from tracer.model import Account, Asset, Reading, Rejection, Transfer

AGAIN = 3  # readings of an account whose balance does not close, before that is a finding


class NisReader:
    """Reads accounts from nodes, or from what was recorded of them; `client` None asks nobody."""

    def __init__(self, answers: Answers, client: NodeClient | None, asset: Asset, source: str) -> None:
        self.answers, self.client, self.asset, self.source = answers, client, asset, source
        self.questions = Questions(answers, client)
        self.histories = Histories(answers, asset)
        self._findings: dict[str, Rejection] = {}

    @property
    def asked(self) -> int:
        """Questions put to nodes so far, in this run and in those it goes on from."""
        return self.answers.seen + (self.client.asked if self.client else 0)

    def begin(self) -> None:
        """Settles the tip of the run: nothing above it is in the ledger."""
        if self.answers.pinned is None:
            self.questions.on_one_node(self.questions.height)
        self.questions.block(self.tip)

    @property
    def tip(self) -> int:
        """The last block of the run."""
        return self.questions.tip

    def fetch(self, address: str) -> bool:
        """Reads an account whole, and again when its balance does not close: a page may have been left out.

        False for an account with more than BUSY pages: a service that nobody has labelled yet.
        """
        try:
            self._fetch(address)
        except BusyError:
            return False
        return True

    def _fetch(self, address: str) -> None:
        foreign: str | None = None
        for _ in range(AGAIN):
            if not self.answers.complete(address):
                self.answers.forget(address)
                self.questions.on_one_node(lambda: self._read_account(address))
            foreign = self._read_blocks(address)
            explained = self.histories.closes(address) or self.histories.omits(address)
            if foreign is None and explained and not self.histories.leaves_out(address):
                return
            if self.client is None:
                return
            self.answers.forget(address)
        if foreign is not None:
            raise NodeError(
                f"{self.questions.node} lists transaction {foreign} of {address}, and the block it names "
                "does not hold it: the chain was being rewritten, or the node lies; run again, or ask another node"
            )
        self.questions.on_one_node(lambda: self._read_account(address))
        self._read_blocks(address)
        if not self.histories.closes(address):
            self._look_for_levies()

    def payments(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid since a moment (UNIX seconds; None: ever), with its blocks."""
        known = self.answers.payments.get(wallet)
        if known is None or not (known.closed or (since is not None and known.reaches(lambda each: latest(each.transaction) < since))):
            try:
                self.questions.on_one_node(lambda: self.questions.read_list("/account/transfers/outgoing", wallet, since))
            except BusyError:
                raise NodeError(f"{wallet} pays too often to be read as far back as that: narrow the window with from = ...") from None
        listed = self.answers.payments[wallet].entries.values()
        wanted = {each.height for each in listed if since is None or latest(each.transaction) >= since}
        for height in sorted(height for height in wanted if height <= self.tip):
            self.questions.block(height)

    def find(self, tx_hash: str) -> str:
        """Reads the block of a transaction, and gives who paid it. Raises NodeError where nodes no longer know the hash."""
        if tx_hash not in self.answers.heights:
            exchange = self.questions.on_one_node(lambda: self.questions.ask("GET", f"/transaction/get?hash={tx_hash}"))
            if exchange.status != 200 or tx_hash not in self.answers.heights:
                raise NodeError(
                    f"no node finds transaction {tx_hash}: nodes keep hashes for 36 hours only; "
                    'name the wallet that paid it beside the hash: wallet = "..."'
                )
        block = self.questions.block(self.answers.heights[tx_hash])
        rows = rows_of([block], self.asset, self.source, self.answers.hashes)
        payer = next((t.sender for t in rows.transfers if tx_hash in (t.tx_hash, t.attributes.get("inner_hash"))), None)
        if payer is None:
            raise NodeError(f"transaction {tx_hash} at height {block['height']} moves no {self.asset.symbol}, or does not verify")
        return payer

    def settled(self) -> bool:
        """Whether the tip of the run is still on the chain. If not, everything above the fork is forgotten.

        Raises NodeError when the chain differs deeper than nodes may rewrite it: that is a finding, not a reorganisation.
        """
        if self.client is None:
            return True
        known = dict(self.answers.blocks)
        heights = sorted((height for height in known if height <= self.tip), reverse=True)
        fork = self.tip
        for height in heights:
            if self.questions.still(height, known[height]):
                break
            fork = height - 1
            if self.tip - height > REWRITE_LIMIT:
                raise NodeError(
                    f"{self.questions.node} has another block {height} than was read, {self.tip - height} below the tip: deeper than nodes "
                    f"may rewrite ({REWRITE_LIMIT}). One of the nodes lies or is on a fork: compare them by hand before you go on"
                )
        if fork == self.tip:
            return True
        self._undo(fork)
        return False

    def follow(self) -> tuple[int | None, list[Transfer]]:
        """Moves the tip of the run to the last block, and gives the transfers since; with the fork, if the chain was rewritten.

        Every block between is read, so that accounts read before stay complete. After a fork the blocks above it count anew.
        """
        latest = self.questions.last_block()
        fork = None if self._extends(latest) else self._fork(latest["height"])
        first = self.tip + 1 if fork is None else fork + 1
        if fork is not None:
            self._undo(fork)
            self.answers.pinned = fork
        blocks = [self.questions.block(height) for height in range(first, latest["height"] + 1)]
        if fork is not None or blocks:
            self.questions.note(TIP, height=latest["height"])
            self.answers.pinned = latest["height"]
        return fork, rows_of(blocks, self.asset, self.source, self.answers.hashes).transfers

    def pending(self, address: str) -> list[Transfer]:
        """What an account announced, or would receive, and no block holds yet; their height is None."""
        self.questions.on_one_node(lambda: self.questions.ask("GET", f"/account/unconfirmedTransactions?address={address}"))
        return [t for each in self.answers.pending.get(address, []) for t in pending_rows(each, self.asset, self.source)]

    def _extends(self, latest: Json) -> bool:
        """Whether the chain that ends in `latest` goes on from the tip of the run."""
        known = self.answers.blocks[self.tip]
        if latest["height"] < self.tip:
            return False
        if latest["height"] == self.tip:
            return block_hash(latest) == block_hash(known)
        return bool(self.questions.block(self.tip + 1)["prevBlockHash"]["data"] == block_hash(known))

    def _fork(self, height: int) -> int:
        """The last height at which the chain still has the block that was read. Raises NodeError where that is too deep."""
        for below in range(min(height, self.tip), max(0, self.tip - REWRITE_LIMIT - 1), -1):
            known = self.answers.blocks.get(below)
            if known is not None and self.questions.still(below, known):
                return below
        raise NodeError(
            f"{self.questions.node} has another chain than was read, deeper than nodes may rewrite ({REWRITE_LIMIT}): "
            "one of the nodes lies or is on a fork; compare them by hand before you go on"
        )

    def _undo(self, fork: int) -> None:
        self.questions.note(FORK, above=fork)
        self.answers.forget_blocks(fork)

    def reading(self, full: Collection[str], wallets: Collection[str] = ()) -> Reading:
        """The ledger of the accounts read (`full`) and of what `wallets` paid; everybody else in it is at the boundary."""
        blocks = [self.answers.blocks[height] for height in sorted(self.answers.blocks)]
        everything = rows_of(blocks, self.asset, self.source, self.answers.hashes, {*full, *wallets})
        transfers = [t for t in everything.transfers if (t.height or 0) <= self.tip]
        return Reading(
            transfers,
            [e for e in everything.events if e.height <= self.tip],
            self._accounts(everything, full, transfers),
            [*self._findings.values(), *everything.rejections, *self._breaks(blocks)],
            self.tip,
            complete=False,
        )

    def _breaks(self, blocks: list[Json]) -> Iterator[Rejection]:
        for before, block in breaks(blocks):
            why = f"does not follow block {before['height']}: the chain was rewritten between the two answers, or one was altered"
            yield Rejection(self.source, f"block {block['height']}", why, str(block)[:RECORD])

    def _accounts(self, rows: Rows, full: Collection[str], transfers: Iterable[Transfer]) -> list[Account]:
        opened = opening_of_nemesis(rows)
        later = self._moved_since_tip(rows.transfers)
        found = [
            Account(
                address=address,
                opening=opened.get(address, 0),
                opening_basis="chain",
                coverage="full",
                served=(self.answers.served(address, self.asset.symbol) or 0) - later.get(address, 0),
                served_height=min(self.tip, self.answers.served_height.get(address) or 0),
                omits=self.histories.omits(address),
            )
            for address in sorted(full)
        ]
        named = {address for t in transfers for address in (t.sender, t.recipient) if address} - set(full)
        return found + [Account(address, None, "modelled", "boundary") for address in sorted(named)]

    def _moved_since_tip(self, transfers: Iterable[Transfer]) -> dict[str, int]:
        """What each account gained between the tip of the run and the height its balance was served at."""
        gained: dict[str, int] = {}
        for t in transfers:
            height = t.height or 0
            if height > self.tip:
                if t.sender and height <= (self.answers.served_height.get(t.sender) or 0):
                    gained[t.sender] = gained.get(t.sender, 0) - t.amount - t.fee
                if t.recipient and height <= (self.answers.served_height.get(t.recipient) or 0):
                    gained[t.recipient] = gained.get(t.recipient, 0) + t.amount
        return gained

    def _read_account(self, address: str) -> None:
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
            if self.questions.ask("GET", f"{path}?mosaicId={query}").status == 200:
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

    def _look_for_levies(self) -> None:
        """Reads all mosaic definitions once, to name the levy that an unexplained income may be."""
        if self.client is not None and not self.answers.all_definitions:
            with suppress(BusyError):
                self.questions.on_one_node(lambda: self.questions.read_list("/mosaic/definition/page", ""))

    def _read_blocks(self, address: str) -> str | None:
        """One block for every height the account's lists name. Gives the first transaction that its block does not hold."""
        for height in sorted(self.histories.heights(address)):
            self.questions.block(height)
        for each in self.answers.transfers[address].entries.values():
            if each.tx_hash not in self.histories.hashes_in(each.height):
                if self.client is None:
                    return str(each.tx_hash)
                del self.answers.blocks[each.height]
                self.questions.block(each.height)
                if each.tx_hash not in self.histories.hashes_in(each.height):
                    return str(each.tx_hash)
        return None
