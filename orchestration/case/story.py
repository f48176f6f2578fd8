"""The story of a ticket: what was owed at each turn and by whom, who held it, and everything that happened in order.

Read from core facts alone, so it says what the numbers were made of. Of a message the story knows author, instant and
length; what was written is another look (:mod:`orchestration.case.texts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingestion.errors import ConfigurationError
from orchestration.presenting.publication import Publication
from orchestration.tenants import shown_tenants, tenants_of

Row = dict[str, Any]
_SHOWN_KEY = 8
NOBODY = {"unowned": "the queue", "aggregated": "aggregated"}

_TICKETS = """
    select tickets.*, coalesce(channels.name, channels.channel_id) as channel,
        accounts.marketplace_account_id as account, teams.name as team,
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
_TURNS = """
    select * from core.fct_response_obligations where $1 in (ticket_key, original_ticket_key)
    order by started_at, turn_no, obligation_key
"""
_HOLDERS = """
    select segments.*, turns.turn_no
    from core.fct_obligation_segments as segments
    inner join core.fct_response_obligations as turns using (obligation_key)
    where $1 in (turns.ticket_key, turns.original_ticket_key)
    order by segments.from_at, segments.segment_no
"""
_CYCLES = "select * from core.fct_resolution_cycles where ticket_key = $1 order by cycle_no"
_PROMISES = """
    select * from core.fct_sla_verdicts where ticket_key = $1 and metric = 'resolution'
    order by cycle_no, span_no, layer
"""
_HAPPENED = """
    select sent_at as at, 'message' as kind, direction || ', ' || visibility as what, author_role as role,
        author_agent_key as agent_key, null as from_value, cast(body_chars as varchar) || ' characters' as to_value,
        null as reason
    from core.fct_messages where $1 in (ticket_key, original_ticket_key)
    union all
    select deleted_at, 'message', direction || ' deleted', null, null, null, null, null
    from core.fct_messages where $1 in (ticket_key, original_ticket_key) and deleted_at is not null
    union all
    select occurred_at, 'event', event_type, actor_role, actor_agent_key, from_value, to_value, reason_code
    from core.fct_ticket_events where $1 in (ticket_key, original_ticket_key)
    union all
    select responded_at, 'survey', scale, 'customer', agent_key, raw_score, sentiment, null
    from core.fct_satisfaction_responses where $1 in (ticket_key, original_ticket_key)
    union all
    select reviewed_at, 'review', review_type, 'reviewer', reviewer_agent_key, null, cast(score as varchar), null
    from core.fct_qa_reviews where $1 in (ticket_key, original_ticket_key)
    order by all
"""


@dataclass(frozen=True)
class Story:
    """One ticket; rows as the published facts hold them, names by agent key as its legal entity shows them."""

    ticket: Row
    turns: list[Row]
    holders: list[Row]
    cycles: list[Row]
    promises: list[Row]
    happened: list[Row]
    names: dict[str, str]
    as_of: datetime | None

    def name(self, key: str | None) -> str:
        """Who that is: a name, the beginning of a key, or nobody."""
        if key is None:
            return ""
        return self.names.get(key) or NOBODY.get(key) or key[:_SHOWN_KEY]

    def persons(self) -> list[str]:
        """Keys of everybody in it, for the log of look-ups."""
        return sorted(set(self._keys()))

    def _keys(self) -> Iterator[str]:
        for rows in (
            [self.ticket],
            self.turns,
            self.holders,
            self.cycles,
            self.promises,
            self.happened,
        ):
            for row in rows:
                for column, value in row.items():
                    if column.endswith("agent_key") and value is not None:
                        yield str(value)

    @property
    def rows(self) -> int:
        """How many rows of facts it shows."""
        return sum(map(len, (self.turns, self.holders, self.cycles, self.promises, self.happened)))


def tickets_of(publication: Publication, ticket_id: str, tenants: Sequence[str]) -> list[Row]:
    """Tickets of that number, with what is known of each."""
    return publication.rows(_TICKETS, [ticket_id, list(tenants)])


def turns_of(publication: Publication, ticket_key: str) -> list[Row]:
    """Answers owed in a ticket, with both promises."""
    return publication.rows(_TURNS, [ticket_key])


def cycles_of(publication: Publication, ticket_key: str) -> list[Row]:
    """Resolutions and reopenings of a ticket."""
    return publication.rows(_CYCLES, [ticket_key])


def stories(publication: Publication, ticket_id: str, tenant: str | None = None) -> list[Story]:
    """The stories of all tickets of that number: one, unless several sources or tenants use it.

    Raises:
        ConfigurationError: there is no such ticket, or no such tenant.
    """
    known = tenants_of(publication.connection.cursor())
    tickets = tickets_of(publication, ticket_id, shown_tenants(known, tenant))
    if not tickets:
        raise ConfigurationError(
            f"No ticket {ticket_id} is published: give the id as the helpdesk shows it, or run deskhouse run first "
            "if it is new."
        )
    names = {
        row["agent_key"]: row["display_name"]
        for row in publication.rows("select agent_key, display_name from core.dim_agents")
        if row["display_name"]
    }
    return [_story(publication, ticket, names) for ticket in tickets]


def _story(publication: Publication, ticket: Row, names: dict[str, str]) -> Story:
    key = ticket["ticket_key"]

    def read(query: str) -> list[Row]:
        return publication.rows(query, [key])

    return Story(
        ticket,
        turns_of(publication, key),
        read(_HOLDERS),
        cycles_of(publication, key),
        read(_PROMISES),
        read(_HAPPENED),
        names,
        publication.as_of,
    )
