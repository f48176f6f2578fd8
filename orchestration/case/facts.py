"""What the published facts know of one ticket: one query for each part of its story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestration.case.labels import LABELS
from orchestration.presenting.persons import LABELLED
from orchestration.presenting.publication import Publication
from orchestration.presenting.scopes import label_of, scope_names

Row = dict[str, Any]

_TICKETS = """
    select tickets.*, channels.channel_id as channel, accounts.marketplace_account_id as account, teams.team_id as team,
        reasons.name as reason, roots.ticket_id as merged_into
    from core.dim_tickets as tickets
    left join core.dim_channels as channels on tickets.channel_key = channels.channel_key
    left join core.dim_marketplace_accounts as accounts
        on tickets.marketplace_account_key = accounts.marketplace_account_key
    left join core.dim_teams as teams on tickets.team_key = teams.team_key
    left join core.dim_tags as reasons on tickets.reason_tag_key = reasons.tag_key
    left join core.dim_tickets as roots
        on tickets.effective_ticket_key = roots.ticket_key and tickets.is_merged
    where tickets.ticket_id = ? and list_contains(?, tickets.tenant_id)
    order by tickets.tenant_id, tickets.source_system
"""
_OWN = "ticket_key = $2 and $1 in (ticket_key, original_ticket_key)"
"""Facts stand on the root of the merge chain; of those of the root the ones that are the ticket's own."""
_PARTS = {
    "turns": f"""
        select * from core.fct_response_obligations where {_OWN}
        order by started_at, turn_no, obligation_key
    """,
    "holders": """
        select segments.*, turns.turn_no
        from core.fct_obligation_segments as segments
        inner join core.fct_response_obligations as turns using (obligation_key)
        where turns.ticket_key = $2 and $1 in (turns.ticket_key, turns.original_ticket_key)
            and segments.ticket_key = $2
        order by segments.from_at, segments.segment_no
    """,
    "cycles": "select * from core.fct_resolution_cycles where ticket_key = $1 order by cycle_no",
    "promises": """
        select * from core.fct_sla_verdicts where ticket_key = $1 and metric = 'resolution'
        order by cycle_no, span_no, layer
    """,
    "surveys": f"""
        select * from core.fct_satisfaction_responses where {_OWN}
        order by responded_at, response_key
    """,
    "reviews": f"""
        select * from core.fct_qa_reviews where {_OWN}
        order by reviewed_at, review_key
    """,
    "causes": """
        select causes.* from tag_volume.reason_root_causes as causes
        inner join core.dim_tickets as tickets
            on causes.tenant_id = tickets.tenant_id
            and (causes.platform is null or causes.platform = tickets.platform)
        inner join core.dim_tags as reasons
            on coalesce(tickets.resolution_reason_tag_key, tickets.reason_tag_key) = reasons.tag_key
            and lower(reasons.name) = lower(causes.reason_name)
        where tickets.ticket_key = $1 order by causes.map_id
    """,
    # A deletion that an event tells of has an author there; only one that no event knows is told by its message.
    "happened": f"""
        with labels as ({LABELS}),
        messages as materialized (
            select message_key, sent_at, direction, visibility, author_role, author_agent_key, body_chars, is_automated,
                deleted_at
            from core.fct_messages where {_OWN}
        ),
        found as materialized (
            select tenant_id, event_type, occurred_at, actor_role, actor_agent_key, from_value, to_value, reason_code,
                is_on_unanswered_turn, message_key
            from core.fct_ticket_events where {_OWN}
        ),
        events as materialized (
            select found.* replace (
                coalesce(before.name, found.from_value) as from_value, coalesce(after.name, found.to_value) as to_value
            )
            from found
            left join labels as before on found.event_type = before.action
                and found.tenant_id = before.tenant_id and found.from_value = before.id
            left join labels as after on found.event_type = after.action
                and found.tenant_id = after.tenant_id and found.to_value = after.id
        )
        select sent_at as at, 'message' as kind, direction as what, visibility as detail, author_role as role,
            author_agent_key as agent_key, null as from_value, null as to_value, body_chars as size, null as reason,
            is_automated as is_marked
        from messages
        union all
        select deleted_at, 'deletion', direction, visibility, null, null, null, null, body_chars, null, false
        from messages
        where deleted_at is not null and message_key not in (
            select message_key from events where event_type = 'message_deleted' and message_key is not null
        )
        union all
        select occurred_at, 'event', event_type, null, actor_role, actor_agent_key, from_value, to_value, null,
            reason_code, is_on_unanswered_turn
        from events
        where event_type not in ('message_created', 'reply_sent') or message_key is null
            or message_key not in (select message_key from messages)
        union all
        select responded_at, 'survey', scale, null, 'customer', null, raw_score, sentiment, null, null, is_latest
        from core.fct_satisfaction_responses where {_OWN}
        union all
        select reviewed_at, 'review', review_type, null, 'reviewer', reviewer_agent_key, agent_key,
            cast(score as varchar), null, null, critical_fail
        from core.fct_qa_reviews where {_OWN}
        order by all
    """,
}
PARTS = tuple(_PARTS)
"""Names of the parts, as the story calls them."""


def tickets_of(publication: Publication, ticket_id: str, tenants: Sequence[str]) -> list[Row]:
    """Tickets of that number, with what is known of each; channels and teams of one name are told apart."""
    names = scope_names(publication.rows)
    rows = publication.rows(_TICKETS, [ticket_id, list(tenants)])
    for row in rows:
        for kind in ("channel", "team"):
            if row[kind] is not None:
                row[kind] = label_of(names, row["tenant_id"], kind, row[kind])
    return rows


def parts_of(publication: Publication, ticket_key: str, root_key: str) -> dict[str, list[Row]]:
    """Rows of every part by its name; facts of a merged ticket stand with both of its numbers.

    Args:
        publication: what is read.
        ticket_key: of the ticket.
        root_key: of the ticket it was merged into, else its own; facts stand there.
    """
    keys = [ticket_key, root_key]
    return {
        name: publication.rows(query, keys if "$2" in query else keys[:1])
        for name, query in _PARTS.items()
    }


def names_of(publication: Publication) -> dict[str, str]:
    """Names that may be shown, by agent key; those of one name are told apart."""
    rows = publication.rows(
        f"select agent_key, label from ({LABELLED}) where agent_key <> 'unowned' and label is not null"
    )
    return {row["agent_key"]: row["label"] for row in rows}
