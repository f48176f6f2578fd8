"""Words for the codes of facts: tickets, answers owed, actions, surveys, reviews, orders, and what sources deliver.

A map for each kind of code, because one code may mean two things (``open`` of a ticket, of a turn); English here,
translated where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestration.dashboard.words import N_

TICKETS: Mapping[str, str] = {
    "new": N_("new"),
    "open": N_("open"),
    "pending": N_("waiting for the customer"),
    "on_hold": N_("waiting for a third party"),
    "solved": N_("solved"),
    "closed": N_("closed"),
    "deleted": N_("deleted"),
    "spam": N_("spam"),
    "test": N_("test"),
    "low": N_("low priority"),
    "normal": N_("normal priority"),
    "high": N_("high priority"),
    "urgent": N_("urgent"),
}
TURNS: Mapping[str, str] = {
    "first": N_("first message"),
    "next": N_("further message"),
    "case": N_("marketplace request"),
    "open": N_("still open"),
    "answered": N_("answered"),
    "answered_by_bot": N_("answered by the bot"),
    "closed_unanswered": N_("closed unanswered"),
    "missed": N_("missed"),
    "waived": N_("needs no reply"),
    "excluded": N_("excluded"),
    "met": N_("kept"),
    "breached": N_("broken"),
    "pending": N_("still open"),
    "no_target": N_("no target"),
    "marked_no_reply_needed": N_("marked as needing no reply"),
    "thank_you_rule": N_("only a thank-you"),
    "customer_withdrew": N_("withdrawn by the customer"),
    "duplicate_merged": N_("duplicate, merged"),
    "platform_closed": N_("closed by the platform"),
    "spam": N_("spam"),
    "deleted": N_("deleted"),
    "test": N_("test"),
    "clock_anomaly": N_("clock of the source is wrong"),
    "missed_policy": N_("left out by the policy for missed contacts"),
}
"""Kinds and states of answers owed, verdicts, and why one needs no reply or counts nowhere."""
OWNER_RULES: Mapping[str, str] = {
    "responder": N_("gave the answer"),
    "holder": N_("held it when it was due"),
    "fair_window": N_("held it longest before a late hand-over"),
    "queue": N_("nobody held it"),
    "sync_lag": N_("not yet in the helpdesk"),
    "closer": N_("closed it unanswered"),
    "incident": N_("outage: nobody's fault"),
}
"""Why somebody owns a verdict (catalogue §4, A2)."""
PEOPLE: Mapping[str, str] = {
    "customer": N_("customer"),
    "agent": N_("agent"),
    "bot": N_("bot"),
    "system": N_("system"),
    "marketplace": N_("marketplace"),
    "automation": N_("automatic rule"),
    "reviewer": N_("reviewer"),
    "unknown": N_("unknown"),
}
ORIGINS: Mapping[str, str] = {
    "audit_log": N_("log of changes"),
    "webhook": N_("notice of the source"),
    "snapshot_diff": N_("comparison of two states"),
    "message": N_("message"),
}
"""How an action came to be known."""
CHANGES: Mapping[str, str] = {
    "duplicate": N_("duplicate"),
    "escalation": N_("escalation"),
    "no_reply_needed": N_("no reply needed"),
    "shift_handover": N_("handed over at the end of a shift"),
    "spam": N_("spam"),
}
"""Reasons of actions; whatever else a helpdesk writes is shown as it stands there."""
DELIVERED: Mapping[str, str] = {
    "sent": N_("sent"),
    "delivered": N_("delivered"),
    "failed": N_("could not be delivered"),
    "blocked_by_platform": N_("blocked by the platform"),
}
SURVEYS: Mapping[str, str] = {
    "binary": N_("good or bad"),
    "stars5": N_("five stars"),
    "nps11": N_("recommendation, 0 to 10"),
    "amazon_yesno": N_("Amazon, yes or no"),
    "amazon_1to5": N_("Amazon, 1 to 5"),
    "satisfied": N_("satisfied"),
    "neutral": N_("neutral"),
    "dissatisfied": N_("dissatisfied"),
    "good": N_("good"),
    "bad": N_("bad"),
    "yes": N_("yes"),
    "no": N_("no"),
    "opted_out": N_("not sent: the customer wants none"),
    "asked_within_30_days": N_("not sent: asked within 30 days"),
}
ATTRIBUTIONS: Mapping[str, str] = {
    "A1": N_("whoever wrote the reply"),
    "A2": N_(
        "whoever held the ticket when the promise was judged; whoever replied where it was kept"
    ),
    "A3": N_("whoever resolved the ticket"),
    "A4": N_("whoever the ticket was assigned to"),
    "A5": N_("whoever acted"),
    "A6": N_("whoever held the ticket at the snapshot"),
    "A7": N_("the agent who was reviewed"),
    "A8": N_("the reviewer"),
    "A9": N_("no single person: teams and wider"),
    "A10": N_("no single person: the marketplace account"),
    "owner": N_("whoever owns the fix"),
    "segments": N_("everyone for the time they held the ticket"),
}
"""Rules by which a KPI finds a person (catalogue §4)."""
REVIEWS: Mapping[str, str] = {
    "regular": N_("regular review"),
    "calibration": N_("calibration"),
    "self": N_("self review"),
    "dispute_re_review": N_("review after a dispute"),
    "draft": N_("draft"),
    "submitted": N_("handed in"),
    "disputed": N_("disputed"),
    "final": N_("final"),
    "customer_critical": N_("critical for the customer"),
    "business_critical": N_("critical for the business"),
    "compliance_critical": N_("critical for compliance"),
    "non_critical": N_("not critical"),
}
ORDERS: Mapping[str, str] = {
    "mfn": N_("shipped by us"),
    "afn": N_("shipped by the marketplace"),
    "seller": N_("by us"),
    "buyer": N_("by the buyer"),
    "platform": N_("by the platform"),
    "negative_feedback": N_("negative feedback"),
    "a_to_z": N_("A-to-z claim"),
    "chargeback": N_("chargeback"),
    "inr_case": N_("case: not received"),
    "snad_case": N_("case: not as described"),
    "case_closed_without_resolution": N_("case closed without a solution of ours"),
    "seller_cancel": N_("cancelled by us"),
    "late_shipment": N_("shipped late"),
    "return_dissatisfaction": N_("dissatisfied with the return"),
    "granted": N_("decided for the buyer"),
    "denied": N_("decided for us"),
    "withdrawn": N_("withdrawn"),
    "removed": N_("removed"),
    "seller_resolved": N_("solved by us"),
    "pending": N_("undecided"),
}
SESSIONS: Mapping[str, str] = {
    "telephony": N_("telephone system"),
    "timer": N_("timer of the helpdesk"),
    "messaging_rules": N_("rules of the chat"),
    "inferred": N_("estimated from actions"),
}
"""How the time of handling is known."""
DEFECTS: Mapping[str, str] = {
    "carrier_scan_missing": N_("carrier scan missing"),
    "late_dispatch": N_("late dispatch"),
    "packaging": N_("packaging"),
    "picking_error": N_("picking error"),
    "return_instructions": N_("return instructions"),
    "untracked_service": N_("service without tracking"),
    "voucher_rules": N_("rules of vouchers"),
}
"""Operational defects of the seed; a seller's own are shown as he writes them."""
HEALTH: Mapping[str, str] = {
    "current": N_("current"),
    "projected": N_("projected"),
    "mfn": N_("shipped by us"),
    "afn": N_("shipped by the marketplace"),
    "good": N_("good"),
    "great": N_("very good"),
    "bad": N_("bad"),
    "fair": N_("fair"),
    "average": N_("average"),
    "normal": N_("normal"),
    "at_risk": N_("at risk"),
    "warned": N_("warned"),
    "deactivated": N_("deactivated"),
    "low": N_("low"),
    "high": N_("high"),
    "very_high": N_("very high"),
    "top_rated": N_("top rated"),
    "above_standard": N_("above standard"),
    "below_standard": N_("below standard"),
    "none": N_("none"),
    "listing_category": N_("listing category"),
    "policy": N_("policy"),
    "shipping_region": N_("shipping region"),
    "variant": N_("variant"),
    "warning": N_("warning"),
}
CHECKS: Mapping[str, str] = {
    "attribution_coverage": N_("replies have a named author"),
    "clock_anomaly_rate": N_("clocks of the sources are right"),
    "company_grid_is_complete": N_("every KPI of the company has its row"),
    "counts_and_durations_move_by_steps": N_("counts and durations move by steps"),
    "every_file_was_read": N_("every file was read"),
    "everything_in_the_folder_is_ours": N_("every file in the folder is known"),
    "few_rows_were_refused": N_("few rows were refused"),
    "kpis_stay_measurable": N_("KPIs stay measurable"),
    "load_completeness": N_("completeness of loads"),
    "most_kpis_stay_measurable": N_("most KPIs stay measurable"),
    "most_rows_were_accepted": N_("most rows were accepted"),
    "no_count_vanishes": N_("no count vanishes"),
    "no_day_is_multiplied": N_("no day is multiplied"),
    "no_hole_in_the_days": N_("no hole in the days"),
    "no_table_collapsed": N_("no table collapsed"),
    "policy_coverage_internal": N_("answers have an own target"),
    "policy_coverage_marketplace": N_("answers have a marketplace target"),
    "ratios_move_by_steps": N_("ratios move by steps"),
    "reference_sheets_are_read": N_("reference sheets are read"),
    "rows_have_a_content_hash": N_("rows have a content hash"),
    "rows_have_a_tenant": N_("rows have a company"),
    "rule_sheets_are_whole": N_("rule sheets are whole"),
    "scope_grids_are_nearly_complete": N_("nearly every place has its rows"),
    "sources_are_fresh": N_("sources are fresh"),
    "sync_lag_within_15_min": N_("messages reach the helpdesk within 15 min"),
    "time_precision_share_internal": N_("instants are exact, own promise"),
    "time_precision_share_marketplace": N_("instants are exact, marketplace promise"),
    "unknown_shares_are_stable": N_("unknown shares are stable"),
    "unknown_shares_do_not_explode": N_("unknown shares do not explode"),
    "unmapped_rate": N_("values outside the vocabulary"),
    "volume_is_usual_for_the_weekday": N_("volume is usual for the weekday"),
}
"""What each check claims; a check of somebody's own keeps its name."""
