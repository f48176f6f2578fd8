"""Audit KPIs of group D (`sensitive_actions`, `unanswered_deletions`, `audit_completeness`, `waiver_rate`)."""

from __future__ import annotations

from collections import defaultdict

from tests.oracle.cycles.activity import Closing
from tests.oracle.numbers.kpis import NO_AGENT, Collector, Facts
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import MINUTE, Row
from tests.oracle.world.tickets import Ticket

BULK_CLOSES = 21
BULK_WINDOW = 10 * MINUTE
SENSITIVE = {
    "message_deleted": "deletion",
    "deleted": "deletion",
    "author_blocked": "author_block",
    "message_edited": "message_edit",
    "policy_applied": "policy_override",
}
REMOVALS = ("deleted", "marked_spam", "author_blocked")


def collect_audit(found: Collector) -> None:
    """Every act of a person by month and actor, and how turns came to an end."""
    facts = found.facts
    turns: dict[int, list[Obligation]] = defaultdict(list)
    for row in facts.obligations:
        if row.turn.mode == "turn":
            turns[id(row.root)].append(row)
        _ended(found, row)
    for group in facts.world.groups():
        root = group[0]
        if facts.world.exclusion(root) == "test":
            continue
        is_confirmed = is_confirmed_spam(group)
        for ticket in group:
            for event in ticket.events:
                if event["actor_role"] == "agent":
                    _act(found, ticket, event, turns[id(root)], is_confirmed)
            for message in ticket.messages:
                if message["author_role"] == "agent" and not message["is_automated"]:
                    is_complete = message["author_id"] is not None
                    _record(found, ticket, message["sent_at"], message["author_id"], is_complete)
    _bulk_closes(found)


def _act(
    found: Collector, ticket: Ticket, event: Row, turns: list[Obligation], is_confirmed: bool
) -> None:
    kind, when, actor = event["event_type"], event["occurred_at"], event["actor_id"]
    team = found.facts.judge.team_of(ticket, actor, when)
    names = kind.startswith("message") and event["from_value"] is not None
    is_told = event["event_source"] != "snapshot_diff" and actor is not None
    is_complete = is_told and (names or not kind.startswith("message"))
    _record(found, ticket, when, actor, is_complete)
    if kind in SENSITIVE:
        for variant in ("none", SENSITIVE[kind]):
            found.add("sensitive_actions", when, ticket.root, team, actor, variant=variant)
    is_removal = kind in REMOVALS or (kind == "message_deleted" and _is_customers(ticket, event))
    is_met = any(is_waiting(row, ticket, when) for row in turns)
    if is_removal and is_met and not is_confirmed:
        found.add("unanswered_deletions", when, ticket.root, team, actor)


def _record(
    found: Collector, ticket: Ticket, when: int, actor: str | None, is_complete: bool
) -> None:
    team = found.facts.judge.team_of(ticket, actor, when)
    hit = int(is_complete)
    found.add("audit_completeness", when, ticket.root, team, NO_AGENT, hit=hit, of=1)


def _is_customers(ticket: Ticket, event: Row) -> bool:
    return any(
        m["message_id"] == event["from_value"] and m["author_role"] == "customer"
        for m in ticket.root.messages + [m for t in _below(ticket.root) for m in t.messages]
    )


def _below(ticket: Ticket) -> list[Ticket]:
    return [t for child in ticket.children for t in (child, *_below(child))]


def is_waiting(row: Obligation, ticket: Ticket, when: int) -> bool:
    """Whether the turn was unended when the act happened; the deletion that ended it still met it."""
    turn = row.turn
    if turn.started_at > when or turn.ticket.root_at(when) is not ticket.root_at(when):
        return False
    if turn.ended_at is None or turn.ended_at > when:
        return True
    is_own_end = turn.exclusion == "deleted" or turn.waiver == "customer_withdrew"
    return turn.ended_at == when and is_own_end


def is_confirmed_spam(group: list[Ticket]) -> bool:
    """Whether a rule marked a ticket of the group as spam too, or a second person did."""
    marks = [e for ticket in group for e in ticket.events if e["event_type"] == "marked_spam"]
    people = {e["actor_id"] for e in marks if e["actor_role"] == "agent"}
    by_rule = any(e["actor_role"] in ("automation", "system", "bot") for e in marks)
    return by_rule or len(people) > 1


def bulk_starts(facts: Facts) -> list[Closing]:
    """Closings that begin a run of more than twenty within ten minutes by one person."""
    by_agent: dict[tuple[str, str], list[Closing]] = defaultdict(list)
    for closing in facts.closings:
        if closing.is_human and closing.closer is not None:
            source = closing.root.row["source_system"]
            by_agent[source, closing.closer].append(closing)
    found: list[Closing] = []
    for closings in by_agent.values():
        closings.sort(key=lambda closing: closing.closed_at)
        marked: set[int] = set()
        for first in range(len(closings) - BULK_CLOSES + 1):
            last = first + BULK_CLOSES - 1
            if closings[last].closed_at - closings[first].closed_at <= BULK_WINDOW:
                marked.update(range(first, last + 1))
        found += [closings[index] for index in sorted(marked) if index - 1 not in marked]
    return found


def _bulk_closes(found: Collector) -> None:
    for closing in bulk_starts(found.facts):
        if found.facts.world.exclusion(closing.root) == "test":
            continue
        for variant in ("none", "bulk_close"):
            found.add(
                "sensitive_actions",
                closing.closed_at,
                closing.root,
                closing.closer_team,
                closing.closer,
                variant=variant,
            )


_WAIVERS = (
    "marked_no_reply_needed",
    "thank_you_rule",
    "customer_withdrew",
    "duplicate_merged",
    "platform_closed",
)


def _ended(found: Collector, row: Obligation) -> None:
    """A turn that was answered, waived or closed unanswered, by whoever ended it so."""
    turn, judge = row.turn, found.facts.judge
    if turn.kind not in ("first", "next"):
        return
    agent: str | None
    if row.state == "answered" and turn.satisfied_at is not None:
        when, agent, team = turn.satisfied_at, turn.responder, row.responder_team
    elif row.state == "waived":
        when = turn.ended_at if turn.ended_at is not None else turn.started_at
        role, actor = turn.waived_by or ("rule", None)
        agent = actor if role == "agent" else None
        team = judge.team_of(turn.ticket, agent, when)
    elif row.state == "closed_unanswered":
        close = turn.standing_close(found.facts.world.as_of)
        assert close is not None
        when, agent = close.at, close.agent if close.role == "agent" else None
        team = judge.team_of(turn.ticket, agent, when)
    else:
        return
    is_waived = row.state == "waived"
    found.add("waiver_rate", when, row.root, team, agent, hit=int(is_waived), of=1)
    for waiver in _WAIVERS:
        hit = int(is_waived and turn.waiver == waiver)
        found.add("waiver_rate", when, row.root, team, agent, hit=hit, of=1, variant=waiver)
