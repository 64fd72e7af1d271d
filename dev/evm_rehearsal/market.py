"""A market in the town: what becomes what, at which rate, by whom; and the book of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from chain import GAS_LIMIT, Content, lent_code
from life import UNLIMITED, Life
from town import DOLLAR, ETHER, NOBODY, Move, Town, Who

from tracer.chains.evm.rlp_and_keccak import keccak

Amounts = Sequence[tuple[str, int]]


class Exchanged(NamedTuple):
    """What somebody gave and got in one transaction. `form` is what it is, `pools` who exchanged, in their order."""

    tx_hash: str
    height: int
    owner: str
    recipient: str
    form: str
    pools: Sequence[str]
    given: Amounts
    received: Amounts
    market: int
    """What the pools' rates at the end of the block before would have given, 0 where none was asked."""


class Locked(NamedTuple):
    """What a bridge was asked to pay out on another chain."""

    tx_hash: str
    sender: str
    bridge: str
    asset: str
    amount: int
    far_chain: int
    far_address: str
    request: int


class Pool(NamedTuple):
    """A pool of two assets, in the order of its contract."""

    who: Who
    first: str
    second: str

    def other(self, asset: str) -> str:
        """The asset that is got for one."""
        return self.second if asset == self.first else self.first


class Deed(NamedTuple):
    """What an owner has a contract do, and what that moves."""

    to: Who
    content: bytes
    value: int
    moves: Sequence[Move]
    gas: int


class Market(Life):
    """The town, with wrapped ether, pools, a router, a solver, a lender, a bridge and a gallery."""

    first_dollars = 2e6, 4e6

    def __init__(self, town: Town, people: int) -> None:
        super().__init__(town, people)
        self.providers = [town.person(f"provider{n}", "provider") for n in range(2)]
        self.solver, self.keeper = town.person("solver", "solver"), town.person("keeper", "keeper")
        self.services += [*self.providers, self.solver, self.keeper]
        self.exchanged: list[Exchanged] = []
        self.locked: list[Locked] = []
        self.allowed: set[tuple[str, str, str]] = set()
        self.made: dict[str, int] = {}

    def genesis(self) -> dict[str, int]:
        """Besides what everybody holds: whoever makes the market has enough for it."""
        return {**super().genesis(), self.providers[0].address: 3000 * ETHER}

    def build(self) -> None:
        """Besides the contracts of the town: those of the market, with what they begin with."""
        super().build()
        town, builder, richest = self.town, self.builder, self.providers[0]
        self.weth = town.deploy("weth", builder, "Wrapped")
        self.grain = town.deploy("grain", richest, "Coin", 10**6 * ETHER, moves=[self.made_coins("GRAIN", richest, 10**6 * ETHER)])
        self.tokens = {"RUSD": self.dollar, "WETH": self.weth, "GRAIN": self.grain}
        self.swap_router = town.deploy("swap_router", builder, "SwapRouter", self.weth.address, gas=1_200_000)
        self.settlement = town.deploy("settlement", builder, "Settlement")
        self.lender = town.deploy("lender", builder, "Lender", self.weth.address, self.dollar.address, gas=1_200_000)
        self.bridge = town.deploy("bridge", builder, "Bridge", role="bridge", owner="bridge")
        self.gallery = town.deploy("gallery", builder, "Gallery")
        self.feed = town.deploy("feed", self.keeper, "Feed")
        for who, dollars in ((richest, 8e6), (self.providers[1], 2e6), (self.solver, 1e6), (self.lender, 3e6)):
            town.pay_dollars(self.issuer, who, int(dollars) * DOLLAR, "distribution")
        town.mine()
        for who, ether in ((richest, 2200), (self.providers[1], 200), (self.solver, 100)):
            self.wrap(who, ether * ETHER, "market")
        self.main = self.new_pool("main", richest, "WETH", "RUSD")
        self.side = self.new_pool("side", richest, "WETH", "GRAIN")
        self.shop = town.deploy(
            "naive_shop", builder, "NaiveShop", self.main.who.address, self.weth.address, self.dollar.address, gas=1_200_000
        )
        town.mine()
        self.join(richest, self.main, 1500 * ETHER, 3_600_000 * DOLLAR, "market")
        self.join(richest, self.side, 400 * ETHER, 400_000 * ETHER, "market")
        town.pay_dollars(self.issuer, self.shop, 500_000 * DOLLAR, "distribution")
        town.mine()

    def made_coins(self, asset: str, who: Who, amount: int) -> Move:
        """Coins that somebody is given from nobody."""
        return Move(asset, NOBODY, who.address, amount, "mint")

    def new_pool(self, name: str, maker: Who, first: str, second: str) -> Pool:
        """A pool with nothing in it; its shares are an asset of its own."""
        who = self.town.deploy(name, maker, "Pair", self.tokens[first].address, self.tokens[second].address, gas=1_700_000, role="pool")
        self.tokens[name.upper()] = who
        self.made[who.address] = self.town.height + 1
        return Pool(who, first, second)

    # ---- how something is done: by whoever signs, by a wallet of several, by lent code

    def do(self, owner: Who, deed: Deed, pattern: str) -> str:
        """Its owner signs it."""
        return self.town.send(owner, deed.to.address, deed.value, deed.content, gas=deed.gas, moves=deed.moves, pattern=pattern)

    def agree(self, who: Who, wallet: Who, nonce: int, deed: Deed) -> None:
        """One of the owners of a wallet agrees to what it is to do."""
        which = keccak(b"".join((_word(deed.to.address), _word(deed.value), keccak(deed.content), _word(nonce))))
        self.town.call(who, "Multisig", wallet, "approveHash", which, gas=120_000, pattern="wallet.agrees")

    def do_by_wallet(self, wallet: Who, sender: Who, deed: Deed, pattern: str) -> str:
        """Anybody carries out what enough owners of a wallet agreed to."""
        return self._through("Multisig", wallet, sender, deed, pattern)

    def do_by_lent_code(self, account: Who, agent: Who, sponsor: Who, deed: Deed, pattern: str) -> str:
        """An account lends itself the code of an agent, and a sponsor has it do something: the account signs no transaction."""
        assert account.key is not None
        lent = lent_code(account.key, self.town.chain_id, agent.address, account.nonce)
        account.nonce += 1
        return self._through("Agent", account, sponsor, deed._replace(gas=deed.gas + 60_000), pattern, [lent])

    def _through(self, contract: str, wallet: Who, sender: Who, deed: Deed, pattern: str, lent: Sequence[object] = ()) -> str:
        own = [self.town.inner(wallet, deed.to, deed.value)] if deed.value else []
        arguments = (deed.to.address, deed.value, Content(deed.content))
        terms = {"gas": deed.gas + 80_000, "moves": [*own, *deed.moves], "pattern": pattern, "lent": lent}
        return self.town.call(sender, contract, wallet, "execute", *arguments, **terms)

    def token_move(self, asset: str, sender: Who, recipient: Who, amount: int) -> Move:
        """Tokens that a transaction moves."""
        return Move(asset, sender.address, recipient.address, amount, "token")

    def allowing(self, asset: str, spender: Who) -> Deed:
        """Lets somebody take as much of a token as they like."""
        return Deed(self.tokens[asset], self.town.contracts.call("Coin", "approve", spender.address, UNLIMITED), 0, (), 70_000)

    def allow(self, who: Who, asset: str, spender: Who) -> None:
        """The same, once."""
        if (who.address, asset, spender.address) not in self.allowed:
            self.allowed.add((who.address, asset, spender.address))
            self.do(who, self.allowing(asset, spender), "approval")

    # ---- what becomes what

    def wrote(
        self, tx_hash: str, owner: Who, form: str, given: Amounts, received: Amounts, pools: Sequence[Pool] = (), market: int = 0
    ) -> str:
        """Writes down what somebody gave and got."""
        who = [pool.who.address for pool in pools]
        self.exchanged.append(Exchanged(tx_hash, self.town.height + 1, owner.address, owner.address, form, who, given, received, market))
        return tx_hash

    def wrap(self, who: Who, amount: int, pattern: str) -> None:
        """Ether becomes a token, one for one."""
        moves = [self.made_coins("WETH", who, amount)]
        tx_hash = self.town.call(who, "Wrapped", self.weth, "deposit", value=amount, gas=80_000, moves=moves, pattern=pattern)
        self.wrote(tx_hash, who, "wrap", [("ETH", amount)], [("WETH", amount)])

    def unwrap(self, who: Who, amount: int, pattern: str) -> None:
        """And back."""
        moves = [Move("WETH", who.address, NOBODY, amount, "burn"), self.town.inner(self.weth, who, amount)]
        tx_hash = self.town.call(who, "Wrapped", self.weth, "withdraw", amount, gas=80_000, moves=moves, pattern=pattern)
        self.wrote(tx_hash, who, "unwrap", [("WETH", amount)], [("ETH", amount)])

    def quoted(self, pool: Pool, given: str, amount: int) -> int:
        """What a pool gives for an amount, after three thousandths for itself."""
        here, there = (self.town.balance(pool.who, asset) for asset in (given, pool.other(given)))
        return amount * 997 * there // (here * 1000 + amount * 997)

    def market_of(self, pools: Sequence[Pool], given: str, amount: int) -> int:
        """What the same would come to at the rates of the block before, without any cost."""
        for pool in pools:
            here, there = (self._at_close(pool.who, asset) for asset in (given, pool.other(given)))
            amount = amount * there // here if here else 0
            given = pool.other(given)
        return amount

    def _at_close(self, who: Who, asset: str) -> int:
        """What somebody held at the end of the last block."""
        held = self.town.balance(who, asset)
        for row in reversed(self.town.rows):
            if row.height <= self.town.height:
                return held
            if row.move.asset == asset:
                held += row.move.amount * ((row.move.sender == who.address) - (row.move.recipient == who.address))
        return held

    def _along(self, pools: Sequence[Pool], given: str, amount: int, last: Who) -> tuple[list[Move], int]:
        """The moves from the first pool on, and what comes out at the end."""
        moves = []
        for pool, following in zip(pools, [*(pool.who for pool in pools[1:]), last], strict=True):
            amount = self.quoted(pool, given, amount)
            given = pool.other(given)
            moves.append(self.token_move(given, pool.who, following, amount))
        return moves, amount

    def out_of(self, pools: Sequence[Pool], given: str) -> str:
        """The asset at the end of a way through pools."""
        for pool in pools:
            given = pool.other(given)
        return given

    def swapping(
        self, owner: Who, given: str, amount: int, pools: Sequence[Pool], ether_out: bool = False, to: Who | None = None
    ) -> tuple[Deed, Exchanged]:
        """A swap through the router, from ether or a token into a token, or into ether; a token for a token may be `to` somebody else."""
        router, call, ways = self.swap_router, self.town.contracts.call, [pool.who.address for pool in pools]
        token = "WETH" if given == "ETH" else given
        market = self.market_of(pools, token, amount)
        moves, got = self._along(pools, token, amount, router if ether_out else to or owner)
        first = self.token_move(token, router if given == "ETH" else owner, pools[0].who, amount)
        gas = 190_000 + 110_000 * len(pools)
        if given == "ETH":
            before = [self.town.inner(router, self.weth, amount), self.made_coins("WETH", router, amount)]
            deed = Deed(router, call("SwapRouter", "fromEther", ways), amount, [*before, first, *moves], gas)
        elif ether_out:
            after = [Move("WETH", router.address, NOBODY, got, "burn"), self.town.inner(self.weth, router, got)]
            content = call("SwapRouter", "toEther", self.tokens[given].address, amount, ways)
            deed = Deed(router, content, 0, [first, *moves, *after, self.town.inner(router, owner, got)], gas)
        else:
            content = call("SwapRouter", "swap", self.tokens[given].address, amount, ways, (to or owner).address)
            deed = Deed(router, content, 0, [first, *moves], gas)
        received = "ETH" if ether_out else self.out_of(pools, token)
        return deed, Exchanged("", 0, owner.address, (to or owner).address, "swap", ways, [(given, amount)], [(received, got)], market)

    def wrote_swap(self, tx_hash: str, done: Exchanged) -> int:
        """Writes down a swap, and gives what came of it."""
        self.exchanged.append(done._replace(tx_hash=tx_hash, height=self.town.height + 1))
        return done.received[0][1]

    def swap(
        self, who: Who, given: str, amount: int, pools: Sequence[Pool], pattern: str, ether_out: bool = False, to: Who | None = None
    ) -> int:
        """A swap that its owner signs; gives what came of it."""
        if given != "ETH":
            self.allow(who, given, self.swap_router)
        self.fit(190_000 + 110_000 * len(pools))
        deed, done = self.swapping(who, given, amount, pools, ether_out, to)
        return self.wrote_swap(self.do(who, deed, pattern), done)

    def fit(self, gas: int) -> None:
        """Begins a new block where this one has no room: what a pool says is of the block in which it is asked."""
        if self.town.offered + gas > GAS_LIMIT:
            self.town.mine()

    def join(self, who: Who, pool: Pool, first: int, second: int, pattern: str) -> int:
        """Gives a pool of both its assets, and gets shares; gives how many."""
        for asset in (pool.first, pool.second):
            self.allow(who, asset, pool.who)
        share = self.asset_of(pool)
        supply, held = sum(self.town.held[share].values()), self.town.balance(pool.who, pool.first)
        shares = first * supply // held if supply else first
        moves = [self.token_move(pool.first, who, pool.who, first), self.token_move(pool.second, who, pool.who, second)]
        terms = {"gas": 330_000, "moves": [*moves, self.made_coins(share, who, shares)], "pattern": pattern}
        tx_hash = self.town.call(who, "Pair", pool.who, "join", first, second, **terms)
        self.wrote(tx_hash, who, "pool_join", [(pool.first, first), (pool.second, second)], [(share, shares)], [pool])
        return shares

    def asset_of(self, pool: Pool) -> str:
        """The name of a pool's shares."""
        return pool.who.name.upper()

    def leave(self, who: Who, pool: Pool, shares: int, pattern: str) -> None:
        """Gives shares back, and gets of both assets."""
        share = self.asset_of(pool)
        supply = sum(self.town.held[share].values())
        parts = [(asset, shares * self.town.balance(pool.who, asset) // supply) for asset in (pool.first, pool.second)]
        moves = [Move(share, who.address, NOBODY, shares, "burn")]
        moves += [self.token_move(asset, pool.who, who, amount) for asset, amount in parts]
        tx_hash = self.town.call(who, "Pair", pool.who, "leave", shares, gas=260_000, moves=moves, pattern=pattern)
        self.wrote(tx_hash, who, "pool_leave", [(share, shares)], parts, [pool])


def _word(value: int | str) -> bytes:
    return value.to_bytes(32, "big") if isinstance(value, int) else bytes.fromhex(value[2:]).rjust(32, b"\0")
