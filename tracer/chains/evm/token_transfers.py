"""Logs of a token's contract -> what moved. A token is known by its contract, never by its name or symbol."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tracer.chains.evm.addresses import NOBODY
from tracer.chains.evm.rlp_and_keccak import keccak, raw

Json = Mapping[str, Any]


class TokenPayment(NamedTuple):
    """Tokens that moved, by what a log says. `sender` is None where they were made, `recipient` None where they were destroyed."""

    sender: str | None
    recipient: str | None
    amount: int
    event: str


def topic_of(signature: str) -> str:
    """The first topic of an event, by its signature (Solidity ABI: the hash of it)."""
    return "0x" + keccak(signature.encode()).hex()


def address_in(word: bytes) -> str | None:
    """The address in a word of a log (its last 20 bytes); None for that of nobody."""
    address = "0x" + word[12:].hex()
    return None if address == NOBODY else address


def log_words(log: Json) -> list[bytes]:
    """What a log states, indexed or not, a word each."""
    content = raw(log["data"])
    return [raw(topic) for topic in log["topics"][1:]] + [content[at : at + 32] for at in range(0, len(content), 32)]


def _transfer(words: list[bytes], owner: str | None) -> TokenPayment:
    return TokenPayment(address_in(words[0]), address_in(words[1]), _amount(words[2]), "Transfer")


def _amount(word: bytes) -> int:
    return int.from_bytes(word, "big")


EVENTS: dict[str, Callable[[list[bytes], str | None], TokenPayment]] = {
    topic_of("Transfer(address,address,uint256)"): _transfer,
    topic_of("Deposit(address,uint256)"): lambda words, _: TokenPayment(None, address_in(words[0]), _amount(words[1]), "Deposit"),
    topic_of("Withdrawal(address,uint256)"): lambda words, _: TokenPayment(address_in(words[0]), None, _amount(words[1]), "Withdrawal"),
    topic_of("Issue(uint256)"): lambda words, owner: TokenPayment(None, owner, _amount(words[0]), "Issue"),
    topic_of("Redeem(uint256)"): lambda words, owner: TokenPayment(owner, None, _amount(words[0]), "Redeem"),
    topic_of("DestroyedBlackFunds(address,uint256)"): lambda words, _: TokenPayment(
        address_in(words[0]), None, _amount(words[1]), "DestroyedBlackFunds"
    ),
}
"""Events by which tokens move. The last three are those of tokens whose issuer makes, takes back and destroys without Transfer; what is
issued goes to the contract's owner, and is taken from it."""

WORDS = {"Transfer": 3, "Deposit": 2, "Withdrawal": 2, "Issue": 1, "Redeem": 1, "DestroyedBlackFunds": 2}

TRANSFER = topic_of("Transfer(address,address,uint256)")
"""`0xddf252ad…`: what explorers show as the first topic of every ERC-20 and ERC-721 transfer."""

MOVES = tuple(topic_of(each) for each in ("Transfer(address,address,uint256)", "Deposit(address,uint256)", "Withdrawal(address,uint256)"))
"""Events that name whom they concern where a node finds it: among their topics."""

FROZEN = {
    topic_of("AddedBlackList(address)"): "frozen",
    topic_of("RemovedBlackList(address)"): "released",
    topic_of("Blacklisted(address)"): "frozen",
    topic_of("UnBlacklisted(address)"): "released",
}
"""Events by which issuers freeze what a holder has, and let it go: those of USDT, and those of USDC."""


def frozen_by(log: Json) -> tuple[str, str] | None:
    """Whom a log of the token says that its issuer froze or released, and which of the two; None where it says nothing of that."""
    kind = FROZEN.get(log["topics"][0]) if log["topics"] else None
    holder = address_in(log_words(log)[0]) if kind else None
    return (holder, kind) if holder and kind else None


RARE = tuple(topic for topic in (*EVENTS, *FROZEN) if topic not in MOVES)
"""Events that many contracts do not index: a node finds them by the contract only."""


def concerned(log: Json, owner: str | None) -> str | None:
    """Whom a rare event of the token concerns; None where nobody knows."""
    if log["topics"][0] in FROZEN:
        return (frozen_by(log) or (None,))[0]
    found = token_payment(log, owner)
    return found and (found.sender or found.recipient)


MOST_INDEXED = 3
"""Topics of a Transfer of money besides its name: one more is the number of a single thing (ERC-721)."""


def token_payment(log: Json, owner: str | None) -> TokenPayment | None:
    """What a log of the token says that moved; None where it says nothing of that. `owner` is whom Issue and Redeem mean.

    Raises ValueError where an event is known and says another number of things.
    """
    topics = log["topics"]
    read = EVENTS.get(topics[0]) if topics else None
    if read is None:
        return None
    words = log_words(log)
    if len(topics) > MOST_INDEXED:
        raise ValueError("a Transfer of single things, which are no money (ERC-721)")
    found = read(words + [b""] * 3, owner)
    if len(words) != WORDS[found.event]:
        raise ValueError(f"{found.event} says {len(words)} things in place of {WORDS[found.event]}")
    return found
