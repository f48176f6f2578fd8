"""Alert rules of the catalogue (§13) as people read them: unit, title and what the value says."""

from __future__ import annotations

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


RULE_TEXTS: dict[str, tuple[str, str]] = {
    "agent_sla_below": (N_("Surely below the goal"), N_("Promises kept")),
    "agent_sla_watch": (N_("Below the goal two weeks running"), N_("Promises kept")),
    "obligation_at_risk": (N_("Promise at risk"), N_("Time left")),
    "obligation_breached": (N_("Promise broken and still unanswered"), N_("Waiting for")),
    "oldest_overdue": (N_("Oldest message far overdue"), N_("Waiting for")),
    "headroom_low": (N_("Marketplace limit close"), N_("Defects left before the limit")),
    "case_deadline": (N_("Case to be answered soon"), N_("Time left")),
    "closed_unanswered_spike": (N_("Many closed without a reply"), N_("Closed without a reply")),
    "sensitive_burst": (N_("Sensitive actions to be reviewed"), N_("Actions")),
    "unexplained_slowdown": (N_("Slower without an explanation"), N_("Usual reaction")),
    "reason_surge": (N_("More contacts for one reason"), N_("Contacts")),
    "csat_drop": (N_("Customers are dissatisfied"), N_("Dissatisfied answers")),
    "data_stale": (N_("Data stopped arriving"), N_("Silent for")),
    "mapping_gap": (N_("Values that nobody has mapped"), N_("Unmapped")),
    "completeness": (N_("Loaded data are incomplete"), N_("Loaded")),
    "backlog_high": (N_("Too much work is waiting"), N_("Work that waits")),
    "resolution_below": (N_("Resolutions come too late"), N_("Promises kept")),
}
"""Title and meaning of the value by rule, in English."""
SEVERITY_TEXTS = {
    "critical": N_("critical"),
    "high": N_("high"),
    "medium": N_("medium"),
    "info": N_("for information"),
}
