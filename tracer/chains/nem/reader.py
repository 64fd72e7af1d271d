"""What a run asks NIS nodes, account by account, and the ledger that the answers make.

An account is read whole or not at all: its lists to their empty page, its balance between two equal heights, and one
block for every height its lists name. Rows, their order and their times come from the blocks; the lists only say where to look.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from tracer.chains.nem.addresses import address_of
from tracer.chains.nem.answers import FORK, TIP, Answers, Json, Listed
from tracer.chains.nem.client import NodeClient, NodeLostError
from tracer.chains.nem.codec import UnknownTypeError, block_hash, block_signature_holds, hash_of
from tracer.chains.nem.effects import XEM
from tracer.chains.nem.scan import EPOCH, MISSHAPEN, Rows, opening_of_nemesis, pending_rows, rows_of
from tracer.errors import NodeError
from tracer.model import Account, Asset, Exchange, Reading, Rejection, Transfer

T = TypeVar("T")
PAGE = 100  # the largest page a node gives (nis: DefaultPage)
REWRITE_LIMIT = 360  # blocks a node may still rewrite (nis: nis.blockChainRewriteLimit)
DAY = 86_400  # a transaction is included at most a day after its time stamp
AGAIN = 3  # readings of an account whose balance does not close, before that is a finding

BUSY = 200  # pages after which an account is too busy to be anybody's but a service's

SINKS = {
    "NBMOSAICOD4F54EE5CDMR23CCBGOAM2XSIUX6TRS": "fees for mosaics, which its list does not name",
    "TBMOSAICOD4F54EE5CDMR23CCBGOAM2XSJBR5OLC": "fees for mosaics, which its list does not name",
}
"""Accounts whose list leaves out what they earn (nis: TransactionRegistry)."""


class _BusyError(Exception):
    """An account's list is longer than BUSY pages."""


class NisReader:
    """Reads accounts from nodes, or from what was recorded of them; `client` None asks nobody."""

    def __init__(self, answers: Answers, client: NodeClient | None, asset: Asset, source: str) -> None:
        self.answers, self.client, self.asset, self.source = answers, client, asset, source
        self._findings: dict[str, Rejection] = {}
        self._indexed: set[int] = set()
        self._named: dict[str, set[int]] = {}

    @property
    def asked(self) -> int:
        """Questions put to nodes so far, in this run and in those it goes on from."""
        return self.answers.seen + (self.client.asked if self.client else 0)

    def begin(self) -> None:
        """Settles the tip of the run: nothing above it is in the ledger."""
        if self.answers.pinned is None:
            self._on_one_node(self._height)
        self._block(self.tip)

    @property
    def tip(self) -> int:
        if self.answers.pinned is None:
            raise NodeError("the recording does not say how high the chain was")
        return self.answers.pinned

    def fetch(self, address: str) -> bool:
        """Reads an account whole, and again when its balance does not close: a page may have been left out.

        False for an account with more than BUSY pages: a service that nobody has labelled yet.
        """
        try:
            self._fetch(address)
        except _BusyError:
            return False
        return True

    def _fetch(self, address: str) -> None:
        foreign: str | None = None
        for _ in range(AGAIN):
            if not self.answers.complete(address):
                self.answers.forget(address)
                self._on_one_node(lambda: self._read_account(address))
            foreign = self._read_blocks(address)
            if foreign is None and not self._leaves_out(address) and (self._closes(address) or self._omits(address)):
                return
            if self.client is None:
                return
            self.answers.forget(address)
        if foreign is not None:
            raise NodeError(
                f"{self.client.node if self.client else self.source} lists transaction {foreign} of {address}, and the block it names "
                "does not hold it: the chain was being rewritten, or the node lies; run again, or ask another node"
            )
        self._on_one_node(lambda: self._read_account(address))
        self._read_blocks(address)
        if not self._closes(address):
            self._look_for_levies()

    def payments(self, wallet: str, since: int | None) -> None:
        """Reads what a wallet paid since a moment (UNIX seconds; None: ever), with its blocks."""
        if self.client is not None and wallet not in self.answers.payments:
            self._on_one_node(lambda: self._read_list("/account/transfers/outgoing", wallet, since))
        pages = self.answers.payments[wallet].entries.values()
        wanted = {each.height for each in pages if since is None or _latest(each.transaction) >= since}
        for height in sorted(height for height in wanted if height <= self.tip):
            self._block(height)

    def find(self, tx_hash: str) -> str:
        """Reads the block of a transaction, and gives who paid it. Raises NodeError where nodes no longer know the hash."""
        if tx_hash not in self.answers.heights:
            exchange = self._on_one_node(lambda: self._ask("GET", f"/transaction/get?hash={tx_hash}"))
            if exchange.status != 200 or tx_hash not in self.answers.heights:
                raise NodeError(
                    f"no node finds transaction {tx_hash}: nodes keep hashes for 36 hours only; "
                    'name the wallet that paid it beside the hash: wallet = "..."'
                )
        block = self._block(self.answers.heights[tx_hash])
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
            if self._still(height, known[height]):
                break
            fork = height - 1
            if self.tip - height > REWRITE_LIMIT:
                raise NodeError(
                    f"{self.client.node} has another block {height} than was read, {self.tip - height} below the tip: deeper than nodes "
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
        latest = json.loads(self._on_one_node(lambda: self._ask("GET", "/chain/last-block", sound=_is_last_block)).answer)
        fork = None if self._extends(latest) else self._fork(latest["height"])
        first = self.tip + 1 if fork is None else fork + 1
        if fork is not None:
            self._undo(fork)
            self.answers.pinned = fork
        blocks = [self._block(height) for height in range(first, latest["height"] + 1)]
        if fork is not None or blocks:
            self._note(TIP, height=latest["height"])
            self.answers.pinned = latest["height"]
        return fork, rows_of(blocks, self.asset, self.source, self.answers.hashes).transfers

    def pending(self, address: str) -> list[Transfer]:
        """What an account announced, or would receive, and no block holds yet; their height is None."""
        self._on_one_node(lambda: self._ask("GET", f"/account/unconfirmedTransactions?address={address}"))
        return [t for each in self.answers.pending.get(address, []) for t in pending_rows(each, self.asset, self.source)]

    def _extends(self, latest: Json) -> bool:
        """Whether the chain that ends in `latest` goes on from the tip of the run."""
        known = self.answers.blocks[self.tip]
        if latest["height"] < self.tip:
            return False
        if latest["height"] == self.tip:
            return block_hash(latest) == block_hash(known)
        return bool(self._block(self.tip + 1)["prevBlockHash"]["data"] == block_hash(known))

    def _fork(self, height: int) -> int:
        """The last height at which the chain still has the block that was read. Raises NodeError where that is too deep."""
        for below in range(min(height, self.tip), max(0, self.tip - REWRITE_LIMIT - 1), -1):
            known = self.answers.blocks.get(below)
            if known is not None and self._still(below, known):
                return below
        raise NodeError(
            f"{self.client.node if self.client else ''} has another chain than was read, deeper than nodes may rewrite ({REWRITE_LIMIT}): "
            "one of the nodes lies or is on a fork; compare them by hand before you go on"
        )

    def _undo(self, fork: int) -> None:
        self._note(FORK, above=fork)
        self.answers.forget_blocks(fork)

    def _note(self, what: str, **stated: int) -> None:
        """Writes into the recording what is no answer, but changes which answers count."""
        if self.client is not None:
            query = "&".join(f"{key}={value}" for key, value in stated.items())
            self.client.record(Exchange(0, "NOTE", f"{what}?{query}", None, 200, "{}"), self.client.node)

    def reading(self, full: Collection[str], wallets: Collection[str] = ()) -> Reading:
        """The ledger of the accounts read (`full`) and of what `wallets` paid; everybody else in it is at the boundary."""
        blocks = [self.answers.blocks[height] for height in sorted(self.answers.blocks)]
        everything = rows_of(blocks, self.asset, self.source, self.answers.hashes, {*full, *wallets})
        transfers = [t for t in everything.transfers if (t.height or 0) <= self.tip]
        return Reading(
            transfers,
            [e for e in everything.events if e.height <= self.tip],
            self._accounts(everything, full, transfers),
            [*self._findings.values(), *everything.rejections],
            self.tip,
            complete=False,
        )

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
                omits=self._omits(address),
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

    def _omits(self, address: str) -> str:
        if address in SINKS:
            return SINKS[address]
        if address in self.answers.levied:
            return f"the levy of {self.answers.levied[address]}, which its list does not name"
        return ""

    def _closes(self, address: str) -> bool:
        """Whether the account's rows explain the balance served: those its lists name, and those other accounts' blocks hold of it."""
        heights = self._heights(address) | self._mentions(address)
        blocks = [self.answers.blocks[height] for height in sorted(heights) if height in self.answers.blocks]
        rows = rows_of(blocks, self.asset, self.source, self.answers.hashes, {address})
        held = opening_of_nemesis(rows).get(address, 0)
        limit = self.answers.served_height.get(address) or 0
        for t in rows.transfers:
            if (t.height or 0) <= limit:
                held += (t.amount if t.recipient == address else 0) - (t.amount + t.fee if t.sender == address else 0)
        return held == self.answers.served(address, self.asset.symbol)

    def _leaves_out(self, address: str) -> bool:
        """Whether a block read for somebody else holds a payment by or to the account that its own list lacks."""
        listed = self.answers.transfers[address].entries
        limit = self.answers.served_height.get(address) or 0
        for height in self._mentions(address):
            if height <= limit and height in self.answers.blocks:
                for transaction in self.answers.blocks[height]["transactions"]:
                    if address in _named_in({"transactions": [transaction]}) and hash_of(transaction) not in listed:
                        return True
        return False

    def _heights(self, address: str) -> set[int]:
        listed = {each.height for each in self.answers.transfers[address].entries.values()}
        heights = listed | self.answers.harvests[address].entries.keys()
        return heights | self._definition_heights(address)

    def _mentions(self, address: str) -> set[int]:
        """Heights of the blocks read so far that name the account: an account may leave out of its list what others' lists hold."""
        for height in self.answers.blocks.keys() - self._indexed:
            self._indexed.add(height)
            for named in _named_in(self.answers.blocks[height]):
                self._named.setdefault(named, set()).add(height)
        return self._named.get(address, set())

    def _definition_heights(self, address: str) -> set[int]:
        """Heights at which the mosaics that an account moved were defined: what levies they take depends on it."""
        heights = set()
        for name in self._mosaics_moved(address):
            for each in self._announced(self._creator(name) or ""):
                inner = each.transaction.get("otherTrans", each.transaction)
                if inner["type"] in (0x4001, 0x4002):
                    heights.add(each.height)
        return heights

    def _announced(self, address: str) -> list[Listed]:
        """What an account announced, from whichever of its lists was read to the end."""
        lists = (self.answers.payments.get(address), self.answers.transfers.get(address))
        pages = next((pages for pages in lists if pages is not None and pages.closed), None)
        return list(pages.entries.values()) if pages else []

    def _mosaics_moved(self, address: str) -> set[str]:
        names = set()
        for each in self.answers.transfers[address].entries.values():
            inner = each.transaction.get("otherTrans", each.transaction)
            for mosaic in inner.get("mosaics") or ():
                names.add(f"{mosaic['mosaicId']['namespaceId']}:{mosaic['mosaicId']['name']}")
        return names - {XEM}

    def _read_account(self, address: str) -> None:
        self._read_list("/account/transfers/all", address)
        self._read_list("/account/harvests", address)
        if self.asset.symbol != "xem":
            self._ask("GET", f"/account/mosaic/owned?address={address}")
        for _ in range(AGAIN):
            self._height()
            self._ask("GET", f"/account/get?address={address}")
            self._height()
            if self.answers.served_height.get(address) is not None:
                break
        for name in sorted(self._mosaics_moved(address) - self.answers.creators.keys()):
            self._read_creator(name)

    def _read_creator(self, name: str) -> None:
        """Who defined a mosaic, and everything that account announced: definitions are among it."""
        query = name.replace(":", "%3A")
        for path in ("/mosaic/definition", "/mosaic/definition/last"):
            if self._ask("GET", f"{path}?mosaicId={query}").status == 200:
                break
        else:
            why = f"the definition of {name} has expired and the node keeps none: a levy it took would be missing"
            self._findings[name] = Rejection(self.source, name, why, "")
            return
        creator = self._creator(name) or ""
        if not self._announced(creator):
            self._read_list("/account/transfers/outgoing", creator)

    def _creator(self, name: str) -> str | None:
        """The address of whoever defined a mosaic; None where no node knows."""
        key = self.answers.creators.get(name)
        return None if key is None else address_of(key, self._block(self.tip)["version"])

    def _look_for_levies(self) -> None:
        """Reads all mosaic definitions once, to name the levy that an unexplained income may be."""
        if self.client is not None and not self.answers.all_definitions:
            self._on_one_node(lambda: self._read_list("/mosaic/definition/page", ""))

    def _read_list(self, path: str, address: str, since: int | None = None) -> None:
        """A list to its empty page, or to what can only be older than `since`, on one node; the cursor strictly falls."""
        cursor: int | None = None
        who = f"address={address}&" if address else ""
        for _ in range(BUSY):
            path_asked = f"{path}?{who}pageSize={PAGE}" + (f"&id={cursor}" if cursor is not None else "")
            below = cursor
            exchange = self._ask("GET", path_asked, sound=lambda e, below=below: _falls(e, below))  # type: ignore[misc]
            if exchange.status != 200:
                raise NodeError(f"{path} of {address}: {_message(exchange)}")
            rows = json.loads(exchange.answer)["data"]
            if not rows or (since is not None and all(_latest(row["transaction"]) < since for row in rows)):
                return
            cursor = min(_ids(exchange))
        raise _BusyError

    def _read_blocks(self, address: str) -> str | None:
        """One block for every height the account's lists name. Gives the first transaction that its block does not hold."""
        for height in sorted(self._heights(address)):
            self._block(height)
        for each in self.answers.transfers[address].entries.values():
            if each.tx_hash not in self._hashes_in(each.height):
                if self.client is None:
                    return str(each.tx_hash)
                del self.answers.blocks[each.height]
                self._block(each.height)
                if each.tx_hash not in self._hashes_in(each.height):
                    return str(each.tx_hash)
        return None

    def _hashes_in(self, height: int) -> set[str]:
        found = set()
        for transaction in self.answers.blocks[height]["transactions"]:
            try:
                found.add(hash_of(transaction))
            except MISSHAPEN:
                continue
        return found

    def _block(self, height: int) -> Json:
        if height not in self.answers.blocks:
            body = json.dumps({"height": height})
            exchange = self._on_one_node(lambda: self._ask("POST", "/block/at/public", body, sound=lambda e: _is_block(e, height)))
            if exchange.status != 200:
                raise NodeError(f"block {height}: {_message(exchange)}")
        return self.answers.blocks[height]

    def _still(self, height: int, known: Json) -> bool:
        """Whether the chain has the block at that height that was read."""
        body = json.dumps({"height": height})
        exchange = self._on_one_node(lambda: self._ask("POST", "/block/at/public", body, sound=lambda e: _is_block(e, height)))
        return exchange.status == 200 and block_hash(json.loads(exchange.answer)) == block_hash(known)

    def _height(self) -> int:
        before = self.answers.pinned
        exchange = self._ask("GET", "/chain/height")
        height = self.answers.tip
        if height is None or exchange.status != 200:
            raise NodeError(f"/chain/height: {_message(exchange)}")
        if before is not None and height < before and self.client:
            self.client.give_up(f"is behind: height {height} after {before} was known")
            raise NodeLostError
        return height

    def _ask(self, method: str, path: str, body: str | None = None, sound: Callable[[Exchange], bool] = lambda _: True) -> Exchange:
        if (path, body) in self.answers.refused:
            return self.answers.refused[path, body]
        if self.client is None:
            raise NodeError(f"offline, and the recording does not answer {method} {path} {body or ''}: run once without --offline")
        return self.client.ask(method, path, body, lambda exchange: sound(exchange) and self.answers.take(exchange))

    def _on_one_node(self, read: Callable[[], T]) -> T:
        """What `read` gives, begun again from its start on the next node when one gives up: a cursor never crosses nodes."""
        while True:
            try:
                return read()
            except NodeLostError:
                self._same_chain()

    def _same_chain(self) -> None:
        """Checks that the node now in use has the chain that was read so far, down to where it can no longer be rewritten."""
        deep = [height for height in self.answers.blocks if height <= self.tip - REWRITE_LIMIT] if self.answers.pinned else []
        if deep and not self._still(max(deep), self.answers.blocks[max(deep)]):
            raise NodeError(
                f"{self.client.node if self.client else ''} has another block {max(deep)} than the node before it, deeper than nodes "
                f"may rewrite ({REWRITE_LIMIT}): they are of two chains. Compare them by hand before you go on"
            )


def _named_in(block: Json) -> set[str]:
    """Who pays or is paid in a block."""
    named = set()
    for transaction in block["transactions"]:
        inner = transaction.get("otherTrans", transaction)
        try:
            named |= {address_of(inner["signer"], inner["version"]), inner.get("recipient", "")}
        except MISSHAPEN:
            continue
    return named


def _falls(exchange: Exchange, below: int | None) -> bool:
    """Whether a page's ids are all below the cursor: the node would be giving the same page again else."""
    try:
        return all(below is None or each < below for each in _ids(exchange))
    except (ValueError, KeyError, TypeError):
        return False


def _ids(exchange: Exchange) -> list[int]:
    rows: list[dict[str, Any]] = json.loads(exchange.answer)["data"]
    return [row["meta"]["id"] if "meta" in row else row["id"] for row in rows]


def _is_block(exchange: Exchange, height: int) -> bool:
    """Whether the answer is the block asked for, as its harvester signed it."""
    try:
        block = json.loads(exchange.answer)
        return bool(block["height"] == height and block_signature_holds(block))
    except UnknownTypeError:
        return True
    except MISSHAPEN:
        return False


def _is_last_block(exchange: Exchange) -> bool:
    try:
        return exchange.status == 200 and _is_block(exchange, json.loads(exchange.answer)["height"])
    except MISSHAPEN:
        return False


def _latest(transaction: Json) -> int:
    """The last moment (UNIX seconds) at which a transaction can have been included."""
    return int(transaction["timeStamp"]) + EPOCH + DAY


def _message(exchange: Exchange) -> str:
    try:
        return str(json.loads(exchange.answer).get("message"))[:200]
    except (ValueError, AttributeError):
        return f"status {exchange.status}"
