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
    "wmt_response_rate": "The simulated seller has no Walmart account; an acceptance tenant has.",
    "etsy_message_rate": "The simulated seller has no Etsy shop; an acceptance tenant has.",
    "tag_cost": (
        "The simulated seller's eBay inbox tells no changes of tickets, so what its work costs is not known and no "
        "labour falls to reasons; the acceptance tenant `priced` has it."
    ),
}
"""Compared in ``tests/acceptance/test_second_computation.py`` instead."""

NEEDS_LATER_LOADS = {
    "late_arrival_rate": (
        "A first load is never late, and the simulated world is loaded once; the unit test of int_load_checks and the "
        "late rows of tests/e2e/test_month_close.py show what comes later."
    ),
}
"""Computed, but every row to compare came with the first load."""
