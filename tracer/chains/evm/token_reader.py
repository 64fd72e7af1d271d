"""What a run asks EVM nodes about a token, holder by holder, and the ledger that the answers make.

A holder is read whole or not at all: the logs of the token's contract that name it, the blocks and receipts that hold them, what it
has at the tip by the word of balanceOf and by a proof of the contract's storage. Nothing of it comes from a trace.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from tracer.chains.evm.account_proofs import balance_in, balance_slot
from tracer.chains.evm.answers import Json
from tracer.chains.evm.batches import Question
from tracer.chains.evm.freeze_functions import CAN_FREEZE, freezing_functions
from tracer.chains.evm.node_capabilities import abilities_said
from tracer.chains.evm.proven_balances import Proven, proven, reconciled, tied, value_by_tie
from tracer.chains.evm.reader import EvmReader
from tracer.chains.evm.rlp_and_keccak import keccak, number
from tracer.chains.evm.scan import Birth, Scanned, birth_of, verified_rows, with_first_supply
from tracer.chains.evm.token_answers import TokenAnswers
from tracer.chains.evm.token_questions import TokenQuestions
from tracer.chains.node.client import NodeClient
from tracer.chains.node.reorganisations import BlockRows
from tracer.model import Asset, Event, Transfer
from tracer.wording import counted


class TokenReader(EvmReader):
    """Reads holders of a token from EVM nodes, or from what was recorded of them; `client` None asks nobody."""

    answers: TokenAnswers
    questions: TokenQuestions
    least_questions = 4  # two lists, a proof, a balance
    traced = False

    def __init__(self, answers: TokenAnswers, client: NodeClient | None, asset: Asset, source: str) -> None:
        super().__init__(answers, client, asset, source, TokenQuestions(answers, client))
        self.contract = asset.symbol
        self._birth: Birth | None = None

    def begin(self) -> None:
        super().begin()
        if self.questions.client is not None:
            self.questions.on_one_node(lambda: self.questions.find_birth(self.tip))
        if born := self.answers.born:
            self.questions.block(born)
            self.questions.receipts(born)
            whole = self.answers.whole(born)
            self._birth = birth_of([whole], self.asset.symbol) if whole else None
            self.answers.maker = self._birth.maker if self._birth else None

    def ahead(self, addresses: Iterable[str]) -> Iterator[str]:
        holders = list(addresses)
        if self.questions.client is not None:
            self.questions.on_one_node(lambda: self.questions.together(holders, self.tip))
        return super().ahead(holders)

    def asked_of(self, address: str) -> Iterator[Question]:
        if (layout := self.answers.layout) is not None and not self.answers.complete(address):
            yield self.questions.proof_question(address, self.tip, layout)
            yield self.questions.balance_question(address, self.tip)

    def read_account(self, address: str) -> None:
        self.questions.listed(address, self.tip)
        if self.answers.layout is None:
            self.questions.find_layout(address, self.tip)
        if (layout := self.answers.layout) is not None:
            self.questions.prove(address, self.tip, layout)
        self.questions.balance_of(address, self.tip)

    def read_further(self, address: str) -> None:
        """Nothing: older proofs of a token's storage are not asked for."""

    def read_blocks(self, address: str) -> str | None:
        for height in self.questions.ahead(sorted(self.heights(address)), lambda height: self.questions.asked_of(height, self.traced)):
            self.questions.block(height)
            self.questions.receipts(height)
        return self.questions.log_elsewhere(address)

    def opened(self, address: str, change: int) -> int:
        """What only the maker of the contract may have had before the first event that names it: a first supply that no event tells."""
        return max(0, (self.served(address) or 0) - change) if address == self.answers.maker else 0

    def read_block(self, block: Json) -> Scanned:
        """The rows of a block, verified; its receipts are asked for."""
        self.questions.receipts(number(block["number"]))
        whole = self.answers.whole(number(block["number"]))
        assert whole is not None
        return verified_rows([whole], self.source, self.asset.symbol, self.answers.maker)

    def rows(self, blocks: Sequence[Json], keep: Collection[str] | None) -> BlockRows:
        found, wanted = self.rows_of(blocks), None if keep is None else set(keep)
        rows: Sequence[Transfer] = [row for row in found.transfers if wanted is None or wanted & {row.sender, row.recipient}]
        read = self.whole if wanted is None else wanted
        shown = proven(self.answers)
        standing = reconciled(rows, shown.token(self.asset.symbol, read))
        openings = self.answers.openings
        if self._birth and openings.get(self._birth.maker):
            rows, _ = with_first_supply(
                rows, {who: each for who, each in standing.items() if who == self._birth.maker}, self._birth, self.source
            )
            openings = {**openings, self._birth.maker: 0}
        self.tied = tied(rows, standing, read)
        events = [event for event in found.events if wanted is None or event.subject in wanted]
        return BlockRows(self.tied, [*events, *self._what_code_shows(shown)], openings, [*found.rejections, *shown.rejections])

    def _what_code_shows(self, shown: Proven) -> Iterator[Event]:
        """That the contract can freeze what holders have, where its code has a function for it, and hashes to what a proof shows."""
        contract, code = self.asset.symbol, self.answers.code
        proof = shown.states.get(contract, {}).get(self.tip)
        if proof is not None and proof.code_hash == keccak(code) and (functions := freezing_functions(code)):
            time = number(self.answers.blocks[self.tip]["timestamp"])
            yield Event(self.tip, 0, time, None, CAN_FREEZE, contract, None, {"functions": ", ".join(functions)})

    def served(self, address: str) -> int | None:
        """What a proof shows that a holder has; where no layout is known, what balanceOf says."""
        height, layout = self.answers.served_height.get(address), self.answers.layout
        if height is None:
            return None
        if layout is not None:
            place = number(balance_slot(address, layout))
            for proof in self.answers.proofs.get(self.asset.symbol, {}).get(height, ()):
                for entry in proof["storageProof"]:
                    if number(entry["key"]) == place:
                        return balance_in(number(entry["value"]))
        return self.answers.held.get(address, {}).get(height)

    def payments(self, wallet: str, since: int | None) -> None:
        self.questions.on_one_node(lambda: self.questions.listed(wallet, self.tip))
        self.read_blocks(wallet)

    def omits(self, address: str) -> str:
        return ""

    def notes(self, full: Collection[str], wallets: Collection[str]) -> Iterable[str]:
        """How the holders were read, and what their balances rest on."""
        yield from abilities_said(self.answers)
        balances = proven(self.answers).token(self.asset.symbol, full)
        if shown := sum(bool(balances.get(address)) for address in full):
            block = self.answers.blocks[self.tip]["hash"]
            yield (
                f"{counted(shown, 'balance')} proven by eth_getProof in the contract's storage at block {self.tip:,} ({block}) while the "
                "case was read."
            )
        if (said := len(full) - shown) > 0:
            yield f"{counted(said, 'balance')} of the token on the word of a node (balanceOf): no proof shows what those accounts have."
        if full:
            named = counted(len(full), "account")
            yield f"Which blocks name them rests on eth_getLogs for {named}; the blocks and receipts themselves were verified."
        if functions := freezing_functions(self.answers.code):
            yield (
                f"The contract's code has {', '.join(functions)}: from that name it is inferred that its issuer can freeze what an address "
                "holds. Code behind a proxy is not read."
            )
        yield from value_by_tie([row for row in self.tied if (row.height or 0) <= self.tip], self.asset)
