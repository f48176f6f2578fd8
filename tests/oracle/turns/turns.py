"""A customer turn and how it ended; live contacts; the policy of a channel (catalogue §3.1)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.oracle.world.canonical_rows import HOUR, SECOND, Row
from tests.oracle.world.history import World
from tests.oracle.world.tickets import (
    Ticket,
)

SILENCE = 72 * HOUR


@dataclass
class Close:
    """A change to solved or closed during a turn; ``cleared_at`` = reopening or customer message after it."""

    at: int
    role: str
    agent: str | None
    cleared_at: int | None = None

    def stands_at(self, when: int) -> bool:
        """Whether the ticket stands closed by this change at the instant."""
        return self.at <= when and (self.cleared_at is None or self.cleared_at > when)


@dataclass
class Turn:
    """One obligation in the making."""

    ticket: Ticket
    messages: list[Row]
    started_at: int
    available_at: int
    kind: str = "first"
    mode: str = "turn"
    is_flagged: bool = False
    state: str = "open"
    ended_at: int | None = None
    responder: str | None = None
    waiver: str | None = None
    exclusion: str | None = None
    waived_by: tuple[str, str | None] | None = None
    bot_since: int | None = None
    answers: list[tuple[int, bool]] = field(default_factory=list)
    closes: list[Close] = field(default_factory=list)
    missed_at: int | None = None
    recovered: tuple[int, str | None] | None = None
    is_anomaly: bool = False
    is_thanks_tested: bool = False
    message_count: int = 0
    order_account: str | None = None

    @property
    def satisfied_at(self) -> int | None:
        """Instant of the qualifying reply (or answered call)."""
        return self.ended_at if self.state == "answered" else None

    def standing_close(self, when: int) -> Close | None:
        """First agent's close standing at the instant, else the first standing one."""
        standing = [close for close in self.closes if close.stands_at(when)]
        by_agent = [close for close in standing if close.role == "agent"]
        return (by_agent or standing or [None])[0]

    def settle_flagged(self) -> None:
        """A run of flagged messages only is waived from its start, however it ended."""
        self.state, self.ended_at, self.responder = "waived", self.started_at, None
        self.waiver, self.waived_by, self.exclusion = "marked_no_reply_needed", None, self.skew
        self.closes, self.answers, self.bot_since, self.missed_at = [], [], None, None

    @property
    def skew(self) -> str | None:
        """Exclusion by a clock anomaly, the only one that outlives a flag."""
        return self.exclusion if self.exclusion == "clock_anomaly" else None

    def end(self, state: str, when: int) -> None:
        """Finish the turn."""
        self.state, self.ended_at = state, when


def is_thanks(message: Row) -> bool:
    """A thank-you of at most 60 characters."""
    return bool(message["is_thanks"]) and (message["body_chars"] or 0) <= 60


def live_turn(world: World, ticket: Ticket, message: Row) -> Turn | None:
    """The obligation of one call or chat session; null for a short abandon."""
    start, answered = message["call_queue_entered_at"], message["call_answered_at"]
    abandoned, ended = message["abandoned_at"], message["call_ended_at"]
    if start > world.as_of:
        return None
    turn = Turn(ticket, [message], start, start, mode="live", message_count=1)
    if answered is not None and (abandoned is None or answered <= abandoned):
        if answered < start:
            turn.is_anomaly = True
            if start - answered > 120 * SECOND:
                turn.exclusion = "clock_anomaly"
            answered = start
        turn.responder = (
            message["author_id"]
            if message["author_role"] == "agent"
            else ticket.value("assignee").at(answered)
        )
        turn.answers.append((answered, False))
        turn.end("answered", answered)
        return turn
    policy = channel_policy(world, ticket, start)
    if abandoned is not None:
        if abandoned - start < policy["short_abandon_s"] * SECOND:
            return None
        turn.state, turn.missed_at = "missed", abandoned
    elif ended is not None:
        turn.state, turn.missed_at = "missed", ended
    return turn


def channel_policy(world: World, ticket: Ticket, when: int) -> Row:
    """Channel policy in force at an instant (default: the channel's own missed policy)."""
    channel = ticket.row["channel_id"]
    valid = [
        row
        for row in world.tables["channel_policy"]
        if row["channel_id"] == channel
        and row["valid_from"] <= when
        and (row["valid_to"] is None or when < row["valid_to"])
    ]
    if valid:
        return max(valid, key=lambda row: row["valid_from"])
    known = world.channels.get((ticket.row["source_system"], channel))
    return {
        "missed_policy": known["missed_policy"] if known else "count_as_missed",
        "short_abandon_s": 10,
        "obligation_mode": "reply_required",
    }


def first_id(turn: Turn) -> str:
    return str(turn.messages[0]["message_id"]) if turn.messages else ""
