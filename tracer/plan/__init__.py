"""What a case file asks, translated into each package's arguments, by topic."""
