"""What persons wrote and did, by month (`replies_sent`, `macro_usage_rate`, handled and removed comments)."""

from __future__ import annotations

from tests.oracle.numbers.kpis import Collector
from tests.oracle.reasons.reasons import reason_name
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.tickets import Ticket, is_customer_message, is_human_reply


def count_messages(found: Collector) -> None:
    world, judge = found.facts.world, found.facts.judge
    for ticket in world.tickets.values():
        if world.exclusion(ticket.root) is not None:
            continue
        for message in ticket.messages:
            if is_human_reply(message):
                at, author = message["sent_at"], message["author_id"]
                team = judge.team_of(ticket, author, at)
                found.add("replies_sent", at, ticket.root, team, author)
                if message["message_kind"] in _COMMENTS:
                    _comment_handled(found, ticket, author, at, 0)
                used = int(message["macro_id"] is not None)
                name = reason_name(found.facts, ticket.root) or "untagged"
                found.add(
                    "macro_usage_rate",
                    at,
                    ticket.root,
                    team,
                    author,
                    hit=used,
                    of=1,
                    subject=("reason", name),
                )
        for event in ticket.events:
            if _is_removal(ticket, event):
                at, actor = event["occurred_at"], event["actor_id"]
                team = judge.team_of(ticket, actor, at)
                found.add("comments_deleted", at, ticket.root, team, actor)
                if any(m["message_kind"] in _COMMENTS for m in _target(ticket, event)):
                    _comment_handled(found, ticket, actor, at, 1)


_COMMENTS = ("public_comment", "review")


def _comment_handled(
    found: Collector, ticket: Ticket, actor: object, at: int, removed: int
) -> None:
    """What a person did about a comment or review: answered or removed it."""
    team = found.facts.judge.team_of(ticket, actor, at)
    found.add(
        "comments_deleted",
        at,
        ticket.root,
        team,
        actor,
        hit=removed,
        of=1,
        variant="share_of_comments_handled",
    )


def _target(ticket: Ticket, event: Row) -> list[Row]:
    return [m for m in ticket.messages if m["message_id"] == event["from_value"]]


def _is_removal(ticket: Ticket, event: Row) -> bool:
    if event["event_type"] not in ("message_deleted", "message_hidden"):
        return False
    target = _target(ticket, event)
    return event["actor_role"] == "agent" and any(is_customer_message(m) for m in target)
