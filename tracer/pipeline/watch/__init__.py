"""Following the tip: an alert for every move of traced value, kept on disk until whoever is told has it."""
