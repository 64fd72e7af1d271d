"""What NEM's own rules mean for its ledger."""

from tracer.model import Terms

TERMS = Terms(finality=360)
"""Blocks that a node may still rewrite below its tip (nis: nis.blockChainRewriteLimit)."""
