-- The stock rebuilt from entries and exits equals, on the last day of every month and on the last day of all, the tickets
-- whose state at that very instant is unsolved. Counted ticket by ticket, so on few days only.
with days as (
    select distinct
        tenant_id,
        date_day,
        last_instant_at,
        is_running_day
    from {{ ref('int_reporting_days') }}
),

checked_days as (
    select
        tenant_id,
        max(date_day) as date_day,
        max(last_instant_at) as last_instant_at
    from days
    group by
        tenant_id,
        {{ month_start('date_day') }}
),

states as (
    select * from {{ ref('int_ticket_states') }}
    where attribute in ('status', 'team')
),

tickets as (
    select * from {{ ref('dim_tickets') }}
    where
        not is_merged
        and not is_excluded
        and ticket_key not in (
            select ticket_key from {{ ref('int_kpi_unseen_tickets') }}
            where kpi_id = 'backlog'
        )
),

recounted as (
    select
        tickets.tenant_id,
        checked_days.date_day,
        tickets.channel_key,
        coalesce(teams.value, '') as team_key,
        statuses.value as status,
        count(*) as n_tickets
    from checked_days
    inner join tickets
        on checked_days.tenant_id = tickets.tenant_id
        and checked_days.last_instant_at >= tickets.created_at
    inner join states as statuses
        on tickets.ticket_key = statuses.ticket_key
        and statuses.attribute = 'status'
        and checked_days.last_instant_at >= statuses.from_at
        and (checked_days.last_instant_at < statuses.to_at or statuses.to_at is null)
    left join states as teams
        on tickets.ticket_key = teams.ticket_key
        and teams.attribute = 'team'
        and checked_days.last_instant_at >= teams.from_at
        and (checked_days.last_instant_at < teams.to_at or teams.to_at is null)
    where statuses.value in ('new', 'open', 'pending', 'on_hold')
    group by
        tickets.tenant_id,
        checked_days.date_day,
        tickets.channel_key,
        coalesce(teams.value, ''),
        statuses.value
),

stocks as (
    {%- for status in ['new', 'open', 'pending', 'on_hold'] %}
    select
        backlog.tenant_id,
        backlog.date_day,
        backlog.channel_key,
        coalesce(backlog.team_key, '') as team_key,
        '{{ status }}' as status,
        sum(backlog.n_{{ status }}) as n_tickets
    from {{ ref('backlog_daily') }} as backlog
    inner join checked_days
        on backlog.tenant_id = checked_days.tenant_id
        and backlog.date_day = checked_days.date_day
    group by
        backlog.tenant_id,
        backlog.date_day,
        backlog.channel_key,
        coalesce(backlog.team_key, '')
    having sum(backlog.n_{{ status }}) > 0
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    coalesce(recounted.tenant_id, stocks.tenant_id) as tenant_id,
    coalesce(recounted.date_day, stocks.date_day) as date_day,
    coalesce(recounted.channel_key, stocks.channel_key) as channel_key,
    coalesce(recounted.team_key, stocks.team_key) as team_key,
    coalesce(recounted.status, stocks.status) as status,
    recounted.n_tickets as expected,
    stocks.n_tickets as found
from recounted
full outer join stocks
    on recounted.tenant_id = stocks.tenant_id
    and recounted.date_day = stocks.date_day
    and recounted.channel_key = stocks.channel_key
    and recounted.team_key = stocks.team_key
    and recounted.status = stocks.status
where
    coalesce(recounted.n_tickets, 0) <> coalesce(stocks.n_tickets, 0)
    and coalesce(recounted.tenant_id, stocks.tenant_id) not in (
        select tenant_id from {{ ref('int_kpi_gaps') }}
        where kpi_id = 'backlog' and clock = '*'
    )
