"""Who did what, and a ticket's whole story, from the audit of actions and the facts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from orchestration.case.labels import LABELS
from orchestration.dashboard.queries.places import BY_TICKET, narrowed
from orchestration.dashboard.selection import PLACES, Filters
from orchestration.presenting.publication import Publication

DELETIONS = ("message_deleted", "message_hidden")


def _conditions(filters: Filters) -> tuple[str, list[Any]]:
    """Conditions on the audit of actions alone, so that names are joined to the few rows that are shown."""
    condition, values = narrowed(filters, *PLACES, columns=BY_TICKET)
    condition += " and occurred_at >= ? and occurred_at < ? + interval 1 month"
    values += [filters.first_day, filters.first_day]
    if filters.action:
        condition += " and action_type = ?"
        values.append(filters.action)
    if filters.ticket:
        condition += " and original_ticket_key in (select ticket_key from core.dim_tickets where ticket_id = ?)"
        values.append(filters.ticket)
    return condition, values


def actions(publication: Publication, filters: Filters, limit: int) -> pd.DataFrame:
    """Actions of the month under the filters, the newest first, at most ``limit``."""
    condition, values = _conditions(filters)
    return publication.frame(
        f"""
        with labels as ({LABELS}),
        acts as (
            select action_key, tenant_id, occurred_at, agent_key, action_type, original_ticket_key, channel_key,
                from_value, to_value, reason_code, is_on_unanswered_turn, event_source
            from agent_sla.agent_actions where {condition}
            order by occurred_at desc, action_key limit {limit}
        )
        select occurred_at, acts.agent_key, action_type, tickets.ticket_id,
            channels.channel_id,
            coalesce(before.name, from_value) as from_value, coalesce(after.name, to_value) as to_value, reason_code,
            is_on_unanswered_turn, event_source
        from acts
        left join core.dim_tickets as tickets on acts.original_ticket_key = tickets.ticket_key
        left join core.dim_channels as channels on acts.channel_key = channels.channel_key
        left join labels as before on action_type = before.action and acts.tenant_id = before.tenant_id
            and from_value = before.id
        left join labels as after on action_type = after.action and acts.tenant_id = after.tenant_id
            and to_value = after.id
        order by occurred_at desc, action_key
        """,
        values,
    )


def counted(publication: Publication, filters: Filters) -> pd.DataFrame:
    """How many actions of each kind the month has under the filters."""
    condition, values = _conditions(filters)
    return publication.frame(
        f"""
        select action_type, count(*) as acts, count(distinct agent_key) as people,
            count(*) filter (where is_unanswered_deletion) as unanswered
        from agent_sla.agent_actions where {condition} group by 1 order by 2 desc, 1
        """,
        values,
    )


def deletions(publication: Publication, filters: Filters, limit: int) -> pd.DataFrame:
    """Deleted and hidden messages of the month, the newest first: by whom, whose message, and the reply before it.

    ``total`` says how many there are, at most ``limit`` are given.
    """
    condition, values = _conditions(filters.but(action=""))
    return publication.frame(
        f"""
        with acts as (
            select action_key, occurred_at, agent_key, action_type, ticket_key, original_ticket_key, content_key,
                content_author_role, content_visibility, reason_code, is_unanswered_deletion,
                count(*) over () as total
            from agent_sla.agent_actions
            where {condition} and action_type in (?, ?)
            order by occurred_at desc, action_key limit {limit}
        ),
        -- the messages of these few tickets, read once: they tell both the reply before and what was deleted
        messages as materialized (
            select message_key, ticket_key, sent_at, body_chars, direction, visibility from core.fct_messages
            where ticket_key in (select ticket_key from acts)
        ),
        answers as (
            select acts.action_key, max(reply.sent_at) as answered_at
            from acts
            inner join messages as reply on reply.ticket_key = acts.ticket_key
                and reply.direction = 'outbound' and reply.visibility = 'public'
                and reply.sent_at <= acts.occurred_at
                and reply.message_key is distinct from acts.content_key
            group by 1
        )
        select occurred_at, acts.agent_key, action_type, tickets.ticket_id, content_author_role,
            content_visibility, reason_code, is_unanswered_deletion, messages.sent_at as written_at,
            messages.body_chars, answers.answered_at, total
        from acts
        left join answers using (action_key)
        left join core.dim_tickets as tickets on acts.original_ticket_key = tickets.ticket_key
        left join messages on messages.message_key = acts.content_key
        order by occurred_at desc, action_key
        """,
        [*values, *DELETIONS],
    )


def kinds(publication: Publication, filters: Filters) -> list[str]:
    """Kinds of actions that the log knows."""
    rows = publication.rows(
        "select distinct action_type from agent_sla.agent_actions where tenant_id = ? order by 1",
        [filters.tenant],
    )
    return [row["action_type"] for row in rows]
