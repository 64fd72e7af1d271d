"""What all chains that are read from nodes share: HTTP, pace and failover, what was answered and what counts, reading an account whole."""
