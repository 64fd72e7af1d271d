"""EVM chains: accounts whose balances are proven to the hash of a block, ether and tokens."""
