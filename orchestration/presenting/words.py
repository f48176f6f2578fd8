"""The one word of each meaning that pages, packs, messages and tables of a terminal share (docs/glossary.md).

A map for each kind of code, English here, translated by the catalog ``common``. Whoever shows such a code takes its
word from here; a test finds a second one.
"""

from __future__ import annotations

from collections.abc import Mapping


def N_(text: str) -> str:
    """Mark a text that is translated where it is shown."""
    return text


STATUSES: Mapping[str, str] = {
    "green": N_("on target"),
    "amber": N_("near target"),
    "red": N_("off target"),
    "grey_small_n": N_("too few cases"),
    "grey_no_target": N_("no target"),
    "grey_not_measurable": N_("not measurable"),
    "grey_stale": N_("data too old"),
}
"""Where a number stands; the colours of the data are codes and never said to a reader."""
TRENDS: Mapping[str, str] = {
    "improving": N_("improving"),
    "worsening": N_("worsening"),
    "flat": N_("flat"),
    "insufficient": N_("too few to judge"),
}
BANDS: Mapping[str, str] = {
    "above": N_("above goal"),
    "in_range": N_("in range"),
    "below": N_("below goal"),
    "insufficient": N_("too few to judge"),
}
LAYERS: Mapping[str, str] = {
    "marketplace": N_("marketplace promise"),
    "internal": N_("own promise"),
    "group": N_("promise of a team"),
}
CLOCKS: Mapping[str, str] = {
    "calendar": N_("around the clock"),
    "business": N_("business hours"),
}
SCOPES: Mapping[str, str] = {
    "company": N_("company"),
    "platform": N_("platform"),
    "marketplace_account": N_("account"),
    "channel": N_("channel"),
    "team": N_("team"),
    "agent": N_("agent"),
    "reason": N_("reason"),
    "macro": N_("macro"),
    "fix": N_("fix"),
}
VERDICTS: Mapping[str, str] = {
    "normal": N_("normal"),
    "explained_by_volume": N_("explained by volume"),
    "explained_by_staffing": N_("explained by staffing"),
    "unexplained": N_("unexplained"),
    "suspicious_gain": N_("suspicious gain"),
    "insufficient": N_("too few to judge"),
}
"""Of speed against volume (catalogue §12)."""
ACTION_STATES: Mapping[str, str] = {
    "open": N_("open"),
    "overdue": N_("overdue"),
    "done": N_("done"),
    "dropped": N_("dropped"),
    "achieved": N_("achieved"),
    "partly": N_("partly achieved"),
    "not_achieved": N_("not achieved"),
    "inconclusive": N_("inconclusive"),
}
ROLES: Mapping[str, str] = {
    "agent": N_("agent"),
    "team_lead": N_("team lead"),
    "qa_specialist": N_("QA specialist"),
    "trainer": N_("trainer"),
    "operations_manager": N_("operations manager"),
    "wfm_planner": N_("workforce planner"),
    "marketplace_manager": N_("marketplace manager"),
    "data_owner": N_("data owner"),
    "logistics_manager": N_("logistics manager"),
    "finance": N_("finance"),
    "fix_owner": N_("owner of the fix"),
    "holder": N_("whoever holds it"),
}
FORUMS: Mapping[str, str] = {
    "daily_huddle": N_("daily huddle"),
    "weekly_ops_review": N_("weekly operations review"),
    "qa_calibration": N_("QA calibration"),
    "monthly_business_review": N_("monthly business review"),
    "quarterly_kpi_review": N_("quarterly KPI review"),
    "reason_review": N_("reason review"),
}
RESTATED: Mapping[str, str] = {
    "late_data": N_("late data"),
    "source_correction": N_("corrected at the source"),
    "late_cost": N_("late cost"),
    "mapping_fix": N_("mapping corrected"),
    "dispute_outcome": N_("outcome of a dispute"),
    "survey_changed": N_("survey answer changed"),
    "unmerge_or_restore": N_("tickets split or restored"),
    "policy_backdated": N_("policy entered afterwards"),
    "defect_fix": N_("defect of ours mended"),
    "definition_change": N_("definition changed"),
}
SEVERITIES: Mapping[str, str] = {
    "critical": N_("critical"),
    "high": N_("high"),
    "medium": N_("medium"),
    "info": N_("for information"),
}
RULES: Mapping[str, str] = {
    "agent_sla_below": N_("Surely below the goal"),
    "agent_sla_watch": N_("Below the goal two weeks running"),
    "obligation_at_risk": N_("Promise at risk"),
    "obligation_breached": N_("Promise broken and still unanswered"),
    "oldest_overdue": N_("Oldest message far overdue"),
    "headroom_low": N_("Marketplace limit close"),
    "case_deadline": N_("Case to be answered soon"),
    "closed_unanswered_spike": N_("Many closed without a reply"),
    "sensitive_burst": N_("Sensitive actions to be reviewed"),
    "unexplained_slowdown": N_("Slower without an explanation"),
    "reason_surge": N_("More contacts for one reason"),
    "csat_drop": N_("Customers are dissatisfied"),
    "data_stale": N_("Data stopped arriving"),
    "mapping_gap": N_("Values that nobody has mapped"),
    "completeness": N_("Loaded data are incomplete"),
    "backlog_high": N_("Too much work is waiting"),
    "resolution_below": N_("Resolutions come too late"),
}
"""Titles of alerts (catalogue §13)."""
METRICS: Mapping[str, str] = {
    "amz_account_health_rating": N_("Account health rating"),
    "amz_account_status": N_("Account status"),
    "amz_avg_response_h": N_("Mean time to answer buyers, hours"),
    "amz_otdr_shipments": N_("On-time delivery, by shipment"),
    "amz_policy_violations": N_("Policy violations"),
    "amz_warning_state": N_("Warning of the platform"),
    "amz_late_response_rate_est": N_("Late response rate, our estimate"),
    "ebay_min_gmv": N_("Sales needed for the level"),
    "ebay_min_txn_count": N_("Transactions needed for the level"),
    "ebay_seller_level": N_("Seller level"),
    "social_page_response_time": N_("Response time of the page"),
}
"""Published figures that are no KPI."""
