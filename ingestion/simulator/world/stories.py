"""A ticket being told: who acts when. The stage all tickets share, and the moves a story is made of."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from ingestion.simulator.world.catalogue import REASON_BY_TAG, SYNONYM_SHARE, Channel
from ingestion.simulator.world.people import TEAM_BY_ID, TEAM_BY_SLUG, Agent, Staff
from ingestion.simulator.world.tickets import Text, Ticket, TicketBuilder
from ingestion.simulator.world.workload import Workload

HOUR = 3600
DAY = 24 * HOUR
_MAX_SHIFTS = 12
_PATIENCE_SPREAD = 0.35

_HASTE = {"urgent": 0.5, "high": 0.8, "normal": 1.0, "low": 1.3, None: 1.0}


@dataclass
class Stage:
    """What all stories of one world share."""

    staff: Staff
    start: date
    plan_days: int
    outage: tuple[int, int]
    workload: Workload

    def after_outage(self, rng: random.Random, instant: int) -> int:
        """``instant``, or a while after the outage when it would fall into it: nobody can work then."""
        begin, end = self.outage
        return end + int(rng.random() * 3 * HOUR) if begin <= instant < end else instant


class Story:
    """One ticket in the telling: moves are planned with their instants, then written in order of time."""

    def __init__(
        self, stage: Stage, rng: random.Random, ticket: Ticket, channel: Channel, reason: str
    ) -> None:
        self.stage = stage
        self.rng = rng
        self.ticket = ticket
        self.channel = channel
        self.reason = reason
        self.is_live = channel.modality == "live"
        self.is_marketplace = channel.channel_class == "marketplace_message"
        self.build = TicketBuilder(ticket)
        self.team_id = TEAM_BY_SLUG[channel.team].team_id
        self.customer_via = f"{channel.via}_{channel.rel}" if channel.rel else channel.via or "api"
        self.agent_via = "web" if channel.via in ("email", None) else self.customer_via
        self.turn = 0
        self.slow = False
        self.product: str | None = None
        self.variant = rng.randrange(1 << 30)
        self._moves: list[tuple[int, int, int, dict[str, Any]]] = []

    # -- small decisions --------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        """True with ``probability``."""
        return self.rng.random() < probability

    def around(self, median: float, spread: float = 0.85) -> int:
        """Seconds drawn around ``median``, skewed to the long side."""
        return int(median * self.rng.lognormvariate(0.0, spread)) + 1

    def text(self, kind: str) -> Text:
        """Recipe of this ticket's next text; every one differs."""
        self.variant += 7919
        return (kind, self.ticket.language, self.reason, self.variant, self.ticket.order_id)

    @staticmethod
    def day_of(instant: int) -> date:
        """UTC day of an instant; exact enough to ask who works where."""
        return datetime.fromtimestamp(instant, UTC).date()

    # -- moves ------------------------------------------------------------------------------------

    def plan(self, at: int, author: int, **change: Any) -> None:
        """Remember a move; ``change`` are the arguments of ``TicketBuilder.write``."""
        self._moves.append((at, len(self._moves), author, change))

    def play(self) -> int:
        """Write all planned moves in order of time and return the instant of the last audit."""
        self._moves.sort(key=lambda move: (move[0], move[1]))
        for at, _, author, change in self._moves:
            self.build.write(at, author, **change)
        self._moves.clear()
        return self.build.last_at

    def reason_change(self, tag: str) -> dict[str, Any]:
        """Arguments that set the contact reason: the field and, as the helpdesk does, the tag of that name."""
        old = self.build.fields["reason"]
        if old == tag:
            return {}
        return {"reason": tag, "add_tags": [tag], "drop_tags": [old] if old else []}

    def spoken_reason(self, at: int) -> str:
        """The tag an agent picks: the reason, sometimes its old name in the first half, sometimes a wrong one."""
        is_early = (self.day_of(at) - self.stage.start).days * 2 < self.stage.plan_days
        if self.reason == "where_is_my_order" and is_early and self.chance(SYNONYM_SHARE):
            return "wismo"
        if self.chance(0.03):
            return "product_question"
        return self.reason

    # -- people -----------------------------------------------------------------------------------

    def holder(self, at: int) -> tuple[Agent, int]:
        """The assignee while at the desk within a day and a half, else somebody of the team; and when at work."""
        assignee = self.build.assignee
        agent = self.stage.staff.by_id.get(assignee) if assignee else None
        if agent is not None and agent.team_at(self.day_of(at)) == (
            self.build.group or self.team_id
        ):
            at_work = agent.windows.next_open(at)
            if at_work is not None and at_work - at < 10 * HOUR:
                return agent, at_work
        return self.stage.staff.pick(
            self.rng, self.build.group or self.team_id, self.day_of(at), at
        )

    def waiting(self, agent: Agent, at: int) -> int:
        """Working seconds until ``agent`` acts on something that reaches a person at work at ``at``."""
        day = self.day_of(at)
        team = TEAM_BY_ID[agent.team_at(day)]
        factor = (
            agent.speed
            * team.load
            * self.stage.workload.pressure(team.team_id, day) ** team.swing
            * self.stage.staff.slackness(team.team_id, day)
            * _HASTE[self.build.fields["priority"]]
        )
        return self.around(self.channel.patience * factor, _PATIENCE_SPREAD)

    def taken_up(self, agent: Agent, at: int) -> tuple[Agent, int, int]:
        """Who of the team answers what reached ``agent`` at ``at``, since when, after how many working seconds.

        What somebody does not come to before going home, a colleague takes up.
        """
        seconds = self.waiting(agent, at)
        for _ in range(_MAX_SHIFTS):
            end = agent.windows.window_end(at)
            if end is None or at + seconds <= end:
                break
            left = seconds - (end - at)
            team_id = agent.team_at(self.day_of(at))
            other, begins = self.stage.staff.pick(self.rng, team_id, self.day_of(end), end)
            agent, at, seconds = other, begins, left
        return agent, at, seconds

    def acts_at(self, agent: Agent, at: int, seconds: int) -> int:
        """Instant at which ``agent`` has worked ``seconds`` since ``at``, moved behind the outage."""
        done = agent.windows.advance(at, seconds)
        return self.stage.after_outage(self.rng, at + seconds if done is None else done)

    # -- the customer -----------------------------------------------------------------------------

    def open(self, first_tags: Sequence[str] = (), kind: str = "open") -> None:
        """The customer's first message creates the ticket in the team's group."""
        ticket = self.ticket
        ticket.via = self.customer_via
        sent_at = ticket.created
        arrives = self.arrival_of(sent_at)
        ticket.created = arrives
        self.build.last_at = arrives - 1
        self.build.write(
            arrives,
            ticket.requester_id,
            via=self.customer_via,
            comment=(True, self.text(kind)),
            status="new",
            priority=REASON_BY_TAG[self.reason].priority if self.is_marketplace else None,
            group_id=self.team_id,
            add_tags=first_tags,
            meta={"original_sent_at": sent_at} if arrives > sent_at else None,
        )

    def arrival_of(self, sent_at: int) -> int:
        """When the helpdesk receives what was sent at ``sent_at``: relayed mail takes a minute, at times hours.

        During the outage nothing arrives.
        """
        arrives = sent_at
        if self.is_marketplace:
            slow = self.chance(0.012)
            arrives += (
                int(self.rng.uniform(1, 9) * HOUR)
                if slow
                else int(self.rng.expovariate(1 / 70)) + 3
            )
        begin, end = self.stage.outage
        return end + int(self.rng.random() * 1800) if begin <= arrives < end else arrives

    def customer_writes(self, sent_at: int, kind: str, **change: Any) -> int:
        """A further message of the customer; a ticket that is not new becomes open. Returns its arrival."""
        arrives = self.arrival_of(sent_at)
        meta: dict[str, Any] = {"original_sent_at": sent_at} if arrives > sent_at else {}
        if kind == "thanks" and self.is_marketplace and self.chance(0.15):
            meta["no_reply_needed"] = True
        if self.build.status not in ("new", "open"):
            change["status"] = "open"
        self.plan(
            arrives,
            self.ticket.requester_id,
            via=self.customer_via,
            comment=(True, self.text(kind)),
            meta=meta or None,
            **change,
        )
        return arrives
