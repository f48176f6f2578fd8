"""A ticket from facts: what it is, what was promised at each turn, who held it, and everything that happened."""

from __future__ import annotations

from typing import Any

from orchestration.case.story import cycles_of, tickets_of, turns_of
from orchestration.dashboard.selection import Filters
from orchestration.presenting.publication import Publication


def found(publication: Publication, filters: Filters) -> list[dict[str, Any]]:
    """Tickets of that number, with what is known of each."""
    return tickets_of(publication, filters.ticket, [filters.tenant])


def turns(publication: Publication, filters: Filters, key: str) -> list[dict[str, Any]]:
    """Answers owed in a ticket, with both promises."""
    return turns_of(publication, key)


def holders(publication: Publication, filters: Filters, key: str) -> list[dict[str, Any]]:
    """Who held the case while the customer waited, by turn."""
    return publication.rows(
        "select segments.*, turns.turn_no from core.fct_obligation_segments as segments "
        "inner join core.fct_response_obligations as turns using (obligation_key) "
        "where segments.ticket_key = ? order by from_at, segment_no",
        [key],
    )


def happened(publication: Publication, filters: Filters, key: str) -> list[dict[str, Any]]:
    """Everything that happened, in order: messages, events, surveys, reviews."""
    return publication.rows(
        """
        select sent_at as at, 'message' as kind, direction as what, author_role as role, author_agent_key as agent_key,
            visibility as from_value, cast(body_chars as varchar) as to_value, deleted_at, is_automated as flag
        from core.fct_messages where $1 in (ticket_key, original_ticket_key)
        union all
        select occurred_at, 'event', event_type, actor_role, actor_agent_key, from_value, to_value, null,
            is_on_unanswered_turn
        from core.fct_ticket_events
        where $1 in (ticket_key, original_ticket_key) and event_type not in ('message_created', 'reply_sent')
        union all
        select responded_at, 'survey', scale, 'customer', agent_key, raw_score, sentiment, null, is_latest
        from core.fct_satisfaction_responses where $1 in (ticket_key, original_ticket_key)
        union all
        select reviewed_at, 'review', review_type, 'agent', reviewer_agent_key, agent_key,
            cast(score as varchar), null, critical_fail
        from core.fct_qa_reviews where $1 in (ticket_key, original_ticket_key)
        order by 1, 2
        """,
        [key],
    )


def cycles(publication: Publication, filters: Filters, key: str) -> list[dict[str, Any]]:
    """Resolutions and reopenings."""
    return cycles_of(publication, key)
