{{ config(schema='intermediate', access='private', contract={'enforced': false}) }}

-- Staffed seconds per reporting day and person: the union of `handling` and `available` (catalogue §12), what was planned (rows of
-- quality `scheduled`, else the staffed and the absent hours together) and the parts that occupancy needs.
with pieces as (
    select
        times.tenant_id,
        times.agent_key,
        times.state,
        times.source_quality = 'scheduled' and times.state in ('handling', 'available') as is_plan,
        times.interval_start as from_at,
        least(times.interval_end, {{ as_of_at() }}) as to_at,
        tenants.reporting_tz
    from {{ ref('core__agent_time') }} as times
    inner join {{ ref('dim_tenants') }} as tenants
        on times.tenant_id = tenants.tenant_id
    where
        times.interval_start < {{ as_of_at() }}
        and not coalesce(times.is_deleted_in_source, false)
        and times.state in ('handling', 'available', 'absent_paid', 'absent_unpaid')
),

classed as (
    select
        *,
        case
            when is_plan then 'planned'
            when state in ('handling', 'available') then 'staffed'
            else 'absent'
        end as class
    from pieces
    where to_at > from_at
),

-- Overlapping pieces count once: each adds only what lies beyond the furthest end before it.
united as (
    select
        *,
        greatest(from_at, coalesce(max(to_at) over (
            partition by tenant_id, agent_key, class
            order by from_at, to_at, state
            rows between unbounded preceding and 1 preceding
        ), from_at)) as new_from_at
    from classed
),

-- A piece over midnight of the reporting zone belongs to two days.
dated as (
    select
        *,
        cast({{ utc_to_local('new_from_at', 'reporting_tz') }} as date) as first_day,
        cast({{ utc_to_local("(to_at - interval '1 microsecond')", 'reporting_tz') }} as date) as last_day
    from united
    where to_at > new_from_at
),

halves as (
    select
        *,
        first_day as date_day
    from dated
    union all
    select
        *,
        last_day as date_day
    from dated
    where last_day > first_day
),

cut as (
    select
        halves.tenant_id,
        halves.agent_key,
        halves.date_day,
        halves.class,
        halves.state,
        {{ seconds_between('greatest(halves.new_from_at, days.day_start_at)', 'least(halves.to_at, days.day_end_at)') }} as seconds
    from halves
    inner join {{ ref('dim_dates') }} as days
        on
        halves.tenant_id = days.tenant_id
        and halves.date_day = days.date_day
),

added as (
    select
        tenant_id,
        agent_key,
        date_day,
        coalesce(sum(case when class = 'staffed' then seconds end), 0) as staffed_s,
        coalesce(sum(case when class = 'staffed' and state = 'handling' then seconds end), 0) as handling_s,
        sum(case when class = 'planned' then seconds end) as scheduled_s,
        coalesce(sum(case when class = 'absent' then seconds end), 0) as absent_s
    from cut
    group by tenant_id, agent_key, date_day
)

select
    added.tenant_id,
    added.agent_key,
    added.date_day,
    homes.team_key,
    cast(added.staffed_s as bigint) as staffed_s,
    cast(added.handling_s as bigint) as handling_s,
    cast(coalesce(added.scheduled_s, added.staffed_s + added.absent_s) as bigint) as planned_s
from added
inner join {{ ref('dim_dates') }} as days
    on
    added.tenant_id = days.tenant_id
    and added.date_day = days.date_day
left join {{ ref('core__home_teams') }} as homes
    on
    added.agent_key = homes.agent_key
    and days.day_start_at >= homes.valid_from
    and (days.day_start_at < homes.valid_to or homes.valid_to is null)
