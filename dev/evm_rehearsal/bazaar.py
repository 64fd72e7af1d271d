"""What goes on in a market every day: orders, loans, pictures, a bridge, and people who swap and have nothing to do with any theft."""

from __future__ import annotations

from collections.abc import Callable

from market import Amounts, Locked, Market, Pool
from town import DOLLAR, ETHER, Town, Who

from tracer.chains.evm.rlp_and_keccak import keccak

FAR_CHAIN = 42161
"""The chain on which the bridge of the rehearsal pays out, by its number."""


class Bazaar(Market):
    """The town with its market, and what people do there."""

    def __init__(self, town: Town, people: int) -> None:
        super().__init__(town, people)
        self.shares: dict[str, tuple[Who, int]] = {}
        self.debts: dict[str, tuple[int, int]] = {}

    def doings(self) -> dict[Callable[[], None], int]:
        """Besides what a town does: what a market does."""
        return {
            **super().doings(), self.wrapping: 8, self.swap_ether: 10, self.swap_dollars: 8, self.swap_grain: 6, self.sharing: 4,
            self.ordering: 5, self.borrowing: 4, self.collecting: 3, self.crossing: 4, self.quoting: 3,
        }  # fmt: skip

    # ---- what is no swap, or not by its owner

    def order(self, owner: Who, given: str, amount: int, received: str, got: int, pattern: str) -> None:
        """A solver fills an order out of what it has: the owner signs nothing then."""
        self.allow(owner, given, self.settlement)
        self.allow(self.solver, received, self.settlement)
        moves = [self.token_move(given, owner, self.solver, amount), self.token_move(received, self.solver, owner, got)]
        arguments = (owner.address, self.tokens[given].address, amount, self.tokens[received].address, got)
        tx_hash = self.town.call(self.solver, "Settlement", self.settlement, "fill", *arguments, gas=190_000, moves=moves, pattern=pattern)
        self.wrote(tx_hash, owner, "solver_fill", [(given, amount)], [(received, got)])
        self.wrote(tx_hash, self.solver, "solver_fill", [(received, got)], [(given, amount)])

    def borrow(self, who: Who, pledge: int, amount: int, pattern: str) -> None:
        """Dollars against wrapped ether, which comes back when they do."""
        self.allow(who, "WETH", self.lender)
        moves = [self.token_move("WETH", who, self.lender, pledge), self.token_move("RUSD", self.lender, who, amount)]
        tx_hash = self.town.call(who, "Lender", self.lender, "borrow", pledge, amount, gas=260_000, moves=moves, pattern=pattern)
        self.wrote(tx_hash, who, "loan", [("WETH", pledge)], [("RUSD", amount)])
        self.debts[who.name] = pledge, amount

    def repay(self, who: Who, pattern: str) -> None:
        """Pays a loan back."""
        pledge, amount = self.debts.pop(who.name)
        self.allow(who, "RUSD", self.lender)
        moves = [self.token_move("RUSD", who, self.lender, amount), self.token_move("WETH", self.lender, who, pledge)]
        tx_hash = self.town.call(who, "Lender", self.lender, "repay", gas=260_000, moves=moves, pattern=pattern)
        self.wrote(tx_hash, who, "loan", [("RUSD", amount)], [("WETH", pledge)])

    def picture(self, who: Who, price: int, pattern: str) -> None:
        """Buys a picture, of which there is one."""
        tx_hash = self.town.call(who, "Gallery", self.gallery, "buy", value=price, gas=120_000, pattern=pattern)
        self.wrote(tx_hash, who, "nft", [("ETH", price)], [("PICTURE", 1)])

    def lock(self, who: Who, asset: str, amount: int, far: str, pattern: str) -> None:
        """Has a bridge pay out on another chain."""
        self.allow(who, asset, self.bridge)
        arguments = (self.tokens[asset].address, amount, FAR_CHAIN, far)
        moves = [self.token_move(asset, who, self.bridge, amount)]
        tx_hash = self.town.call(who, "Bridge", self.bridge, "lock", *arguments, gas=180_000, moves=moves, pattern=pattern)
        request = len(self.locked) + 1
        self.locked.append(Locked(tx_hash, who.address, self.bridge.address, asset, amount, FAR_CHAIN, far, request))

    def open_desk(self) -> None:
        """A desk that exchanges several assets at once, with something of each to begin with."""
        self.desk = self.town.deploy("desk", self.keeper, "Desk")
        for asset, amount in (("WETH", 100 * ETHER), ("RUSD", 200_000 * DOLLAR), ("GRAIN", 50_000 * ETHER)):
            moves = [self.token_move(asset, self.providers[0], self.desk, amount)]
            arguments = (self.desk.address, amount)
            self.town.call(self.providers[0], "Coin", self.tokens[asset], "transfer", *arguments, gas=70_000, moves=moves, pattern="market")

    def at_desk(self, who: Who, given: Amounts, received: Amounts, pattern: str) -> None:
        """Several assets for several, at what the keeper of the desk offers."""
        for asset, _ in given:
            self.allow(who, asset, self.desk)
        sides = [part for side in (given, received) for part in ([self.tokens[a].address for a, _ in side], [much for _, much in side])]
        every = [each for part in sides for each in part]
        words = [bytes.fromhex(each[2:]).rjust(32, b"\0") if isinstance(each, str) else each.to_bytes(32) for each in every]
        self.town.call(self.keeper, "Desk", self.desk, "offer", keccak(b"".join(words)), gas=70_000, pattern="market")
        moves = [self.token_move(asset, who, self.desk, amount) for asset, amount in given]
        moves += [self.token_move(asset, self.desk, who, amount) for asset, amount in received]
        tx_hash = self.town.call(who, "Desk", self.desk, "exchange", *sides, gas=330_000, moves=moves, pattern=pattern)
        self.wrote(tx_hash, who, "basket", given, received)

    # ---- what people do

    def wrapping(self) -> None:
        """Somebody wraps some ether, or unwraps all."""
        who = self.somebody(2 * ETHER)
        if who and (held := self.town.balance(who, "WETH")):
            self.unwrap(who, held, "wrapping")
        elif who:
            self.wrap(who, self.town.amount(0.1, 1, ETHER), "wrapping")

    def swap_ether(self) -> None:
        """Somebody buys dollars."""
        if who := self.somebody(2 * ETHER):
            self.swap(who, "ETH", self.town.amount(0.1, 1, ETHER), [self.main], "swap")

    def swap_dollars(self) -> None:
        """Somebody buys ether, plain or wrapped."""
        if who := self.somebody(900 * DOLLAR, "RUSD"):
            amount = self.town.balance(who, "RUSD") // 3
            self.swap(who, "RUSD", amount, [self.main], "swap", ether_out=self.town.dice.random() < 0.7)

    def swap_grain(self) -> None:
        """Somebody buys grain, or sells it through two pools."""
        if who := self.somebody(ETHER, "GRAIN"):
            self.swap(who, "GRAIN", self.town.balance(who, "GRAIN") // 2, [self.side, self.main], "swap")
        elif who := self.somebody(2 * ETHER):
            self.swap(who, "ETH", self.town.amount(0.1, 0.8, ETHER), [self.side], "swap")

    def sharing(self) -> None:
        """A provider of the market takes some of its shares back, and joins again later."""
        who, pool = self.providers[0], self.town.dice.choice((self.main, self.side))
        shares = self.town.balance(who, self.asset_of(pool))
        if self.town.dice.random() < 0.5:
            self.leave(who, pool, shares // 90, "sharing")
        else:
            self.join(who, pool, *self.fair(pool, ETHER * self.town.dice.randrange(1, 9)), "sharing")

    def fair(self, pool: Pool, first: int) -> tuple[int, int]:
        """As much of both assets as a pool holds in proportion."""
        held = [self.town.balance(pool.who, asset) for asset in (pool.first, pool.second)]
        return first, first * held[1] // held[0]

    def ordering(self) -> None:
        """Somebody leaves an order, and the solver fills it at about what the pool says."""
        if who := self.somebody(900 * DOLLAR, "RUSD"):
            amount = self.town.balance(who, "RUSD") // 4
            self.order(who, "RUSD", amount, "WETH", self.quoted(self.main, "RUSD", amount) * 999 // 1000, "order")

    def borrowing(self) -> None:
        """Somebody borrows dollars, or pays back."""
        dice = self.town.dice
        owing = [who for who in self.people if who.name in self.debts]
        if owing and dice.random() < 0.5:
            who = dice.choice(owing)
            if self.town.balance(who, "RUSD") >= self.debts[who.name][1] and self.town.balance(who) > ETHER // 4:
                self.repay(who, "loan.repaid")
        elif (who := self.somebody(4 * ETHER)) and who.name not in self.debts:
            self.wrap(who, 2 * ETHER, "loan")
            self.borrow(who, 2 * ETHER, 2 * dice.randrange(900, 1500) * DOLLAR, "loan")

    def collecting(self) -> None:
        """Somebody buys a picture."""
        if who := self.somebody(2 * ETHER):
            self.picture(who, self.town.amount(0.1, 0.9, ETHER), "picture")

    def crossing(self) -> None:
        """Somebody moves dollars to another chain."""
        if who := self.somebody(300 * DOLLAR, "RUSD"):
            self.lock(who, "RUSD", self.town.balance(who, "RUSD") // 5, who.address, "bridge")

    def quoting(self) -> None:
        """The oracle says what one ether is worth in dollars, by the main pool, in eight decimals."""
        rate = self.town.balance(self.main.who, "RUSD") * 10**20 // self.town.balance(self.main.who, "WETH")
        self.town.call(self.keeper, "Feed", self.feed, "post", rate, gas=90_000, pattern="oracle")
