"""Border two, after the build: would a person who knows the shop believe these numbers?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from expectations.batches import Circumstances, Suite, meaning, suite_of
from expectations.suites import kpi_monthly

if TYPE_CHECKING:
    import duckdb
    from great_expectations import ExpectationSuite

_OWNER = "data_owner"
_DAYS_JUDGED = 7
_WEEKS_OF_HISTORY = 8
_MIN_DAILY_TICKETS = 20
"""Poisson noise of 20 is 22 %; below it a doubled day is an ordinary day."""
_MIN_MONTHLY_TURNS = 100
_STALE_HOURS = 48


def volume_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per tenant and complete day of the last week with enough history.

    ``ratio`` = tickets of the day / median of the same weekday in the eight weeks before (days without tickets
    count as zero); ``is_hole`` = 1 for a day without tickets although later days have some.
    """
    return f"""
        with daily as (
            select tenant_id, cast(created_at as date) as day, count(*) as tickets
            from canonical.tickets
            where created_at <= {circumstances.as_of_literal}
            group by tenant_id, cast(created_at as date)
        ),
        spans as (
            select tenant_id, min(day) as first_day, max(day) as newest_day from daily group by tenant_id
        ),
        calendar as (
            select spans.tenant_id, spans.newest_day, cast(days.day as date) as day
            from spans, lateral (
                select unnest(generate_series(
                    greatest(spans.first_day, cast({circumstances.as_of_literal} as date)
                        - interval {7 * _WEEKS_OF_HISTORY + _DAYS_JUDGED} day)::timestamp,
                    cast({circumstances.as_of_literal} as date)::timestamp - interval 1 day,
                    interval 1 day)) as day
            ) as days
        ),
        filled as (
            select calendar.*, coalesce(daily.tickets, 0) as tickets
            from calendar
            left join daily on calendar.tenant_id = daily.tenant_id and calendar.day = daily.day
        ),
        excused as (
            select tenant_id, starts_at, ends_at from canonical.incident_windows
            union all
            select tenant_id, starts_at, ends_at from canonical.event_calendar
        ),
        judged as (
            select today.tenant_id, today.day, today.newest_day, today.tickets,
                median(past.tickets) as usual, count(*) as weeks
            from filled as today
            join filled as past
                on today.tenant_id = past.tenant_id
                and past.day < today.day
                and past.day >= today.day - interval {7 * _WEEKS_OF_HISTORY} day
                and isodow(past.day) = isodow(today.day)
            where today.day >= cast({circumstances.as_of_literal} as date) - interval {_DAYS_JUDGED} day
                and not exists (
                    select 1 from excused
                    where excused.tenant_id = today.tenant_id
                        and excused.starts_at < today.day + interval 1 day
                        and excused.ends_at > today.day
                )
            group by today.tenant_id, today.day, today.newest_day, today.tickets
        )
        select tenant_id || ' ' || cast(day as varchar) as tenant_day, tickets, usual,
            cast(tickets / usual as double) as ratio,
            case when tickets = 0 and day < newest_day then 1 else 0 end as is_hole
        from judged
        where weeks >= 4 and usual >= {_MIN_DAILY_TICKETS}
    """


def volume_suite() -> ExpectationSuite:
    """Daily ticket volume against the same weekday of the weeks before."""
    from great_expectations import expectations as gxe

    return suite_of(
        "canonical__tickets",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="is_hole",
                max_value=0,
                severity="critical",
                meta=meaning(
                    "no_hole_in_the_days",
                    _OWNER,
                    "A shop that gets 20 tickets on such a weekday does not get none, and then some again: a page "
                    "or a file of that day was lost.",
                    "load the source of that day again (--full-refresh), or enter the outage in incident_windows",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="ratio",
                max_value=8.0,
                severity="critical",
                meta=meaning(
                    "no_day_is_multiplied",
                    _OWNER,
                    "Black Friday brings two to four times a weekday; eight times is a source loaded under two "
                    "names or ids that changed.",
                    "look for tickets with the same order and creation instant under different ids",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="ratio",
                min_value=0.4,
                max_value=2.5,
                severity="warning",
                meta=meaning(
                    "volume_is_usual_for_the_weekday",
                    "operations_manager",
                    "At 20 tickets a day chance stays within a factor of 1.7 (three standard deviations); "
                    "2.5 leaves room for a campaign.",
                    "check the loads of that day; if the volume is real, enter the sales day in event_calendar",
                ),
            ),
        ],
    )


def obligations_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per source and share: last complete month against the mean of the three before, 100 turns at least."""
    shares = {
        "responder_unknown": "case when responder_agent_key = 'unowned' and satisfied_at is not null "
        "then 1.0 when satisfied_at is not null then 0.0 end",
        "no_internal_target": "case when internal_verdict = 'no_target' then 1.0 else 0.0 end",
        "time_uncertain": "case when is_time_uncertain then 1.0 else 0.0 end",
        "excluded": "case when state = 'excluded' then 1.0 else 0.0 end",
        "without_channel": "case when channel_key is null then 1.0 else 0.0 end",
        "without_team": "case when team_key is null then 1.0 else 0.0 end",
    }
    per_month = " union all ".join(
        f"select tenant_id, source_system, month, '{name}' as share_name, avg({rule}) as share, count(*) as turns "
        "from turns group by tenant_id, source_system, month"
        for name, rule in shares.items()
    )
    return f"""
        with turns as (
            select *, cast(date_trunc('month', started_at) as date) as month
            from core.fct_response_obligations
            where started_at < date_trunc('month', {circumstances.as_of_literal})
        ),
        monthly as ({per_month}),
        last_month as (
            select * from monthly
            where month = cast(date_trunc('month', {circumstances.as_of_literal} - interval 1 month) as date)
        )
        select last_month.source_system || ' ' || last_month.share_name as source_share,
            last_month.share_name, last_month.share, avg(past.share) as usual_share,
            abs(last_month.share - avg(past.share)) as jump
        from last_month
        join monthly as past
            on last_month.tenant_id = past.tenant_id and last_month.source_system = past.source_system
            and last_month.share_name = past.share_name
            and past.month >= last_month.month - interval 3 month and past.month < last_month.month
        where last_month.turns >= {_MIN_MONTHLY_TURNS} and past.turns >= {_MIN_MONTHLY_TURNS}
        group by last_month.source_system, last_month.share_name, last_month.share
    """


def obligations_suite() -> ExpectationSuite:
    """What is unknown about the turns does not jump from one month to the next."""
    from great_expectations import expectations as gxe

    return suite_of(
        "core__fct_response_obligations",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="jump",
                max_value=0.6,
                severity="critical",
                meta=meaning(
                    "unknown_shares_do_not_explode",
                    _OWNER,
                    "A share that moves by 60 points in a month is a lost reference list (agents, channels, "
                    "policies), and every KPI cut by it is void.",
                    "compare canonical.reference_origins with last month's; restore the list, run again",
                ),
            ),
            gxe.ExpectColumnValuesToBeBetween(
                column="jump",
                max_value=0.15,
                severity="warning",
                meta=meaning(
                    "unknown_shares_are_stable",
                    _OWNER,
                    "At 100 turns a share moves by at most 10 points by chance (two standard errors).",
                    "find what changed: a new channel without policy, agents replying outside the helpdesk",
                ),
            ),
        ],
    )


def freshness_query(connection: duckdb.DuckDBPyConnection, circumstances: Circumstances) -> str:
    """One row per source that brought messages in the last 60 days: hours from its newest message to ``as_of``."""
    return f"""
        select source_system,
            (epoch({circumstances.as_of_literal}) - epoch(max(sent_at))) / 3600.0 as lag_hours
        from core.fct_messages
        group by source_system
        having max(sent_at) > {circumstances.as_of_literal} - interval 60 day
            and count(*) filter (where sent_at > {circumstances.as_of_literal} - interval 60 day) >= 600
    """


def freshness_suite() -> ExpectationSuite:
    """Sources that bring ten messages a day do not fall silent."""
    from great_expectations import expectations as gxe

    return suite_of(
        "core__fct_messages",
        [
            gxe.ExpectColumnValuesToBeBetween(
                column="lag_hours",
                max_value=_STALE_HOURS,
                severity="warning",
                meta=meaning(
                    "sources_are_fresh",
                    _OWNER,
                    "Ten messages a day and then none for two days is a stopped load or a long weekend.",
                    "see the last load of that source in Dagster; if credentials expired, renew them",
                ),
            ),
        ],
    )


SUITES = (
    Suite(
        "canonical__tickets",
        "marts",
        "canonical",
        "tickets",
        "tenant_day",
        ("canonical.tickets", "canonical.incident_windows", "canonical.event_calendar"),
        volume_query,
        volume_suite,
    ),
    Suite(
        "core__fct_response_obligations",
        "marts",
        "core",
        "fct_response_obligations",
        "source_share",
        ("core.fct_response_obligations",),
        obligations_query,
        obligations_suite,
    ),
    Suite(
        "core__fct_messages",
        "marts",
        "core",
        "fct_messages",
        "source_system",
        ("core.fct_messages",),
        freshness_query,
        freshness_suite,
    ),
    *kpi_monthly.SUITES,
)
