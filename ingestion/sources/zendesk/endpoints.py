"""The Zendesk endpoints the connector reads, as a table (paths and paging; columns are in ``columns.py``)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Snapshot:
    """A small list read completely at every load.

    ``name`` is the raw table, ``path`` the endpoint, ``collection`` the key of the list in the answer.
    ``optional`` endpoints are missing on some plans: 403 and 404 then mean "none" instead of a failure.
    """

    name: str
    path: str
    collection: str
    params: dict[str, str] = field(default_factory=dict)
    optional: bool = False


PAGE_SIZE = 100
"""Rows of a page of the list endpoints (their maximum); the exports decide theirs, 1,000."""

TICKETS_EXPORT = "/api/v2/incremental/tickets/cursor"
USERS_EXPORT = "/api/v2/incremental/users/cursor"
TICKET_EVENTS_EXPORT = "/api/v2/incremental/ticket_events"
TICKET_METRIC_EVENTS_EXPORT = "/api/v2/incremental/ticket_metric_events"
SATISFACTION_RATINGS = "/api/v2/satisfaction_ratings"
SCHEDULE_HOLIDAYS = "/api/v2/business_hours/schedules/{schedule_id}/holidays"

_PAGED = {"page[size]": str(PAGE_SIZE)}

SNAPSHOTS: tuple[Snapshot, ...] = (
    Snapshot("ticket_fields", "/api/v2/ticket_fields", "ticket_fields", _PAGED),
    Snapshot("brands", "/api/v2/brands", "brands", {"include_deleted": "true", **_PAGED}),
    Snapshot("groups", "/api/v2/groups", "groups", {"exclude_deleted": "false", **_PAGED}),
    Snapshot("group_memberships", "/api/v2/group_memberships", "group_memberships", _PAGED),
    Snapshot("macros", "/api/v2/macros", "macros", _PAGED),
    Snapshot("tags", "/api/v2/tags", "tags", _PAGED),
    Snapshot("sla_policies", "/api/v2/slas/policies", "sla_policies", optional=True),
    Snapshot("schedules", "/api/v2/business_hours/schedules", "schedules", optional=True),
)

CANONICAL_TABLES = {
    "ticket_fields": "tags",
    "brands": "channels",
    "groups": "teams",
    "group_memberships": "team_membership",
    "macros": "macros",
    "tags": "tags",
    "sla_policies": "sla_policies",
    "schedules": "business_calendars",
    "schedule_holidays": "calendar_exceptions",
}
"""Canonical table a reference list feeds: where a record that cannot be read is missing."""
