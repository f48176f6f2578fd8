"""Which numbers a tenant's sources can support (catalogue §2.8): what the cards name against what was delivered.

The cards are read from the registry; whether a capability or an input is there is judged here a second time, from the
canonical rows alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property

from tests.oracle.world.calendar import midnight
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.capabilities import (
    BY_TICKET,
    has_capability,
    is_capable,
    is_heard,
    is_told_of_changes,
    keeps_one_calendar,
    source_of,
    telling_sources,
)
from tests.oracle.world.history import World
from tests.oracle.world.needs import card_needs, where_computed

_PROMISES = {
    "first_reply_targets": ("first_reply",),
    "next_reply_targets": ("next_reply",),
    "resolution_targets": ("resolution",),
    "reply_targets": ("first_reply", "next_reply", "case_response"),
}
_TABLES = {"health_snapshots": "account_health_snapshots"}
_SPREAD = {"cost_per_unit", "tag_cost"}
"""Costs of the whole company: without the work of one source the others would carry them."""


class Measurable:
    """What one tenant's sources deliver."""

    def __init__(self, world: World, zone: str) -> None:
        """Nothing is read before it is asked for."""
        self.world, self.zone = world, zone
        self._has: dict[tuple[str, str, date | None], bool] = {}
        self._telling: dict[str, set[str]] = {}
        self._silent: dict[tuple[str, ...], frozenset[str]] = {}
        self._untold: dict[tuple[frozenset[str], date], bool] = {}
        self._timed: dict[str, bool] = {}

    def hides(self, kpi: str, variant: str, clock: str, layer: str, month: date) -> bool:
        """Whether a number would be a proxy or a false zero."""
        cards, own = card_needs()
        needs = own.get((kpi, variant), cards[kpi])
        if not all(self._once("capability", name) for name in needs.capabilities):
            return True
        if clock == "business" and not (
            self._once("business_hours", "") and self._has_team_hours(kpi)
        ):
            return True
        if kpi in _SPREAD and self.silent_about((*needs.capabilities, *needs.inputs)):
            return True
        if (kpi, variant) not in own and self._is_mostly_untold(kpi, month):
            return True
        bound = layer if needs.has_layers else "*"
        return not self.delivers((), needs.inputs, bound, month)

    def delivers(
        self, capabilities: tuple[str, ...], inputs: tuple[str, ...], layer: str, month: date
    ) -> bool:
        """Whether all capabilities and inputs are there; promises of the layer, in the month."""
        return all(self._once("capability", name) for name in capabilities) and all(
            self._once(name, layer, month) if name in _PROMISES else self._once(name, "")
            for name in inputs
        )

    def is_promised(self, kpi: str, layer: str, month: date) -> bool:
        """Whether the targets that the KPI needs in a layer are in force."""
        needs = card_needs()[0][kpi]
        return all(self._once(name, layer, month) for name in needs.inputs if name in _PROMISES)

    def silent(self, kpi: str) -> frozenset[str]:
        """Sources whose tickets the KPI does not count, because another source tells what it needs and they do not."""
        needs = card_needs()[0][kpi]
        return self.silent_about((*needs.capabilities, *needs.inputs))

    def silent_about(self, names: tuple[str, ...]) -> frozenset[str]:
        """Sources that do not tell one of these needs where another source does."""
        if names not in self._silent:
            found = set[str]()
            for name in names:
                if name in BY_TICKET and (telling := self._told(name)):
                    found |= self._sources - telling
            self._silent[names] = frozenset(found)
        return self._silent[names]

    @cached_property
    def _sources(self) -> set[str]:
        return {ticket.row["source_system"] for ticket in self.world.tickets.values()}

    def _told(self, name: str) -> set[str]:
        # asked for every row of a mart, and it reads every message of the world
        if name not in self._telling:
            self._telling[name] = telling_sources(self.world, name)
        return self._telling[name]

    def lacks(self, name: str) -> bool:
        """Whether an input that is there or not is missing."""
        return not self._once(name, "")

    def missing_obligations(self) -> str | None:
        """What to say where turns cannot be seen; null where they can."""
        return "no source delivers messages" if self.lacks("reply_obligations") else None

    def _once(self, name: str, detail: str, month: date | None = None) -> bool:
        key = (name, detail, month)
        if key not in self._has:
            self._has[key] = self._judge(name, detail, month)
        return self._has[key]

    def _judge(self, name: str, detail: str, month: date | None) -> bool:
        world = self.world
        if name == "capability":
            return has_capability(world, detail)
        if name in _PROMISES:
            assert month is not None
            return self._is_promised(_PROMISES[name], detail, month)
        judges: dict[str, Callable[[], bool]] = {
            "tickets": lambda: bool(world.tickets),
            "ticket_events": lambda: any(True for _ in is_told_of_changes(world)),
            "messages": lambda: any(True for _ in is_heard(world)),
            "first_replies": lambda: any(True for _ in is_heard(world)),
            "any_messages": lambda: any(ticket.messages for ticket in world.tickets.values()),
            "live_contacts": lambda: any(
                row["call_queue_entered_at"] is not None for row in is_heard(world)
            ),
            "amazon_messages": lambda: any(map(self._is_amazon, is_heard(world))),
            "reply_obligations": self._has_obligations,
            "business_hours": self._has_hours,
            "reason_tags": lambda: any(tag["kind"] == "reason" for tag in world.tables["tags"]),
            "satisfaction_responses": self._has_answers,
            # a channel of which only the id is known has no class
            "channels": lambda: any(row["channel_class"] for row in world.tables["channels"]),
            "month_closes": lambda: False,
        }
        if name in judges:
            return judges[name]()
        rows = world.tables[_TABLES.get(name, name)]
        return any(not row["is_deleted_in_source"] for row in rows)

    def _is_amazon(self, message: Row) -> bool:
        root = message["ticket"].root
        account = root.row["marketplace_account_id"]
        channel = self.world.channels.get((root.row["source_system"], root.row["channel_id"]))
        return account is not None and channel is not None and channel["platform"] == "amazon"

    def _has_obligations(self) -> bool:
        """Messages; or requests, where there is nothing but orders and requests."""
        world = self.world
        if any(True for _ in is_heard(world)):
            return True
        is_about_orders_alone = not world.tables["tickets"] and not world.tables["messages"]
        return is_about_orders_alone and bool(world.tables["order_defects"])

    def _has_answers(self) -> bool:
        world = self.world
        known = {ticket.key[1:] for ticket in world.tickets.values()}
        return any(
            row["responded_at"] <= world.as_of and (source_of(row), row["ticket_id"]) in known
            for row in world.tables["satisfaction_responses"]
        )

    def _has_hours(self) -> bool:
        tables = self.world.tables
        named = {row["calendar_id"] for row in tables["teams"]} or {None}
        if None in named:
            # around the clock
            return True
        known = {row["calendar_id"] for row in tables["business_calendars"]}
        return any(row["calendar_id"] in named & known for row in tables["calendar_hours"])

    def _has_team_hours(self, kpi: str) -> bool:
        """Whether it is known by whose hours all tickets of a KPI are timed."""
        # asked for every row of a mart, like what follows
        if kpi not in self._timed:
            self._timed[kpi] = self._is_timed(kpi)
        return self._timed[kpi]

    def _is_timed(self, kpi: str) -> bool:
        if keeps_one_calendar(self.world):
            return True
        if where_computed()[kpi] == "int_kpi_reply_durations" and self._names_hours():
            return True
        capable = is_capable(self.world, "ticket_team")
        return bool(capable) and not (self._sources - capable - self.silent(kpi))

    def _is_mostly_untold(self, kpi: str, month: date) -> bool:
        """Whether more than half of the tickets opened in a month are of sources that the KPI leaves out."""
        silent = self.silent(kpi)
        if not silent:
            return False
        if (silent, month) not in self._untold:
            self._untold[silent, month] = self._are_most_of(silent, month)
        return self._untold[silent, month]

    def _are_most_of(self, silent: frozenset[str], month: date) -> bool:
        following = (month + timedelta(days=32)).replace(day=1)
        start, end = midnight(month, self.zone), midnight(following, self.zone)
        opened = [
            ticket.row["source_system"] in silent
            for ticket in self.world.tickets.values()
            if start <= ticket.row["created_at"] < end
        ]
        return sum(opened) * 2 > len(opened)

    def _names_hours(self) -> bool:
        """Whether each promise of a reply names the calendar it is counted by."""
        versions = {
            (row["policy_id"], row["version"])
            for row in self.world.tables["sla_policies"]
            if row["layer"] == "internal"
        }
        named = [
            row["calendar_id"] is not None
            for row in self.world.tables["sla_targets"]
            if row["metric"] in ("first_reply", "next_reply")
            and (row["policy_id"], row["version"]) in versions
        ]
        return bool(named) and all(named)

    def _is_promised(self, metrics: tuple[str, ...], layer: str, month: date) -> bool:
        """Whether a target is in force in the month or was in the month before it."""
        following = (month + timedelta(days=32)).replace(day=1)
        before = (month - timedelta(days=1)).replace(day=1)
        start, end = midnight(before, self.zone), midnight(following, self.zone)
        versions = {
            (row["policy_id"], row["version"])
            for row in self.world.tables["sla_policies"]
            if layer in (row["layer"], "*")
            and (row["valid_from"] is None or row["valid_from"] < end)
            and (row["valid_to"] is None or row["valid_to"] > start)
        }
        return any(
            row["metric"] in metrics and (row["policy_id"], row["version"]) in versions
            for row in self.world.tables["sla_targets"]
        )
