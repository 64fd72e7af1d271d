"""What can still be stopped, and by whom: the list, its line numbers, what changed since it was last sent."""
