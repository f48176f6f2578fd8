"""Whatever happens in whatever order: nothing arrives twice, no end without a beginning, nothing open stays unsaid."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.delivery.dispatching import send_due
from orchestration.delivery.episodes import Episode, Picture
from orchestration.delivery.outbox import Outbox
from orchestration.delivery.outbox_tables import OUTBOX_TABLES
from orchestration.delivery.planning import plan
from orchestration.delivery.quiet import parse_quiet_hours
from orchestration.delivery.recipients import Delivery, Escalation, Recipient
from orchestration.delivery.transport import Letter, Receipt
from tests.delivery.desk import NOW

LEAD = Recipient("lead", ("LEAD_URL", "LEAD_MAIL"), ("team_lead",))
NIGHT = Recipient("night", ("NIGHT_URL",), ("team_lead",), quiet=parse_quiet_hours("22:00-06:00"))
BOSS = Recipient("boss", ("BOSS_URL",))
DELIVERY = Delivery((LEAD, NIGHT, BOSS), (Escalation(("high",), timedelta(hours=5), ("boss",)),))
COUNT = 8

steps = st.lists(
    st.tuples(
        st.sampled_from(["open", "end", "acknowledge", "stale", "fresh", "nothing"]),
        st.lists(st.integers(0, COUNT - 1), min_size=1, max_size=COUNT, unique=True),
        st.sampled_from(["sent", "sent", "sent", "failed", "unknown", "killed"]),
        st.integers(1, 30),
    ),
    min_size=1,
    max_size=12,
)


class Killed(BaseException):
    """The process ends here."""


class History:
    """Episodes, what arrived, and what a kill may have lost."""

    def __init__(self) -> None:
        connection = sqlite3.connect(":memory:")
        connection.executescript(OUTBOX_TABLES)
        self.outbox = Outbox(connection)
        self.now = NOW
        self.episodes: dict[int, Episode] = {}
        self.is_stale = False
        self.arrived: Counter[str] = Counter()
        self.fate = "sent"

    def post(self, variable: str, letter: Letter) -> Receipt:
        if self.fate == "killed":
            raise Killed
        if self.fate == "sent":
            self.arrived[letter.reference] += 1
            return Receipt("sent")
        if self.fate == "unknown":
            # the worst case: it did arrive
            self.arrived[letter.reference] += 1
        return Receipt(self.fate, "why")

    def happen(self, what: str, numbers: list[int]) -> None:
        for number in numbers:
            one = self.episodes.get(number)
            if what == "open" and one is None:
                self.episodes[number] = episode(number, self.now)
            elif what == "end" and one is not None and one.is_open:
                self.episodes[number] = replace(one, is_open=False, resolved_at=self.now)
            elif what == "acknowledge" and one is not None and one.is_open:
                seen = {"acknowledged_by": "Ada", "acknowledged_at": self.now}
                self.episodes[number] = replace(one, **seen)
        self.is_stale = {"stale": True, "fresh": False}.get(what, self.is_stale)

    def pass_by(self, fate: str) -> None:
        stale = frozenset({"main"}) if self.is_stale else frozenset()
        picture = Picture(tuple(self.episodes.values()), self.now, ("main",), stale, False)
        self.outbox.settle(self.now)
        found = plan(DELIVERY, picture, self.outbox, self.now)
        self.outbox.drop(found.dropped, "over", self.now)
        self.outbox.add(found.drafts, found.told, self.now)
        self.fate = fate
        with suppress(Killed):
            send_due(self.outbox, DELIVERY, Path("/nowhere"), lambda: self.now, self.post)


def episode(number: int, at) -> Episode:
    return Episode(
        alert_id=f"a{number}",
        tenant_id="main",
        rule_id="csat_drop",
        severity="high" if number % 2 else "critical",
        scope_type="team",
        scope_id="north",
        agent=None,
        agent_id=None,
        agent_name=None,
        team_id="north",
        team_name="North",
        team_label="North",
        channel_label=None,
        ticket_id=None,
        metric_name=None,
        fair=None,
        value=0.4,
        low=None,
        high=None,
        limit=0.1,
        n=9,
        opened_at=at,
        resolved_at=None,
        acknowledged_by=None,
        acknowledged_at=None,
        is_open=True,
        is_suppressed=False,
        roles=("team_lead",),
        evidence_query=None,
    )


@settings(max_examples=60, deadline=None)
@given(steps)
def test_nothing_arrives_twice_and_nothing_open_is_left_unsaid(history):
    found = History()
    for what, numbers, fate, hours in history:
        found.happen(what, numbers)
        found.pass_by(fate)
        found.now += timedelta(hours=hours)
    assert set(found.arrived.values()) <= {1}
    # by day, with everybody reachable and fresh data, everything that is open and unseen has been said
    found.is_stale = False
    found.now = found.now.replace(hour=8) + timedelta(days=3)
    for _ in range(3):
        found.pass_by("sent")
        found.now += timedelta(hours=5)
    assert set(found.arrived.values()) <= {1}
    told = found.outbox.told()
    by_message = Counter((one.recipient, one.kind, one.episode, one.message_id) for one in told)
    assert set(by_message.values()) <= {1}
    ways = Counter((one.recipient, one.kind, one.episode) for one in told)
    assert all(count <= (2 if key[0] == "lead" else 1) for key, count in ways.items())
    for one in found.episodes.values():
        if one.is_open and not one.is_acknowledged:
            assert {("lead", "open", one.key), ("night", "open", one.key)} <= ways.keys()
            if one.severity == "high":
                assert ("boss", "escalated", one.key) in ways
        for name in ("lead", "night", "boss"):
            if (name, "ended", one.key) in ways:
                assert (name, "open", one.key) in ways or (name, "escalated", one.key) in ways
    assert found.outbox.in_state("waiting", "sending") == []
