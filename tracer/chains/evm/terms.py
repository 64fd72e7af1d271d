"""What the rules of an EVM chain mean for its ledger, and where in its block a row stands."""

from tracer.model import Terms

TERMS = Terms(finality=64, fees="burnt", earning="tip", position_bits=30)
"""`finality`: two epochs of 32 blocks, after which a block of Ethereum is final. `fees`: whoever proposes a block earns the tips in it,
the base fee is burnt (EIP-1559)."""

PLACE_BITS = 16
"""Of a position the lower bits say the place in the transaction, the others which transaction of the block."""

LOGS_FROM = 1 << 15
"""Places of a transaction below are its frames as executed, the first with its fee; from here on its logs."""

TIP = (1 << PLACE_BITS) - 1
"""The last place of a transaction: what the proposer earns by it."""

WITHDRAWALS = (1 << (TERMS.position_bits - PLACE_BITS)) - 1
"""The place in a block, after all transactions, of what validators withdraw."""

GWEI = 10**9
"""Wei of the unit in which withdrawals are stated (EIP-4895)."""
