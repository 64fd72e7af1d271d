"""Networks by the names that label lists, packs and case files give them, and by the coin they pay their fees in.

Facts of public lists: GraphSense TagPacks write the coin (ETH), explorers the network's name, token lists its EIP-155 number.
"""

from __future__ import annotations

NAMES: dict[str, tuple[str, ...]] = {
    "ethereum": ("eth", "ether", "mainnet", "ethereum mainnet", "erc20", "1"),
    "bitcoin": ("btc", "xbt"),
    "bitcoin cash": ("bch",),
    "litecoin": ("ltc",),
    "dogecoin": ("doge",),
    "dash": (),
    "zcash": ("zec",),
    "monero": ("xmr",),
    "tron": ("trx", "trc20"),
    "nem": ("xem",),
    "symbol": ("xym",),
    "solana": ("sol",),
    "xrp": ("ripple", "xrp ledger", "xrpl"),
    "stellar": ("xlm",),
    "cardano": ("ada",),
    "eos": ("eosio",),
    "ton": ("toncoin",),
    "bsc": ("bnb", "binance smart chain", "bnb smart chain", "bnb chain", "bep20", "56"),
    "polygon": ("matic", "pol", "137"),
    "avalanche": ("avax", "avalanche c chain", "43114"),
    "gnosis": ("xdai", "100"),
    "fantom": ("ftm", "250"),
    "ethereum classic": ("etc", "61"),
    "arbitrum": ("arb", "arbitrum one", "42161"),
    "optimism": ("op", "op mainnet", "10"),
    "base": ("8453",),
    "linea": ("59144",),
    "scroll": ("534352",),
    "zksync": ("zksync era", "324"),
    "celo": ("42220",),
}
"""Network -> its other names: coin, spellings, EIP-155 number."""

COINS = {
    "eth": "ethereum", "ether": "ethereum", "btc": "bitcoin", "xbt": "bitcoin", "bch": "bitcoin cash", "ltc": "litecoin",
    "doge": "dogecoin", "dash": "dash", "zec": "zcash", "xmr": "monero", "trx": "tron", "xem": "nem", "xym": "symbol", "sol": "solana",
    "xrp": "xrp", "xlm": "stellar", "ada": "cardano", "eos": "eos", "bnb": "bsc", "matic": "polygon", "pol": "polygon",
    "avax": "avalanche", "xdai": "gnosis", "ftm": "fantom", "etc": "ethereum classic",
}  # fmt: skip
"""Coin -> the network whose own it is. A token, such as USDT, is on many."""

_NAMED = {name: network for network, others in NAMES.items() for name in (network, *others)}


def network_named(text: str) -> str:
    """The one name of a network, whichever of its names that is; an unknown one in small letters.

    >>> network_named("ETH"), network_named("BNB Smart Chain"), network_named("My-Chain")
    ('ethereum', 'bsc', 'my chain')
    """
    name = " ".join(text.casefold().replace("-", " ").replace("_", " ").split())
    return _NAMED.get(name, _NAMED.get(name.replace(" ", ""), name))
