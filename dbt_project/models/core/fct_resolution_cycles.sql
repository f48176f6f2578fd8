{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Resolution cycles of root tickets: from the first contact or a reopening to the next solve.

with

cycles as (

    select * from {{ ref('int_cycles') }}

),

elapsed as (

    select
        measure_no - 1000000000 as cycle_id,
        open_us
    from {{ ref('int_clock_seconds') }}
    where purpose = 'elapsed' and measure_no >= 1000000000

),

resolved as (

    select
        cycles.*,
        replies.reply_count,
        replies.last_reply_us,
        replies.last_replier_agent_key,
        elapsed.open_us,
        case
            when cycles.end_us is null then null
            when cycles.ended_by_role = 'agent' then coalesce(cycles.ended_by_agent_key, 'unowned')
            else coalesce(replies.last_replier_agent_key, 'unowned')
        end as resolver_agent_key,
        coalesce(cycles.reopened_us - cycles.end_us <= {{ days_us(7) }}, false) as is_reopen_within_7d
    from cycles
    left join {{ ref('int_cycle_replies') }} as replies on cycles.cycle_id = replies.cycle_id
    left join elapsed on cycles.cycle_id = elapsed.cycle_id

)

select
    {{ hash_text("resolved.ticket_key || '|' || cast(resolved.cycle_no as " ~ dbt.type_string() ~ ")") }} as cycle_key,
    resolved.tenant_id,
    resolved.source_system,
    resolved.ticket_key,
    resolved.cycle_no,
    {{ us_to_at('resolved.start_us') }} as started_at,
    {{ us_to_at('resolved.end_us') }} as ended_at,
    {{ local_month(us_to_at('resolved.end_us')) }} as ended_month,
    resolved.ended_by_role,
    resolved.is_last,
    coalesce(resolved.end_us + {{ days_us(7) }} <= {{ as_of_us() }} and not resolved.is_reopen_within_7d, false) as is_mature,
    {{ us_to_at('resolved.end_us + ' ~ days_us(7)) }} as matured_at,
    {{ us_to_at('resolved.reopened_us') }} as reopened_at,
    resolved.is_reopen_within_7d,
    resolved.resolver_agent_key,
    case when resolved.end_us is not null then coalesce(homes.team_key, teams.value) end as resolver_team_key,
    {{ us_to_at('resolved.contact_us') }} as first_contact_at,
    {{ whole_seconds('resolved.end_us - resolved.contact_us') }} as first_contact_to_end_cal_s,
    {{ whole_seconds('resolved.open_us') }} as first_contact_to_end_bus_s,
    coalesce(resolved.reply_count, 0) as reply_count,
    {{ us_to_at('resolved.last_reply_us') }} as last_reply_at,
    case when resolved.reply_count > 0 then coalesce(resolved.last_replier_agent_key, 'unowned') end as last_replier_agent_key,
    tickets.exclusion_reason is not null as is_ticket_excluded,
    tickets.channel_key,
    tickets.platform,
    tickets.marketplace_account_key,
    reasons.resolution_tag_key as resolution_reason_tag_key
from resolved
inner join {{ ref('int_tickets_visible') }} as tickets on resolved.lane_no = tickets.ticket_no
left join {{ ref('int_ticket_reasons') }} as reasons on resolved.ticket_key = reasons.ticket_key
left join {{ ref('canonical__tenants') }} as tenants on resolved.tenant_id = tenants.tenant_id
left join {{ ref('int_agent_home_teams') }} as homes
    on resolved.resolver_agent_key = homes.agent_key
    and resolved.end_us >= homes.from_us
    and resolved.end_us < homes.to_us
left join {{ ref('int_lane_states') }} as teams
    on resolved.lane_no = teams.lane_no
    and teams.attribute = 'team'
    and resolved.end_us >= teams.from_us
    and resolved.end_us < teams.to_us
order by started_at
