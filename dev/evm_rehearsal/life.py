"""What goes on in the town every day, and has nothing to do with any theft."""

from __future__ import annotations

from collections.abc import Callable

from town import DOLLAR, ETHER, NOBODY, Move, Town, Who

from tracer.chains.evm.rlp_and_keccak import keccak

UNLIMITED = 2**256 - 1
SWEEP_GAS = 70_000


class Life:
    """The people, companies and services of a town. `first_dollars`: the least and most that companies and exchanges begin with."""

    first_dollars = 1e6, 4e6

    def __init__(self, town: Town, people: int) -> None:
        self.town = town
        kinds = (2, 2, 2, 0)
        self.people = [town.person(f"person{n:03}", "person", kind=kinds[n % 4]) for n in range(people)]
        self.companies = [town.person(f"company{n}", "company") for n in range(4)]
        self.hot1, self.cold1 = (town.person(name, "exchange", "exchange1") for name in ("exchange1_hot", "exchange1_cold"))
        self.hot2, self.operator2 = (town.person(name, "exchange", "exchange2") for name in ("exchange2_hot", "exchange2_operator"))
        self.maker, self.charity, self.station = (town.person(n, n) for n in ("market_maker", "charity", "gas_station"))
        self.issuer, self.relayer, self.builder, self.spammer = (town.person(n, n) for n in ("issuer", "relayer", "builder", "spammer"))
        self.services = [self.hot1, self.cold1, self.hot2, self.operator2, self.maker, self.charity, self.station]
        self.customers1, self.customers2 = self.people[: people // 5], self.people[people // 6 : people // 6 + people // 8]
        self.deposits1 = {who.name: town.person(f"deposit1_{who.name}", "deposit", "exchange1") for who in self.customers1}
        self.paid_in1: set[str] = set()
        self.paid_in2: set[str] = set()
        self.opened: set[str] = set()
        self.notes: list[tuple[int, bytes, Who]] = []

    def genesis(self) -> dict[str, int]:
        """What everybody holds in the beginning."""
        town = self.town
        rich = [*self.companies, *self.services, self.issuer, self.relayer, self.builder, self.spammer]
        held = {who.address: 1000 * ETHER + town.amount(1, 4000, ETHER) for who in rich}
        held.update({who.address: town.amount(3, 40, ETHER) for who in self.people[: len(self.people) * 2 // 3]})
        return held

    def build(self) -> None:
        """Makes the contracts, and hands out the first dollars."""
        town, builder = self.town, self.builder
        supply = town.dice.randrange(90, 150) * 10**6 * DOLLAR
        self.dollar = town.deploy(
            "dollar",
            self.issuer,
            "Dollar",
            supply,
            gas=1_300_000,
            moves=[Move("RUSD", NOBODY, self.issuer.address, supply, "first_supply")],
        )
        self.router = town.deploy("router", builder, "Router")
        self.fan = town.deploy("fan_out", builder, "FanOut", gas=1_200_000)
        self.thorn = town.deploy("thorn", builder, "Thorn")
        self.swallow = town.deploy("swallow", builder, "Swallow", self.thorn.address)
        self.bomber = town.deploy("bomber", builder, "Bomber")
        self.nothing = town.deploy("nothing", builder, "Nothing")
        self.pool = town.deploy("pool", builder, "Pool", ETHER, role="mixer", owner="mixer")
        self.fake = town.deploy("fake_dollar", self.spammer, "Fake", owner="spammer")
        self.factory = town.deploy("box_factory", self.operator2, "BoxFactory", self.hot2.address, owner="exchange2")
        code = town.deploy("wallet_code", builder, "WalletCode")
        self.wallets = [self._wallet(n, code) for n in range(4)]
        box = keccak(town.contracts.code("DepositBox", self.hot2.address))
        self.boxes = {who.name: self._box(number, who, box) for number, who in enumerate(self.customers2)}
        self.numbers = {who.name: number for number, who in enumerate(self.customers2)}
        town.mine()
        for who in (*self.companies, self.hot1, self.hot2, self.maker):
            town.pay_dollars(self.issuer, who, town.amount(*self.first_dollars, DOLLAR), "distribution")
        for who in self.people[: len(self.people) // 2]:
            town.pay_dollars(self.hot1, who, town.amount(500, 9000, DOLLAR), "exchange1.withdrawal")
        town.mine()

    def _wallet(self, number: int, code: Who) -> Who:
        owner, value = self.people[number], self.town.amount(0.1, 1, ETHER)
        return self.town.deploy(f"wallet{number}", owner, "Wallet", code.address, owner.address, role="wallet", value=value, gas=400_000)

    def _box(self, number: int, who: Who, code: bytes) -> Who:
        made = keccak(b"\xff" + bytes.fromhex(self.factory.address[2:]) + number.to_bytes(32, "big") + code)[12:]
        return self.town.place(f"deposit2_{who.name}", "deposit", "exchange2", "0x" + made.hex())

    def somebody(self, least: int, asset: str = "ETH") -> Who | None:
        """A person who holds as much, and can pay for gas."""
        for who in self.town.dice.sample(self.people, 20):
            if self.town.balance(who, asset) >= least and self.town.balance(who) > ETHER // 4:
                return who
        return None

    def go_on(self, actions: int) -> None:
        """As many things as may happen within a block or two."""
        doings, weights = zip(*self.doings().items(), strict=True)
        for doing in self.town.dice.choices(doings, weights, k=actions):
            doing()

    def doings(self) -> dict[Callable[[], None], int]:
        """What may happen, with how often it does."""
        return {
            self.payroll: 8, self.deposit1: 12, self.sweep1: 6, self.deposit2: 12, self.sweep2: 6, self.withdrawal: 7, self.donation: 6,
            self.airdrop: 2, self.gas_station: 3, self.purchase: 14, self.trading: 6, self.mixing: 3, self.spam: 2, self.issuing: 1,
            self.mishap: 9, self.wallet: 4,
        }  # fmt: skip

    def spread(self, payer: Who, to: list[Who], amounts: list[int], pattern: str) -> str:
        """Pays many by one call of a contract."""
        moves = [self.town.inner(self.fan, who, amount) for who, amount in zip(to, amounts, strict=True)]
        gas = 60_000 + 45_000 * len(to)
        addresses = [who.address for who in to]
        return self.town.call(
            payer, "FanOut", self.fan, "spread", addresses, amounts, value=sum(amounts), gas=gas, moves=moves, pattern=pattern
        )

    def payroll(self) -> None:
        """A company pays some of its staff: at once, or one after the other."""
        company, staff = self.town.dice.choice(self.companies), self.town.dice.sample(self.people, 5)
        if self.town.dice.random() < 0.4 or self.town.balance(company, "RUSD") < 50_000 * DOLLAR:
            self.spread(company, staff, [self.town.amount(0.2, 2, ETHER) for _ in staff], "payroll")
            return
        for who in staff:
            self.town.pay_dollars(company, who, self.town.amount(1500, 9000, DOLLAR), "payroll")

    def deposit1(self) -> None:
        """A customer pays into an exchange that gives everybody an address with a key."""
        who = self.town.dice.choice(self.customers1)
        if self.town.balance(who) > ETHER:
            self.pay_in1(who, self.town.balance(who) // self.town.dice.randrange(4, 12), who, "exchange1.deposit")

    def pay_in1(self, payer: Who, amount: int, customer: Who, pattern: str) -> None:
        """Ether to a customer's address at the first exchange."""
        self.town.pay(payer, self.deposits1[customer.name], amount, pattern)
        self.paid_in1.add(customer.name)

    def sweep1(self) -> None:
        """The exchange collects what was paid in: ether, and dollars for which it first pays the gas."""
        town = self.town
        for name in sorted(self.paid_in1)[:4]:
            self.paid_in1.discard(name)
            deposit = self.deposits1[name]
            cost = 3 * town.base_fee + 4 * 10**9
            if dollars := town.balance(deposit, "RUSD"):
                town.pay(self.hot1, deposit, cost * SWEEP_GAS, "exchange1.gas")
                town.pay_dollars(deposit, self.hot1, dollars, "exchange1.sweep")
            if (left := town.balance(deposit) - 2 * cost * SWEEP_GAS) > 0:
                town.pay(deposit, self.hot1, left, "exchange1.sweep")

    def deposit2(self) -> None:
        """A customer pays into an exchange whose deposit addresses are contracts, made when they are first swept."""
        who = self.town.dice.choice(self.customers2)
        dollars = self.town.balance(who, "RUSD")
        if self.town.balance(who) > ETHER and (self.town.dice.random() < 0.5 or not dollars):
            self.pay_in2(who, self.town.balance(who) // self.town.dice.randrange(4, 12), who, "exchange2.deposit")
        elif self.town.balance(who) > ETHER // 4 and dollars:
            self.town.pay_dollars(who, self.boxes[who.name], dollars // 3 + 1, "exchange2.deposit")
            self.paid_in2.add(who.name)

    def pay_in2(self, payer: Who, amount: int, customer: Who, pattern: str) -> None:
        """Ether to a customer's address at the second exchange."""
        self.town.pay(payer, self.boxes[customer.name], amount, pattern)
        self.paid_in2.add(customer.name)

    def sweep2(self) -> None:
        """The second exchange collects: a new box is opened and emptied in one call, older ones together."""
        later: dict[str, list[Who]] = {"ETH": [], "RUSD": []}
        for name in sorted(self.paid_in2)[:5]:
            self.paid_in2.discard(name)
            box = self.boxes[name]
            for asset, at in (("ETH", "0x" + "00" * 20), ("RUSD", self.dollar.address)):
                if not self.town.balance(box, asset):
                    continue
                if box.name in self.opened:
                    later[asset].append(box)
                    continue
                self.opened.add(box.name)
                self._collect("openAndSweep", [box], asset, self.numbers[name], at, gas=330_000)
        for asset, boxes in later.items():
            at = self.dollar.address if asset == "RUSD" else "0x" + "00" * 20
            if boxes:
                self._collect("sweepMany", boxes, asset, [box.address for box in boxes], at, gas=60_000 + 60_000 * len(boxes))

    def _collect(self, function: str, boxes: list[Who], asset: str, *arguments: object, gas: int) -> None:
        kind = "token" if asset == "RUSD" else "internal"
        moves = [Move(asset, box.address, self.hot2.address, self.town.balance(box, asset), kind) for box in boxes]
        self.town.call(self.operator2, "BoxFactory", self.factory, function, *arguments, gas=gas, moves=moves, pattern="exchange2.sweep")

    def withdrawal(self) -> None:
        """Exchanges pay customers out."""
        if self.town.dice.random() < 0.5:
            for who in self.town.dice.sample(self.customers1, 3):
                self.town.pay(self.hot1, who, self.town.amount(0.3, 3, ETHER), "exchange1.withdrawal")
        else:
            customers = self.town.dice.sample(self.customers2, 4)
            self.spread(self.hot2, customers, [self.town.amount(0.3, 3, ETHER) for _ in customers], "exchange2.withdrawal")

    def donation(self) -> None:
        """Somebody gives to the charity."""
        if who := self.somebody(ETHER):
            self.town.pay(who, self.charity, self.town.amount(0.01, 0.3, ETHER), "donation")

    def airdrop(self) -> None:
        """A company gives some dollars to many."""
        company, to = self.town.dice.choice(self.companies), self.town.dice.sample(self.people, 6)
        if self.town.balance(company, "RUSD") < 1000 * DOLLAR:
            return
        amounts = [self.town.amount(5, 60, DOLLAR) for _ in to]
        self.town.call(company, "Dollar", self.dollar, "approve", self.fan.address, UNLIMITED, gas=60_000, pattern="airdrop")
        moves = [self.town.token(company, who, amount) for who, amount in zip(to, amounts, strict=True)]
        arguments = (self.dollar.address, [who.address for who in to], amounts)
        self.town.call(company, "FanOut", self.fan, "spreadToken", *arguments, gas=500_000, moves=moves, pattern="airdrop")

    def gas_station(self) -> None:
        """A service that sells small amounts of ether to whoever has none."""
        for who in self.town.dice.sample(self.people[-len(self.people) // 3 :], 3):
            self.town.pay(self.station, who, self.town.amount(0.05, 0.4, ETHER), "gas_station")

    def purchase(self) -> None:
        """Somebody pays somebody."""
        other = self.town.dice.choice(self.people)
        if self.town.dice.random() < 0.5:
            if who := self.somebody(ETHER):
                self.town.pay(who, other, self.town.amount(0.01, 0.5, ETHER), "purchase")
        elif who := self.somebody(100 * DOLLAR, "RUSD"):
            self.town.pay_dollars(who, other, self.town.amount(5, 90, DOLLAR), "purchase")

    def trading(self) -> None:
        """The market maker moves between the exchanges."""
        one, other = self.town.dice.sample((self.hot1, self.hot2), 2)
        self.town.pay_dollars(one, self.maker, self.town.amount(500, 9000, DOLLAR), "market_making")
        self.town.pay(self.maker, other, self.town.amount(0.5, 5, ETHER), "market_making")

    def mixing(self) -> None:
        """Somebody who did nothing uses the pool too; what was put in long enough ago is taken out."""
        if who := self.somebody(3 * ETHER):
            self.notes.append((self.town.height + 8, self.mix_in(who, "mixer.innocent"), self.town.dice.choice(self.people)))
        for due in [note for note in self.notes if note[0] <= self.town.height]:
            self.notes.remove(due)
            self.mix_out(due[1], due[2], "mixer.innocent")

    def mix_in(self, who: Who, pattern: str) -> bytes:
        """Puts one ether into the pool, and gives the secret that takes it out."""
        secret = keccak(f"{self.town.seed}/note{len(self.town.rows)}".encode())
        self.town.call(who, "Pool", self.pool, "deposit", keccak(secret), value=ETHER, gas=90_000, pattern=pattern)
        return secret

    def mix_out(self, secret: bytes, to: Who, pattern: str) -> None:
        """The relayer takes one ether out for somebody, and keeps a fee of it."""
        fee = ETHER // 200
        moves = [self.town.inner(self.pool, to, ETHER - fee), self.town.inner(self.pool, self.relayer, fee)]
        arguments = (secret, to.address, self.relayer.address, fee)
        self.town.call(self.relayer, "Pool", self.pool, "withdraw", *arguments, gas=150_000, moves=moves, pattern=pattern)

    def spam(self) -> None:
        """Events of a token that does not exist: Transfer is said, nothing moves."""
        one, other = self.town.dice.sample(self.people, 2)
        amount = self.town.dice.choice((self.town.amount(10, 90_000, DOLLAR), 2 ** self.town.dice.randrange(128, 255)))
        self.town.call(self.spammer, "Fake", self.fake, "shout", one.address, other.address, amount, gas=60_000, pattern="fake_transfer")

    def issuing(self) -> None:
        """The issuer makes dollars, or takes some of its own back: neither emits Transfer."""
        amount = self.town.amount(1e5, 1e6, DOLLAR)
        function, move = self.town.dice.choice(
            (
                ("issue", Move("RUSD", NOBODY, self.issuer.address, amount, "issue")),
                ("redeem", Move("RUSD", self.issuer.address, NOBODY, amount, "redeem")),
            )
        )
        self.town.call(self.issuer, "Dollar", self.dollar, function, amount, gas=60_000, moves=[move], pattern=function)

    def freeze(self, who: Who) -> None:
        """The issuer freezes what somebody has of the dollar."""
        self.town.call(self.issuer, "Dollar", self.dollar, "addBlackList", who.address, gas=60_000, pattern="freeze")

    def destroy(self, who: Who) -> None:
        """The issuer destroys what it froze, without Transfer."""
        moves = [Move("RUSD", who.address, NOBODY, self.town.balance(who, "RUSD"), "destroyed")]
        self.town.call(self.issuer, "Dollar", self.dollar, "destroyBlackFunds", who.address, gas=60_000, moves=moves, pattern="destruction")

    def wallet(self) -> None:
        """A wallet that is a contract is paid, or pays: a frame shows the value a second time, and it moves once."""
        number = self.town.dice.randrange(len(self.wallets))
        wallet, owner, other = self.wallets[number], self.people[number], self.town.dice.choice(self.people)
        if self.town.balance(owner) < ETHER:
            return
        if self.town.dice.random() < 0.6:
            self.town.send(owner, wallet.address, ETHER // 9, gas=70_000, pattern="wallet.in")
        elif amount := self.town.balance(wallet) // 3:
            moves = [self.town.inner(wallet, other, amount)]
            self.town.call(owner, "WalletCode", wallet, "send", other.address, amount, gas=90_000, moves=moves, pattern="wallet.out")

    def mishap(self) -> None:
        """What goes wrong, or looks as if more had happened than did."""
        town, other = self.town, self.town.dice.choice(self.people)
        who = self.somebody(2 * ETHER)
        if who is None:
            return
        amount, which = town.amount(0.01, 0.3, ETHER), town.dice.randrange(11)
        back = [town.inner(self.swallow, who, amount)]
        if which == 0:
            town.pay_dollars(who, other, town.balance(who, "RUSD") + 10**9, "failed", works=False)
        elif which == 1:
            town.send(who, self.thorn.address, amount, gas=60_000, works=False, pattern="failed")
        elif which == 2:
            town.call(who, "Thorn", self.thorn, "burnGas", value=amount, gas=50_000, works=False, pattern="failed")
        elif which == 3:
            arguments = (other.address, who.address)
            town.call(who, "Swallow", self.swallow, "tryPay", *arguments, value=amount, gas=160_000, moves=back, pattern="inner_revert")
        elif which == 4:
            town.call(
                who, "Swallow", self.swallow, "callCode", self.nothing.address, value=amount, gas=120_000, moves=back, pattern="callcode"
            )
        elif which == 5:
            town.pay(who, who, amount, "self")
        elif which == 6:
            town.pay(who, other, 0, "zero")
        elif which == 7:
            town.send(who, None, amount, town.contracts.code("Stillborn"), gas=120_000, works=False, pattern="failed")
        elif which == 8:
            moves = [town.inner(self.fan, town.proposer, amount)]
            town.call(who, "FanOut", self.fan, "bribe", value=amount, gas=70_000, moves=moves, pattern="bribe")
        elif which == 9:
            moves = [town.inner(self.fan, other, amount // 3), town.inner(self.fan, who, amount - amount // 3)]
            arguments = ([other.address, self.thorn.address], [amount // 3, amount // 3])
            town.call(who, "FanOut", self.fan, "attempt", *arguments, value=amount, gas=170_000, moves=moves, pattern="inner_revert")
        else:
            self.bomb(who, amount, other, town.dice.choice(("makeAndEnd", "makeAndBurn", "makeEndAndPay")), "selfdestruct", who.owner)

    def bomb(self, who: Who, amount: int, heir: Who, how: str, pattern: str, owner: str) -> Who:
        """A contract that is made and ends itself, and leaves its ether to an heir, or to nobody."""
        town = self.town
        bomb = town.place(f"bomb_{len(town.who)}", "contract", owner, town.place_of_next_by(self.bomber))
        later = amount // 4
        makes = town.inner(self.bomber, bomb, amount, "creation")
        burns = Move("ETH", bomb.address, NOBODY, amount, "burn")
        arguments: tuple[object, ...] = ()
        if how == "makeAndEnd":
            moves, arguments = [makes, town.inner(bomb, heir, amount, "selfdestruct")], (heir.address,)
        elif how == "makeAndBurn":
            moves = [makes, burns]
        elif how == "makeEndAndPay":
            inherited = amount - later
            moves = [town.inner(self.bomber, bomb, inherited, "creation"), town.inner(bomb, heir, inherited, "selfdestruct")]
            moves += [town.inner(self.bomber, bomb, later), burns._replace(amount=later)]
            arguments = (heir.address, later)
        else:
            moves = [makes]
        town.call(who, "Bomber", self.bomber, how, *arguments, value=amount, gas=220_000, moves=moves, pattern=pattern)
        return bomb
