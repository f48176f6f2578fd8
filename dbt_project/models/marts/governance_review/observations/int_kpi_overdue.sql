-- Turns past their due time and still unanswered at each month's snapshot, by whoever held them then, with how long they had been waiting;
-- the greatest is the companion `oldest_age`.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

segments as (

    select * from {{ ref('fct_obligation_segments') }}

),

home_teams as (

    select * from {{ ref('core__home_teams') }}

),

ticket_teams as (

    select * from {{ ref('int_kpi_ticket_teams') }}

),

breached as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        obligation_key,
        ticket_key,
        original_ticket_key,
        tenant_id,
        '{{ layer }}' as layer,
        {{ layer }}_verdict_at as breached_at,
        started_at,
        satisfied_at,
        platform,
        marketplace_account_key,
        channel_key
    from obligations
    where
        {{ layer }}_verdict = 'breached'
        and state in ('open', 'closed_unanswered', 'answered')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

overdue as (

    select
        months.month,
        months.snapshot_at,
        breached.*
    from breached
    inner join months
        on
        breached.tenant_id = months.tenant_id
        and breached.breached_at <= months.snapshot_at
        and (breached.satisfied_at > months.snapshot_at or breached.satisfied_at is null)

),

held as (

    select
        overdue.obligation_key,
        overdue.layer,
        overdue.month,
        {{ max_by('segments.holder_class', 'segments.segment_no') }} as holder_class,
        {{ max_by("coalesce(segments.agent_key, 'unowned')", 'segments.segment_no') }} as agent_key
    from overdue
    inner join segments
        on
        overdue.obligation_key = segments.obligation_key
        and overdue.snapshot_at >= segments.from_at
    group by overdue.obligation_key, overdue.layer, overdue.month

),

waiting as (

    select
        overdue.tenant_id,
        overdue.month,
        overdue.obligation_key as fact_key,
        overdue.ticket_key,
        overdue.breached_at as happened_at,
        'overdue since' as detail,
        overdue.layer,
        overdue.platform,
        overdue.marketplace_account_key,
        overdue.channel_key,
        {{ seconds_between('overdue.started_at', 'overdue.snapshot_at') }} as age_s,
        coalesce(home_teams.team_key, ticket_teams.team_key) as team_key,
        case when held.holder_class = 'agent' then held.agent_key else 'unowned' end as agent_key
    from overdue
    left join held
        on
        overdue.obligation_key = held.obligation_key
        and overdue.layer = held.layer
        and overdue.month = held.month
    left join home_teams
        on
        held.holder_class = 'agent'
        and held.agent_key = home_teams.agent_key
        and overdue.snapshot_at >= home_teams.valid_from
        and (overdue.snapshot_at < home_teams.valid_to or home_teams.valid_to is null)
    left join ticket_teams
        on
        overdue.original_ticket_key = ticket_teams.ticket_key
        and overdue.snapshot_at >= ticket_teams.from_at
        and (overdue.snapshot_at < ticket_teams.to_at or ticket_teams.to_at is null)
    where coalesce(held.holder_class, 'queue') <> 'closed'

),

measured as (

    {{ kpi_counts('waiting', [
        {'kpi_id': 'unanswered_overdue', 'stat': 'count', 'layer': 'column:layer'},
    ]) }}
    union all
    {{ kpi_durations('waiting', [
        {'kpi_id': 'unanswered_overdue', 'variant': 'oldest_age', 'layer': 'column:layer', 'seconds': 'age_s'},
    ]) }}

)

select * from measured
