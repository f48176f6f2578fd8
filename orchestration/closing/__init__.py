"""Closing a month, telling what moved afterwards, logging what forums decided (catalogue §10.3 to §10.5)."""
