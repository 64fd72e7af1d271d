"""Who is credited with a block's fees: its harvester, or who lent him their importance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracer.chains.nem.terms import TERMS
from tracer.chains.nem.time_stamps import unix_seconds
from tracer.model import Transfer, row_key

HARVEST_POSITION = (1 << TERMS.position_bits) - 1  # a block's income is its last row
DELEGATION_DELAY = 360  # blocks until a delegate may harvest, and until it no longer may (nis: BlockMarkerConstants)


def harvested(
    block: Mapping[str, Any], signer: str, fees: int, delegations: Mapping[str, tuple[str, str, int]], *, source: str, signed: bool
) -> Transfer:
    """The block's fees, credited last: to the account that lent its importance if the signer is its active delegate.

    Rule: nis AbstractBlockProcessor.notifyBlockHarvested and RemoteLinks; a link or its end takes effect after 360 blocks.
    """
    beneficiary = signer
    if signer in delegations:
        kind, lessor, since = delegations[signer]
        settled = block["height"] - since >= DELEGATION_DELAY
        if settled == (kind == "delegation_started"):
            beneficiary = lessor
    return Transfer(
        row_key=row_key(block["height"], HARVEST_POSITION),
        height=block["height"],
        position=HARVEST_POSITION,
        time=unix_seconds(block["timeStamp"]),
        tx_hash=None,
        sender=None,
        recipient=beneficiary,
        amount=fees,
        fee=0,
        kind="harvest",
        memo=None,
        basis="chain",
        source=source,
        verified=signed,
        attributes={"signed_by": signer} if beneficiary != signer else {},
    )
