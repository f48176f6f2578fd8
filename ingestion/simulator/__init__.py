"""The simulated vendors: one deterministic world of a seller's support, spoken in the vendors' own wire formats."""
