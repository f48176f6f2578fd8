"""Closing a month, telling what moved afterwards, and the log of what the forums decided (kpi-catalogue §10.3 to §10.5)."""
