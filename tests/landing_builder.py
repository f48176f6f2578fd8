"""Builds small synthetic tenants as landing files, in the words of a support desk."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

SOURCE = "desk"
Rows = dict[str, list[dict[str, Any]]]
"""Rows by canonical table."""


def at(text: str, zone: str = "UTC") -> datetime:
    """Wall-clock text in a zone as a UTC instant (``2025-10-25 18:00``)."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


class Desk:
    """One tenant: a team ``t`` under calendar ``office`` (Mon–Fri 09–18), agents a, b, c, e-mail channel ``mail``.

    Without an own policy every public turn has 24 calendar hours in both layers.
    """

    def __init__(
        self,
        tenant: str,
        zone: str = "UTC",
        platform: str = "amazon",
        default_policies: bool = True,
    ) -> None:
        self.tenant = tenant
        self.zone = zone
        self.rows: Rows = defaultdict(list)
        self._numbers: dict[str, int] = defaultdict(int)
        self._status: dict[str, str | None] = {}
        self._assignee: dict[str, str | None] = {}
        self._team: dict[str, str | None] = {}
        self._priority: dict[str, str | None] = {}
        self.add("tenants", name=tenant, reporting_tz=zone, currency="EUR")
        self.calendar("office", zone, {day: [("09:00", "18:00")] for day in range(1, 6)})
        self.team("t", "office")
        for agent in "abc":
            self.agent(agent)
        self.channel("mail", platform, "marketplace_message")
        if default_policies:
            self.policy("mp", "marketplace", {"first_reply": 86400, "next_reply": 86400})
            self.policy("in", "internal", {"first_reply": 86400, "next_reply": 86400})

    def add(self, table: str, **columns: Any) -> dict[str, Any]:
        """Append a row; instants become ISO text, lists and dicts JSON."""
        row = {"tenant_id": self.tenant, "source_system": SOURCE}
        for name, value in columns.items():
            if isinstance(value, datetime):
                value = value.isoformat()
            elif isinstance(value, dict | list):
                value = json.dumps(value)
            elif isinstance(value, bool):
                value = "true" if value else "false"
            row[name] = value
        self.rows[table].append(row)
        return row

    def _id(self, prefix: str) -> str:
        self._numbers[prefix] += 1
        return f"{prefix}{self._numbers[prefix]}"

    # reference data

    def calendar(
        self, calendar_id: str, zone: str, hours: dict[int, list[tuple[str, str]]]
    ) -> None:
        """A calendar with opening hours per ISO weekday, valid for ever."""
        self.add("business_calendars", calendar_id=calendar_id, tz=zone, name=calendar_id)
        for weekday, spans in hours.items():
            for opens, closes in spans:
                self.add(
                    "calendar_hours",
                    calendar_id=calendar_id,
                    weekday=weekday,
                    opens=opens,
                    closes=closes,
                    valid_from="2015-01-01",
                )

    def team(self, team_id: str, calendar_id: str | None) -> None:
        """A team; one without a calendar works around the clock."""
        self.add("teams", team_id=team_id, name=team_id, calendar_id=calendar_id)

    def agent(self, agent_id: str, team_id: str = "t", is_bot: bool = False) -> None:
        """An agent, since 2015 in one home team."""
        since = at("2015-01-01 00:00")
        self.add("agents", agent_id=agent_id, display_name=f"Agent {agent_id}", is_bot=is_bot)
        self.add("agent_role_history", agent_id=agent_id, role="agent", valid_from=since)
        self.add("team_membership", agent_id=agent_id, team_id=team_id, valid_from=since)

    def channel(
        self,
        channel_id: str,
        platform: str,
        channel_class: str,
        modality: str = "async",
        missed_policy: str = "count_as_missed",
    ) -> None:
        self.add(
            "channels",
            channel_id=channel_id,
            name=channel_id,
            platform=platform,
            channel_class=channel_class,
            modality=modality,
            missed_policy=missed_policy,
        )

    def policy(
        self,
        policy_id: str,
        layer: str,
        targets: dict[str, int],
        clock: str = "calendar",
        calendar_id: str | None = None,
        priorities: dict[str, int] | None = None,
        conditions: dict[str, Any] | None = None,
        position: int = 1,
        version: str = "1",
        valid_from: datetime | None = None,
        valid_to: datetime | None = None,
        clock_start: str = "customer_message",
        pause_statuses: list[str] | None = None,
    ) -> None:
        """A policy with one target in seconds per metric; ``priorities`` adds first-reply targets per priority."""
        self.add(
            "sla_policies",
            policy_id=policy_id,
            version=version,
            layer=layer,
            name=policy_id,
            position=position,
            conditions=conditions or {},
            valid_from=valid_from or at("2015-01-01 00:00"),
            valid_to=valid_to,
        )
        rows = [(metric, None, seconds) for metric, seconds in targets.items()]
        rows += [("first_reply", name, seconds) for name, seconds in (priorities or {}).items()]
        for metric, priority, seconds in rows:
            self.add(
                "sla_targets",
                target_version_id=f"{policy_id}-{version}-{metric}-{priority or 'any'}",
                policy_id=policy_id,
                version=version,
                metric=metric,
                priority=priority,
                target_seconds=seconds,
                clock=clock,
                calendar_id=calendar_id,
                clock_start=clock_start,
                pause_statuses=pause_statuses or [],
                compliance_goal="0.95",
            )

    def without_calendars(self) -> None:
        """Take the sheets of calendars away: no team has one."""
        for table in ("business_calendars", "calendar_hours"):
            self.rows.pop(table, None)
        for row in self.rows["teams"]:
            del row["calendar_id"]

    # tickets and what happens to them

    def ticket(
        self,
        created: datetime,
        ticket_id: str | None = None,
        channel: str = "mail",
        origin: str = "inbound",
        assignee: str | None = None,
        team: str | None = "t",
        priority: str | None = None,
        reason: str | None = None,
        status: str | None = "open",
        **columns: Any,
    ) -> str:
        """A ticket; its row holds the state after everything that is told of it later."""
        ticket_id = ticket_id or self._id("k")
        self._status[ticket_id] = status
        self._assignee[ticket_id] = assignee
        self._team[ticket_id] = team
        self._priority[ticket_id] = priority
        self.add(
            "tickets",
            ticket_id=ticket_id,
            created_at=created,
            created_by_role={"outbound": "agent", "proxy": "agent"}.get(origin, "customer"),
            origin=origin,
            channel_id=channel,
            customer_ref=columns.pop("customer_ref", f"buyer-{ticket_id}"),
            status=status,
            priority=priority,
            assignee_id=assignee,
            team_id=team,
            primary_reason_tag_id=reason,
            source_updated_at=created,
            **columns,
        )
        return ticket_id

    def _current(self, ticket_id: str) -> dict[str, Any]:
        return next(row for row in self.rows["tickets"] if row["ticket_id"] == ticket_id)

    def customer(self, ticket_id: str, sent: datetime, **columns: Any) -> str:
        """A public message of the customer."""
        return self.message(ticket_id, sent, "inbound", "customer", f"buyer-{ticket_id}", **columns)

    def reply(self, ticket_id: str, sent: datetime, agent: str | None = "a", **columns: Any) -> str:
        """A public reply by an agent; None is one typed outside the helpdesk."""
        return self.message(ticket_id, sent, "outbound", "agent", agent, **columns)

    def bot(self, ticket_id: str, sent: datetime, **columns: Any) -> str:
        return self.message(ticket_id, sent, "outbound", "bot", "bot", is_automated=True, **columns)

    def message(
        self,
        ticket_id: str,
        sent: datetime,
        direction: str,
        role: str,
        author: str | None,
        **columns: Any,
    ) -> str:
        message_id = columns.pop("message_id", None) or self._id("m")
        values = {
            "available_at": sent,
            "visibility": "public",
            "is_automated": False,
            "message_kind": "private_message",
            "delivery_status": "delivered",
        }
        self.add(
            "messages",
            message_id=message_id,
            ticket_id=ticket_id,
            sent_at=sent,
            direction=direction,
            author_role=role,
            author_id=author,
            **(values | columns),
        )
        return message_id

    def event(
        self,
        ticket_id: str,
        occurred: datetime,
        event_type: str,
        old: str | None = None,
        new: str | None = None,
        actor: str | None = None,
        role: str = "agent",
        **columns: Any,
    ) -> None:
        order = ["merged", "policy_applied", "priority_change", "team_change", "assignee_change"]
        seq = order.index(event_type) if event_type in order else 6
        self.add(
            "ticket_events",
            event_id=self._id("e"),
            ticket_id=ticket_id,
            event_type=event_type,
            from_value=old,
            to_value=new,
            actor_id=actor,
            actor_role=role,
            occurred_at=occurred,
            time_precision_s=columns.pop("time_precision_s", 0),
            event_source=columns.pop("event_source", "audit_log"),
            seq=seq,
            **columns,
        )

    def assign(self, ticket_id: str, when: datetime, agent: str | None, **columns: Any) -> None:
        """Assignment to an agent (None: back to the queue) by a rule unless ``actor`` is given."""
        role = "agent" if columns.get("actor") else "automation"
        old, self._assignee[ticket_id] = self._assignee[ticket_id], agent
        self.event(ticket_id, when, "assignee_change", old, agent, role=role, **columns)
        self._current(ticket_id)["assignee_id"] = agent

    def status(
        self,
        ticket_id: str,
        when: datetime,
        status: str,
        actor: str | None = "a",
        role: str = "agent",
        **columns: Any,
    ) -> None:
        old, self._status[ticket_id] = self._status[ticket_id], status
        self.event(ticket_id, when, "status_change", old, status, actor, role, **columns)
        self._current(ticket_id)["status"] = status

    def priority(self, ticket_id: str, when: datetime, priority: str) -> None:
        old, self._priority[ticket_id] = self._priority[ticket_id], priority
        self.event(ticket_id, when, "priority_change", old, priority, "a")
        self._current(ticket_id)["priority"] = priority

    def move(self, ticket_id: str, when: datetime, team: str) -> None:
        """Change of the ticket's team."""
        old, self._team[ticket_id] = self._team[ticket_id], team
        self.event(ticket_id, when, "team_change", old, team, "a")
        self._current(ticket_id)["team_id"] = team

    def merge(self, secondary: str, root: str, when: datetime, **columns: Any) -> None:
        """Merge of one ticket into another."""
        self.event(secondary, when, "merged", None, root, "a", **columns)
        row = self._current(secondary)
        row["merged_into_ticket_id"] = root
        row["source_updated_at"] = when.isoformat()

    def delete_message(self, message_id: str, when: datetime, actor: str = "a") -> None:
        """Deletion of a message by an agent, in the message and in the audit log."""
        row = next(row for row in self.rows["messages"] if row["message_id"] == message_id)
        row["deleted_at"] = when.isoformat()
        row["deleted_by"] = actor
        self.event(row["ticket_id"], when, "message_deleted", message_id, None, actor)


def write(desks: list[Desk], folder: Path, reverse: bool = False) -> Path:
    """Write tenants as one landing folder; see ``write_rows``."""
    return write_rows((desk.rows for desk in desks), folder, reverse)


def write_rows(tenants: Iterable[Rows], folder: Path, reverse: bool = False) -> Path:
    """Write the rows of many tenants as one landing folder of JSON lines, a file per canonical table.

    Args:
        tenants: rows by table, of each tenant.
        folder: is made where it is not there.
        reverse: turn the order of all rows round.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tables: Rows = defaultdict(list)
    for rows in tenants:
        for table, entries in rows.items():
            tables[table].extend(entries)
    for table, entries in tables.items():
        ordered = reversed(entries) if reverse else entries
        text = "".join(json.dumps(row) + "\n" for row in ordered)
        (folder / f"{table}.jsonl").write_text(text, encoding="utf-8")
    return folder


def hours(number: float) -> timedelta:
    """A number of hours."""
    return timedelta(hours=number)


def minutes(number: float) -> timedelta:
    """A number of minutes."""
    return timedelta(minutes=number)
