"""EVM chains: accounts whose balances are proven to the hash of a block, ether and tokens.

What is known without asking is stated here; cryptography is imported when it is called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tracer.chains import Chain, Nodes, RowKind, bare_hash
from tracer.chains.evm.terms import TERMS
from tracer.chains.node_requirements import Ability
from tracer.errors import AddressError, InputError
from tracer.model import Asset, Exchange, OraclePrice, Reading, Recognition

if TYPE_CHECKING:
    from tracer.chains.evm.reader import EvmReader

ETHER_DECIMALS = 18

FREEZABLE = {
    "0xdac17f958d2ee523a2206206994597c13d831ec7",  # USDT on Ethereum: addBlackList
    "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",  # USDC on Ethereum: blacklist
}
"""Contracts of tokens whose issuer can freeze what an address holds; of another one its own events tell."""

MOST_QUESTIONS = 100
"""A second: a node of one's own answers far more, services that sell access allow less and say so (status 429)."""


def _asset(symbol: str, decimals: int | None) -> Asset:
    """The chain's own coin by its symbol, 18 digits after the point; or a token by its contract, with the digits the case file states."""
    if symbol.lower().startswith("0x"):
        try:
            contract = _address(symbol)
        except AddressError as error:
            raise InputError(f"asset {symbol!r} is no contract: {error}") from error
        if decimals is None:
            raise InputError(f"asset {symbol!r} needs decimals = ..., what decimals() of the token's contract says")
        return Asset("evm", contract, decimals)
    if not re.fullmatch(r"[a-z][a-z0-9]{1,11}", symbol.lower()):
        raise InputError(f'asset {symbol!r} is none of an EVM chain: write asset = "eth", or a token by its contract, "0x..."')
    if decimals not in (None, ETHER_DECIMALS):
        raise InputError(f"{symbol} has {ETHER_DECIMALS} digits after the point, not {decimals}: leave decimals out")
    return Asset("evm", symbol.lower(), ETHER_DECIMALS)


def _address(text: str) -> str:
    """The address as 0x and small digits. Raises AddressError."""
    from tracer.chains.evm.addresses import evm_address

    return evm_address(text)


def _tx_hash(text: str) -> str:
    return "0x" + bare_hash(text)


def _scan(exchanges: Iterable[Exchange], asset: Asset, source: str) -> Reading:
    """The ledger of `asset` in a recording that holds every block between its first and its last one."""
    from tracer.chains.evm.answers import EvmAnswers
    from tracer.chains.evm.scan import ledger_of_blocks

    return ledger_of_blocks(EvmAnswers(exchanges, source), asset, source)


def _recognised(exchanges: Iterable[Exchange], assets: Sequence[Asset], source: str) -> Recognition:
    """What became what of `assets` in the recorded blocks."""
    from tracer.chains.evm.answers import EvmAnswers
    from tracer.chains.evm.conversions import recognised_in

    answers = EvmAnswers(exchanges, source)
    whole = (answers.whole(height) for height in sorted(answers.blocks))
    return recognised_in((block for block in whole if block is not None), assets)


def _oracle(exchanges: Iterable[Exchange], feed: str, source: str) -> Iterable[OraclePrice]:
    from tracer.chains.evm.oracles import prices_logged

    return prices_logged(exchanges, feed, source)


def _reader(exchanges: Iterable[Exchange], asset: Asset, source: str, nodes: Nodes | None) -> EvmReader:
    """Reads ether or a token account by account: first what `exchanges` hold, then `nodes`, if there are any."""
    from tracer.chains.evm.answers import EvmAnswers
    from tracer.chains.evm.reader import EvmReader
    from tracer.chains.evm.token_answers import TokenAnswers
    from tracer.chains.evm.token_reader import TokenReader
    from tracer.chains.node.client import NodeClient

    client = NodeClient(nodes) if nodes else None
    if asset.symbol.startswith("0x"):
        return TokenReader(TokenAnswers(exchanges, source, asset.symbol), client, asset, source)
    return EvmReader(EvmAnswers(exchanges, source), client, asset, source)


def _abilities() -> tuple[Ability, ...]:
    from tracer.chains.evm.node_requirements import ABILITIES

    return ABILITIES


CHAIN = Chain(
    summary="EVM chains, JSON-RPC nodes: ether and ERC-20 tokens",
    asset=_asset,
    address=_address,
    tx_hash=_tx_hash,
    terms=TERMS,
    kinds=(RowKind("tip", sender=False),),
    default_asset="eth",
    max_rate=MOST_QUESTIONS,
    scan=_scan,
    reader=_reader,
    numbered=True,
    freezes=lambda asset: asset.symbol in FREEZABLE,
    abilities=_abilities,
    recognises=_recognised,
    oracle=_oracle,
)
