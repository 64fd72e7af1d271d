"""A live chain as a source: acquisition account by account, and recordings of what nodes answered."""
