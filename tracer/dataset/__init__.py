"""Ledgers bigger than a case: column files on disk, and the slice that a case needs of them."""
