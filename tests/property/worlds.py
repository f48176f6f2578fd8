"""Random small worlds in landing form: one tenant each, many tenants in one landing folder.

A world is a pure function of its seed. Instants are drawn from gaps that hit the edges of the rules
(targets to the second, 15 minutes, 72 hours, 7 and 30 days) around daylight-saving switches, month
ends and ``as_of``. Everything is invented.
"""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.landing_builder import Rows

SOURCE = "helpdesk"
ZONES = (
    "Europe/Rome",
    "Europe/Bucharest",
    "Africa/Cairo",
    "Australia/Lord_Howe",
    "UTC",
    "America/New_York",
)
SWITCHES = (
    "2025-10-24T07:00",
    "2026-03-27T09:00",
    "2026-04-23T15:00",
    "2025-10-30T12:00",
    "2026-04-03T10:00",
    "2026-01-30T19:00",
    "2026-02-27T22:00",
)
GAPS = (
    0,
    0,
    1,
    60,
    300,
    899,
    900,
    901,
    1800,
    3600,
    3600,
    7200,
    14_400,
    14_401,
    21_600,
    43_200,
    86_399,
    86_400,
    86_401,
    90_000,
    172_800,
    259_199,
    259_200,
    259_201,
    604_800,
    700_000,
    2_592_000,
    2_700_000,
)
WEIGHTS = (6, 6, 3, 6, 6, 2, 2, 2, 8, 8, 8, 8, 6, 2, 8, 8, 3, 3, 3, 4, 4, 2, 3, 2, 2, 2, 1, 1)
SHORT_GAPS = (0, 1, 60, 300, 300, 600, 899, 900, 1200, 1800, 3000, 3600, 7200, 14_400)
AGENTS = ("ana", "bob", "cleo")
TEAMS = ("north", "south")
PRIORITIES = (None, "low", "normal", "high", "urgent")
REASONS = (None, "late", "broken", "refund")
SEQ = {
    "merged": 1,
    "priority_change": 3,
    "team_change": 4,
    "assignee_change": 5,
    "status_change": 7,
    "reason_change": 3,
    "marked_no_reply_needed": 6,
    "message_deleted": 6,
}


class RandomWorld:
    """Builds the rows of one tenant."""

    def __init__(self, seed: int, tenant: str, as_of: datetime) -> None:
        """``as_of``: some tenants live just before it, so that things are open, pending or still to come."""
        self.rng = random.Random(seed)
        self.tenant, self.as_of = tenant, as_of
        self.rows: Rows = {}
        self.number = 0
        past = [day for day in SWITCHES if datetime.fromisoformat(day).replace(tzinfo=UTC) < as_of]
        base = self.rng.choice([*past, *(["recent"] * 4)])
        self.is_dense = self.rng.random() < 0.5
        self.base = (
            as_of - timedelta(hours=self.rng.choice((2, 20, 30, 80, 200, 900)))
            if base == "recent"
            else datetime.fromisoformat(base).replace(tzinfo=UTC)
        )

    def add(self, table: str, **values: Any) -> dict[str, Any]:
        """One landing row."""
        row = {"tenant_id": self.tenant, "source_system": SOURCE}
        row |= {k: iso(v) if isinstance(v, datetime) else v for k, v in values.items()}
        self.rows.setdefault(table, []).append(row)
        return row

    def next_id(self, prefix: str) -> str:
        """A fresh id."""
        self.number += 1
        return f"{prefix}{self.number:03d}"

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.rng.random() < probability

    def build(self) -> Rows:
        """All rows of the tenant."""
        self._references()
        self._calendars()
        self._policies()
        tickets = [self._ticket(number) for number in range(self.rng.randint(1, 4))]
        self._merges(tickets)
        for ticket in tickets:
            self.rows.setdefault("tickets", []).append(ticket.row)
        self._answers(tickets)
        self._requests()
        return self.rows

    # ---- reference tables

    def _references(self) -> None:
        rng = self.rng
        zone = rng.choice(ZONES)
        self.add("tenants", name=self.tenant, reporting_tz=zone, currency="EUR")
        channels = (
            ("mail", "amazon", "marketplace_message", "async"),
            ("auction", "ebay", "marketplace_message", "async"),
            ("shop", "webshop", "email", "async"),
            ("phone", "phone", "voice", "live"),
        )
        for channel_id, platform, klass, modality in channels:
            missed = rng.choice(("count_as_missed", "count_as_missed", "treat_normally", "ignore"))
            self.add(
                "channels",
                channel_id=channel_id,
                name=channel_id,
                platform=platform,
                channel_class=klass,
                modality=modality,
                missed_policy=missed,
            )
            if self.chance(0.4):
                change = self.base + timedelta(hours=rng.choice((-1000, 5, 50)))
                for start, end in ((datetime(2000, 1, 1, tzinfo=UTC), change), (change, None)):
                    self.add(
                        "channel_policy",
                        channel_id=channel_id,
                        valid_from=start,
                        valid_to=end,
                        missed_policy=rng.choice(("count_as_missed", "treat_normally", "ignore")),
                        short_abandon_s=rng.choice((5, 10)),
                        obligation_mode=rng.choice(
                            ("reply_required", "reply_required", "solve_fulfils")
                        ),
                    )
        self.add(
            "marketplace_accounts",
            marketplace_account_id="amazon.it",
            platform="amazon",
            site="amazon.it",
            country="IT",
        )
        self.add(
            "marketplace_accounts",
            marketplace_account_id="ebay.de",
            platform="ebay",
            site="ebay.de",
            country="DE",
        )
        for agent in (*AGENTS, "robo"):
            self.add("agents", agent_id=agent, display_name=agent, is_bot=agent == "robo")
        for team in TEAMS:
            self.add("teams", team_id=team, name=team, calendar_id=rng.choice(("cal_a", "cal_b")))
        for agent in AGENTS:
            move = self.base + timedelta(hours=rng.choice((-500, 10, 40)))
            first, second = rng.sample(TEAMS, 2)
            self.add(
                "team_membership",
                agent_id=agent,
                team_id=first,
                valid_from="2001-01-01T00:00:00Z",
                valid_to=move,
            )
            if self.chance(0.7):
                self.add("team_membership", agent_id=agent, team_id=second, valid_from=move)
        for tag in ("late", "broken", "refund", "late_parcel"):
            self.add(
                "tags",
                tag_id=tag,
                name=tag,
                kind="reason",
                canonical_tag_id="late" if tag == "late_parcel" else None,
            )
        for customer, kind in (("c1", "consumer"), ("c2", "business")):
            self.add("customers", customer_ref=customer, customer_type=kind, region="EU")
        if self.chance(0.3):
            start = self.base + timedelta(hours=rng.randint(0, 48))
            scope, scope_id = rng.choice(
                (
                    ("company", "all"),
                    ("platform", "amazon"),
                    ("channel", "shop"),
                    ("team", "north"),
                    ("marketplace_account", "amazon.it"),
                )
            )
            self.add(
                "incident_windows",
                window_id="w1",
                starts_at=start,
                ends_at=start + timedelta(hours=rng.randint(1, 30)),
                scope_type=scope,
                scope_id=scope_id,
                kind=rng.choice(("outage", "platform_outage", "sales_day")),
                approved_by="lead",
                note="invented",
            )

    def _calendars(self) -> None:
        rng = self.rng
        shapes = (
            {day: [("09:00", "18:00")] for day in range(1, 6)},
            {day: [("00:00", "24:00")] for day in range(1, 8)},
            {day: [("18:00", "02:30")] for day in (1, 4, 5, 6, 7)},
            {day: [("08:00", "12:00"), ("11:00", "19:30")] for day in range(1, 7)},
            {6: [("22:00", "06:00")], 7: [("01:30", "02:30")]},
        )
        for calendar in ("cal_a", "cal_b"):
            self.add(
                "business_calendars", calendar_id=calendar, tz=rng.choice(ZONES), name=calendar
            )
            shape = rng.choice(shapes)
            change = (self.base + timedelta(days=1)).date() if self.chance(0.3) else None
            for weekday, shifts in shape.items():
                for opens, closes in shifts:
                    self.add(
                        "calendar_hours",
                        calendar_id=calendar,
                        weekday=weekday,
                        opens=opens,
                        closes=closes,
                        valid_from="2000-01-01",
                        valid_to=change.isoformat() if change else None,
                    )
            if change:
                for weekday in range(1, 6):
                    self.add(
                        "calendar_hours",
                        calendar_id=calendar,
                        weekday=weekday,
                        opens="10:00",
                        closes="16:00",
                        valid_from=change.isoformat(),
                    )
            for offset in rng.sample(range(-1, 6), rng.randint(0, 2)):
                day = (self.base + timedelta(days=offset)).date().isoformat()
                is_open = self.chance(0.4)
                self.add(
                    "calendar_exceptions",
                    calendar_id=calendar,
                    date=day,
                    is_open=is_open,
                    opens="10:00" if is_open else None,
                    closes="13:00" if is_open else None,
                    label="invented",
                )

    def _policies(self) -> None:
        for layer in ("marketplace", "internal"):
            for position in range(1, self.rng.randint(2, 4)):
                self._policy(layer, position)

    def _policy(self, layer: str, position: int) -> None:
        rng = self.rng
        conditions: dict[str, list[str]] = rng.choice(
            (
                {},
                {},
                {"platform": ["amazon", "webshop"]},
                {"priority": ["urgent", "high"]},
                {"team_id": ["north"]},
                {"reason_tag_id": ["late", "refund"]},
                {"channel_id": ["mail", "phone"], "customer_type": ["business"]},
                {"marketplace_account_id": ["amazon.it"]},
                {"channel_class": ["email", "voice"]},
                {"language": ["it"]},
            )
        )
        policy = f"{layer}_{position}"
        change = self.base + timedelta(hours=rng.choice((3, 12, 30)))
        versions = [("1", datetime(2000, 1, 1, tzinfo=UTC), None)]
        if self.chance(0.4):
            versions = [("1", datetime(2000, 1, 1, tzinfo=UTC), change), ("2", change, None)]
        if self.chance(0.1):
            versions = [("1", change, None)]
        for version, start, end in versions:
            self.add(
                "sla_policies",
                policy_id=policy,
                version=version,
                layer=layer,
                name=policy,
                position=position,
                conditions=json.dumps(conditions),
                valid_from=start,
                valid_to=end,
            )
            for metric in ("first_reply", "next_reply", "resolution", "case_response"):
                for priority in (None, rng.choice(PRIORITIES[1:])):
                    if self.chance(0.75):
                        self._target(policy, version, metric, priority)

    def _target(self, policy: str, version: str, metric: str, priority: str | None) -> None:
        rng = self.rng
        clock = rng.choice(("calendar", "calendar", "business", "business", "business_days"))
        values: dict[str, Any] = {"target_seconds": rng.choice((900, 3600, 14_400, 86_400))}
        if clock == "business_days":
            values = {"target_business_days": rng.choice((1, 3))}
        pauses = (
            rng.choice(([], ["pending"], ["pending", "on_hold"])) if metric == "resolution" else []
        )
        starts = (
            "customer_message",
            "customer_message",
            "available",
            "ticket_created",
            "queue_entered",
            "assigned",
        )
        self.add(
            "sla_targets",
            target_version_id=self.next_id("tv"),
            policy_id=policy,
            version=version,
            metric=metric,
            priority=priority,
            clock=clock,
            calendar_id=rng.choice((None, "cal_a", "cal_b")),
            clock_start=rng.choice(starts),
            pause_statuses=json.dumps(pauses),
            **values,
        )

    def _requests(self) -> None:
        """An order with requests to act on; the second order has no ticket."""
        rng = self.rng
        for order_id, platform, account in (
            ("o1", "amazon", "amazon.it"),
            ("o2", "ebay", "ebay.de"),
        ):
            self.add(
                "orders",
                order_id=order_id,
                platform=platform,
                fulfilment="mfn",
                units=1,
                marketplace_account_id=account,
                placed_at=self.base - timedelta(days=9),
            )
            if self.chance(0.5):
                opened = self.base + timedelta(seconds=rng.choice(GAPS))
                row: dict[str, Any] = {"opened_at": opened}
                if self.chance(0.6):
                    row["respond_by"] = opened + timedelta(seconds=rng.choice((3600, 259_200)))
                if self.chance(0.4):
                    row["responded_at"] = opened + timedelta(seconds=rng.choice(GAPS))
                if self.chance(0.4):
                    row["closed_at"] = opened + timedelta(seconds=rng.choice(GAPS))
                    row["outcome"] = rng.choice(("withdrawn", "granted", "denied"))
                kind = rng.choice(("inr_case", "snad_case", "a_to_z", "negative_feedback"))
                self.add(
                    "order_defects",
                    defect_id=self.next_id("d"),
                    order_id=order_id,
                    defect_type=kind,
                    **row,
                )

    # ---- tickets

    def _ticket(self, number: int) -> TicketWalk:
        walk = TicketWalk(self, f"t{number + 1}")
        walk.run()
        return walk

    def _merges(self, tickets: list[TicketWalk]) -> None:
        for walk in tickets:
            # a ticket that others were merged into may be merged on: a chain, in any order of instants
            others = [other for other in tickets if other is not walk and not other.is_merged]
            if others and self.chance(0.35):
                target = self.rng.choice(others)
                reason = "duplicate" if self.chance(0.3) else None
                when = self.rng.choice(walk.instants)
                if self.chance(0.3):
                    when += timedelta(seconds=self.rng.choice(GAPS))
                when = max(when, target.instants[0])  # nothing is merged into what is not there yet
                self.add(
                    "ticket_events",
                    event_id=self.next_id("e"),
                    ticket_id=walk.row["ticket_id"],
                    event_type="merged",
                    to_value=target.row["ticket_id"],
                    actor_id="ana",
                    actor_role="agent",
                    occurred_at=when,
                    reason_code=reason,
                    seq=SEQ["merged"],
                )
                if self.chance(0.85):
                    walk.row["merged_into_ticket_id"] = target.row["ticket_id"]
                    walk.is_merged = True
                else:
                    self.add(
                        "ticket_events",
                        event_id=self.next_id("e"),
                        ticket_id=walk.row["ticket_id"],
                        event_type="unmerged",
                        from_value=target.row["ticket_id"],
                        actor_id="ana",
                        actor_role="agent",
                        occurred_at=when + timedelta(minutes=5),
                        seq=SEQ["merged"],
                    )

    def _answers(self, tickets: list[TicketWalk]) -> None:
        for walk in tickets:
            for _ in range(self.rng.choice((0, 0, 1, 2))):
                when = self.rng.choice(walk.instants) + timedelta(seconds=self.rng.choice(GAPS))
                self.add(
                    "satisfaction_responses",
                    response_id=self.next_id("s"),
                    ticket_id=walk.row["ticket_id"],
                    responded_at=when,
                    scale="stars5",
                    raw_score=str(self.rng.randint(1, 5)),
                    agent_id=self.rng.choice((None, None, "bob")),
                )


class TicketWalk:
    """A random history of one ticket."""

    def __init__(self, world: RandomWorld, ticket_id: str) -> None:
        """Draw the ticket's fixed attributes and initial values."""
        self.world, self.rng, self.ticket_id = world, world.rng, ticket_id
        rng = self.rng
        self.now = world.base + timedelta(seconds=rng.choice(GAPS))
        channel = rng.choice(("mail", "mail", "auction", "shop", "phone"))
        self.origin = rng.choice(("inbound",) * 6 + ("outbound", "proxy"))
        self.state: dict[str, Any] = {
            "status": rng.choice(("new", "open")),
            "assignee_id": rng.choice((None, *AGENTS)),
            "team_id": rng.choice((None, *TEAMS)),
            "priority": rng.choice(PRIORITIES),
            "primary_reason_tag_id": rng.choice(REASONS),
        }
        self.is_merged = False
        self.marked: str | None = None
        self.precision = 900 if world.chance(0.1) else 0
        self.instants = [self.now]
        self.row: dict[str, Any] = {
            "tenant_id": world.tenant,
            "source_system": SOURCE,
            "ticket_id": ticket_id,
            "created_at": iso(self.now),
            "created_by_role": "customer" if self.origin == "inbound" else "agent",
            "origin": self.origin,
            "channel_id": channel,
            "marketplace_account_id": {"mail": "amazon.it", "auction": "ebay.de"}.get(channel),
            "order_id": rng.choice((None, "o1")),
            "customer_ref": rng.choice(("c1", "c2")),
            "language": rng.choice((None, "it", "de")),
            "is_test": world.chance(0.03),
        }

    def run(self) -> None:
        """Play 2 to 14 steps, then fix the current state."""
        rng, world = self.rng, self.world
        if self.origin == "inbound" and self.row["channel_id"] != "phone":
            lag = rng.choice((0, 0, 0, 60, 600, 4000))
            self._customer(sent=self.now - timedelta(seconds=lag), available=self.now)
        elif self.origin != "inbound":
            self._agent_message(visibility="public" if self.origin == "outbound" else "internal")
        for _ in range(rng.randint(2, 14)):
            if world.is_dense:
                self.now += timedelta(seconds=rng.choice(SHORT_GAPS))
            else:
                self.now += timedelta(seconds=rng.choices(GAPS, WEIGHTS)[0])
            self.instants.append(self.now)
            rng.choice(self._steps())()
        self.row |= self.state
        if self.marked is not None:
            self.row["status"] = self.marked
        if world.chance(0.15):
            due = rng.choice(self.instants) + timedelta(seconds=rng.choice((3600, 86_400, 1)))
            self.row["due_by_source"] = iso(due)
        self.row["source_updated_at"] = iso(self.now)

    def _steps(self) -> list[Any]:
        steps = [self._customer] * 5 + [self._reply] * 4 + [self._status] * 5
        steps += [self._assign] * 4 + [self._other_change] * 3
        steps += [self._bot, self._note, self._mark, self._reply_and_solve, self._thanks]
        if self.row["channel_id"] == "phone":
            steps += [self._call] * 5
        return steps

    def _message(self, **values: Any) -> dict[str, Any]:
        row = {
            "message_id": self.world.next_id("m"),
            "ticket_id": self.ticket_id,
            "sent_at": self.now,
            "visibility": "public",
            **values,
        }
        return self.world.add("messages", **row)

    def _customer(
        self, sent: datetime | None = None, available: datetime | None = None, **values: Any
    ) -> None:
        world = self.world
        sent = sent or self.now
        if available is None and world.chance(0.3):
            available = sent + timedelta(seconds=self.rng.choice((0, 30, 600, 5000, -60, -300)))
        if world.chance(0.12):
            values["no_reply_needed"] = True
        if world.chance(0.12):
            values |= {"is_thanks": True, "body_chars": self.rng.choice((5, 60, 61))}
        message_id = world.next_id("m")
        if world.chance(0.06):
            deleted = sent + timedelta(seconds=self.rng.choice(GAPS))
            by_agent = world.chance(0.5)
            values |= {"deleted_at": deleted, "deleted_by": "ana" if by_agent else "c1"}
            if world.chance(0.5):
                self._event(
                    "message_deleted",
                    message_id,
                    None,
                    when=deleted,
                    role="agent" if by_agent else "customer",
                    actor="ana",
                )
        if world.chance(0.3):
            values["body_hash"] = self.rng.choice(("h1", "h2"))
        self._message(
            message_id=message_id,
            sent_at=sent,
            available_at=available,
            direction="inbound",
            author_role="customer",
            author_id=None,
            **values,
        )
        if self.state["status"] in ("solved", "closed") and world.chance(0.6):
            role = self.rng.choice(("customer", "automation", "system"))
            self._set("status", "open", role=role)
        self.instants.append(sent)

    def _thanks(self) -> None:
        self._customer(is_thanks=True, body_chars=9)

    def _agent_message(self, **values: Any) -> None:
        author = self.rng.choice((*AGENTS, *AGENTS, None))
        self._message(direction="outbound", author_role="agent", author_id=author, **values)

    def _reply(self) -> None:
        values: dict[str, Any] = {}
        if self.world.chance(0.15):
            seconds = self.rng.choice((60, 600, 899, 900, 901, 5000))
            values = {"deleted_at": self.now + timedelta(seconds=seconds), "deleted_by": "ana"}
        if self.world.chance(0.08):
            values["delivery_status"] = "failed"
        if self.world.chance(0.05):
            values["message_kind"] = "case_action"
        if self.world.chance(0.3):
            values["macro_id"] = "mac1"
        self._agent_message(**values)

    def _reply_and_solve(self) -> None:
        self._reply()
        self._set("status", "solved", role="agent")

    def _bot(self) -> None:
        role = self.rng.choice(("bot", "system", "agent"))
        self._message(direction="outbound", author_role=role, is_automated=True)

    def _note(self) -> None:
        self._agent_message(visibility="internal")

    def _mark(self) -> None:
        if self.world.chance(0.3):
            self._event("marked_no_reply_needed", None, None, role="agent")
        else:
            self._set("status", "solved", role="agent")

    def _status(self) -> None:
        rng = self.rng
        value = rng.choice(("open", "pending", "on_hold", "solved", "solved", "solved", "closed"))
        if self.world.chance(0.03):
            self._take_out()
            return
        role = rng.choice(("agent",) * 5 + ("automation", "customer", "system"))
        reason = "platform_closed" if self.world.chance(0.04) else None
        self._set("status", value, role=role, reason_code=reason)

    def _take_out(self) -> None:
        """Spam or deletion, told by a status change or by a mark alone, sometimes taken back."""
        value = self.rng.choice(("spam", "deleted"))
        mark, unmark = (
            ("marked_spam", "unmarked_spam") if value == "spam" else ("deleted", "restored")
        )
        if self.world.chance(0.5):
            before = self.state["status"]
            self._set("status", value)
            if self.world.chance(0.3):
                self.now += timedelta(hours=1)
                self._set("status", before)
            return
        self._event(mark, self.state["status"], None)
        self.marked = value
        if self.world.chance(0.3):
            self._event(unmark, value, None, when=self.now + timedelta(hours=1))
            self.marked = None

    def _assign(self) -> None:
        reason = "shift_handover" if self.world.chance(0.1) else None
        self._set(
            "assignee_id", self.rng.choice((None, *AGENTS, *AGENTS, "robo")), reason_code=reason
        )

    def _other_change(self) -> None:
        name, values = self.rng.choice(
            (
                ("team_id", (None, *TEAMS)),
                ("priority", PRIORITIES),
                ("primary_reason_tag_id", (*REASONS, "late_parcel")),
            )
        )
        self._set(name, self.rng.choice(values))

    def _call(self) -> None:
        rng = self.rng
        wait = timedelta(seconds=rng.choice((0, 4, 5, 9, 10, 30, 899, 4000)))
        values: dict[str, Any] = {"message_kind": "call", "call_queue_entered_at": self.now}
        outcome = rng.choice(("answered", "answered", "abandoned", "ended", "waiting", "early"))
        if outcome == "answered":
            values["call_answered_at"] = self.now + wait
        elif outcome == "early":
            values["call_answered_at"] = self.now - timedelta(seconds=rng.choice((60, 121)))
        elif outcome == "abandoned":
            values["abandoned_at"] = self.now + wait
        elif outcome == "ended":
            values["call_ended_at"] = self.now + wait
        role = rng.choice(("customer", "customer", "agent"))
        self._message(
            direction="inbound",
            author_role=role,
            author_id=rng.choice(AGENTS) if role == "agent" else None,
            **values,
        )

    # ---- events

    def _set(
        self, name: str, value: Any, *, role: str = "agent", reason_code: str | None = None
    ) -> None:
        old = self.state[name]
        if old == value:
            return
        kinds = {
            "status": "status_change",
            "assignee_id": "assignee_change",
            "team_id": "team_change",
            "priority": "priority_change",
            "primary_reason_tag_id": "reason_change",
        }
        self._event(kinds[name], old, value, role=role, reason_code=reason_code)
        self.state[name] = value

    def _event(
        self,
        kind: str,
        old: Any,
        new: Any,
        *,
        role: str = "agent",
        when: datetime | None = None,
        actor: str | None = None,
        reason_code: str | None = None,
    ) -> None:
        if role == "agent" and actor is None:
            actor = self.rng.choice((*AGENTS, *AGENTS, *AGENTS, None))
        self.world.add(
            "ticket_events",
            event_id=self.world.next_id("e"),
            ticket_id=self.ticket_id,
            event_type=kind,
            from_value=old,
            to_value=new,
            actor_id=actor,
            actor_role=role,
            occurred_at=when or self.now,
            reason_code=reason_code,
            seq=SEQ.get(kind, 8),
            time_precision_s=self.precision,
            event_source="snapshot_diff" if self.precision else "audit_log",
        )


def iso(when: datetime) -> str:
    """UTC ISO text."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def random_world(seed: int, tenant: str, as_of: datetime) -> Rows:
    """All landing rows of one random tenant: some deliver no messages, of some a team has no calendar."""
    rows = RandomWorld(seed, tenant, as_of).build()
    is_logged = any(row["origin"] == "proxy" for row in rows["tickets"])
    if seed % 7 == 3 and not is_logged:  # a logged call is a contact without any message
        rows["messages"] = []
    if seed % 5 == 2:
        rows["teams"][0]["calendar_id"] = None
    return rows
