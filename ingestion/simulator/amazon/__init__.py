"""The simulated selling-partner account of Amazon."""
