"""A dialect that is no part of tracer: the export of a bank of peas."""

from tracer.ingest.table.dialects import Dialect

PEA_BANK = Dialect(columns={"sender": "payer", "recipient": "payee", "amount": "peas", "height": "day", "tx_hash": "receipt"})
