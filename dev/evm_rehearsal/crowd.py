"""People of a town who look like thieves and are none: what is innocent in each shape that a tag names."""

from __future__ import annotations

from collections.abc import Callable

from life import Life
from town import DOLLAR, ETHER, Town, Who

GAS = ETHER // 100
"""What an account keeps to pay for gas."""

COUNTS = {"shop": 6, "club": 6, "saver": 6, "savings": 6, "second_wallet": 8, "miner": 6, "firm": 6, "friend": 9, "dealer": 6}
"""How many there are of each kind."""


class Crowd(Life):
    """The town, and besides it shops, clubs, savers, second wallets, miners, firms, friends who lend, and dealers."""

    first_dollars = 4e6, 7e6

    def __init__(self, town: Town, people: int) -> None:
        super().__init__(town, people)
        self.crowd = {kind: [town.person(f"{kind}{n}", kind) for n in range(count)] for kind, count in COUNTS.items()}
        self.mining_pool = town.person("mining_pool0", "mining_pool")
        self.saved = 0

    def genesis(self) -> dict[str, int]:
        """Besides what everybody holds: firms and the mining pool are rich, the others have some."""
        held = super().genesis()
        for who in (self.mining_pool, *self.crowd["firm"], *self.crowd["dealer"]):
            held[who.address] = self.town.amount(200, 900, ETHER)
        for kind in ("shop", "club", "saver", "second_wallet", "friend"):
            held.update({who.address: self.town.amount(5, 60, ETHER) for who in self.crowd[kind]})
        return held

    def build(self) -> None:
        """Besides the contracts: the crowd has dollars too."""
        super().build()
        for kind in ("shop", "club", "saver", "firm", "friend", "dealer"):
            for who in self.crowd[kind]:
                self.town.pay_dollars(self.issuer, who, self.town.amount(2_000, 90_000, DOLLAR), "distribution")
        self.town.mine()

    def doings(self) -> dict[Callable[[], None], int]:
        """What the town does, and what the crowd does."""
        return {
            **super().doings(), self.shopping: 18, self.restocking: 3, self.collecting: 4, self.saving: 10, self.own_wallets: 10,
            self.mined: 3, self.wages: 3, self.lending: 5, self.dealing: 14,
        }  # fmt: skip

    def hand(self, payer: Who, to: Who, part: int, pattern: str) -> None:
        """A part of what somebody has, in ether or in dollars."""
        asset = self.town.dice.choice(("ETH", "RUSD"))
        amount = (self.town.balance(payer, asset) - (GAS if asset == "ETH" else 0)) // part
        if amount <= 0 or self.town.balance(payer) < 2 * GAS:
            return
        if asset == "ETH":
            self.town.pay(payer, to, amount, pattern)
        else:
            self.town.pay_dollars(payer, to, amount, pattern)

    def one(self, kind: str) -> Who:
        """Somebody of a kind."""
        return self.town.dice.choice(self.crowd[kind])

    def shopping(self) -> None:
        """Customers pay a shop, one after the other."""
        shop = self.one("shop")
        for who in self.town.dice.sample(self.people, 3):
            self.hand(who, shop, self.town.dice.randrange(20, 90), "shop.purchase")

    def restocking(self) -> None:
        """A shop pays nearly all it has to a firm."""
        self.hand(self.one("shop"), self.one("firm"), self.town.dice.choice((1, 2, 2)), "shop.supplier")

    def collecting(self) -> None:
        """A club collects from its members, and pays out to others at once."""
        club, members = self.one("club"), self.town.dice.sample(self.people, 12)
        for who in members[:7]:
            self.hand(who, club, self.town.dice.randrange(15, 40), "club.fee")
        for place, who in enumerate(members[7:]):
            self.hand(club, who, 12 - place, "club.prize")

    def saving(self) -> None:
        """Standing orders: each saver in turn puts the same amount aside."""
        for number, saver in enumerate(self.crowd["saver"]):
            amount = ETHER // 20 * (number + 1)
            if number % 3 == self.saved % 3 and self.town.balance(saver) > amount + 2 * GAS:
                self.town.pay(saver, self.crowd["savings"][number], amount, "saving")
        self.saved += 1

    def own_wallets(self) -> None:
        """Somebody pays a second wallet of their own, which passes nearly all of it on."""
        wallet, who = self.one("second_wallet"), self.town.dice.choice(self.customers1)
        self.hand(who, wallet, self.town.dice.randrange(2, 6), "own_wallet.in")
        if self.town.balance(wallet, "RUSD"):
            self.town.pay_dollars(wallet, self.deposits1[who.name], self.town.balance(wallet, "RUSD"), "own_wallet.out")
            self.paid_in1.add(who.name)
        elif (left := self.town.balance(wallet) - GAS) > GAS:
            self.pay_in1(wallet, left, who, "own_wallet.out")

    def mined(self) -> None:
        """The mining pool pays its miners, and some others, by one call."""
        to = [*self.crowd["miner"], *self.town.dice.sample(self.people, 8)]
        self.spread(self.mining_pool, to, [self.town.amount(0.01, 0.2, ETHER) for _ in to], "mining.reward")

    def wages(self) -> None:
        """A firm pays a dozen people, one transaction each."""
        firm = self.one("firm")
        for who in self.town.dice.sample(self.people, 12):
            self.hand(firm, who, self.town.dice.randrange(15, 40), "wages")

    def lending(self) -> None:
        """Money goes around among three friends, and comes back a little smaller."""
        friends = self.town.dice.sample(self.crowd["friend"], 3)
        amount = self.town.balance(friends[0]) // 4
        for payer, to in zip(friends, [*friends[1:], friends[0]], strict=True):
            if self.town.balance(payer) > amount + 2 * GAS and amount:
                self.town.pay(payer, to, amount, "loan")
            amount = amount * 97 // 100

    def dealing(self) -> None:
        """Dealers buy from some and sell to others, out of their own."""
        dealer = self.one("dealer")
        buyer, seller = self.town.dice.sample(self.people, 2)
        self.hand(seller, dealer, self.town.dice.randrange(3, 9), "dealer.buys")
        self.hand(dealer, buyer, self.town.dice.randrange(8, 30), "dealer.sells")
