"""Small hand-written worlds for the oracle's own tests: rows as a landing file would hold them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle.turns.obligations import Obligation, obligations_of
from tests.oracle.world.canonical_rows import Tables, from_rows, instant
from tests.oracle.world.history import World

TENANT, SOURCE = "t", "helpdesk"


def at(text: str, zone: str = "UTC") -> datetime:
    """An aware instant from local text such as ``2025-10-25 18:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def iso(when: datetime) -> str:
    """UTC ISO text with offset."""
    return when.astimezone(ZoneInfo("UTC")).isoformat()


class Story:
    """Collects canonical rows of one tenant by telling what happened."""

    def __init__(self) -> None:
        """An empty tenant with one asynchronous channel."""
        self.raw: dict[str, list[dict[str, Any]]] = {}
        self._number = 0
        self.add(
            "channels",
            channel_id="mail",
            name="mail",
            platform="amazon",
            channel_class="marketplace_message",
            modality="async",
        )

    def add(self, table: str, **values: Any) -> None:
        """One row of any table."""
        row = {"tenant_id": TENANT, "source_system": SOURCE, **values}
        row = {k: iso(v) if isinstance(v, datetime) else v for k, v in row.items()}
        self.raw.setdefault(table, []).append(row)

    def ticket(self, ticket_id: str, created: datetime, **values: Any) -> str:
        """One ticket, by default an inbound one that is open."""
        row = {
            "origin": "inbound",
            "created_by_role": "customer",
            "channel_id": "mail",
            "customer_ref": "c",
            "status": "open",
            **values,
        }
        self.add("tickets", ticket_id=ticket_id, created_at=created, **row)
        return ticket_id

    def message(self, ticket: str, when: datetime, role: str = "customer", **values: Any) -> str:
        """One public message; returns its id."""
        self._number += 1
        message_id = f"m{self._number:04d}"
        row = {
            "direction": "inbound" if role == "customer" else "outbound",
            "visibility": "public",
            "author_role": role,
            "message_id": message_id,
            **values,
        }
        self.add("messages", ticket_id=ticket, sent_at=when, **row)
        return str(row["message_id"])

    def event(
        self, ticket: str, when: datetime, kind: str, old: Any, new: Any, **values: Any
    ) -> None:
        """One event of the change log."""
        self._number += 1
        row = {
            "event_id": f"e{self._number:04d}",
            "actor_role": "agent",
            "from_value": old,
            "to_value": new,
            **values,
        }
        self.add("ticket_events", ticket_id=ticket, occurred_at=when, event_type=kind, **row)

    def target(
        self,
        layer: str,
        seconds: int | None,
        *,
        metric: str = "first_reply",
        priority: str | None = None,
        since: str = "2000-01-01T00:00:00Z",
        until: str | None = None,
        policy: str | None = None,
        **values: Any,
    ) -> None:
        """A policy with one target; the same policy may get several."""
        policy = policy or layer
        if not any(p["policy_id"] == policy for p in self.raw.get("sla_policies", [])):
            self.add(
                "sla_policies",
                policy_id=policy,
                version="1",
                layer=layer,
                name=policy,
                position=1,
                conditions="{}",
                valid_from=since,
                valid_to=until,
            )
        self._number += 1
        row = {"clock": "calendar", "target_seconds": seconds, **values}
        self.add(
            "sla_targets",
            target_version_id=f"tv{self._number}",
            policy_id=policy,
            version="1",
            metric=metric,
            priority=priority,
            **row,
        )

    def calendar(self, calendar_id: str, tz: str, hours: dict[int, tuple[str, str]]) -> None:
        """A business calendar with one shift per weekday."""
        self.add("business_calendars", calendar_id=calendar_id, tz=tz, name=calendar_id)
        for weekday, (opens, closes) in hours.items():
            self.add(
                "calendar_hours",
                calendar_id=calendar_id,
                weekday=weekday,
                opens=opens,
                closes=closes,
                valid_from="2000-01-01",
            )

    def tables(self) -> Tables:
        """Typed rows."""
        return from_rows(self.raw)

    def world(self, as_of: datetime) -> World:
        """The tenant as seen at an instant."""
        seen = instant(as_of)
        assert seen is not None
        return World(self.tables(), TENANT, seen)

    def obligations(self, as_of: datetime) -> list[Obligation]:
        """Judged obligations at an instant."""
        return obligations_of(self.world(as_of))


def us(when: datetime) -> int:
    """Microseconds since the epoch."""
    found = instant(when)
    assert found is not None
    return found


def hours(count: float) -> timedelta:
    """A duration in hours."""
    return timedelta(hours=count)
