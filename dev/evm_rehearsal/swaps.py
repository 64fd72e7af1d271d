"""What a thief does in a market: what it stole becomes something else, mostly for its worth, sometimes in a way that only looks so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bazaar import Bazaar
from thefts import Thief
from town import DOLLAR, ETHER, Town

FAR = "0x" + "fa" * 19 + "{:02x}"
"""Where the thief wants its money on the other chain."""


class Share(NamedTuple):
    """An account of the thief, and how much ether it is given to do what its name says."""

    name: str
    ether: int


SHARES = (
    Share("wrapper", 60), Share("sender", 19), Share("router", 26), Share("wallet", 31), Share("lent", 13), Share("maker", 131),
    Share("swapper", 71), Share("whale", 301), Share("seller", 16), Share("borrower", 41), Share("joiner", 22), Share("young", 9),
    Share("exploiter", 8), Share("collector", 10), Share("bridger", 21),
)  # fmt: skip


class Swapper(Thief):
    """A thief who swaps."""

    def __init__(self, town: Town, bazaar: Bazaar) -> None:
        super().__init__(town, bazaar)
        self.bazaar = bazaar

    def story(self) -> Iterator[int]:
        """A hot wallet's key: two payments, taken apart, and then each part becomes something else."""
        town, bazaar = self.town, self.bazaar
        hot = max(bazaar.companies, key=town.balance)
        main = self.account("main")
        yield 2
        total = sum(share.ether for share in SHARES) * ETHER + ETHER
        for amount in (total * 3 // 5, total - total * 3 // 5):
            self.stole(town.pay(hot, main, amount, "theft"), "ETH", hot, main, amount, "key of a hot wallet")
            yield 1
        self.who = {share.name: self.account(share.name) for share in SHARES}
        yield 1
        for share in SHARES:
            town.pay(main, self.who[share.name], share.ether * ETHER, "thief.split")
        yield 1
        acts = (
            self.wrapper, self.to_another, self.by_router, self.by_wallet, self.by_lent_code, self.own_pool, self.young_pool,
            self.off_market, self.order, self.loan, self.join, self.exploit, self.picture, self.bridge,
        )  # fmt: skip
        for act in acts:
            yield from act()
            yield town.dice.randrange(2)

    def wrapper(self) -> Iterator[int]:
        """Wraps, swaps wrapped ether for dollars, unwraps a part; dollars go to an exchange."""
        town, bazaar, who = self.town, self.bazaar, self.who["wrapper"]
        bazaar.wrap(who, 50 * ETHER, "thief.wrap")
        yield 1
        got = bazaar.swap(who, "WETH", 20 * ETHER + 7, [bazaar.main], "thief.swap")
        yield 1
        bazaar.unwrap(who, 10 * ETHER + 1, "thief.unwrap")
        customer = bazaar.customers1[0]
        town.pay_dollars(who, bazaar.deposits1[customer.name], got * 2 // 3, "thief.exchange1")
        bazaar.paid_in1.add(customer.name)

    def to_another(self) -> Iterator[int]:
        """One account gives wrapped ether, and another one gets the dollars."""
        bazaar, who, other = self.bazaar, self.who["sender"], self.account("taker")
        self.who["taker"] = other
        bazaar.wrap(who, 18 * ETHER, "thief.wrap")
        yield 1
        bazaar.swap(who, "WETH", 18 * ETHER, [bazaar.main], "thief.swap", to=other)

    def by_router(self) -> Iterator[int]:
        """From ether straight to dollars, through a router; half of them back to ether, which goes to an exchange."""
        bazaar, who = self.bazaar, self.who["router"]
        got = bazaar.swap(who, "ETH", 25 * ETHER, [bazaar.main], "thief.swap")
        yield 1
        ether = bazaar.swap(who, "RUSD", got // 2, [bazaar.main], "thief.swap", ether_out=True)
        yield 1
        bazaar.pay_in2(who, ether * 3 // 4, bazaar.customers2[0], "thief.exchange2")

    def by_wallet(self) -> Iterator[int]:
        """A wallet of three owners swaps, and then pays one of them; somebody who is none of them carries it out."""
        town, bazaar, who = self.town, self.bazaar, self.who["wallet"]
        owners = [who, self.account("owner"), self.account("owner")]
        yield 1
        addresses = [each.address for each in owners]
        wallet = town.deploy("thief_wallet", owners[1], "Multisig", *addresses, gas=900_000, role="thief", owner="thief")
        town.pay(who, wallet, 30 * ETHER, "thief.wallet")
        yield 1
        deed, _ = bazaar.swapping(wallet, "ETH", 30 * ETHER, [bazaar.main])
        for owner in owners[:2]:
            bazaar.agree(owner, wallet, 0, deed)
        yield 1
        bazaar.fit(500_000)
        deed, done = bazaar.swapping(wallet, "ETH", 30 * ETHER, [bazaar.main])
        bazaar.wrote_swap(bazaar.do_by_wallet(wallet, bazaar.relayer, deed, "thief.swap"), done)

    def by_lent_code(self) -> Iterator[int]:
        """An account lends itself code, and signs nothing: somebody else has it swap."""
        town, bazaar, who, sponsor = self.town, self.bazaar, self.who["lent"], self.account("sponsor")
        yield 1
        agent = town.deploy("agent", sponsor, "Agent", sponsor.address, owner="thief")
        yield 1
        bazaar.fit(560_000)
        deed, done = bazaar.swapping(who, "ETH", 12 * ETHER, [bazaar.main])
        bazaar.wrote_swap(bazaar.do_by_lent_code(who, agent, sponsor, deed, "thief.swap"), done)

    def own_pool(self) -> Iterator[int]:
        """A pool of the thief's own, with what it stole in it, and another account that swaps there at whatever the pool says."""
        bazaar, maker, swapper = self.bazaar, self.who["maker"], self.who["swapper"]
        got = bazaar.swap(maker, "ETH", 65 * ETHER, [bazaar.main], "thief.swap")
        bazaar.wrap(maker, 65 * ETHER, "thief.wrap")
        bazaar.wrap(swapper, 70 * ETHER, "thief.wrap")
        yield 1
        pool = bazaar.new_pool("thief_pool", maker, "WETH", "RUSD")
        yield 1
        bazaar.join(maker, pool, 64 * ETHER, got, "thief.pool_join")
        yield 2
        bazaar.swap(swapper, "WETH", 70 * ETHER, [pool], "thief.own_pool")

    def young_pool(self) -> Iterator[int]:
        """Somebody else opens a pool after the theft; it gives the market's rate."""
        town, bazaar, maker = self.town, self.bazaar, self.bazaar.providers[1]
        pool = bazaar.new_pool("young_pool", maker, "WETH", "RUSD")
        yield 1
        first = 190 * ETHER
        bazaar.join(maker, pool, first, bazaar.fair(bazaar.main, first)[1], "market")
        yield 1
        bazaar.swap(self.who["young"], "ETH", 8 * ETHER, [pool], "thief.young_pool")
        town.mine()

    def off_market(self) -> Iterator[int]:
        """So much at once that the pool gives far less than its rate."""
        bazaar, who = self.bazaar, self.who["whale"]
        bazaar.wrap(who, 300 * ETHER, "thief.wrap")
        yield 1
        bazaar.swap(who, "WETH", 300 * ETHER, [bazaar.main], "thief.off_market")

    def order(self) -> Iterator[int]:
        """An order that a solver fills."""
        bazaar, who = self.bazaar, self.who["seller"]
        bazaar.wrap(who, 15 * ETHER, "thief.wrap")
        bazaar.allow(who, "WETH", bazaar.settlement)
        yield 1
        bazaar.order(who, "WETH", 15 * ETHER, "RUSD", bazaar.quoted(bazaar.main, "WETH", 15 * ETHER), "thief.order")

    def loan(self) -> Iterator[int]:
        """Dollars are borrowed against what was stolen, and never paid back."""
        bazaar, who = self.bazaar, self.who["borrower"]
        bazaar.wrap(who, 40 * ETHER, "thief.wrap")
        yield 1
        bazaar.borrow(who, 40 * ETHER, 48_000 * DOLLAR, "thief.loan")

    def join(self) -> Iterator[int]:
        """Buys grain, joins an old pool with it, and swaps there once more: the pool is then partly the thief's."""
        bazaar, who = self.bazaar, self.who["joiner"]
        bazaar.wrap(who, 21 * ETHER, "thief.wrap")
        got = bazaar.swap(who, "WETH", 10 * ETHER, [bazaar.side], "thief.swap")
        yield 1
        first = bazaar.town.balance(bazaar.side.who, "WETH") * (got // 2) // bazaar.town.balance(bazaar.side.who, "GRAIN")
        bazaar.join(who, bazaar.side, first, got // 2, "thief.pool_join")
        yield 1
        bazaar.swap(who, "WETH", 3 * ETHER, [bazaar.side], "thief.own_pool")

    def exploit(self) -> Iterator[int]:
        """Dollars borrowed for one transaction make ether dear, and a shop pays too much: what is gained looks like a price."""
        town, bazaar, who, put = self.town, self.bazaar, self.who["exploiter"], 6 * ETHER
        bazaar.wrap(who, 7 * ETHER, "thief.wrap")
        arguments = [each.address for each in (bazaar.main.who, bazaar.shop, bazaar.lender)]
        exploit = town.deploy("exploit", who, "Exploit", *arguments, gas=1_200_000, role="thief", owner="thief")
        bazaar.allow(who, "WETH", exploit)
        yield 1
        bazaar.fit(900_000)
        loan, pool = 900_000 * DOLLAR, bazaar.main.who
        ether, dollars = (town.balance(pool, asset) for asset in ("WETH", "RUSD"))
        got = bazaar.quoted(bazaar.main, "RUSD", loan)
        paid = put * (dollars + loan) // (ether - got)
        back = got * 997 * (dollars + loan) // ((ether - got) * 1000 + got * 997)
        gained = loan + paid + back - loan - loan - loan // 1000
        steps = (
            ("WETH", who, exploit, put), ("RUSD", bazaar.lender, exploit, loan), ("RUSD", exploit, pool, loan),
            ("WETH", pool, exploit, got), ("WETH", exploit, bazaar.shop, put), ("RUSD", bazaar.shop, exploit, paid),
            ("WETH", exploit, pool, got), ("RUSD", pool, exploit, back), ("RUSD", exploit, bazaar.lender, loan + loan // 1000),
            ("RUSD", exploit, who, gained),
        )  # fmt: skip
        moves = [bazaar.token_move(*step) for step in steps]
        tx_hash = town.call(who, "Exploit", exploit, "run", loan, put, gas=900_000, moves=moves, pattern="thief.exploit")
        bazaar.wrote(tx_hash, who, "flash_loan", [("WETH", put)], [("RUSD", gained)])

    def picture(self) -> Iterator[int]:
        """A picture is bought."""
        self.bazaar.picture(self.who["collector"], 9 * ETHER, "thief.picture")
        yield 1

    def bridge(self) -> Iterator[int]:
        """Wrapped ether, and dollars of the swap by a router, leave for another chain."""
        town, bazaar, who = self.town, self.bazaar, self.who["bridger"]
        bazaar.wrap(who, 20 * ETHER, "thief.wrap")
        yield 1
        bazaar.lock(who, "WETH", 20 * ETHER, FAR.format(1), "thief.bridge")
        bazaar.lock(self.who["router"], "RUSD", town.balance(self.who["router"], "RUSD") // 2, FAR.format(2), "thief.bridge")

    def afterwards(self) -> Iterator[int]:
        """The issuer freezes what is left in dollars, and destroys a part; the thief moves on, and exchanges several assets at once."""
        town, bazaar, router = self.town, self.bazaar, self.who["router"]
        bazaar.open_desk()
        bazaar.freeze(self.who["taker"])
        yield 2
        mover = self.account("mover")
        town.pay_dollars(router, mover, town.balance(router, "RUSD") * 2 // 3, "thief.split")
        yield 3
        customer = bazaar.customers1[1]
        town.pay_dollars(mover, bazaar.deposits1[customer.name], town.balance(mover, "RUSD") // 2, "thief.exchange1")
        bazaar.paid_in1.add(customer.name)
        bazaar.freeze(self.who["lent"])
        bazaar.quoting()
        yield 1
        yield from self._baskets()
        bazaar.destroy(self.who["lent"])
        yield 2

    def _baskets(self) -> Iterator[int]:
        """Two assets for one and one for two at what they are worth, and one for two at much less."""
        town, bazaar, joiner, wrapper, router = self.town, self.bazaar, self.who["joiner"], self.who["wrapper"], self.who["router"]
        ether, grain = ETHER, town.balance(joiner, "GRAIN")
        worth = self._dollars("WETH", ether) + self._dollars("GRAIN", grain)
        bazaar.at_desk(joiner, [("WETH", ether), ("GRAIN", grain)], [("RUSD", worth * 99 // 100)], "thief.basket")
        yield 2
        half = self._dollars("WETH", 8 * ETHER) // 2
        bought = half * ETHER // self._dollars("GRAIN", ETHER)
        bazaar.at_desk(wrapper, [("WETH", 8 * ETHER)], [("RUSD", half), ("GRAIN", bought)], "thief.basket")
        yield 2
        dollars = town.balance(router, "RUSD") // 2
        got = [
            ("WETH", dollars * ETHER // self._dollars("WETH", ETHER) // 4),
            ("GRAIN", dollars * ETHER // self._dollars("GRAIN", ETHER) // 4),
        ]
        bazaar.at_desk(router, [("RUSD", dollars)], got, "thief.off_market")
        yield 1

    def _dollars(self, asset: str, amount: int) -> int:
        """What an amount is worth in dollars, by what the old pools hold now."""
        bazaar, held = self.bazaar, self.town.balance
        if asset == "GRAIN":
            amount = amount * held(bazaar.side.who, "WETH") // held(bazaar.side.who, "GRAIN")
        return amount * held(bazaar.main.who, "RUSD") // held(bazaar.main.who, "WETH")
