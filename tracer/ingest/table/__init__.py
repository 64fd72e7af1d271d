"""A table of any account chain as a source."""
