-- Resolution cycles in the month of their end, credited to the resolver: how many and how long, genuine reopenings, the reason tag at the
-- last of them; and tickets standing solved by the number of public replies they took.

with

cycles as (

    select * from {{ ref('fct_resolution_cycles') }}

),

tickets as (

    select * from {{ ref('dim_tickets') }}

),

tags as (

    select * from {{ ref('dim_tags') }}

),

ended as (

    select
        cycles.tenant_id,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        'cycle ' || cast(cycles.cycle_no as varchar) as detail,
        cycles.ended_month as month,
        cycles.is_last,
        cycles.cycle_no,
        cycles.is_last and cycles.is_mature as is_final,
        cycles.first_contact_to_end_cal_s,
        cycles.first_contact_to_end_bus_s,
        tickets.origin = 'inbound' as is_inbound,
        coalesce(tags.kind = 'reason', false) as is_tagged,
        coalesce(tags.kind = 'reason' and lower(tags.name) = 'other', false) as is_other,
        -- a resolution younger than the reopening window would look better than it may turn out
        {{ add_seconds('cycles.ended_at', 604800) }} <= {{ as_of_at() }} as is_seven_days_old,
        coalesce(cycles.is_reopen_within_7d, false) as is_reopened,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        cycles.resolver_team_key as team_key,
        coalesce(cycles.resolver_agent_key, 'unowned') as agent_key
    from cycles
    inner join tickets on cycles.ticket_key = tickets.ticket_key
    left join tags on cycles.resolution_reason_tag_key = tags.tag_key
    where
        not cycles.is_ticket_excluded
        and cycles.ended_at is not null

),

tickets_ended as (

    -- a ticket that was solved more than once in a month counts at its last solve there
    select
        *,
        row_number() over (partition by ticket_key, month order by happened_at desc, cycle_no desc) as from_last
    from ended

),

replied as (

    select
        ticket_key,
        sum(reply_count) as replies
    from cycles
    group by ticket_key

),

solved as (

    -- a ticket standing solved; reopened and answered again it has more than one reply
    select
        cycles.tenant_id,
        cycles.cycle_key as fact_key,
        cycles.ticket_key,
        cycles.ended_at as happened_at,
        cast(replied.replies as varchar) || ' replies' as detail,
        cycles.ended_month as month,
        replied.replies,
        cycles.platform,
        cycles.marketplace_account_key,
        cycles.channel_key,
        cycles.resolver_team_key as team_key,
        coalesce(cycles.resolver_agent_key, 'unowned') as agent_key
    from cycles
    inner join replied on cycles.ticket_key = replied.ticket_key
    where
        cycles.is_last
        and cycles.ended_at is not null
        and replied.replies >= 1
        and not cycles.is_ticket_excluded

),

measured as (

    {{ kpi_counts('tickets_ended', [
        {'kpi_id': 'resolution_volume', 'stat': 'count'},
        {'kpi_id': 'resolution_volume', 'stat': 'count', 'variant': 'distinct_tickets_resolved', 'where': 'from_last = 1'},
        {'kpi_id': 'reopen_rate', 'stat': 'ratio', 'numerator': 'case when is_reopened then 1 else 0 end', 'denominator': '1', 'where': 'is_seven_days_old'},
        {'kpi_id': 'tag_coverage', 'stat': 'ratio', 'numerator': 'case when is_tagged then 1 else 0 end', 'denominator': '1', 'where': 'is_last and is_inbound'},
        {'kpi_id': 'tag_coverage', 'stat': 'ratio', 'variant': 'other_share', 'numerator': 'case when is_other then 1 else 0 end', 'denominator': '1', 'where': 'is_last and is_inbound'},
    ]) }}
    union all
    {{ kpi_durations('ended', [
        {'kpi_id': 'first_resolution_time', 'clock': 'calendar', 'seconds': 'first_contact_to_end_cal_s', 'where': 'cycle_no = 1'},
        {'kpi_id': 'first_resolution_time', 'clock': 'business', 'seconds': 'first_contact_to_end_bus_s', 'where': 'cycle_no = 1'},
        {'kpi_id': 'full_resolution_time', 'clock': 'calendar', 'seconds': 'first_contact_to_end_cal_s', 'where': 'is_final'},
        {'kpi_id': 'full_resolution_time', 'clock': 'business', 'seconds': 'first_contact_to_end_bus_s', 'where': 'is_final'},
    ]) }}
    union all
    {{ kpi_counts('solved', [
        {'kpi_id': 'one_touch_rate', 'stat': 'ratio', 'numerator': 'case when replies = 1 then 1 else 0 end', 'denominator': '1'},
    ]) }}

)

select * from measured
