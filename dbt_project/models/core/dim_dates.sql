-- Days of each tenant's reporting zone, from its first fact to as_of, with their true length (23 and 25 h at clock changes).

with

tenants as (

    select * from {{ ref('canonical__tenants') }}

),

facts as (

    select
        tenant_id,
        min(created_at) as first_at
    from {{ ref('canonical__tickets') }}
    group by tenant_id
    union all
    select
        tenant_id,
        min(sent_at) as first_at
    from {{ ref('canonical__messages') }}
    group by tenant_id
    union all
    -- a call is told when it is answered, and waits from when it entered the queue
    select
        tenant_id,
        min(call_queue_entered_at) as first_at
    from {{ ref('canonical__messages') }}
    group by tenant_id
    union all
    select
        tenant_id,
        min(opened_at) as first_at
    from {{ ref('canonical__order_defects') }}
    group by tenant_id
    union all
    select
        tenant_id,
        min(captured_at) as first_at
    from {{ ref('canonical__account_health_snapshots') }}
    group by tenant_id

),

firsts as (

    select
        tenant_id,
        min(first_at) as first_at
    from facts
    group by tenant_id

),

bounds as (

    select
        {{ utc_to_local('min(first_at)', "'UTC'") }} - interval '2 days' as first_at,
        {{ as_of_at() }} + interval '2 days' as last_at
    from firsts

),

days as (

    {{ date_rows('bounds', "date_trunc('day', first_at)", "date_trunc('day', last_at)") }}

),

bordered as (

    select
        tenants.tenant_id,
        days.date_day,
        {{ local_to_utc('cast(days.date_day as timestamp)', 'tenants.reporting_tz') }} as day_start_at,
        {{ local_to_utc("cast(days.date_day as timestamp) + interval '1 day'", 'tenants.reporting_tz') }} as day_end_at
    from tenants
    inner join firsts on tenants.tenant_id = firsts.tenant_id
    inner join days
        on days.date_day >= cast({{ utc_to_local('firsts.first_at', 'tenants.reporting_tz') }} as date)
        and days.date_day <= cast({{ utc_to_local(as_of_at(), 'tenants.reporting_tz') }} as date)

)

select
    tenant_id,
    'calendar' as source_system,
    date_day,
    day_start_at,
    day_end_at,
    cast({{ seconds_between('day_start_at', 'day_end_at') }} as integer) as day_seconds,
    {{ month_start('date_day') }} as month,
    cast(date_trunc('week', date_day) as date) as iso_week
from bordered
