"""Alert rules of the catalogue (§13) as people read them: unit, title and what the value says."""

from __future__ import annotations

from orchestration.presenting import words

SEVERITIES = ("critical", "high", "medium", "info")
ROLES = (
    *("team_lead", "agent", "holder", "qa_specialist", "trainer", "operations_manager"),
    *("wfm_planner", "marketplace_manager", "data_owner", "fix_owner"),
)
"""Roles that rules name, and those of the accountability matrix (§9.1)."""
DATA_RULES = ("data_stale", "mapping_gap", "completeness")
"""Rules about the data themselves: they speak when nothing else may."""
STALE_TABLES = ("tickets", "ticket_events", "messages")
"""A source of one of these that stopped makes every number look calm or alarming for the wrong reason."""

RULE_UNITS = {
    **dict.fromkeys(("agent_sla_below", "agent_sla_watch", "csat_drop"), "%"),
    **dict.fromkeys(("closed_unanswered_spike", "mapping_gap", "completeness"), "%"),
    "resolution_below": "%",
    "backlog_high": "days",
    **dict.fromkeys(("obligation_at_risk", "obligation_breached", "oldest_overdue"), "s"),
    **dict.fromkeys(("case_deadline", "unexplained_slowdown", "data_stale"), "s"),
    **dict.fromkeys(("headroom_low", "sensitive_burst"), "count"),
    "reason_surge": "per 100",
}
"""Unit of value and threshold by rule."""


def N_(text: str) -> str:
    """Mark a text that is translated where it is shown."""
    return text


_VALUES = {
    "agent_sla_below": N_("Promises kept"),
    "agent_sla_watch": N_("Promises kept"),
    "obligation_at_risk": N_("Time left"),
    "obligation_breached": N_("Waiting for"),
    "oldest_overdue": N_("Waiting for"),
    "headroom_low": N_("Defects left before the limit"),
    "case_deadline": N_("Time left"),
    "closed_unanswered_spike": N_("Closed without a reply"),
    "sensitive_burst": N_("Actions"),
    "unexplained_slowdown": N_("Usual reaction"),
    "reason_surge": N_("Contacts"),
    "csat_drop": N_("Dissatisfied answers"),
    "data_stale": N_("Silent for"),
    "mapping_gap": N_("Unmapped"),
    "completeness": N_("Loaded"),
    "backlog_high": N_("Work that waits"),
    "resolution_below": N_("Promises kept"),
}
RULE_TEXTS: dict[str, tuple[str, str]] = {
    rule: (words.RULES[rule], value) for rule, value in _VALUES.items()
}
"""Title and meaning of the value by rule, in English."""
JUDGED_BY = {
    "agent_sla_below": N_(
        "Judged by: promises kept under this policy, in seven days or the last fifty; told only where the whole "
        "interval lies below the goal and below what all others kept under it."
    ),
    "agent_sla_watch": N_(
        "Judged by: promises kept under this policy in two neighbouring weeks; both below the goal, neither surely."
    ),
}
"""How an alert about a person judges, in words (catalogue §13)."""
