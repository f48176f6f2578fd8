"""What people's time went into: sessions of work on tickets and calls, and the pieces of every shift.

Support is a side duty at this seller: of every shift a part is the desk's, sized so that a team meets its share of the
contacts. Only that part is recorded (and paid) as desk time; the rest of the shift belongs to the shop.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ingestion.simulator.world.calendars import local_epoch
from ingestion.simulator.world.catalogue import CHANNEL_BY_ID
from ingestion.simulator.world.demand import planned_season
from ingestion.simulator.world.options import SimulatorOptions
from ingestion.simulator.world.people import TEAM_BY_ID, Agent, Staff
from ingestion.simulator.world.phone import Call
from ingestion.simulator.world.tickets import Audit, Ticket

HOUR = 3600
SESSION_CAP = 2 * HOUR
MACRO_FACTOR = 0.62
"""A saved answer takes this part of the time a typed one takes."""

_REPLY_SECONDS = 580
_NOTE_PART = 0.5
_CLOSE_PART = 0.2
_UNMEASURED_SHARE = 0.07
_INFERRED_SHARE = 0.05
_FORGOTTEN_TIMER_SHARE = 0.002
_LIVE_PART = 0.4
_REASON_PART = {
    "warranty_claim": 1.9,
    "customs_duty": 1.6,
    "damaged_item": 1.5,
    "wrong_item": 1.3,
    "missing_part": 1.3,
    "assembly_help": 1.4,
    "voucher_problem": 1.25,
    "invoice_request": 0.7,
    "marketing_optout": 0.5,
    "where_is_my_order": 0.9,
}

_DESK_SECONDS = {
    "marketplace_italy": 700,
    "marketplace_north": 30,
    "webshop_care": 700,
    "chat_social": 360,
    "escalations": 320,
}
"""Desk seconds of one shift at 36 contacts a day; Marketplace North gets far less than its contacts take."""

_LEAST_DESK_SECONDS = 1200
"""However little there is to do, a shift looks at the desk for this long; not where everybody is needed elsewhere."""

_STARVED = ("marketplace_north",)
_DESK_BASE_CONTACTS = 36.0
_DESK_LIMIT_PART = 0.85
_PHONE_SECONDS = 160
_ASIDE_BASE_SECONDS = 500
"""Meetings and breaks last as long in a team whose desk time is short."""


@dataclass(frozen=True, slots=True)
class Session:
    """One stretch of work on one ticket or call; ``ticket_id`` and the agent are of ``system``."""

    session_id: str
    system: str
    ticket_id: str
    agent_id: int
    started_at: int
    ended_at: int
    method: str
    capped: bool


@dataclass(frozen=True, slots=True)
class TimePiece:
    """At most an hour of one person in one state; ``system`` names the desk the time belongs to."""

    agent_id: int
    system: str
    team_id: int
    started_at: int
    ended_at: int
    state: str
    is_paid: bool
    source_quality: str
    known_at: int


class Workforce:
    """Sessions and pieces of time of a whole world, in order of time; computed once."""

    def __init__(
        self,
        options: SimulatorOptions,
        staff: Staff,
        tickets: Sequence[Ticket],
        calls: Sequence[Call],
    ) -> None:
        self._seed = options.seed
        self._staff = staff
        self._tickets = tickets
        self._phone_calls = calls
        self._scale = options.tickets_per_day / _DESK_BASE_CONTACTS
        self.sessions = sorted(
            [*self._desk_sessions(), *self._calls()],
            key=lambda one: (one.started_at, one.session_id),
        )
        self.pieces = list(self._pieces())

    # -- sessions ---------------------------------------------------------------------------------

    def _desk_sessions(self) -> Iterator[Session]:
        seed = self._seed
        staff = self._staff.by_id
        for ticket in self._tickets:
            rng = random.Random(f"{seed}|handle|{ticket.ticket_id}")
            is_measured = rng.random() >= _UNMEASURED_SHARE
            asked_at, turn, reason = ticket.created, 0, ticket.reason
            for audit in ticket.audits:
                if audit.author == ticket.requester_id:
                    asked_at, turn = audit.at, turn + 1
                    continue
                agent = staff.get(audit.author)
                part = _part_of(audit) if agent is not None else 0.0
                if agent is None or not part:
                    continue
                seconds = self._seconds(rng, ticket, agent, part, turn, reason)
                if is_measured:
                    yield _session(
                        rng, ticket, audit, max(asked_at, _shift_start(agent, audit.at)), seconds
                    )

    @staticmethod
    def _seconds(
        rng: random.Random, ticket: Ticket, agent: Agent, part: float, turn: int, reason: str
    ) -> int:
        live = CHANNEL_BY_ID[ticket.channel_id].modality == "live"
        pace = 0.75 + 0.25 * agent.speed
        follow_up = 1.0 if turn <= 1 else 0.8
        median = _REPLY_SECONDS * part * _REASON_PART.get(reason, 1.0) * follow_up * pace
        median *= _LIVE_PART if live else 1.0
        return int(median * rng.lognormvariate(0.0, 0.4)) + 5

    def _calls(self) -> Iterator[Session]:
        for call in self._phone_calls:
            if (
                call.agent_id is not None
                and call.answered_at is not None
                and call.ended_at is not None
            ):
                yield Session(
                    f"call-{call.call_id}",
                    "telephony",
                    f"call-{call.call_id}",
                    call.agent_id,
                    call.answered_at,
                    call.ended_at,
                    "telephony",
                    False,
                )

    # -- pieces of time ---------------------------------------------------------------------------

    def _pieces(self) -> Iterator[TimePiece]:
        work: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
        for one in self.sessions:
            if one.capped:
                continue  # a forgotten timer is no work; the workforce tool saw the person idle
            work[one.agent_id, one.system].append((one.started_at, one.ended_at))
        for agent in self._staff.agents:
            desk = _united(work[agent.agent_id, "zendesk"])
            phone = _without(_united(work[agent.agent_id, "telephony"]), desk)
            for system, spans in (("zendesk", desk), ("telephony", phone)):
                for start, end in _by_hour(spans):
                    yield self._piece(agent, system, start, end, "handling", end)
            yield from self._shifts(agent, [*desk, *phone])
            yield from self._absences(agent)

    def _piece(
        self,
        agent: Agent,
        system: str,
        start: int,
        end: int,
        state: str,
        known_at: int,
        *,
        is_paid: bool = True,
    ) -> TimePiece:
        quality = "measured" if state in ("handling", "available") else "scheduled"
        team = agent.team_at(datetime.fromtimestamp(start, UTC).date())
        return TimePiece(
            agent.agent_id, system, team, start, end, state, is_paid, quality, known_at
        )

    def _desk_seconds(self, agent: Agent, day: date, length: int) -> int:
        """What the roster gives the desk of one shift: more on days with more contacts expected."""
        team = TEAM_BY_ID[agent.team_at(day)]
        wanted = _DESK_SECONDS[team.slug]
        season = planned_season(day)
        least = 0 if team.slug in _STARVED else _LEAST_DESK_SECONDS
        return int(min(length * _DESK_LIMIT_PART, max(least, wanted * self._scale) * season))

    def _shifts(self, agent: Agent, busy: list[tuple[int, int]]) -> Iterator[TimePiece]:
        busy.sort()
        seed = f"{self._seed}|shift|{agent.agent_id}"
        place = agent.agent_id % 12
        on_phone = TEAM_BY_ID[agent.team_id].slug == "webshop_care"
        first = 0
        for start, end in zip(agent.windows.starts, agent.windows.ends, strict=True):
            day = datetime.fromtimestamp(start, UTC).date()
            while first < len(busy) and busy[first][1] <= start:
                first += 1
            inside = _overlapping(busy, first, start, end)
            handled = sum(min(e, end) - max(s, start) for s, e in inside)
            desk = self._desk_seconds(agent, day, end - start)
            free = _Gaps(start, end, inside)
            rng = random.Random(f"{seed}|{start}")
            middle = start + (end - start) // 2
            aside = max(desk, int(_ASIDE_BASE_SECONDS * self._scale))
            for state, seconds in _aside(rng, day, aside, place):
                for piece in free.take(middle, seconds):
                    yield self._piece(agent, "zendesk", *piece, state, end)
            ready = max(0, desk - handled)
            for piece in free.take(start + (place % 8) * (end - start) // 10, ready):
                yield self._piece(agent, "zendesk", *piece, "available", end)
            if on_phone:
                wanted = int(min((end - start) * 0.3, _PHONE_SECONDS * self._scale))
                for piece in free.take(start + place * (end - start) // 12, wanted):
                    yield self._piece(agent, "telephony", *piece, "available", end)

    def _absences(self, agent: Agent) -> Iterator[TimePiece]:
        """Days of holiday or illness on which the roster had a shift: the desk's part of it is paid, mostly."""
        zone = ZoneInfo(agent.zone)
        for day in sorted(agent.away):
            rng = random.Random(f"{self._seed}|away|{agent.agent_id}|{day}")
            start = local_epoch(day, agent.starts_minute, zone)
            end = local_epoch(day, agent.ends_minute, zone)
            unpaid = rng.random() < 0.04
            state = "absent_unpaid" if unpaid else "absent_paid"
            length = self._desk_seconds(agent, day, end - start)
            for piece in _by_hour([(start, start + length)]):
                yield self._piece(agent, "zendesk", *piece, state, end, is_paid=not unpaid)


def _shift_start(agent: Agent, instant: int) -> int:
    """Start of the shift that contains ``instant``; 0 outside of shifts."""
    place = bisect_right(agent.windows.starts, instant) - 1
    return agent.windows.starts[place] if agent.windows.is_open(instant) else 0


def _part_of(audit: Audit) -> float:
    """How much of a typed public answer's time an audit of an agent took; 0 = none worth recording."""
    comment = next((fact for fact in audit.facts if fact[0] == "comment"), None)
    if comment is not None:
        part = 1.0 if comment[3] else _NOTE_PART
        return part * (MACRO_FACTOR if any(fact[0] == "macro" for fact in audit.facts) else 1.0)
    solved = any(fact[:3] == ("set", "status", "solved") for fact in audit.facts)
    return _CLOSE_PART if solved else 0.0


def _session(
    rng: random.Random, ticket: Ticket, audit: Audit, earliest: int, seconds: int
) -> Session:
    """The stretch that ended with saving ``audit``; it cannot have begun before the message or the shift."""
    channel = CHANNEL_BY_ID[ticket.channel_id]
    is_inferred, forgotten = (
        rng.random() < _INFERRED_SHARE,
        rng.random() < _FORGOTTEN_TIMER_SHARE,
    )
    by_rules = channel.modality == "live" or channel.channel_class == "social_private"
    method = "inferred" if is_inferred else "messaging_rules" if by_rules else "timer"
    start = min(max(audit.at - seconds, earliest), audit.at - 1)
    capped = forgotten and method == "timer"
    return Session(
        f"{ticket.ticket_id}-{audit.number}",
        "zendesk",
        str(ticket.ticket_id),
        audit.author,
        start,
        start + SESSION_CAP if capped else audit.at,
        method,
        capped,
    )


def _aside(rng: random.Random, day: date, desk: int, place: int) -> Iterator[tuple[str, int]]:
    """Paid desk time that is not for customers: breaks, the Monday meeting, coaching, training, paperwork."""
    if rng.random() < 0.5:
        yield "break", int(desk * 0.18)
    if day.isoweekday() == 1:
        yield "meeting", int(desk * 0.35)
    if day.day == 8 + place:
        yield "training", int(desk * 1.1)
    if day.isocalendar().week % 2 == 0 and day.isoweekday() == 1 + place % 5:
        yield "coaching", int(desk * 0.5)
    if rng.random() < 0.3:
        yield "admin", int(desk * 0.25)


def _united(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans without overlaps: parallel chats are one stretch of work."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _without(spans: list[tuple[int, int]], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of ``spans`` outside ``taken``; both in order and disjoint."""
    found: list[tuple[int, int]] = []
    first = 0
    for start, end in spans:
        while first < len(taken) and taken[first][1] <= start:
            first += 1
        at, place = start, first
        while place < len(taken) and taken[place][0] < end:
            if taken[place][0] > at:
                found.append((at, taken[place][0]))
            at = max(at, taken[place][1])
            place += 1
        if at < end:
            found.append((at, end))
    return found


def _by_hour(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans cut at full hours."""
    for start, end in spans:
        while start < end:
            stop = min(end, (start // HOUR + 1) * HOUR)
            yield start, stop
            start = stop


def _overlapping(
    spans: list[tuple[int, int]], first: int, start: int, end: int
) -> list[tuple[int, int]]:
    found = []
    for place in range(first, len(spans)):
        if spans[place][0] >= end:
            break
        if spans[place][1] > start:
            found.append(spans[place])
    return found


class _Gaps:
    """The free stretches of a shift, given away piece by piece."""

    def __init__(self, start: int, end: int, busy: list[tuple[int, int]]) -> None:
        self._end = end
        self._free = _without([(start, end)], _united(busy))

    def take(self, wished: int, seconds: int) -> Iterator[tuple[int, int]]:
        """Pieces of at most an hour, ``seconds`` in all, from ``wished`` on, then from the start of the shift."""
        for since, until in ((wished, self._end), (0, wished)):
            for gap in list(self._free):
                start, end = max(gap[0], since), min(gap[1], until)
                if seconds <= 0 or start >= end:
                    continue
                stop = min(end, start + seconds)
                seconds -= stop - start
                self._free = _without(self._free, [(start, stop)])
                yield from _by_hour([(start, stop)])
