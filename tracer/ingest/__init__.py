"""Sources -> ledger."""
