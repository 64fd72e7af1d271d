"""What a trace needs of a NIS node."""

from __future__ import annotations

import json
import time

from tracer.chains.nem.time_stamps import EPOCH
from tracer.chains.node_requirements import Ability, Probe

RECENT = 1200  # seconds: a block is to take 60, so a node whose last one is twenty times older does not follow the chain

ABILITIES = (
    Ability(
        "answers, and states its version",
        (Probe("GET", "/node/info", holds=lambda said: said["metaData"]["version"]),),
        "check the address (http://HOST:7890), and that it is a NIS1 node, no Symbol node",
    ),
    Ability(
        "follows the chain: its last block is new",
        (Probe("GET", "/chain/last-block", holds=lambda said: time.time() - said["timeStamp"] - EPOCH < RECENT),),
        "what was paid since its last block is not seen: let it catch up, or add another node with --node",
    ),
    Ability(
        "gives any block whole, with its signatures",
        (Probe("POST", "/block/at/public", json.dumps({"height": 2}), lambda said: said["height"] == 2),),
        "it does not hold the chain from the beginning: let it synchronise, or add another node with --node",
    ),
    Ability(
        "lists what the wallet paid, back to the beginning",
        (Probe("GET", "/account/transfers/outgoing?address={wallet}&pageSize=5", holds=lambda said: said["data"]),),
        "it knows no payment of this wallet: check the address, or add a node that keeps histories",
    ),
    Ability(
        "finds a transaction by its hash",
        (Probe("GET", "/transaction/get?hash={hash}", holds=lambda said: said["meta"]["height"]),),
        "NIS forgets hashes after 36 hours: name the wallet that was drained as well, or let the node keep them "
        "(nis.transactionHashRetentionTime = -1)",
    ),
)
