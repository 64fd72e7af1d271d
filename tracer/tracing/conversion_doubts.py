"""What of a case speaks against a conversion besides its rate: a pool younger than the theft, or with liquidity of the thief's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from tracer.model import Conversion, Doubt, Pool, Recognition
from tracer.wording import counted, utc


def with_doubts(found: Recognition, theft_time: int | None, owners: Collection[str], heights: Mapping[int, int]) -> tuple[Conversion, ...]:
    """The conversions, each with what its pools' age and liquidity say against it.

    `theft_time` is that of the first theft (UNIX seconds; None where it is not known: then no pool is young). `owners` are who may have
    held stolen value; a pool to which one of them gave liquidity, up to the block of the exchange, is its own. `heights`: of rows, by
    their keys. A pool of whose making no block tells is not taken for a young one, and that is said.
    """
    pools = {pool.address: pool for pool in found.pools}
    return tuple(_doubted(each, [pools[at] for at in each.pools if at in pools], theft_time, owners, heights) for each in found.conversions)


def _doubted(
    each: Conversion, pools: list[Pool], theft_time: int | None, owners: Collection[str], heights: Mapping[int, int]
) -> Conversion:
    height = max((heights[key] for key in each.given.rows if key in heights), default=0)
    doubts, said = list(each.doubts), list(each.said)
    for pool in pools:
        for doubt, why in _against(pool, theft_time, owners, height):
            if doubt and doubt not in doubts:
                doubts.append(doubt)
            said.append(f"{each.tx_hash}: {why}.")
    return each._replace(doubts=tuple(doubts), said=tuple(said))


def _against(pool: Pool, theft_time: int | None, owners: Collection[str], height: int) -> Iterator[tuple[Doubt | None, str]]:
    if pool.made is None:
        yield None, f"no block that was read tells when pool {pool.address} was made"
    elif theft_time is not None and pool.made[1] > theft_time:
        yield "young_pool", f"pool {pool.address} was made on {utc(pool.made[1])}, after the theft"
    if giving := sorted(who for who, since in pool.providers.items() if since <= height and who in owners):
        named = ", ".join(giving[:3])
        yield "own_pool", f"{counted(len(giving), 'account')} that may have held stolen value gave pool {pool.address} liquidity ({named})"
