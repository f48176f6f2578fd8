"""Which KPIs a tenant's sources can support (catalogue §2.8): declared capabilities, else what the data shows."""

from __future__ import annotations

from tests.oracle.canonical_rows import Row
from tests.oracle.history import World

_NEEDS = {
    "event_log": (
        "tat",
        "unanswered_holds",
        "first_resolution_time",
        "full_resolution_time",
        "sla_compliance_resolution",
        "reopen_rate",
        "resolution_volume",
        "transfer_rate",
        "backlog",
        "bot_containment_rate",
        "closed_without_reply_rate",
        "tag_coverage",
        "contacts_to_resolve",
        "fcr_operational",
        "one_touch_rate",
        "repeat_contact_rate",
        "sensitive_actions",
        "waiver_rate",
        "retag_rate",
        "tag_fcr",
        "backlog_age_p90",
        "backlog_days",
        "tfs",
        "trt",
        "requester_wait_time",
        "agent_work_time",
        "on_hold_time",
        "customer_wait_time",
        "update_gap",
        "group_ownership_time",
        "time_to_assign",
        "backlog_actionable",
        "closed_with_reply",
        "closed_without_reply",
        "assist_replies",
    ),
    "handle_time": ("aht", "aht_ticket", "handle_time_coverage", "tag_aht", "tag_cost"),
    "agent_state": (
        "productivity",
        "utilization",
        "availability_share",
        "occupancy",
        "shrinkage",
        "staffing_to_forecast",
        "speed_volume_verdict",
    ),
    "survey_resolved_question": ("fcr_survey", "rr"),
    "delete_log": ("comments_deleted", "unanswered_deletions"),
    "business_calendar": ("sdr_bd",),
    "macro_id": (
        "macro_usage_rate",
        "macro_resolution_rate",
        "macro_fcr",
        "macro_aht_delta",
    ),
}
_NEED_REASONS = (
    "tag_coverage",
    "tag_volume",
    "tag_share",
    "top5_share",
    "top5_churn",
    "pareto_vital_few",
    "retag_rate",
    "tag_fcr",
)
_NEED_TABLES = {
    "macros": ("macro_resolution_rate", "macro_top5_coverage", "macro_fcr"),
    "orders": ("reason_contact_rate", "contact_rate"),
    "sla_targets": ("agent_consistency",),
    "agent_time": ("speed_volume_verdict",),
    "handle_sessions": ("aht", "aht_ticket", "handle_time_coverage", "tag_aht", "macro_aht_delta"),
    "qa_reviews": ("qa_score", "agent_quality_rate", "qa_variance"),
    "qa_review_items": ("qa_critical_accuracy", "training_error_share", "qa_agreement"),
    "survey_sends": ("survey_response_rate",),
    "costs": ("cost_per_unit", "tag_cost"),
    "self_service_events": ("deflection_rate",),
    "fixes": ("fix_effect",),
    "order_defects": ("ebay_case_response_compliance", "ticket_defect_link_rate"),
    "account_health_snapshots": ("health_headroom",),
}

_IN_TABLES = {
    "handle_time": ("handle_sessions", None),
    "agent_state": ("agent_time", None),
    "survey_resolved_question": ("satisfaction_responses", "resolved_answer"),
}


def not_measurable(world: World) -> set[str]:
    """KPIs that would be a proxy or a false zero for this tenant."""
    hidden: set[str] = set()
    for capability, kpis in _NEEDS.items():
        if not _has(world, capability):
            hidden.update(kpis)
    if not any(tag["kind"] == "reason" for tag in world.tables["tags"]):
        hidden.update(_NEED_REASONS)
    for table, kpis in _NEED_TABLES.items():
        if not world.tables[table]:
            hidden.update(kpis)
    if not any(ticket.events for ticket in world.tickets.values()):
        hidden.add("audit_completeness")
    if not any(ticket.messages for ticket in world.tickets.values()):
        # requests alone: the instants that can contradict each other are those of messages
        hidden.update(("clock_anomaly_rate", "policy_coverage"))
    return hidden


def _has(world: World, capability: str) -> bool:
    """Whether any source of the tenant has the capability; a declared level wins over the data."""
    declared = {
        row["source_system"]: row["level"]
        for row in world.tables["source_capabilities"]
        if row["capability"] == capability
    }
    seen = {row["source_system"] for row in _evidence(world, capability)}
    sources = {row["source_system"] for row in world.tables["tickets"]} | set(declared)
    return any(
        declared[source] != "none" if source in declared else source in seen for source in sources
    )


def source_of(row: Row) -> str:
    """System whose ids the row names."""
    return str(row.get("subject_system") or row["source_system"])


def _evidence(world: World, capability: str) -> list[Row]:
    if capability == "macro_id":
        return [row for row in world.tables["messages"] if row["macro_id"] is not None]
    if capability in _IN_TABLES:
        table, column = _IN_TABLES[capability]
        rows = [row for row in world.tables[table] if column is None or row[column] is not None]
        return [row | {"source_system": source_of(row)} for row in rows]
    if capability == "business_calendar":
        return world.tables["tickets"] if world.tables["business_calendars"] else []
    kinds = {
        "event_log": ("status_change", "assignee_change"),
        "delete_log": ("message_deleted", "message_hidden", "deleted"),
    }[capability]
    return [row for row in world.tables["ticket_events"] if row["event_type"] in kinds]
