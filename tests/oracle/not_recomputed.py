"""KPIs without a second value in the simulated world, each with the reason; all others must agree."""

from __future__ import annotations

NOT_RECOMPUTED = {
    "restatement_rate": (
        "Counts frozen values against what was presented: its source is the ledger of closes, not canonical rows. "
        "tests/e2e/test_month_close.py closes a month, changes the past and counts by hand."
    ),
}
"""Nothing in the canonical rows to compute it from."""

NOT_IN_THE_WORLD = {
    "wmt_response_rate": "The simulated seller has no Walmart account; computed in tests/oracle/kpis_published.py.",
    "etsy_message_rate": "The simulated seller has no Etsy shop; computed in tests/oracle/kpis_published.py.",
    "late_arrival_rate": (
        "The simulated world is loaded once, and the first load is never late; computed in "
        "tests/oracle/kpis_loads.py."
    ),
}
"""Computed, but without rows to compare there."""
