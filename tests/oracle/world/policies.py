"""Which promise applied when (catalogue §3.4) and the clock it runs on (§3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.oracle.world.calendar import Calendars, Piece
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.history import World
from tests.oracle.world.tickets import BEGINNING, Ticket

LAYERS = ("marketplace", "internal")


@dataclass(frozen=True)
class Target:
    """One row of ``sla_targets`` with the policy it belongs to."""

    policy_id: str
    target_version_id: str
    seconds: int | None
    business_days: int | None
    clock: str
    calendar_id: str | None
    clock_start: str
    pauses: tuple[str, ...]

    @property
    def fair_window(self) -> int:
        """Seconds below which a late receiver is not blamed."""
        return 3600 if self.seconds is None else min(self.seconds // 4, 3600)


class Book:
    """Policies and targets of one tenant."""

    def __init__(self, world: World) -> None:
        """Order policies as they are tested; index targets by policy version and metric."""
        self.world = world
        self.policies: dict[str, list[Row]] = {
            layer: sorted(
                (p for p in world.tables["sla_policies"] if p["layer"] == layer),
                key=lambda p: (p["position"], p["policy_id"], p["version"]),
            )
            for layer in LAYERS
        }
        self.targets: dict[tuple[str, str, str], list[Row]] = {}
        for row in world.tables["sla_targets"]:
            key = (row["policy_id"], row["version"], row["metric"])
            self.targets.setdefault(key, []).append(row)
        self.bounds = {
            layer: sorted(
                {
                    p[name]
                    for p in rows
                    for name in ("valid_from", "valid_to")
                    if p[name] is not None
                }
            )
            for layer, rows in self.policies.items()
        }

    def evaluate(self, ticket: Ticket, layer: str, metric: str, when: int) -> Target | None:
        """The target in force at an instant; null = no policy matches or it has no such target."""
        facts = self._facts(ticket, when)
        for policy in self.policies[layer]:
            if policy["valid_from"] > when:
                continue
            if policy["valid_to"] is not None and when >= policy["valid_to"]:
                continue
            if all(facts.get(k) in wanted for k, wanted in (policy["conditions"] or {}).items()):
                return self._target(policy, metric, facts["priority"])
        return None

    def _facts(self, ticket: Ticket, when: int) -> dict[str, Any]:
        row = ticket.root_at(when).row
        source = row["source_system"]
        channel = self.world.channels.get((source, row["channel_id"]), {})
        customer = self.world.customers.get((source, row["customer_ref"]), {})
        facts = {
            "platform": channel.get("platform", row.get("platform")),
            "channel_id": row["channel_id"],
            "channel_class": channel.get("channel_class"),
            "marketplace_account_id": row["marketplace_account_id"],
            "team_id": ticket.value("team").at(when),
            "priority": ticket.value("priority").at(when),
            "customer_type": customer.get("customer_type"),
            "reason_tag_id": ticket.value("reason").at(when),
            "language": row["language"],
        }
        return {k: v if v is not None else _Nothing() for k, v in facts.items()} | {
            "priority": facts["priority"] if facts["priority"] is not None else _Nothing()
        }

    def _target(self, policy: Row, metric: str, priority: Any) -> Target | None:
        rows = self.targets.get((policy["policy_id"], policy["version"], metric), [])
        exact = [row for row in rows if row["priority"] == priority]
        chosen = (exact or [row for row in rows if row["priority"] is None] or [None])[0]
        if chosen is None:
            return None
        return Target(
            policy["policy_id"],
            chosen["target_version_id"],
            chosen["target_seconds"],
            chosen["target_business_days"],
            chosen["clock"],
            chosen["calendar_id"],
            chosen["clock_start"],
            tuple(chosen["pause_statuses"] or ()),
        )

    def instants(self, ticket: Ticket, layer: str, after: int, until: int) -> list[int]:
        """Relevant changes in ``(after, until]``: priority, team, reason, merge, policy validity."""
        found = set(ticket.merge_instants(after, until))
        for attribute in ("priority", "team", "reason"):
            found.update(ticket.value(attribute).changes(after, until))
        found.update(bound for bound in self.bounds[layer] if after < bound <= until)
        return sorted(found)


class _Nothing:
    """A null on the ticket: equal to nothing, so that it matches no listed value."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return False


class TargetClock:
    """Seconds and due instants of one target on one ticket.

    A list of running stretches carries both the calendar in force and the pauses: while the ticket
    is in a pausing status the clock stands still.
    """

    def __init__(
        self,
        world: World,
        calendars: Calendars,
        ticket: Ticket,
        target: Target,
        known_until: int,
        pauses: tuple[str, ...] = (),
    ) -> None:
        """``known_until``: team and status changes later than this are not known yet."""
        self.calendars, self.target = calendars, target
        pieces: list[Piece] = [(BEGINNING, None, None)]
        if target.clock != "calendar":
            pieces = calendar_pieces(world, ticket, target.calendar_id, known_until)
        running = [
            (start, end)
            for start, end, status in ticket.value("status").pieces(known_until)
            if status not in pauses
        ]
        can_pause = pauses and target.business_days is None  # business days go on
        self.pieces = _crossed(pieces, running) if can_pause else pieces

    @property
    def _is_business(self) -> bool:
        return self.target.clock == "business" and self.target.seconds is not None

    def due(self, anchor: int) -> int | None:
        """Instant at which the target is used up."""
        target = self.target
        if target.business_days is not None:
            calendar = self.pieces[-1][2]  # of the team as known at the evaluation
            if calendar is None:
                return None
            return self.calendars.business_day_due(calendar, anchor, target.business_days)
        assert target.seconds is not None
        if self._is_business:
            return self.calendars.due(self.pieces, anchor, target.seconds)
        missing = target.seconds * SECOND
        for start, end, _ in self.pieces:
            start = max(start, anchor)
            if end is None or end - start >= missing:
                return start + missing
            missing -= max(end - start, 0)
        return None

    def microseconds(self, start: int, stop: int) -> int:
        """Target-clock time of ``[start, stop)``."""
        if stop <= start:
            return 0
        if self._is_business:
            return self.calendars.open_microseconds(self.pieces, start, stop) or 0
        return sum(
            max(0, min(stop, stop if end is None else end) - max(start, low))
            for low, end, _ in self.pieces
        )


def _crossed(pieces: list[Piece], running: list[tuple[int, int | None]]) -> list[Piece]:
    """Pieces cut down to the stretches in which the clock runs."""
    found: list[Piece] = []
    for start, end, calendar in pieces:
        for low, high in running:
            begin = max(start, low)
            ends = [limit for limit in (end, high) if limit is not None]
            finish = min(ends) if ends else None
            if finish is None or begin < finish:
                found.append((begin, finish, calendar))
    return sorted(found, key=lambda piece: piece[0])


def calendar_pieces(world: World, ticket: Ticket, calendar: str | None, until: int) -> list[Piece]:
    """Calendar in force over time: the given one, else that of the ticket's team at each instant."""
    if calendar is not None:
        return [(BEGINNING, None, calendar)]
    source = ticket.row["source_system"]
    return [
        (start, end, world.team_calendar(source, team))
        for start, end, team in ticket.value("team").pieces(until)
    ]
