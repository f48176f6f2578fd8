"""Parts of a verdict: stretches of a clock, segments of an owner, incidents (catalogue §3.1, §3.3, §5)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.world.canonical_rows import SECOND
from tests.oracle.world.history import World
from tests.oracle.world.policies import Target
from tests.oracle.world.tickets import Ticket

_INCIDENTS = ("outage", "platform_outage", "force_majeure")


@dataclass
class Segment:
    """Who held the obligation in ``[start, stop)``; ``agent`` also for a closed one (its closer)."""

    holder: str
    agent: str | None
    start: int
    stop: int
    team: str | None = None


@dataclass
class Verdict:
    """Result of one layer; owner only for met and breached (agent null = unowned)."""

    verdict: str
    target: Target | None = None
    due_at: int | None = None
    verdict_at: int | None = None
    owner: str | None = None
    owner_team: str | None = None
    owner_rule: str | None = None
    exclusion: str | None = None
    overrun_s: int | None = None
    missed_class: str | None = None


@dataclass
class Stretch:
    """A target in force from ``start`` on, its due instant and the instant it counts as passed."""

    start: int
    target: Target | None
    due_at: int | None

    @property
    def passed_at(self) -> int | None:
        """From this instant on the obligation is breached."""
        return None if self.due_at is None else max(self.due_at + SECOND, self.start)

    @property
    def verdict_at(self) -> int | None:
        """Instant of the breach: the due time, or the change that made it past."""
        return None if self.due_at is None else max(self.due_at, self.start)


def breach_of(stretches: list[Stretch], end: int) -> Stretch | None:
    """The first stretch whose due time passed while it was in force and before the end."""
    for index, stretch in enumerate(stretches):
        limit = stretches[index + 1].start if index + 1 < len(stretches) else end
        if stretch.passed_at is not None and stretch.passed_at <= min(limit, end):
            return stretch
    return None


def incident(world: World, ticket: Ticket, when: int, team: str | None) -> bool:
    """E22: whether an approved incident covers the ticket (and its team) at the instant."""
    row = ticket.root.row
    channel = world.channels.get((row["source_system"], row["channel_id"]), {})
    scopes = {
        "platform": channel.get("platform"),
        "marketplace_account": row["marketplace_account_id"],
        "channel": row["channel_id"],
        "team": team,
    }
    return any(
        window["kind"] in _INCIDENTS
        and window["starts_at"] <= when < window["ends_at"]
        and (
            window["scope_type"] == "company" or scopes[window["scope_type"]] == window["scope_id"]
        )
        for window in world.tables["incident_windows"]
    )
