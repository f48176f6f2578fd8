{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- The atom of all speed and SLA figures: one row per customer turn, live contact, logged call or marketplace request.
{%- set any_answer_us -%}
    coalesce(
        least(obligations.first_bot_us, obligations.human_answer_us),
        obligations.first_bot_us,
        obligations.human_answer_us
    )
{%- endset %}

with

obligations as (

    select * from {{ ref('int_obligations') }}

),

tickets as (

    select * from {{ ref('int_tickets_visible') }}

),

states as (

    select * from {{ ref('int_lane_states') }}

),

verdicts as (

    select
        verdicts.*,
        targets.policy_id,
        targets.target_version_id,
        targets.target_seconds,
        targets.clock as target_clock,
        owners.agent_key as owner_agent_key,
        owners.team_key as owner_team_key,
        owners.owner_rule,
        overruns.open_us as overrun_open_us,
        recoveries.missed_class
    from {{ ref('int_measure_verdicts') }} as verdicts
    left join {{ ref('int_targets') }} as targets on verdicts.target_no = targets.target_no
    left join {{ ref('int_measure_owners') }} as owners
        on verdicts.measure_no = owners.measure_no
        and verdicts.layer = owners.layer
    left join {{ ref('int_clock_seconds') }} as overruns
        on verdicts.measure_no = overruns.measure_no
        and verdicts.layer = overruns.layer
        and overruns.purpose = 'overrun'
    left join {{ ref('int_missed_classes') }} as recoveries
        on verdicts.measure_no = recoveries.measure_no
        and verdicts.layer = recoveries.layer

),

settled as (

    -- how a turn came to its end, and by whom: the reply, the waiver, the closing, the miss
    select
        obligation_no,
        case state
            when 'answered' then end_us
            when 'waived' then coalesce(end_us, start_us)
            when 'closed_unanswered' then coalesce(standing_closed_us, start_us)
            when 'missed' then coalesce(missed_us, start_us)
        end as settled_us,
        case state
            when 'answered' then end_agent_key
            when 'waived' then end_agent_key
            when 'closed_unanswered' then closer_agent_key
        end as agent_key
    from obligations

),

abandoned as (

    -- calls that the customer gave up
    select distinct
        ticket_key,
        {{ epoch_us('call_queue_entered_at') }} as entered_us,
        {{ epoch_us('abandoned_at') }} as abandoned_us
    from {{ ref('canonical__messages') }}
    where
        call_queue_entered_at is not null
        and abandoned_at is not null
        and {{ touched_only() }}

),

elapsed as (

    select
        measure_no,
        max(case when purpose = 'elapsed' then open_us end) as elapsed_us,
        max(case when purpose = 'reaction' then open_us end) as reaction_us
    from {{ ref('int_clock_seconds') }}
    where purpose in ('elapsed', 'reaction')
    group by measure_no

),

requests as (

    select
        defect_key,
        order_key,
        marketplace_account_id,
        platform
    from {{ ref('int_cases') }}

),

turn_numbers as (

    select
        obligation_no,
        row_number() over (partition by root_no order by start_us, source_id, obligation_no) as turn_no
    from obligations
    where mode <> 'case'

)

select
    obligations.obligation_key,
    obligations.tenant_id,
    obligations.source_system,
    obligations.ticket_key,
    obligations.original_ticket_key,
    cast(turn_numbers.turn_no as integer) as turn_no,
    obligations.kind,
    obligations.mode = 'live' as is_live,
    obligations.mode = 'proxy' as is_proxy,
    obligations.state,
    {{ us_to_at('obligations.start_us') }} as started_at,
    {{ local_month(us_to_at('obligations.start_us')) }} as started_month,
    {{ local_day(us_to_at('obligations.start_us')) }} as started_on,
    {{ us_to_at('obligations.available_us') }} as available_at,
    {{ us_to_at("case when obligations.end_kind in ('reply', 'solve') then obligations.end_us end") }} as satisfied_at,
    {{ local_month(us_to_at("case when obligations.end_kind in ('reply', 'solve') then obligations.end_us end")) }} as satisfied_month,
    case
        when obligations.end_kind in ('reply', 'solve') then coalesce(obligations.end_agent_key, 'unowned')
    end as responder_agent_key,
    case
        when obligations.end_kind in ('reply', 'solve') then coalesce(responder_homes.team_key, end_teams.value)
    end as responder_team_key,
    case
        when obligations.end_kind in ('reply', 'solve') then {{ whole_seconds('obligations.end_us - obligations.start_us') }}
    end as elapsed_cal_s,
    case when obligations.end_kind in ('reply', 'solve') then {{ whole_seconds('elapsed.elapsed_us') }} end as elapsed_bus_s,
    case
        when obligations.end_kind in ('reply', 'solve')
            then {{ whole_seconds('obligations.end_us - least(obligations.available_us, obligations.end_us)') }}
    end as reaction_cal_s,
    case
        when obligations.end_kind not in ('reply', 'solve') or elapsed.elapsed_us is null then null
        when obligations.available_us >= obligations.end_us then 0
        when obligations.available_us > obligations.start_us then {{ whole_seconds('elapsed.reaction_us') }}
        else {{ whole_seconds('elapsed.elapsed_us') }}
    end as reaction_bus_s,
    {{ us_to_at('obligations.missed_us') }} as missed_at,
    {{ local_month(us_to_at('obligations.missed_us')) }} as missed_month,
    abandoned.ticket_key is not null as was_abandoned,
    {{ us_to_at('obligations.recovered_us') }} as recovered_at,
    {{ us_to_at(any_answer_us) }} as any_answer_at,
    {{ local_month(us_to_at(any_answer_us)) }} as any_answer_month,
    coalesce(obligations.first_bot_us < coalesce(obligations.human_answer_us, {{ far_us() }}), false) as is_bot_first,
    obligations.message_count,
    case when obligations.state = 'waived' then obligations.waiver_reason end as waiver_reason,
    {{ us_to_at("case when obligations.state = 'waived' then obligations.end_us end") }} as waived_at,
    case when obligations.state = 'waived' then coalesce(obligations.end_agent_key, 'unowned') end as waived_by_agent_key,
    coalesce(
        obligations.exclusion_reason,
        marketplace.verdict_exclusion,
        internal.verdict_exclusion
    ) as exclusion_reason,
    obligations.missed_policy,
    obligations.is_clock_anomaly,
    uncertain.obligation_no is not null as is_time_uncertain,
    {{ us_to_at("case when obligations.state = 'closed_unanswered' then obligations.standing_closed_us end") }} as closed_at,
    case
        when obligations.state = 'closed_unanswered' then coalesce(obligations.closer_agent_key, 'unowned')
    end as closer_agent_key,
    {{ us_to_at('settled.settled_us') }} as settled_at,
    {{ local_month(us_to_at('settled.settled_us')) }} as settled_month,
    case when settled.settled_us is not null then coalesce(settled.agent_key, 'unowned') end as settled_by_agent_key,
    case when settled.settled_us is not null then coalesce(settler_homes.team_key, settled_teams.value) end as settled_by_team_key,
    case
        when obligations.state <> 'open' then null
        -- a call waits in the queue whoever its ticket names; before the helpdesk shows a message nobody has it
        when obligations.mode = 'live' or obligations.available_us > {{ as_of_us() }} then 'unowned'
        when holder_agents.is_bot or holders.value is null then 'unowned'
        else holders.value
    end as holder_agent_key,
    case when obligations.state = 'open' then holder_teams.value end as holder_team_key,
    start_teams.value as team_key,
    priorities.value as priority,
    reasons.tag_key as reason_tag_key,
    tickets.root_channel_key as channel_key,
    coalesce(tickets.root_platform, requests.platform) as platform,
    tickets.root_channel_class as channel_class,
    coalesce(
        tickets.root_marketplace_account_key,
        {{ surrogate_key(['obligations.tenant_id', 'requests.marketplace_account_id']) }}
    ) as marketplace_account_key,
    coalesce(tickets.root_order_key, requests.order_key) as order_key,
    tickets.root_customer_key as customer_key,
    tickets.root_customer_type as customer_type,
    tickets.root_region as region,
{%- for layer in ['marketplace', 'internal'] %}
{{ layer }}.policy_id as {{ layer }}_policy_id,
{{ layer }}.target_version_id as {{ layer }}_target_version_id,
cast({{ layer }}.target_seconds as bigint) as {{ layer }}_target_seconds,
{{ layer }}.target_clock as {{ layer }}_target_clock,
{{ us_to_at(layer ~ '.due_us') }} as {{ layer }}_due_at,
{{ layer }}.verdict as {{ layer }}_verdict,
{{ us_to_at(layer ~ '.verdict_us') }} as {{ layer }}_verdict_at,
{{ local_month(us_to_at(layer ~ '.verdict_us')) }} as {{ layer }}_verdict_month,
case
    when {{ layer }}.verdict <> 'breached' then null
    when {{ layer }}.target_clock = 'business' then coalesce({{ whole_seconds(layer ~ '.overrun_open_us') }}, 0)
    else {{ whole_seconds('greatest(' ~ layer ~ '.until_us - ' ~ layer ~ '.due_us, 0)') }}
end as {{ layer }}_overrun_s,
{{ layer }}.owner_agent_key as {{ layer }}_sla_owner_agent_key,
{{ layer }}.owner_team_key as {{ layer }}_sla_owner_team_key,
{{ layer }}.owner_rule as {{ layer }}_owner_rule,
{{ layer }}.missed_class as {{ layer }}_missed_class{{ ',' if not loop.last }}
{%- endfor %}
from obligations
inner join verdicts as marketplace
    on obligations.obligation_no = marketplace.measure_no
    and marketplace.layer = 'marketplace'
inner join verdicts as internal
    on obligations.obligation_no = internal.measure_no
    and internal.layer = 'internal'
left join {{ ref('canonical__tenants') }} as tenants on obligations.tenant_id = tenants.tenant_id
left join abandoned
    on obligations.mode = 'live'
    and obligations.original_ticket_key = abandoned.ticket_key
    and obligations.start_us = abandoned.entered_us
    and obligations.missed_us = abandoned.abandoned_us
left join settled on obligations.obligation_no = settled.obligation_no
left join turn_numbers on obligations.obligation_no = turn_numbers.obligation_no
left join tickets on obligations.lane_no = tickets.ticket_no
left join requests
    on obligations.source_key = requests.defect_key
    and obligations.mode = 'case'
left join elapsed on obligations.obligation_no = elapsed.measure_no
left join {{ ref('int_ticket_reasons') }} as reasons on obligations.ticket_key = reasons.ticket_key
left join {{ ref('int_uncertain_obligations') }} as uncertain on obligations.obligation_no = uncertain.obligation_no
left join states as start_teams
    on obligations.lane_no = start_teams.lane_no
    and start_teams.attribute = 'team'
    and obligations.start_us >= start_teams.from_us
    and obligations.start_us < start_teams.to_us
left join states as priorities
    on obligations.lane_no = priorities.lane_no
    and priorities.attribute = 'priority'
    and obligations.start_us >= priorities.from_us
    and obligations.start_us < priorities.to_us
left join states as end_teams
    on obligations.lane_no = end_teams.lane_no
    and end_teams.attribute = 'team'
    and obligations.end_us >= end_teams.from_us
    and obligations.end_us < end_teams.to_us
left join {{ ref('int_agent_home_teams') }} as responder_homes
    on obligations.end_agent_key = responder_homes.agent_key
    and obligations.end_us >= responder_homes.from_us
    and obligations.end_us < responder_homes.to_us
left join {{ ref('int_agent_home_teams') }} as settler_homes
    on settled.agent_key = settler_homes.agent_key
    and settled.settled_us >= settler_homes.from_us
    and settled.settled_us < settler_homes.to_us
left join states as settled_teams
    on obligations.lane_no = settled_teams.lane_no
    and settled_teams.attribute = 'team'
    and settled.settled_us >= settled_teams.from_us
    and settled.settled_us < settled_teams.to_us
left join states as holders
    on obligations.lane_no = holders.lane_no
    and holders.attribute = 'assignee'
    and holders.to_us = {{ far_us() }}
left join {{ ref('int_persons') }} as holder_agents on holders.value = holder_agents.agent_key
left join states as holder_teams
    on obligations.lane_no = holder_teams.lane_no
    and holder_teams.attribute = 'team'
    and holder_teams.to_us = {{ far_us() }}
where
    obligations.mode <> 'case'
    or obligations.published_due_us is not null
    or marketplace.last_target_no is not null
order by started_at
