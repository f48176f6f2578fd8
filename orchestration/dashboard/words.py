"""Words for the codes of the published tables, English here, translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from orchestration.presenting.languages import Language

DOMAINS = ("dashboard", "kpis", "checks", "rules")
"""Catalogs of the dashboard: its own texts, and what the warehouse says of KPIs, checks and marketplaces."""


def N_(text: str) -> str:
    """Mark a text that is translated where it is shown."""
    return text


STATUSES: Mapping[str, tuple[str, str, str]] = {
    "green": ("green", "●", N_("on target")),
    "amber": ("amber", "▲", N_("near target")),
    "red": ("red", "■", N_("off target")),
    "grey_small_n": ("grey", "–", N_("too few cases")),
    "grey_no_target": ("grey", "–", N_("no target")),
    "grey_not_measurable": ("grey", "–", N_("not measurable")),
    "grey_stale": ("grey", "–", N_("data too old")),
}
"""Colour, sign and word of each status; a colour never stands alone."""

BAND_COLOURS: Mapping[str, str] = {
    "above": "green",
    "in_range": "blue",
    "below": "red",
    "insufficient": "grey",
}
CODES: Mapping[str, str] = {
    "improving": N_("improving"),
    "worsening": N_("worsening"),
    "flat": N_("flat"),
    "insufficient": N_("not enough data"),
    "explained_by_volume": N_("explained by volume"),
    "explained_by_staffing": N_("explained by staffing"),
    "unexplained": N_("unexplained"),
    "suspicious_gain": N_("suspicious gain"),
    "normal": N_("normal"),
    "effective": N_("effective"),
    "not proven": N_("not proven"),
    "at_risk": N_("at risk"),
    "shift_bad": N_("lasting shift for the worse"),
    "shift_good": N_("lasting shift for the better"),
    "outlier_bad": N_("unusually bad month"),
    "outlier_good": N_("unusually good month"),
    "open": N_("open"),
    "provisional": N_("provisional"),
    "frozen": N_("closed"),
    "restated": N_("restated"),
    "done": N_("done"),
    "overdue": N_("overdue"),
    "dropped": N_("dropped"),
    "achieved": N_("achieved"),
    "partly": N_("partly achieved"),
    "not_achieved": N_("not achieved"),
    "inconclusive": N_("inconclusive"),
    "above": N_("above goal"),
    "in_range": N_("in range"),
    "below": N_("below goal"),
    "marketplace": N_("marketplace promise"),
    "internal": N_("own promise"),
    "group": N_("group"),
    "calendar": N_("around the clock"),
    "business": N_("business hours"),
    "company": N_("company"),
    "platform": N_("platform"),
    "marketplace_account": N_("account"),
    "channel": N_("channel"),
    "team": N_("team"),
    "agent": N_("agent"),
    "reason": N_("reason"),
    "macro": N_("macro"),
    "fix": N_("fix"),
    "obligation": N_("case"),
    "source": N_("source"),
    "critical": N_("critical"),
    "high": N_("high"),
    "medium": N_("medium"),
    "info": N_("info"),
    "warning": N_("warning"),
    "passed": N_("passed"),
    "failed": N_("failed"),
    "unknown": N_("unknown"),
    "none": N_("none"),
}
CUSTOMERS: Mapping[str, str] = {
    "consumer": N_("consumers"),
    "business": N_("business customers"),
    "vip": N_("VIP"),
    "unknown": N_("unknown"),
}
"""Apart from the other codes: a business customer and business hours have one code."""
PLATFORMS: Mapping[str, str] = {
    "amazon": "Amazon",
    "ebay": "eBay",
    "walmart": "Walmart",
    "etsy": "Etsy",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "vk": "VK",
    "x": "X",
    "google_reviews": N_("Google reviews"),
    "webshop": N_("web shop"),
    "phone": N_("phone"),
    "chat": N_("chat"),
    "email": N_("e-mail"),
    "other": N_("other"),
}
"""Names of platforms are proper names; what is none is translated."""
RULES: Mapping[str, str] = {
    "agent_sla_below": N_("Agent clearly below goal"),
    "agent_sla_watch": N_("Agent near goal for two weeks"),
    "obligation_at_risk": N_("Answer due soon"),
    "obligation_breached": N_("Marketplace promise broken"),
    "oldest_overdue": N_("Customer waiting twice the limit"),
    "headroom_low": N_("Marketplace limit close"),
    "case_deadline": N_("Case deadline within a day"),
    "closed_unanswered_spike": N_("Many conversations closed unanswered"),
    "sensitive_burst": N_("Unusual closings or deletions"),
    "unexplained_slowdown": N_("Slower without an explanation"),
    "reason_surge": N_("A reason surges"),
    "csat_drop": N_("Satisfaction dropped"),
    "data_stale": N_("Data too old"),
    "mapping_gap": N_("Values outside the vocabulary"),
    "completeness": N_("Rows missing"),
    "backlog_high": N_("Backlog too high"),
    "resolution_below": N_("Resolution promise missed"),
}
FLAGS: Mapping[str, str] = {
    "slow_first_reply": N_("Slow first reply"),
    "slow_on_platform": N_("Slow on one platform"),
    "high_aht_reason": N_("Long handling of a top reason"),
    "low_fcr_reason": N_("A reason often needs a second contact"),
    "reopen_outlier": N_("Many reopened"),
    "macro_unused": N_("Macro rarely used"),
    "retag_outlier": N_("Reasons often corrected"),
    "holds_unanswered": N_("Handed on without reply"),
    "quality_below_min": N_("Quality below minimum"),
    "knowledge_gap": N_("Knowledge gap"),
    "overload": N_("Overload: staffing, not coaching"),
    "recognition": N_("Recognition"),
}
VERDICTS: Mapping[str, tuple[str, str, str]] = {
    "normal": ("green", N_("normal"), N_("Normal: speed is inside its own limits.")),
    "explained_by_volume": (
        *("amber", N_("explained by volume")),
        N_("Slower, and explained by more work per person."),
    ),
    "explained_by_staffing": (
        *("amber", N_("explained by staffing")),
        N_("Slower, and explained by fewer people than planned."),
    ),
    "unexplained": (
        *("red", N_("unexplained")),
        N_("Slower than load and staffing explain: look case by case."),
    ),
    "suspicious_gain": (
        *("red", N_("suspicious gain")),
        N_("Faster while more was closed without reply: look at the closings."),
    ),
    "insufficient": ("grey", N_("too few days"), N_("Too few days to compare with.")),
}
"""Colour, short word and sentence of each verdict."""
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
}
FIX_STATUS: Mapping[str, str] = {
    "planned": N_("planned"),
    "live": N_("live"),
    "stopped": N_("stopped"),
}
FORUMS: Mapping[str, str] = {
    "daily_huddle": N_("daily huddle"),
    "weekly_ops_review": N_("weekly operations review"),
    "qa_calibration": N_("QA calibration"),
    "monthly_business_review": N_("monthly business review"),
    "quarterly_kpi_review": N_("quarterly KPI review"),
    "reason_review": N_("reason review"),
}
GROUPS: Mapping[str, str] = {
    "A": N_("Service levels and speed"),
    "B": N_("Quality"),
    "C": N_("Cost and demand"),
    "D": N_("Agent activity and audit"),
    "E": N_("Reasons and macros"),
    "F": N_("Marketplace health"),
    "G": N_("Data quality"),
}
ACTIONS: Mapping[str, str] = {
    "reason_change": N_("reason changed"),
    "tag_added": N_("tag added"),
    "tag_removed": N_("tag removed"),
    "status_change": N_("status changed"),
    "author_blocked": N_("author blocked"),
    "marked_no_reply_needed": N_("marked as needing no reply"),
    "marked_spam": N_("marked as spam"),
    "unmarked_spam": N_("unmarked as spam"),
    "merged": N_("merged"),
    "split": N_("split"),
    "reply_sent": N_("reply sent"),
    "internal_note_written": N_("internal note written"),
    "message_hidden": N_("message hidden"),
    "message_deleted": N_("message deleted"),
    "message_edited": N_("message edited"),
    "deleted": N_("ticket deleted"),
    "restored": N_("ticket restored"),
    "assignee_change": N_("assignee changed"),
    "team_change": N_("team changed"),
    "priority_change": N_("priority changed"),
}
HOLDERS: Mapping[str, str] = {
    "queue": N_("waiting in the queue"),
    "sync_lag": N_("not yet in the helpdesk"),
    "agent": N_("with an agent"),
    "bot": N_("with the bot"),
    "closed": N_("closed unanswered"),
    "third_party": N_("waiting for a third party"),
    "customer": N_("waiting for the customer"),
}
TRIGGERS: Mapping[str, str] = {
    "red": N_("off target"),
    "streak": N_("off target for months"),
    "signal": N_("control chart signal"),
    "alert": N_("alert"),
    "restatement": N_("restatement"),
    "idea": N_("idea"),
}
DECISIONS: Mapping[str, str] = {
    "coaching": N_("coaching"),
    "staffing": N_("staffing"),
    "routing": N_("routing"),
    "process_fix": N_("process fix"),
    "macro_or_training": N_("macro or training"),
    "upstream_fix": N_("fix at the cause"),
    "target_change": N_("target change"),
    "definition_change": N_("definition change"),
    "policy_change": N_("policy change"),
    "data_fix": N_("data fix"),
    "accept_risk": N_("accept the risk"),
}


def word(own: Language, code: object, kind: Mapping[str, str] = CODES) -> str:
    """A code in the reader's language; one that has no word with spaces between its parts, empty for null."""
    if code is None or code is pd.NA or code != code:
        return ""
    text = str(code)
    return own.text(kind[text]) if text in kind else own.coded(text)
