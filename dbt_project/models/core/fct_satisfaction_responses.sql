{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Customers' answers with the resolution cycle they rate and whom it is credited to (A3 unless the survey names an agent).

with

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

cycles as (

    select * from {{ ref('int_cycles') }}

),

responses as (

    select
        responses.*,
        tickets.ticket_no,
        tickets.root_key,
        tickets.root_no,
        tickets.root_order_key,
        tickets.root_exclusion_reason as exclusion_reason,
        tickets.root_channel_key as channel_key,
        tickets.root_platform as platform,
        tickets.root_marketplace_account_key as marketplace_account_key,
        {{ epoch_us('responses.responded_at') }} as at_us
    from {{ ref('canonical__satisfaction_responses') }} as responses
    inner join tickets on responses.ticket_key = tickets.ticket_key
    where responses.responded_at <= {{ as_of_at() }}

),

ended as (

    select
        responses.response_key,
        max(cycles.cycle_no) as cycle_no
    from responses
    inner join cycles
        on responses.root_no = cycles.lane_no
        and cycles.end_us <= responses.at_us
    group by responses.response_key

),

rated as (

    select
        responses.*,
        coalesce(responses.resolution_cycle_no, ended.cycle_no) as cycle_no
    from responses
    left join ended on responses.response_key = ended.response_key

),

credited as (

    select
        rated.*,
        coalesce(
            rated.agent_key,
            case
                when cycles.end_us is null then null
                when cycles.ended_by_role = 'agent' then cycles.ended_by_agent_key
                else replies.last_replier_agent_key
            end
        ) as credited_agent_key
    from rated
    left join cycles
        on rated.root_no = cycles.lane_no
        and rated.cycle_no = cycles.cycle_no
    left join {{ ref('int_cycle_replies') }} as replies on cycles.cycle_id = replies.cycle_id

),

ranked as (

    -- one answer per ticket and cycle, on the marketplaces of the order scales one per order
    select
        *,
        row_number() over (
            partition by
                case
                    when scale in ('amazon_yesno', 'amazon_1to5') and coalesce(order_key, root_order_key) is not null
                        then coalesce(order_key, root_order_key)
                    else root_key || '|' || coalesce(cast(cycle_no as {{ dbt.type_string() }}), '~')
                end
            order by responded_at desc, response_id desc
        ) as latest_no
    from credited

)

select
    ranked.response_key,
    ranked.response_id,
    ranked.tenant_id,
    ranked.source_system,
    ranked.root_key as ticket_key,
    ranked.ticket_key as original_ticket_key,
    cast(ranked.cycle_no as integer) as cycle_no,
    ranked.responded_at,
    {{ local_month('ranked.responded_at') }} as responded_month,
    ranked.scale,
    ranked.raw_score,
    ranked.sentiment,
    ranked.latest_no = 1 as is_latest,
    coalesce(ranked.credited_agent_key, 'unowned') as agent_key,
    coalesce(homes.team_key, teams.value) as team_key,
    ranked.resolved_answer,
    ranked.contacts_needed_answer,
    ranked.survey_key,
    ranked.channel_key,
    ranked.platform,
    ranked.marketplace_account_key,
    coalesce(ranked.order_key, ranked.root_order_key) as order_key,
    ranked.exclusion_reason is not null as is_ticket_excluded
from ranked
left join {{ ref('canonical__tenants') }} as tenants on ranked.tenant_id = tenants.tenant_id
left join {{ ref('int_agent_home_teams') }} as homes
    on ranked.credited_agent_key = homes.agent_key
    and ranked.at_us >= homes.from_us
    and ranked.at_us < homes.to_us
left join {{ ref('int_lane_states') }} as teams
    on ranked.root_no = teams.lane_no
    and teams.attribute = 'team'
    and ranked.at_us >= teams.from_us
    and ranked.at_us < teams.to_us
