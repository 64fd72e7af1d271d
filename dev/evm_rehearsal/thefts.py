"""The thefts: what the thief does, as steps between which the life of the town goes on. A step says how many blocks pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from life import UNLIMITED, Life
from town import DOLLAR, ETHER, Move, Theft, Town, Who


class Plan(NamedTuple):
    """How much a thief does: a theft of dollars a victim and round, of ether a drain and, with `nested`, three more; into how many parts
    what is left goes; and the dealers who buy a part of it and have money of their own."""

    rounds: int = 1
    drains: int = 2
    nested: bool = True
    parts: int = 4
    dealers: Sequence[Who] = ()


REHEARSED = Plan()


class Thief:
    """A thief, and the accounts it uses."""

    def __init__(self, town: Town, life: Life, plan: Plan = REHEARSED) -> None:
        self.town, self.life, self.plan = town, life, plan
        self.accounts = 0

    def account(self, what: str, gas: bool = True) -> Who:
        """A new account; its gas is bought from a service that sells to anybody."""
        self.accounts += 1
        who = self.town.person(f"thief{self.accounts:02}_{what}", "thief", "thief")
        if gas:
            self.town.pay(self.life.station, who, ETHER // 4 + self.accounts, "thief.gas")
        return who

    def stole(self, tx_hash: str, asset: str, victim: Who, taker: Who, amount: int, how: str) -> None:
        """Writes down a theft."""
        self.town.thefts.append(Theft(tx_hash, asset, victim.address, taker.address, amount, how))

    def dollars(self) -> Iterator[int]:
        """Approvals are phished; many are drained, the value goes through a router; part is frozen and destroyed, the rest peeled off."""
        town, life = self.town, self.life
        operator, collector, hop, frozen = (self.account(each) for each in ("operator", "collector", "hop", "frozen"))
        yield 2
        victims = sorted(life.people, key=lambda who: -town.balance(who, "RUSD") * (town.balance(who) > ETHER // 4))[:6]
        for victim in (*victims, life.companies[0]):
            town.call(victim, "Dollar", life.dollar, "approve", operator.address, UNLIMITED, gas=60_000, pattern="phishing")
            yield 1
        for left in range(self.plan.rounds, 0, -1):
            for victim in (*victims, life.companies[0]):
                if amount := town.balance(victim, "RUSD") // (left + 2 if victim is life.companies[0] else left):
                    self._drain(operator, victim, collector, amount)
                yield town.dice.randrange(2)
        arguments = (victims[0].address, collector.address, 10**15)
        town.call(operator, "Dollar", life.dollar, "transferFrom", *arguments, gas=90_000, works=False, pattern="theft.failed")
        yield 1
        amount = town.balance(collector, "RUSD")
        town.call(collector, "Dollar", life.dollar, "approve", life.router.address, UNLIMITED, gas=60_000, pattern="thief")
        moves = [town.token(collector, life.router, amount * 4 // 5), town.token(life.router, hop, amount * 4 // 5)]
        arguments = (life.dollar.address, hop.address, amount * 4 // 5)
        town.call(collector, "Router", life.router, "forwardToken", *arguments, gas=160_000, moves=moves, pattern="thief.router")
        town.pay_dollars(collector, frozen, amount // 10, "thief.split")
        yield 3
        life.freeze(frozen)
        yield 1
        town.pay_dollars(frozen, hop, 100 * DOLLAR, "thief.failed", works=False)
        yield from self._peel(hop)
        life.destroy(frozen)

    def _drain(self, operator: Who, victim: Who, collector: Who, amount: int) -> None:
        """Takes dollars by an approval."""
        moves, arguments = [self.town.token(victim, collector, amount)], (victim.address, collector.address, amount)
        terms = {"gas": 90_000, "moves": moves, "pattern": "theft"}
        tx_hash = self.town.call(operator, "Dollar", self.life.dollar, "transferFrom", *arguments, **terms)
        self.stole(tx_hash, "RUSD", victim, collector, amount, "approval phishing")

    def _peel(self, first: Who) -> Iterator[int]:
        """Pieces go to exchanges, the rest to a new account each time."""
        town, life, current = self.town, self.life, first
        for step in range(4):
            piece = town.balance(current, "RUSD") // town.dice.randrange(4, 8)
            customer = town.dice.choice(life.customers1 if step % 2 else life.customers2)
            deposit = life.deposits1[customer.name] if step % 2 else life.boxes[customer.name]
            town.pay_dollars(current, deposit, piece, f"thief.peel.exchange{1 if step % 2 else 2}")
            (life.paid_in1 if step % 2 else life.paid_in2).add(customer.name)
            following = self.account("peel")
            yield 1
            town.pay_dollars(current, following, town.balance(current, "RUSD"), "thief.peel")
            current = following
            yield town.dice.randrange(3)
        for dealer in self.plan.dealers:
            town.pay_dollars(current, dealer, town.balance(current, "RUSD") // 3, "thief.dealer")
            yield 2
        self.looked_like(current)

    def looked_like(self, victim: Who) -> None:
        """Address poisoning: a payment of nothing from an account that never agreed to it."""
        arguments = (victim.address, self.town.who["relayer"].address, 0)
        dollar = self.life.dollar
        self.town.call(self.life.spammer, "Dollar", dollar, "transferFrom", *arguments, gas=60_000, pattern="poisoning")
        self.town.pay(self.life.spammer, victim, 1000, "poisoning.dust")

    def ether(self) -> Iterator[int]:
        """A hot wallet's key: ether leaves at once and through nested calls; failures, ended contracts, a fan-out, the pool, exchanges."""
        town, life, hot = self.town, self.life, self.town.who["company1"]
        main, second = self.account("main"), self.account("second")
        yield 3
        for _ in range(self.plan.drains):
            amount = town.balance(hot) // max(5, self.plan.drains)
            self.stole(town.pay(hot, main, amount, "theft"), "ETH", hot, main, amount, "key of a hot wallet")
            yield town.dice.randrange(2)
        if self.plan.nested:
            yield from self._cascade(hot)
        amount = town.balance(main) // 3
        moves = [town.inner(life.router, second, amount)]
        town.call(
            main, "Router", life.router, "forwardEther", second.address, value=amount, gas=90_000, moves=moves, pattern="thief.router"
        )
        town.send(main, life.thorn.address, 5 * ETHER, gas=60_000, works=False, pattern="thief.failed")
        arguments = (second.address,)
        town.call(main, "Thorn", life.thorn, "pay", *arguments, value=7 * ETHER, gas=120_000, works=False, pattern="thief.failed")
        yield 1
        kept = 11 * ETHER + 12345
        pair, moves = (life.charity.address, second.address), [town.inner(life.swallow, second, kept)]
        town.call(main, "Swallow", life.swallow, "tryPay", *pair, value=kept, gas=160_000, moves=moves, pattern="thief.inner_revert")
        yield 1
        for how in ("makeAndEnd", "makeEndAndPay", "makeAndBurn"):
            life.bomb(second, 2 * ETHER + town.dice.randrange(999), main, how, "thief.selfdestruct", "thief")
        bomb = life.bomb(second, 4 * ETHER, main, "make", "thief.selfdestruct", "thief")
        yield 2
        heir = [town.inner(bomb, main, 4 * ETHER, "selfdestruct")]
        town.call(second, "Bomb", bomb, "end", main.address, gas=90_000, moves=heir, pattern="thief.selfdestruct")
        yield 1
        yield from self._out(main)

    def _cascade(self, hot: Who) -> Iterator[int]:
        """Three are paid from inside nested calls: no transaction names them."""
        town, life, share = self.town, self.life, 40
        takers = [self.account("inner") for _ in range(3)]
        yield 1
        total = left = town.balance(hot) // 6
        moves: list[Move] = []
        for taker in takers:
            part = left if taker is takers[-1] else left * share // 100
            moves.append(town.inner(life.fan, taker, part))
            left -= part
            if left:
                moves.append(town.inner(life.fan, life.fan, left))
        arguments = ([taker.address for taker in takers], share)
        tx_hash = town.call(hot, "FanOut", life.fan, "cascade", *arguments, value=total, gas=350_000, moves=moves, pattern="theft")
        parts = [move.amount for move in moves if move.recipient != life.fan.address]
        for taker, part in zip(takers, parts, strict=True):
            self.stole(tx_hash, "ETH", hot, taker, part, "nested calls")
        yield 2
        for taker in takers:
            customer = town.dice.choice(life.customers2)
            life.pay_in2(taker, town.balance(taker) // 2, customer, "thief.exchange2")
            yield 1

    def _out(self, main: Who) -> Iterator[int]:
        """What is left goes apart: to the pool, to exchanges; some stays where it is."""
        town, life = self.town, self.life
        for dealer in self.plan.dealers:
            town.pay(main, dealer, town.balance(main) // 6, "thief.dealer")
            yield 2
        parts = [self.account("part", gas=False) for _ in range(self.plan.parts)]
        share = (town.balance(main) - ETHER) // (self.plan.parts + 1)
        life.spread(main, parts, [share - place * 1000 for place in range(self.plan.parts)], "thief.fan_out")
        yield 2
        secrets = [life.mix_in(parts[0], "thief.mixer.in") for _ in range(3)]
        for part in parts[1:3]:
            customer = town.dice.choice(life.customers1)
            life.pay_in1(part, town.balance(part) * 2 // 3, customer, "thief.exchange1")
            yield 1
        yield 8
        mixed = self.account("mixed", gas=False)
        for secret in secrets:
            life.mix_out(secret, mixed, "thief.mixer.out")
            yield 2
        life.pay_in2(mixed, town.balance(mixed) // 2, town.dice.choice(life.customers2), "thief.exchange2")
