"""Alerts and reports that arrive: who is told what, when and by which way, and what became of each message."""
