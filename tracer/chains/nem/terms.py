"""What NEM's own rules mean for its ledger."""

from tracer.model import Terms

TERMS = Terms(finality=360, fees="earned", earning="harvest", position_bits=20, fee_band=10_000)
"""`finality`: blocks that a node may still rewrite below its tip (nis: nis.blockChainRewriteLimit). `fees`: whoever harvests a block
earns them (nis: AbstractBlockProcessor.notifyBlockHarvested). `fee_band`: the least fee of a payment grows with every 10,000 XEM
(nis: FeeUnitAwareTransactionFeeCalculator)."""
