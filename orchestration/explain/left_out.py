"""What began in the month and is not in the number, with the reason: excluded, waived, pending, not yet mature."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

from orchestration.explain.question import relation_columns

_WEEK = "interval 7 day"


@dataclass(frozen=True)
class _Reason:
    """One reason of absence: its words (SQL), the condition, and the instant that puts it into a month."""

    words: str
    condition: str
    instant: str


@dataclass(frozen=True)
class _Fact:
    """A core table whose rows a KPI counts: its key, column of its team, and why rows of it are not counted."""

    table: str
    key: str
    team: str
    reasons: tuple[_Reason, ...]


TICKETS = _Fact(
    "dim_tickets",
    "ticket_key",
    "team_key",
    (
        _Reason(
            "'tickets excluded: ' || coalesce(exclusion_reason, 'unknown')",
            "is_excluded",
            "created_at",
        ),
        _Reason("'tickets merged into another'", "is_merged and not is_excluded", "created_at"),
        _Reason(
            "'tickets that an agent opened and no customer answered'",
            "origin = 'outbound' and not is_counted and not is_excluded and not is_merged",
            "created_at",
        ),
    ),
)
FACTS = (
    _Fact(
        "fct_response_obligations",
        "obligation_key",
        "team_key",
        (
            _Reason(
                "'turns excluded: ' || coalesce(exclusion_reason, 'ticket')",
                "state = 'excluded'",
                "started_at",
            ),
            _Reason(
                "'turns waived: ' || coalesce(waiver_reason, 'unknown')",
                "state = 'waived'",
                "started_at",
            ),
            _Reason(
                "'turns without an answer yet, which have no duration'",
                "state in ('open', 'closed_unanswered', 'missed') and satisfied_at is null",
                "started_at",
            ),
            _Reason(
                "'logged calls, answered at the call itself: no duration'",
                "is_proxy and started_at = satisfied_at",
                "started_at",
            ),
        ),
    ),
    _Fact(
        "fct_resolution_cycles",
        "cycle_key",
        "resolver_team_key",
        (
            _Reason("'cycles without an end yet'", "ended_at is null", "started_at"),
            _Reason(
                "'ends not yet mature: less than 7 days old'",
                f"ended_at + {_WEEK} > $as_of",
                "ended_at",
            ),
            _Reason(
                "'ends followed by another cycle'",
                "ended_at is not null and not is_last",
                "ended_at",
            ),
        ),
    ),
    _Fact(
        "fct_closings",
        "closing_key",
        "closer_team_key",
        (
            _Reason("'closings by a merge or as spam'", "is_merge_or_spam", "closed_at"),
            _Reason("'closings by machines'", "not is_human and not is_merge_or_spam", "closed_at"),
            _Reason(
                "'closings that are neither with nor without reply'",
                "not is_merge_or_spam and not coalesce(is_with_reply, false) and not coalesce(is_without_reply, false)",
                "closed_at",
            ),
        ),
    ),
    _Fact(
        "fct_assignment_spans",
        "span_key",
        "team_key",
        (_Reason("'assignments that have not ended'", "to_at is null", "from_at"),),
    ),
    _Fact(
        "fct_messages",
        "message_key",
        "team_key",
        (
            _Reason("'messages on excluded tickets'", "is_ticket_excluded", "sent_at"),
            _Reason(
                "'messages delivered twice'",
                "is_duplicate and not is_ticket_excluded",
                "sent_at",
            ),
            _Reason(
                "'automated messages'",
                "is_automated and not is_ticket_excluded and not coalesce(is_duplicate, false)",
                "sent_at",
            ),
            _Reason(
                "'replies that were not delivered'",
                "direction = 'outbound' and delivery_status in ('failed', 'blocked_by_platform')",
                "sent_at",
            ),
        ),
    ),
    _Fact(
        "fct_ticket_events",
        "event_key",
        "actor_team_key",
        (_Reason("'events on excluded tickets'", "is_ticket_excluded", "occurred_at"),),
    ),
    _Fact(
        "fct_satisfaction_responses",
        "response_key",
        "team_key",
        (
            _Reason("'answers on excluded tickets'", "is_ticket_excluded", "responded_at"),
            _Reason(
                "'answers replaced by a later one'",
                "not is_latest and not is_ticket_excluded",
                "responded_at",
            ),
        ),
    ),
    TICKETS,
)
_VERDICTS = (
    _Reason("'turns not judged yet'", "{layer}_verdict = 'pending'", "started_at"),
    _Reason(
        "'turns without a target in this layer'", "{layer}_verdict = 'no_target'", "started_at"
    ),
    _Reason(
        "'turns whose verdict is excluded: ' || coalesce(exclusion_reason, 'unknown')",
        "{layer}_verdict = 'excluded' and state <> 'excluded'",
        "started_at",
    ),
    _Reason(
        "'in an outage: counted, but in nobody''s name'",
        "{layer}_owner_rule = 'incident'",
        "{layer}_verdict_at",
    ),
)


def fact_of(connection: duckdb.DuckDBPyConnection, model: str, kpi_id: str) -> _Fact | None:
    """The core table whose rows a KPI counts, told by the key of any row of it."""
    rows = connection.execute(
        f"select fact_key from intermediate.{model} where kpi_id = ? and fact_key is not null limit 1",
        [kpi_id],
    ).fetchall()
    for fact in FACTS if rows else ():
        found = connection.execute(
            f"select 1 from core.{fact.table} where {fact.key} = ? limit 1", [rows[0][0]]
        ).fetchall()
        if found:
            return fact
    return None


def left_out(
    connection: duckdb.DuckDBPyConnection,
    fact: _Fact | None,
    facts: dict[str, Any],
    layers: list[str],
) -> list[tuple[str, int]]:
    """Rows that began in the month and are not counted, by reason; agents and subjects show the whole company.

    Args:
        connection: reading connection to the warehouse.
        fact: what the KPI counts, None = only tickets are looked at.
        facts: tenant_id, month, scope_type, scope_id and as_of of a mart row.
        layers: layers of promises whose verdicts the KPI reads.
    """
    counts: list[tuple[str, int]] = []
    tables = [TICKETS] if fact in (None, TICKETS) else [TICKETS, fact]
    for table in tables:
        if table is None:
            continue
        columns = relation_columns(connection, "core", table.table)
        for reason in table.reasons:
            counts += _count(connection, table, columns, reason, facts)
        if table.table == "fct_response_obligations":
            for layer in layers:
                for template in _VERDICTS:
                    words = template.words
                    if len(layers) > 1:
                        words = f"'{layer} layer: ' || {words}"
                    reason = _Reason(
                        words,
                        template.condition.format(layer=layer),
                        template.instant.format(layer=layer),
                    )
                    counts += _count(connection, table, columns, reason, facts)
    return counts


def _count(
    connection: duckdb.DuckDBPyConnection,
    table: _Fact,
    columns: frozenset[str],
    reason: _Reason,
    facts: dict[str, Any],
) -> list[tuple[str, int]]:
    # Cycles and spans have their platform, account and channel on the ticket.
    place = "found" if "channel_key" in columns else "tickets"
    scope = {
        "platform": f"{place}.platform = $scope_id",
        "marketplace_account": "accounts.marketplace_account_id = $scope_id",
        "channel": "coalesce(channels.channel_id, 'no_channel') = $scope_id",
        "team": "coalesce(teams.team_id, 'no_team') = $scope_id",
    }.get(facts["scope_type"], "true")
    wanted = {
        name: facts[name]
        for name in ("tenant_id", "month", "scope_id", "as_of")
        if f"${name}" in scope + reason.condition or name in ("tenant_id", "month")
    }
    rows = connection.execute(
        f"""
        with found as (
            select *, {reason.words} as words from core.{table.table}
            where tenant_id = $tenant_id and {reason.condition}
        )
        select found.words, count(*)
        from found
        inner join intermediate.int_kpi_months as months
            on found.tenant_id = months.tenant_id
            and found.{reason.instant} >= months.month_start_at
            and found.{reason.instant} < months.month_end_at
        left join core.dim_tickets as tickets on found.ticket_key = tickets.ticket_key
        left join core.dim_marketplace_accounts as accounts
            on {place}.marketplace_account_key = accounts.marketplace_account_key
        left join core.dim_channels as channels on {place}.channel_key = channels.channel_key
        left join core.dim_teams as teams on found.{table.team} = teams.team_key
        where months.month = $month and {scope}
        group by found.words
        order by found.words
        """,
        wanted,
    ).fetchall()
    return [(str(words), int(count)) for words, count in rows]
