-- Local dates that business time must know: from a week before the first ticket or message to as_of plus the longest target.
-- A target of n open seconds is reached within 20 n elapsed seconds on any calendar open 8 hours a week; a year comes on top.

with

first_facts as (

    select min(created_at) as first_at from {{ ref('canonical__tickets') }}
    union all
    select min(sent_at) as first_at from {{ ref('canonical__messages') }}
    union all
    select min(opened_at) as first_at from {{ ref('canonical__order_defects') }}

),

longest as (

    select
        coalesce(max(target_seconds), 0) * 20 + coalesce(max(target_business_days), 0) * 86400 * 14 as reach_seconds
    from {{ ref('canonical__sla_targets') }}

),

bounds as (

    select
        coalesce(min(first_facts.first_at), {{ as_of_at() }}) - interval '7 days' as first_at,
        {{ add_seconds(as_of_at(), 'max(longest.reach_seconds) + 366 * 86400') }} as last_at
    from first_facts
    cross join longest

),

days as (

    {{ date_rows('bounds', "date_trunc('day', first_at)", "date_trunc('day', last_at)") }}

)

select
    date_day,
    {{ iso_weekday('date_day') }} as iso_weekday
from days
