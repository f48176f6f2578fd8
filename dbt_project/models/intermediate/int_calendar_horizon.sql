{{ config(materialized=step()) }}

-- Local dates that business time must know: from a week before the first ticket or message to as_of plus the longest target.

with

first_facts as (

    select min(created_at) as first_at from {{ ref('canonical__tickets') }}
    union all
    select min(sent_at) as first_at from {{ ref('canonical__messages') }}
    union all
    select min(opened_at) as first_at from {{ ref('canonical__order_defects') }}

),

horizon as (

    select {{ horizon_end(as_of_at()) }} as ends_at from {{ ref('canonical__sla_targets') }}

),

bounds as (

    select
        coalesce(min(first_facts.first_at), {{ as_of_at() }}) - interval '7 days' as first_at,
        max(horizon.ends_at) as last_at
    from first_facts
    cross join horizon

),

days as (

    {{ date_rows('bounds', "date_trunc('day', first_at)", "date_trunc('day', last_at)") }}

)

select
    date_day,
    {{ iso_weekday('date_day') }} as iso_weekday
from days
