"""A live chain as a source: acquisition account by account, and recordings of what nodes answered."""

RECORDING = "recording.jsonl"
"""The recording a run makes; a finished folder has it gzipped."""
