"""Which capabilities a tenant's sources have, judged from canonical rows (catalogue §2.8)."""

from __future__ import annotations

from collections.abc import Iterable

from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.history import World

_IN_TABLES = {
    "handle_time": ("handle_sessions", None),
    "agent_state": ("agent_time", None),
    "survey_resolved_question": ("satisfaction_responses", "resolved_answer"),
}
BY_TICKET = {
    *("messages", "first_replies", "any_messages", "reply_obligations", "ticket_events"),
    *("event_log", "assignment_log", "tag_log", "delete_log", "macro_id", "ticket_team"),
}
"""Needs that each source meets for its own tickets or does not."""


def is_heard(world: World) -> Iterable[Row]:
    """What customers said: their public messages, and calls and chats."""
    for ticket in world.tickets.values():
        for row in ticket.messages:
            is_theirs = row["visibility"] == "public" and row["author_role"] == "customer"
            if is_theirs or row["call_queue_entered_at"] is not None:
                yield row


def is_told_of_changes(world: World) -> Iterable[Row]:
    """Changes that count as told: what polls let be inferred does not where the source says it has no log."""
    silent = {
        row["source_system"]
        for row in world.tables["source_capabilities"]
        if row["capability"] == "event_log" and row["level"] == "none"
    }
    for ticket in world.tickets.values():
        for row in ticket.events:
            if row["event_source"] != "snapshot_diff" or row["source_system"] not in silent:
                yield row


def telling_sources(world: World, name: str) -> set[str]:
    """Sources that tell what a need ``BY_TICKET`` names."""
    if name == "ticket_team" and keeps_one_calendar(world):
        return {row["source_system"] for row in world.tables["tickets"]}
    if name in ("event_log", "assignment_log", "tag_log", "delete_log", "macro_id", "ticket_team"):
        return is_capable(world, name)
    if name in ("messages", "first_replies", "reply_obligations"):
        return {row["source_system"] for row in is_heard(world)}
    tickets = world.tickets.values()
    if name == "any_messages":
        return {ticket.row["source_system"] for ticket in tickets if ticket.messages}
    return {row["source_system"] for row in is_told_of_changes(world)}


def has_capability(world: World, capability: str) -> bool:
    """Whether any source of the tenant has the capability."""
    if capability == "ticket_team" and keeps_one_calendar(world):
        return True
    return bool(is_capable(world, capability))


def keeps_one_calendar(world: World) -> bool:
    """Whether all teams work the same hours; a team without a calendar works around the clock."""
    return len({row["calendar_id"] for row in world.tables["teams"]}) < 2


def is_capable(world: World, capability: str) -> set[str]:
    """Sources that have a capability; a declared level wins over the data."""
    declared = {
        row["source_system"]: row["level"]
        for row in world.tables["source_capabilities"]
        if row["capability"] == capability
    }
    seen = {row["source_system"] for row in _evidence(world, capability)}
    sources = {row["source_system"] for row in world.tables["tickets"]} | set(declared)
    return {
        source
        for source in sources
        if (declared[source] != "none" if source in declared else source in seen)
    }


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
    if capability == "ticket_team":
        told = [row for row in world.tables["tickets"] if row["team_id"]]
        changes = world.tables["ticket_events"]
        return told + [row for row in changes if row["event_type"] == "team_change"]
    if capability == "business_calendar":
        return world.tables["tickets"] if world.tables["business_calendars"] else []
    kinds = {
        "event_log": ("status_change", "assignee_change"),
        # Who tells changes of status or holder is taken to tell those of holder and tags too.
        "assignment_log": ("status_change", "assignee_change"),
        "tag_log": ("status_change", "assignee_change"),
        "delete_log": ("message_deleted", "message_hidden", "deleted"),
    }[capability]
    return [row for row in world.tables["ticket_events"] if row["event_type"] in kinds]
