"""Days of ``agent_sla.operator_activity_daily``: what persons wrote, closed, removed, and how fast they reacted.

One row per local day, person, team and channel (catalogue §10.6, cards of group D, `reaction_time`); seconds are whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.oracle.numbers.kpis import Facts
from tests.oracle.numbers.statistics import local_day, quantile
from tests.oracle.people.agent_days import person, waiver_of
from tests.oracle.people.audit import bulk_starts
from tests.oracle.people.audit_trail import Act, acts
from tests.oracle.turns.stretches import incident
from tests.oracle.world.history import team_key
from tests.oracle.world.keys import key
from tests.oracle.world.tickets import Ticket, is_human_reply

KEYS = ("source_system", "date_day", "agent_key", "team_key", "channel_key")
Identity = tuple[Any, ...]
Out = dict[str, Any]
_COUNTS = (
    "replies_sent",
    "first_replies_sent",
    "assist_replies",
    "internal_notes",
    "closed_with_reply",
    "closed_without_reply",
    "closed_without_reply_repaired",
    "human_closed_with_reply",
    "human_closed_without_reply",
    "waivers",
    "comments_deleted",
    "comments_deleted_without_reason",
    "messages_deleted",
    "messages_hidden",
    "messages_edited",
    "unanswered_deletions",
    "bulk_closes",
    "author_blocks",
    "deletions",
    "policy_overrides",
    "sensitive_actions",
    "n_reactions",
)
_SENSITIVE = {
    "deletion": "deletions",
    "author_block": "author_blocks",
    "policy_override": "policy_overrides",
    "message_edit": None,
}
_TOUCHED = {
    "message_deleted": "messages_deleted",
    "message_hidden": "messages_hidden",
    "message_edited": "messages_edited",
}


@dataclass
class Day:
    """What one row adds up."""

    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    reactions: dict[str, list[int]] = field(default_factory=lambda: {"cal": [], "bus": []})

    def columns(self) -> Out:
        """Published columns."""
        found: Out = {name: self.counts[name] for name in _COUNTS}
        for clock, seconds in self.reactions.items():
            found[f"n_reactions_{clock}"] = len(seconds)
            values = {
                "sum": sum(seconds),
                "min": min(seconds, default=0),
                "max": max(seconds, default=0),
                "p10": quantile(seconds, 0.1) if seconds else 0,
                "median": quantile(seconds, 0.5) if seconds else 0,
                "p90": quantile(seconds, 0.9) if seconds else 0,
            }
            for name, value in values.items():
                found[f"reaction_{name}_{clock}_s"] = value if seconds else None
        return found


@dataclass(frozen=True)
class Done:
    """Something a person (null: nobody known) did: when, on which ticket, for which team, what it counts for."""

    when: int
    ticket: Ticket
    agent: str | None
    team: str | None
    names: tuple[str, ...]
    calendar_s: int | None = None
    business_s: int | None = None


def operator_days(facts: Facts) -> dict[Identity, Out]:
    """Every row of the tenant by ``KEYS``."""
    days: dict[Identity, Day] = defaultdict(Day)
    parts = (_turns(facts), _written(facts), _closed(facts), _changed(facts))
    for part in parts:
        for done in part:
            day = days[_identity(facts, done)]
            for name in done.names:
                day.counts[name] += 1
            for clock, seconds in (("cal", done.calendar_s), ("bus", done.business_s)):
                if seconds is not None:
                    day.reactions[clock].append(seconds)
    return {identity: day.columns() for identity, day in days.items()}


def _identity(facts: Facts, done: Done) -> Identity:
    row, tenant = done.ticket.root.row, facts.world.tenant
    source = row["source_system"]
    day: date = local_day(done.when, facts.zone)
    name = person(facts, source, done.agent, day)
    return (
        source,
        day,
        name,
        team_key(tenant, source, done.team),
        key(tenant, source, row["channel_id"]),
    )


def _turns(facts: Facts) -> Iterator[Done]:
    """First replies, reactions and waivers of customer turns."""
    for row in facts.obligations:
        turn = row.turn
        if row.state == "waived" and turn.kind in ("first", "next"):
            when, agent = waiver_of(row)
            team = facts.judge.team_of(turn.ticket, agent, when)
            yield Done(when, row.root, agent, team, ("waivers",))
        at = turn.satisfied_at
        if row.state != "answered" or at is None:
            continue
        if turn.kind == "first":
            yield Done(at, row.root, turn.responder, row.responder_team, ("first_replies_sent",))
        if turn.kind not in ("first", "next") or turn.mode == "proxy":
            continue
        # E22 at agent scope: what became visible during an outage is nobody's reaction
        start_team = turn.ticket.value("team").at(turn.started_at)
        is_hit = incident(facts.world, turn.ticket, turn.available_at, start_team)
        agent = None if is_hit else turn.responder
        times = (row.reaction_cal_s, row.reaction_bus_s)
        yield Done(at, row.root, agent, row.responder_team, ("n_reactions",), *times)


def _written(facts: Facts) -> Iterator[Done]:
    """Replies and notes of persons on tickets that count."""
    for ticket in facts.world.tickets.values():
        if facts.world.exclusion(ticket.root) is not None:
            continue
        for message in ticket.messages:
            if message["author_role"] != "agent" or message["is_duplicate"]:
                continue
            at, author = message["sent_at"], message["author_id"]
            names: tuple[str, ...] = ()
            if is_human_reply(message):
                holder = ticket.value("assignee").at(at)
                is_assist = None not in (author, holder) and author != holder
                names = ("replies_sent", "assist_replies") if is_assist else ("replies_sent",)
            elif message["visibility"] == "internal":
                names = ("internal_notes",)
            if names:
                yield Done(at, ticket, author, facts.judge.team_of(ticket, author, at), names)


def _closed(facts: Facts) -> Iterator[Done]:
    """Closings with and without reply, and runs of closings in bulk where they begin."""
    for closing in facts.closings:
        is_judged = closing.is_with_reply or closing.is_without_reply
        if not is_judged or facts.world.exclusion(closing.root) is not None:
            continue
        name = "closed_with_reply" if closing.is_with_reply else "closed_without_reply"
        names = [name, f"human_{name}"] if closing.is_human else [name]
        if closing.is_without_reply and closing.is_repaired:
            names.append("closed_without_reply_repaired")
        person_of = (closing.closer, closing.closer_team)
        yield Done(closing.closed_at, closing.root, *person_of, tuple(names))
    for closing in bulk_starts(facts):
        person_of = (closing.closer, closing.closer_team)
        names = ["bulk_closes", "sensitive_actions"]
        yield Done(closing.closed_at, closing.root, *person_of, tuple(names))


def _changed(facts: Facts) -> Iterator[Done]:
    """Removals, blocks, edits and policy changes, from the audit trail."""
    for act in acts(facts):
        names = _act_names(act)
        if names:
            yield Done(act.when, act.ticket, act.agent, act.team, names)


def _act_names(act: Act) -> tuple[str, ...]:
    names = []
    if act.kind in _TOUCHED:
        names.append(_TOUCHED[act.kind])
    if act.sensitive is not None:
        names.append("sensitive_actions")
        own = _SENSITIVE[act.sensitive]
        names += [own] if own is not None else []
    if act.is_comment_removal:
        names.append("comments_deleted")
        names += [] if act.reason_code else ["comments_deleted_without_reason"]
    if act.is_unanswered_deletion:
        names.append("unanswered_deletions")
    return tuple(names)
