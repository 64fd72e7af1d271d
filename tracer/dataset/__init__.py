"""Ledgers bigger than a case: data sets of Parquet files, and the slice that a case needs of one."""
