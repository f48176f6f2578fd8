"""Names of coaching flags (catalogue §13)."""

from __future__ import annotations

KPIS = {
    "slow_first_reply": "reaction_time",
    "holds_unanswered": "unanswered_holds",
    "overload": "occupancy",
    "high_aht_reason": "aht",
    "low_fcr_reason": "fcr_operational",
    "macro_unused": "macro_usage_rate",
    "reopen_outlier": "reopen_rate",
    "retag_outlier": "retag_rate",
    "quality_below_min": "qa_score",
    "knowledge_gap": "training_error_share",
}
"""KPI an action about a flag is judged by; `sla_compliance` for the others."""
PRAISE = {"overload", "recognition"}
"""Flags that are no coaching case."""
