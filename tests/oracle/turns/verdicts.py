"""Verdict and owner of one obligation in one layer (catalogue §3.1, §3.3, §4 A2, §5)."""

from __future__ import annotations

from itertools import pairwise

from tests.oracle.turns.stretches import Segment, Stretch, Verdict, breach_of, incident
from tests.oracle.turns.turns import SILENCE, Turn, channel_policy
from tests.oracle.world.calendar import Calendars
from tests.oracle.world.canonical_rows import SECOND, Row
from tests.oracle.world.history import World
from tests.oracle.world.policies import Book, Target, TargetClock
from tests.oracle.world.tickets import DONE, Ticket

_ALWAYS = ("thank_you_rule",)
_PLAIN = Target("", "", None, None, "calendar", None, "customer_message", ())
"""Clock of a deadline the platform published without a target: elapsed time."""


class Judge:
    """Judges turns of one tenant."""

    def __init__(self, world: World) -> None:
        """Prepare calendars and policies."""
        self.world = world
        self.calendars = Calendars(world.tables, world.tenant)
        self.book = Book(world)

    # ---- who held it

    def segments(self, turn: Turn) -> list[Segment]:
        """Consecutive holders from the turn's start to its end (or ``as_of``)."""
        ends = (turn.ended_at, turn.missed_at, self.world.as_of)
        stop = next(end for end in ends if end is not None)
        closes = [c for c in turn.closes if c.role == "agent"]
        cuts = {turn.started_at, stop}
        cuts.add(turn.available_at)
        cuts.update(turn.ticket.value("assignee").changes(turn.started_at, stop))
        cuts.update(turn.ticket.merge_instants(turn.started_at, stop))
        for close in closes:
            cuts.update(t for t in (close.at, close.cleared_at) if t is not None)
        ordered = sorted(t for t in cuts if turn.started_at <= t <= stop)
        return [self._segment(turn, a, b) for a, b in pairwise(ordered) if a < b]

    def _segment(self, turn: Turn, start: int, stop: int) -> Segment:
        holder, agent = self.holder(turn, start)
        return Segment(holder, agent, start, stop, turn.ticket.value("team").at(start))

    def holder(self, turn: Turn, when: int) -> tuple[str, str | None]:
        """Holder class and agent at an instant."""
        if when < turn.available_at:
            return "sync_lag", None
        close = turn.standing_close(when)
        if close is not None and close.role == "agent":
            return "closed", close.agent
        assignee = turn.ticket.value("assignee").at(when)
        if assignee is None or turn.mode == "live":
            return "queue", None
        if self.world.is_bot(turn.ticket.row["source_system"], assignee):
            return "bot", None
        return "agent", assignee

    # ---- which target, due when

    def clock(self, turn: Turn, target: Target, known_until: int) -> TargetClock:
        """The target's clock on this ticket; a resolution target pauses in its statuses."""
        pauses = target.pauses if turn.mode == "cycle" else ()
        return TargetClock(self.world, self.calendars, turn.ticket, target, known_until, pauses)

    def anchor(self, turn: Turn, target: Target, segments: list[Segment]) -> int | None:
        """Instant from which the target's clock runs."""
        if turn.missed_at is not None and self.missed_policy(turn) == "treat_normally":
            return turn.missed_at
        if target.clock_start == "available":
            return turn.available_at
        if target.clock_start == "ticket_created" and turn.kind == "first":
            created: int = turn.ticket.row["created_at"]
            return created
        if target.clock_start == "queue_entered":
            return turn.available_at
        if target.clock_start == "assigned":
            held = [segment.start for segment in segments if segment.holder == "agent"]
            if held:
                return held[0]
            return self._assigned_at_the_end(turn)
        return turn.started_at

    def _assigned_at_the_end(self, turn: Turn) -> int | None:
        """An assignment at the very instant of the reply leaves no segment behind."""
        if turn.ended_at is None or turn.state != "answered" or turn.mode == "live":
            return None
        assignee = turn.ticket.value("assignee").at(turn.ended_at)
        is_bot = self.world.is_bot(turn.ticket.row["source_system"], assignee)
        return turn.ended_at if assignee is not None and not is_bot else None

    def missed_policy(self, turn: Turn) -> str:
        """Missed-contact policy of the channel at contact time."""
        return str(channel_policy(self.world, turn.ticket, turn.started_at)["missed_policy"])

    def stretches(self, turn: Turn, layer: str, end: int, due_by: int | None) -> list[Stretch]:
        """Targets in force over the life of the turn."""
        metric = "first_reply" if turn.kind == "first" else "next_reply"
        metric = {"cycle": "resolution", "case": "case_response"}.get(turn.mode, metric)
        segments = self.segments(turn)
        found: list[Stretch] = []
        changes = self.book.instants(turn.ticket, layer, turn.started_at, end)
        if turn.mode == "cycle":
            pauses = turn.ticket.value("status").changes(turn.started_at, end)
            changes = sorted({*changes, *pauses})
        for when in [turn.started_at, *changes]:
            target = self.book.evaluate(turn.ticket, layer, metric, when)
            due = None
            if target is not None:
                clock = self.clock(turn, target, when)
                anchor = self.anchor(turn, target, segments)
                due = clock.due(anchor) if anchor is not None else None
            if due_by is not None and layer == "marketplace" and (target or turn.mode == "case"):
                due = due_by
            if found and found[-1].target == target and found[-1].due_at == due:
                continue
            found.append(Stretch(when, target, due))
        return found

    # ---- verdict

    def judge(self, turn: Turn, layer: str, excluded: str | None, due_by: int | None) -> Verdict:
        """Verdict, target and owner of a turn in one layer."""
        if excluded or turn.exclusion == "clock_anomaly":
            return Verdict("excluded", exclusion=excluded or turn.exclusion)
        end = self.judged_until(turn)
        stretches = self.stretches(turn, layer, end, due_by)
        breach = breach_of(stretches, end)
        verdict = self._fallen(turn, breach) or self._unfallen(turn, stretches[-1])
        if verdict.verdict == "breached" and breach is not None:
            verdict.target, verdict.due_at = breach.target, breach.due_at
            verdict.verdict_at = breach.verdict_at
        elif verdict.verdict in ("met", "pending"):
            verdict.target, verdict.due_at = stretches[-1].target, stretches[-1].due_at
        if verdict.verdict in ("met", "breached"):
            self._own(turn, verdict)
            self._overrun(turn, verdict, end)
        verdict.missed_class = self._missed_class(turn, verdict, stretches[-1])
        return verdict

    def judged_until(self, turn: Turn) -> int:
        """Instant up to which changes count: the end, the recovery of a missed contact, else ``as_of``."""
        if turn.ended_at is not None:
            return turn.ended_at
        if turn.recovered is not None and self.missed_policy(turn) == "treat_normally":
            return turn.recovered[0]
        return self.world.as_of

    def _fallen(self, turn: Turn, breach: Stretch | None) -> Verdict | None:
        """What a breach becomes; null when there is none."""
        if turn.waiver in _ALWAYS or turn.is_flagged:
            return Verdict("waived")
        ignored = self.missed_policy(turn) == "ignore"
        if turn.state == "missed" and ignored:
            return Verdict("excluded", exclusion="missed_policy")
        if breach is None or breach.passed_at is None or breach.verdict_at is None:
            return None
        before_bot = turn.bot_since is not None and turn.bot_since < breach.passed_at
        if turn.state == "answered_by_bot" and before_bot:
            return Verdict("excluded", exclusion="answered_by_bot")
        if ignored and turn.standing_close(breach.verdict_at) is not None:
            return Verdict("excluded", exclusion="missed_policy")
        if before_bot and turn.ended_at is None and turn.bot_since is not None:
            is_running = self.world.as_of < turn.bot_since + SILENCE
            if is_running and turn.ticket.value("status").at(self.world.as_of) in DONE:
                return Verdict("pending")
        return Verdict("breached")

    def _unfallen(self, turn: Turn, last: Stretch) -> Verdict:
        if turn.state == "answered_by_bot":
            return Verdict("excluded", exclusion="answered_by_bot")
        if turn.state == "excluded":
            return Verdict("excluded", exclusion=turn.exclusion)
        if turn.state == "waived":
            return Verdict("waived")
        if last.target is None and last.due_at is None:
            return Verdict("no_target")
        if turn.state == "answered":
            return Verdict("met", verdict_at=turn.ended_at)
        is_treated = turn.state == "missed" and self.missed_policy(turn) == "treat_normally"
        if is_treated and turn.recovered is not None:
            return Verdict("met", verdict_at=turn.recovered[0])
        return Verdict("pending")

    def _missed_class(self, turn: Turn, verdict: Verdict, last: Stretch) -> str | None:
        judged = verdict.verdict in ("met", "breached")
        if turn.state == "answered" and judged:
            return "met_answered" if verdict.verdict == "met" else "late_answered"
        if turn.state == "closed_unanswered" and verdict.verdict == "breached":
            return "missed_never"
        if turn.state != "missed" or turn.missed_at is None:
            return None
        if not judged and verdict.exclusion != "missed_policy":
            return None
        target = verdict.target or last.target
        if target is None:
            return None
        if turn.recovered is None:
            return "missed_never"
        clock = self.clock(turn, target, turn.recovered[0])
        due = clock.due(turn.missed_at)
        is_late = due is not None and turn.recovered[0] >= due + SECOND
        return "missed_recovered_late" if is_late else "missed_recovered_in_target"

    def _overrun(self, turn: Turn, verdict: Verdict, end: int) -> None:
        if verdict.verdict == "breached" and verdict.due_at is not None:
            clock = self.clock(turn, verdict.target or _PLAIN, end)
            verdict.overrun_s = clock.microseconds(verdict.due_at, end) // SECOND

    # ---- owner (A2)

    def _own(self, turn: Turn, verdict: Verdict) -> None:
        when = verdict.verdict_at
        assert when is not None
        verdict.owner, verdict.owner_rule = self.owner(turn, verdict, when)
        verdict.owner_team = self.team_of(turn.ticket, verdict.owner, when)

    def team_of(self, ticket: Ticket, agent: str | None, when: int) -> str | None:
        """Home team of the agent then, else the ticket's team then."""
        home = self.world.home_team(ticket.row["source_system"], agent, when) if agent else None
        team: str | None = home if home is not None else ticket.value("team").at(when)
        return team

    def owner(self, turn: Turn, verdict: Verdict, when: int) -> tuple[str | None, str]:
        """Owner (null = unowned) and rule of a met or breached verdict at an instant."""
        due = verdict.due_at if verdict.due_at is not None else when
        if incident(self.world, turn.ticket, due, turn.ticket.value("team").at(due)):
            return None, "incident"
        if verdict.verdict == "met":
            late = turn.recovered[1] if turn.state == "missed" and turn.recovered else None
            return (turn.responder if turn.state == "answered" else late), "responder"
        if turn.state == "missed":
            return None, "queue"
        holder, agent = self._holder_of_breach(turn, when)
        if holder == "closed":
            return agent, "closer"
        if holder in ("queue", "bot"):
            return None, "queue"
        if holder == "sync_lag":
            return None, "sync_lag"
        return self._fair(turn, verdict, when, agent)

    def _holder_of_breach(self, turn: Turn, when: int) -> tuple[str, str | None]:
        """Holder at the verdict; at the very end of an obligation its last segment still holds it."""
        segments = self.segments(turn)
        if segments and when >= segments[-1].stop:
            return segments[-1].holder, segments[-1].agent
        return self.holder(turn, when)

    def _fair(
        self, turn: Turn, verdict: Verdict, when: int, agent: str | None
    ) -> tuple[str | None, str]:
        target = verdict.target or _PLAIN
        segments = [s for s in self.segments(turn) if s.start < when]
        clock = self.clock(turn, target, when)
        anchor = self.anchor(turn, target, segments)
        received, before = when, list(segments)
        while before and before[-1].holder == "agent" and before[-1].agent == agent:
            received = before.pop().start
        if not before:
            return agent, "holder"
        begin = anchor if anchor is not None else turn.started_at
        left = clock.microseconds(max(received, begin), when)
        if left >= target.fair_window * SECOND:
            return agent, "holder"
        used: dict[tuple[str, str | None], tuple[int, int]] = {}
        for segment in before:
            kind = {"bot": "queue", "closed": "agent"}.get(segment.holder, segment.holder)
            key = (kind, segment.agent if kind == "agent" else None)
            spent = clock.microseconds(max(segment.start, begin), segment.stop)
            used[key] = (used.get(key, (0, 0))[0] + spent, segment.stop)
        winner = max(used, key=lambda key: used[key])
        return winner[1], "fair_window"


def named_by_platform(turns: list[Turn], row: Row) -> list[Turn]:
    """The turns ``due_by_source`` speaks of: the last of the ticket that start before it."""
    due = row["due_by_source"]
    earlier = [
        turn
        for turn in turns
        if due is not None and turn.ticket.row is row and turn.started_at < due
    ]
    last = max((turn.started_at for turn in earlier), default=None)
    return [turn for turn in earlier if turn.started_at == last]
