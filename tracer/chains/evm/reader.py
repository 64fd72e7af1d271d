"""What a run asks EVM nodes, account by account, and the ledger of ether that the answers make.

An account is read whole or not at all: the list of blocks that name it, those blocks with receipts and traces, what it held at
the first block, and a proof of what it holds at the tip, taken while the case is read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from tracer.chains import Pending
from tracer.chains.evm.answers import SEARCH, EvmAnswers, Json
from tracer.chains.evm.batches import Question
from tracer.chains.evm.mempool import WaitingPool, waiting_rows
from tracer.chains.evm.node_capabilities import abilities_said
from tracer.chains.evm.proven_balances import narrowed, partings_said, proven, reconciled, tied, value_by_tie
from tracer.chains.evm.questions import MOST_SCANNED, EvmQuestions, list_question
from tracer.chains.evm.rlp_and_keccak import number
from tracer.chains.evm.scan import Scanned, verified_rows
from tracer.chains.evm.terms import TERMS
from tracer.chains.evm.token_transfers import MOVES
from tracer.chains.node.client import NodeClient
from tracer.chains.node.questions import BusyError
from tracer.chains.node.reader import NodeReader
from tracer.chains.node.reorganisations import BlockRows
from tracer.errors import NodeError
from tracer.model import Asset, Transfer
from tracer.wording import counted, shortened

MOST_SAID = 1000  # characters of a list of tokens: anybody can make a contract that names a wallet
EARNED = "tips and withdrawals, which no list of an account names"


class EvmReader(NodeReader[Json]):
    """Reads accounts from EVM nodes, or from what was recorded of them; `client` None asks nobody."""

    answers: EvmAnswers
    questions: EvmQuestions
    least_questions = 3  # a list, an opening, a proof
    traced = True
    """Whether rows are made of traces too."""

    def __init__(
        self, answers: EvmAnswers, client: NodeClient | None, asset: Asset, source: str, questions: EvmQuestions | None = None
    ) -> None:
        super().__init__(answers, questions or EvmQuestions(answers, client), asset, source, TERMS)
        self._rows: dict[str, Scanned] = {}
        self._pool = WaitingPool(self.questions)
        self.tied: Sequence[Transfer] = ()
        self._held: Mapping[str, Mapping[int, int]] = {}

    def begin(self) -> None:
        if self.questions.client is not None:
            self.questions.network()
        super().begin()
        self.questions.abilities()
        if self.questions.client is not None:
            self.questions.on_one_node(self.questions.finalized)
        if self.answers.final is not None:
            self.terms = TERMS._replace(finality=max(0, self.tip - self.answers.final))
            self.questions.finality = max(TERMS.finality, self.terms.finality)

    def heights(self, address: str) -> Collection[int]:
        return {height for height in self.answers.heights_of(address) if height <= self.tip}

    def ahead(self, addresses: Iterable[str]) -> Iterator[str]:
        return self.questions.ahead(addresses, self.asked_of)

    def asked_of(self, address: str) -> Iterator[Question]:
        """What is asked about an account first, where nothing of it was read."""
        if self.answers.complete(address):
            return
        if "trace_filter" not in self.answers.lacking.get(self.questions.node, ()) and not self.answers.lists(address, 0, self.tip):
            yield list_question(address, 0, self.tip)
        yield "eth_getBalance", (address, "0x0")
        yield "eth_getProof", (address, (), hex(self.tip))

    def begin_account(self, address: str) -> None:
        """Drops nothing: a list is by ranges of blocks and a proof by its block, so that what was read is gone on from."""

    def read_account(self, address: str) -> None:
        self.questions.listed(address, self.tip)
        if self._earns(address):
            if self.tip > MOST_SCANNED:
                raise BusyError
            self.questions.scan(self.tip)
        self.questions.rpc("eth_getBalance", address, "0x0", may_refuse=True)
        self.questions.prove_account(address, self.tip)

    def read_further(self, address: str) -> None:
        """Asks for older proofs of an account whose rows do not close, by halves, so that the gap is named to the block where the node
        gives them."""

        def agrees(height: int) -> bool | None:
            self.questions.on_one_node(lambda: self.questions.prove_account(address, height, may_refuse=True))
            proofs = self.answers.proofs.get(address, {}).get(height)
            return (
                None if proofs is None else self.answers.openings[address] + self._moved(address, height) == number(proofs[-1]["balance"])
            )

        narrowed(0, self.tip, agrees, self.tip - self.answers.reach.get(self.questions.node, 0))

    def _earns(self, address: str) -> bool:
        """Whether a block read so far pays an account what no list of it names: then only all blocks tell what it earned."""
        blocks = self.answers.blocks.values()
        return any(block["miner"] == address for block in blocks) or any(
            each["address"] == address for block in blocks for each in block.get("withdrawals") or ()
        )

    def read_blocks(self, address: str) -> str | None:
        self.questions.read(sorted(self.heights(address)))
        return None

    def explained(self, address: str) -> bool:
        """Whether its opening and the rows of all blocks read so far come to its proven balance, and its nonce to what it sent."""
        change = self._moved(address, self.answers.served_height.get(address) or 0)
        opening = self.answers.openings[address] = self.opened(address, change)
        return opening + change == self.served(address)

    def _moved(self, address: str, height: int) -> int:
        """What the rows of all blocks read so far, up to one, change in what an account holds."""
        blocks = [self.answers.blocks[each] for each in sorted(self.answers.blocks)]
        rows = [row for row in self.rows_of(blocks).transfers if address in (row.sender, row.recipient) and (row.height or 0) <= height]
        return sum((row.recipient == address) * row.amount - (row.sender == address) * (row.amount + row.fee) for row in rows)

    def opened(self, address: str, change: int) -> int:
        """What an account held at block 0; where no node says that, what its proven balance leaves over beyond the rows."""
        known = self.answers.openings.get(address)
        return max(0, (self.served(address) or 0) - change) if known is None else known

    def rows_of(self, blocks: Sequence[Json]) -> Scanned:
        """The rows of blocks, each read and verified once."""
        found = Scanned([], [], {}, [])
        new = [block for block in blocks if block["hash"] not in self._rows]
        for block in self.questions.ahead(new, lambda block: self.questions.asked_of(number(block["number"]), self.traced)):
            self._rows[block["hash"]] = self.read_block(block)
        for block in blocks:
            known = self._rows[block["hash"]]
            found.transfers.extend(known.transfers)
            found.rejections.extend(known.rejections)
            found.events.extend(known.events)
        return found

    def read_block(self, block: Json) -> Scanned:
        """The rows of a block, verified; its receipts and traces are asked for."""
        self.questions.beside(number(block["number"]))
        whole = self.answers.whole(number(block["number"]))
        assert whole is not None
        return verified_rows([whole], self.source)

    def rows(self, blocks: Sequence[Json], keep: Collection[str] | None) -> BlockRows:
        found, wanted = self.rows_of(blocks), None if keep is None else set(keep)
        rows = [row for row in found.transfers if wanted is None or row.sender in wanted or row.recipient in wanted]
        shown = proven(self.answers)
        read = self.whole if wanted is None else wanted
        self.tied, self._held = tied(rows, reconciled(rows, shown.ether), read), shown.ether
        return BlockRows(self.tied, (), self.answers.openings, [*found.rejections, *shown.rejections])

    def served(self, address: str) -> int | None:
        proofs = self.answers.proofs.get(address, {}).get(self.answers.served_height.get(address) or -1)
        return number(proofs[-1]["balance"]) if proofs else None

    def omits(self, address: str) -> str:
        return EARNED if self._earns(address) else ""

    def notes(self, full: Collection[str], wallets: Collection[str]) -> Iterable[str]:
        """How the accounts were read, and what their balances rest on."""
        yield from abilities_said(self.answers)
        proofs = sum(address in self.answers.proofs for address in full)
        if proofs:
            block = self.answers.blocks[self.tip]["hash"]
            yield f"{counted(proofs, 'balance')} proven by eth_getProof at block {self.tip:,} ({block}) while the case was read."
        searched = self.answers.searched & set(full)
        for how, listed in (("trace_filter", set(self.answers.listings) & set(full) - searched), (SEARCH, searched)):
            if listed:
                yield f"Which blocks name them rests on {how} for {counted(len(listed), 'account')}; the blocks themselves were verified."
        if scanned := len(set(full) - set(self.answers.listings)):
            yield f"Which blocks name {counted(scanned, 'account')} was found by reading all blocks up to {self.tip:,}."
        yield from value_by_tie([row for row in self.tied if (row.height or 0) <= self.tip], self.asset)
        several = {address: found for address, found in self._held.items() if address in full and len(found) > 1}
        yield from partings_said(reconciled(self.tied, {who: {0: self.answers.openings[who], **found} for who, found in several.items()}))

    def payments(self, wallet: str, since: int | None) -> None:
        """Reads all blocks that name a wallet, whatever the moment: a list by block says nothing of time. Raises NodeError."""
        self.questions.on_one_node(lambda: self.questions.listed(wallet, self.tip))
        self.read_blocks(wallet)
        if wallet not in self.answers.paid_in and self.questions.client is not None:  # once: nothing is learnt where it is too much
            topics = [MOVES[0], "0x" + wallet[2:].rjust(64, "0")]
            self.questions.rpc("eth_getLogs", {"fromBlock": "0x0", "toBlock": hex(self.tip), "topics": topics}, may_refuse=True)

    def hints(self, wallets: Collection[str]) -> Iterable[str]:
        """In which tokens each wallet paid besides: the case counts ether, and what was taken may be one of them."""
        for wallet in sorted(set(wallets) & set(self.answers.paid_in)):
            paid = self.answers.paid_in[wallet]
            said = (f"{token} ({counted(len(at), 'payment')}, the last in block {max(at):,})" for token, at in sorted(paid.items()))
            if paid:
                yield (
                    f"{wallet} also paid in tokens, as their contracts say: {shortened('; '.join(said), MOST_SAID)}. "
                    "If one of them was taken, trace it by its contract: --token 0x..."
                )

    def find(self, tx_hash: str) -> str:
        """Reads the block of a transaction, and gives who paid it. Raises NodeError where no node knows it."""
        if tx_hash not in self.answers.heights:
            self.questions.on_one_node(lambda: self.questions.rpc("eth_getTransactionByHash", tx_hash, may_refuse=True))
        height = self.answers.heights.get(tx_hash)
        if height is None or height > self.tip:
            raise NodeError(
                f"no node finds transaction {tx_hash} (eth_getTransactionByHash) up to block {self.tip}: is it of another chain?"
            )
        payers = [row.sender for row in self.rows_of([self.questions.block(height)]).transfers if row.tx_hash == tx_hash]
        if not payers or payers[0] is None:
            raise NodeError(f"transaction {tx_hash}: block {height}, which {self.questions.node} names, holds none that moves anything")
        return payers[0]

    contract: str | None = None
    """Of the token that the ledger is of; None for ether."""

    def follow(self, forked: Callable[[int], None]) -> bool:
        self._pool.renew()
        return super().follow(forked)

    def pending(self, address: str) -> Pending:
        """What an account would pay by transactions that wait in the pool of the node in use; nothing where it shows none."""
        return Pending([row for each in self._pool.of(address) for row in waiting_rows(each, self.contract, self.source)])

    def lost(self, tx_hash: str) -> str:
        return self._pool.lost(tx_hash)
