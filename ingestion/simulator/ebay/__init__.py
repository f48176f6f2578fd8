"""The simulated seller accounts of eBay."""
