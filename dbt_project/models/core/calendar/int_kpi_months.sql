-- The months a forum can look at: from the first ticket or customer turn that is not excluded to the month of as_of.

with

tenants as (

    select * from {{ ref('dim_tenants') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

obligations as (

    select * from {{ ref('fct_response_obligations') }}

),

facts as (

    select
        tenant_id,
        created_at as happened_at
    from tickets
    where
        not is_excluded
        and created_at <= {{ as_of_at() }}

    union all

    select
        tenant_id,
        started_at as happened_at
    from obligations
    where state <> 'excluded'

),

spans as (

    select
        facts.tenant_id,
        tenants.reporting_tz,
        min(facts.happened_at) as known_from_at,
        {{ month_start(utc_to_local('min(facts.happened_at)', 'tenants.reporting_tz')) }} as first_month,
        {{ month_start(utc_to_local(as_of_at(), 'tenants.reporting_tz')) }} as last_month
    from facts
    inner join tenants on facts.tenant_id = tenants.tenant_id
    group by facts.tenant_id, tenants.reporting_tz

),

months as (

    select distinct
        dates.tenant_id,
        spans.reporting_tz,
        spans.known_from_at,
        {{ month_start('dates.date_day') }} as month
    from dates
    inner join spans on dates.tenant_id = spans.tenant_id
    where {{ month_start('dates.date_day') }} between spans.first_month and spans.last_month

),

bounded as (

    select
        tenant_id,
        reporting_tz,
        known_from_at,
        month,
        {{ local_to_utc('cast(month as timestamp)', 'reporting_tz') }} as month_start_at,
        {{ local_to_utc("cast(" ~ dbt.dateadd('month', 1, 'month') ~ " as timestamp)", 'reporting_tz') }} as month_end_at,
        cast({{ dbt.dateadd('day', -1, dbt.dateadd('month', 1, 'month')) }} as date) as last_day
    from months

),

final as (

    select
        tenant_id,
        month,
        month_start_at,
        month_end_at,
        -- the last instant of the month, as of a day in int_reporting_days: what begins at midnight belongs to the next
        least(month_end_at - interval '1 microsecond', {{ as_of_at() }}) as snapshot_at,
        case
            when month_end_at <= {{ as_of_at() }} then last_day
            else cast({{ utc_to_local(as_of_at(), 'reporting_tz') }} as date)
        end as snapshot_day,
        month_end_at <= {{ as_of_at() }} as is_finished,
        -- a window that reaches back before it is not full
        known_from_at,
        cast({{ utc_to_local('known_from_at', 'reporting_tz') }} as date) as known_from_day
    from bounded

)

select * from final
