"""The audit trail (``agent_sla.agent_actions``, catalogue §10.6): every act of a person, who, when, what, old to new.

One row per event by an agent and per message or note an agent wrote himself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.oracle.numbers.kpis import Facts, platform_of
from tests.oracle.numbers.statistics import month_of
from tests.oracle.people.audit import REMOVALS, SENSITIVE, is_confirmed_spam, is_waiting
from tests.oracle.turns.obligations import Obligation
from tests.oracle.world.canonical_rows import Row
from tests.oracle.world.history import team_key
from tests.oracle.world.keys import UNOWNED, agent_of, key
from tests.oracle.world.tickets import Ticket

KEYS = ("action_key",)
_CONTENT = ("message_deleted", "message_hidden", "message_edited")
_REMOVED = ("message_deleted", "message_hidden")
# what is watched while a customer waits; other acts take nothing away from him
_WATCHED = (*REMOVALS, *_REMOVED, "bulk_action", "status_change")
Out = dict[str, Any]


@dataclass(frozen=True)
class Act:
    """One act of a person."""

    name: str | None
    kind: str
    when: int
    ticket: Ticket
    agent: str | None
    team: str | None
    old: str | None
    new: str | None
    reason_code: str | None
    source: str
    precision_s: int
    content: str | None
    message: Row | None
    is_on_unanswered_turn: bool
    is_unanswered_deletion: bool
    is_excluded: bool

    @property
    def sensitive(self) -> str | None:
        """Class of sensitive act."""
        return SENSITIVE.get(self.kind)

    @property
    def is_comment_removal(self) -> bool:
        """A customer's public message taken away, on a ticket that counts."""
        return self.kind in _REMOVED and _is_customers(self.message) and not self.is_excluded

    @property
    def is_audit_complete(self) -> bool:
        """A named person, told and not inferred, and the message where one was touched."""
        is_told = self.agent is not None and self.source != "snapshot_diff"
        return is_told and (self.content is not None or not self.kind.startswith("message"))


@cache
def acts(facts: Facts) -> tuple[Act, ...]:
    """Every act up to now."""
    turns: dict[int, list[Obligation]] = defaultdict(list)
    for row in facts.obligations:
        if row.turn.mode == "turn":
            turns[id(row.root)].append(row)
    found: list[Act] = []
    for group in facts.world.groups():
        is_confirmed = is_confirmed_spam(group)
        for ticket in group:
            for event in ticket.events:
                if event["actor_role"] == "agent":
                    found.append(_event(facts, ticket, event, turns[id(group[0])], is_confirmed))
            found += _messages(facts, ticket)
    return tuple(found)


def _event(
    facts: Facts, ticket: Ticket, event: Row, turns: list[Obligation], is_confirmed: bool
) -> Act:
    kind, when, actor = event["event_type"], event["occurred_at"], event["actor_id"]
    names = event["from_value"] if kind in _CONTENT else None
    message = _message(facts, ticket.row["source_system"], names)
    is_on_turn = kind in _WATCHED and any(is_waiting(row, ticket, when) for row in turns)
    is_his = message is not None and message["author_role"] == "customer"
    is_removal = kind in REMOVALS or (kind == "message_deleted" and is_his)
    tenant, source = facts.world.tenant, ticket.row["source_system"]
    old, new = event["from_value"], event["to_value"]
    if kind == "assignee_change":
        old, new = agent_of(tenant, source, old), agent_of(tenant, source, new)
    return Act(
        name=key(tenant, source, event["event_id"]),
        kind=kind,
        when=when,
        ticket=ticket,
        agent=actor,
        team=facts.judge.team_of(ticket, actor, when),
        old=old,
        new=new,
        reason_code=event["reason_code"],
        source=event["event_source"],
        precision_s=event["time_precision_s"],
        content=key(tenant, source, names),
        message=message,
        is_on_unanswered_turn=is_on_turn,
        is_unanswered_deletion=is_removal and is_on_turn and not is_confirmed,
        is_excluded=facts.world.exclusion(ticket.root) is not None,
    )


def _messages(facts: Facts, ticket: Ticket) -> Iterator[Act]:
    tenant, source = facts.world.tenant, ticket.row["source_system"]
    for message in ticket.messages:
        is_own = message["author_role"] == "agent" and not message["is_automated"]
        if not is_own or message["is_duplicate"]:
            continue
        when, author = message["sent_at"], message["author_id"]
        name = key(tenant, source, message["message_id"])
        is_note = message["visibility"] == "internal"
        yield Act(
            name=name,
            kind="internal_note_written" if is_note else "reply_sent",
            when=when,
            ticket=ticket,
            agent=author,
            team=facts.judge.team_of(ticket, author, when),
            old=None,
            new=message["delivery_status"],
            reason_code=None,
            source="message",
            precision_s=0,
            content=name,
            message=message,
            is_on_unanswered_turn=False,
            is_unanswered_deletion=False,
            is_excluded=facts.world.exclusion(ticket.root) is not None,
        )


@cache
def _by_id(facts: Facts) -> dict[tuple[str, str], Row]:
    return {
        (ticket.row["source_system"], message["message_id"]): message
        for ticket in facts.world.tickets.values()
        for message in ticket.messages
    }


def _message(facts: Facts, source: str, message_id: str | None) -> Row | None:
    return None if message_id is None else _by_id(facts).get((source, message_id))


def _is_customers(message: Row | None) -> bool:
    return (
        message is not None
        and message["author_role"] == "customer"
        and message["visibility"] == "public"
    )


def agent_actions(facts: Facts) -> dict[tuple[Any, ...], Out]:
    """Columns of every act by ``KEYS``."""
    return {(act.name,): _columns(facts, act) for act in acts(facts)}


def _columns(facts: Facts, act: Act) -> Out:
    tenant, root = facts.world.tenant, act.ticket.root
    source = root.row["source_system"]
    return {
        "source_system": source,
        "agent_key": agent_of(tenant, source, act.agent) or UNOWNED,
        "team_key": team_key(tenant, source, act.team),
        "ticket_key": key(*root.key),
        "original_ticket_key": key(*act.ticket.key),
        "channel_key": key(tenant, source, root.row["channel_id"]),
        "platform": platform_of(facts, root),
        "marketplace_account_key": key(tenant, root.row["marketplace_account_id"]),
        "action_type": act.kind,
        "from_value": act.old,
        "to_value": act.new,
        "content_key": act.content,
        "content_author_role": act.message["author_role"] if act.message else None,
        "content_visibility": act.message["visibility"] if act.message else None,
        "reason_code": act.reason_code,
        "event_source": act.source,
        "time_precision_s": act.precision_s,
        "is_on_unanswered_turn": act.is_on_unanswered_turn,
        "is_comment_removal": act.is_comment_removal,
        "is_unanswered_deletion": act.is_unanswered_deletion,
        "sensitive_type": act.sensitive,
        "is_audit_complete": act.is_audit_complete,
        "is_ticket_excluded": act.is_excluded,
        "occurred_at": act.when,
        "occurred_month": month_of(act.when, facts.zone),
    }
