"""What began in the month and is not in the number, with the reason: excluded, waived, pending, not yet mature."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import duckdb

from orchestration.explain.evidence import Model
from orchestration.explain.question import relation_columns

_WEEK = "interval 7 day"
_CLOSED = "not is_ticket_excluded and not is_merge_or_spam"
_EXCLUDED = "ticket_key in (select ticket_key from core.dim_tickets where is_excluded)"


@dataclass(frozen=True)
class _Reason:
    """One reason of absence: its words (SQL), the condition, and the instant that puts it into a month.

    What is counted after all is not shown under it, except where ``is_counted`` says that the words are about that.
    ``of_durations`` marks what keeps a fact out of durations only.
    """

    words: str
    condition: str
    instant: str
    is_counted: bool = False
    of_durations: bool = False


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
                of_durations=True,
            ),
            _Reason(
                "'logged calls, answered at the call itself: no duration'",
                "is_proxy and started_at = satisfied_at",
                "started_at",
                of_durations=True,
            ),
        ),
    ),
    _Fact(
        "fct_resolution_cycles",
        "cycle_key",
        "resolver_team_key",
        (
            _Reason("'cycles on excluded tickets'", _EXCLUDED, "started_at"),
            _Reason(
                "'cycles without an end yet'",
                f"ended_at is null and not {_EXCLUDED}",
                "started_at",
            ),
            _Reason(
                "'ends not yet mature: less than 7 days old'",
                f"ended_at + {_WEEK} > $as_of and not {_EXCLUDED}",
                "ended_at",
            ),
            _Reason(
                "'ends followed by another cycle'",
                f"ended_at + {_WEEK} <= $as_of and not is_last and not {_EXCLUDED}",
                "ended_at",
            ),
        ),
    ),
    _Fact(
        "fct_closings",
        "closing_key",
        "closer_team_key",
        (
            _Reason("'closings on excluded tickets'", "is_ticket_excluded", "closed_at"),
            _Reason(
                "'closings by a merge or as spam'",
                "is_merge_or_spam and not is_ticket_excluded",
                "closed_at",
            ),
            _Reason(
                "'closings by machines'",
                f"not is_human and {_CLOSED}",
                "closed_at",
            ),
            _Reason(
                "'closings that are neither with nor without reply'",
                f"is_human and {_CLOSED} and not coalesce(is_with_reply or is_without_reply, false)",
                "closed_at",
            ),
        ),
    ),
    _Fact(
        "fct_assignment_spans",
        "span_key",
        "team_key",
        (
            _Reason("'assignments on excluded tickets'", _EXCLUDED, "from_at"),
            _Reason(
                "'assignments that have not ended'", f"to_at is null and not {_EXCLUDED}", "from_at"
            ),
        ),
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
    _Fact(
        "fct_qa_reviews",
        "review_key",
        "team_key",
        (
            _Reason("'reviews on excluded tickets'", "is_ticket_excluded", "reviewed_at"),
            _Reason(
                "'reviews that do not count: ' || review_type || ', ' || status",
                "not is_ticket_excluded",
                "reviewed_at",
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
        is_counted=True,
    ),
)


def remember_counted(
    connection: duckdb.DuckDBPyConnection,
    kpi_id: str,
    companions: list[str],
    models: list[Model],
) -> None:
    """Keys of all facts that the KPI counts, in a temporary table.

    Args:
        connection: reading connection to the warehouse.
        kpi_id: the KPI.
        companions: variants of its companion figures, which count other things.
        models: where its rows are.
    """
    sources = [
        f"select fact_key, layer from {model.address} "
        "where kpi_id = $kpi_id and not list_contains($companions, variant)"
        for model in models
    ]
    connection.execute(
        f"create or replace temp table explained_facts as select distinct * from ({' union all '.join(sources)})",
        {"kpi_id": kpi_id, "companions": companions},
    )


def fact_of(connection: duckdb.DuckDBPyConnection) -> _Fact | None:
    """The core table whose rows the KPI counts, told by the key of any remembered row."""
    rows = connection.execute("select min(fact_key) from explained_facts").fetchall()
    for fact in FACTS:
        found = connection.execute(
            f"select count(*) from core.{fact.table} where {fact.key} = ?", [rows[0][0]]
        ).fetchall()
        if found[0][0]:
            return fact
    return None


def left_out(
    connection: duckdb.DuckDBPyConnection,
    fact: _Fact | None,
    facts: dict[str, Any],
    layers: list[str],
    has_durations: bool,
) -> list[tuple[str, int]]:
    """Rows that began in the month and are not remembered as counted, by reason; agents and subjects: whole company.

    Args:
        connection: reading connection to the warehouse.
        fact: what the KPI counts, None = only tickets are looked at.
        facts: tenant_id, month, scope_type, scope_id and as_of of a mart row.
        layers: layers of promises whose verdicts the KPI reads.
        has_durations: the KPI measures time, so what has no duration is absent too.
    """
    excluded, *others = TICKETS.reasons
    counts = _count(connection, TICKETS, excluded, facts)
    if fact is None:
        return counts
    for reason in others if fact is TICKETS else fact.reasons:
        if has_durations or not reason.of_durations:
            counts += _count(connection, fact, reason, facts)
    for layer in layers if fact.table == "fct_response_obligations" else ():
        for template in _VERDICTS:
            words = template.words
            if len(layers) > 1:
                words = f"'{layer} layer: ' || {words}"
            reason = replace(
                template,
                words=words,
                condition=template.condition.format(layer=layer),
                instant=template.instant.format(layer=layer),
            )
            counts += _count(connection, fact, reason, facts, layer)
    return counts


def _count(
    connection: duckdb.DuckDBPyConnection,
    table: _Fact,
    reason: _Reason,
    facts: dict[str, Any],
    layer: str | None = None,
) -> list[tuple[str, int]]:
    # Cycles and spans have their platform, account and channel on the ticket.
    has_place = "channel_key" in relation_columns(connection, "core", table.table)
    place = "found" if has_place else "tickets"
    scope = {
        "platform": f"{place}.platform = $scope_id",
        "marketplace_account": "accounts.marketplace_account_id = $scope_id",
        "channel": "coalesce(channels.channel_id, 'no_channel') = $scope_id",
        "team": "coalesce(teams.team_id, 'no_team') = $scope_id",
    }.get(facts["scope_type"], "true")
    counted = "" if layer is None else " and counted.layer = $layer"
    wanted = {"tenant_id": facts["tenant_id"], "month": facts["month"]}
    for name, value in (("scope_id", facts["scope_id"]), ("as_of", facts["as_of"])):
        if f"${name}" in scope + reason.condition:
            wanted[name] = value
    if layer is not None:
        wanted["layer"] = layer
    rows = connection.execute(
        f"""
        with absent as (
            select
                *,
                {reason.words} as words,
                exists (
                    select 1 from explained_facts as counted
                    where counted.fact_key = facts.{table.key}{counted}
                ) as is_counted
            from core.{table.table} as facts
            where tenant_id = $tenant_id and {reason.condition}
        )
        select found.words, count(*)
        from absent as found
        inner join intermediate.int_kpi_months as months
            on found.tenant_id = months.tenant_id
            and found.{reason.instant} >= months.month_start_at
            and found.{reason.instant} < months.month_end_at
        left join core.dim_tickets as tickets on found.ticket_key = tickets.ticket_key
        left join core.dim_marketplace_accounts as accounts
            on {place}.marketplace_account_key = accounts.marketplace_account_key
        left join core.dim_channels as channels on {place}.channel_key = channels.channel_key
        left join core.dim_teams as teams on found.{table.team} = teams.team_key
        where months.month = $month and found.is_counted = {reason.is_counted} and {scope}
        group by found.words
        order by found.words
        """,
        wanted,
    ).fetchall()
    return [(str(words), int(count)) for words, count in rows]
