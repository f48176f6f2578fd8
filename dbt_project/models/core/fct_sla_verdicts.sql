{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Verdicts of targets that are not about replies: resolution of a cycle, per layer.

with

verdicts as (

    select * from {{ ref('int_measure_verdicts') }} where mode = 'cycle'

),

overruns as (

    select * from {{ ref('int_clock_seconds') }} where purpose = 'overrun'

)

select
    {{ hash_text("cycles.ticket_key || '|resolution|' || cast(cycles.cycle_no as " ~ dbt.type_string() ~ ") || '|' || verdicts.layer") }} as sla_verdict_key,
    cycles.tenant_id,
    cycles.source_system,
    cycles.ticket_key,
    cycles.cycle_no,
    cast(null as integer) as span_no,
    'resolution' as metric,
    verdicts.layer,
    targets.policy_id,
    targets.target_version_id,
    cast(targets.target_seconds as bigint) as target_seconds,
    targets.clock as target_clock,
    {{ us_to_at('cycles.start_us') }} as started_at,
    {{ us_to_at('cycles.end_us') }} as satisfied_at,
    {{ us_to_at('verdicts.due_us') }} as due_at,
    verdicts.verdict,
    {{ us_to_at('verdicts.verdict_us') }} as verdict_at,
    case
        when verdicts.verdict <> 'breached' then null
        when targets.clock = 'business' or targets.can_pause then coalesce({{ whole_seconds('overruns.open_us') }}, 0)
        else {{ whole_seconds('greatest(verdicts.until_us - verdicts.due_us, 0)') }}
    end as overrun_s,
    owners.agent_key as sla_owner_agent_key,
    owners.team_key as sla_owner_team_key,
    owners.owner_rule,
    coalesce(verdicts.verdict = 'met' and cycles.reopened_us is not null, false) as is_reopened_after_met,
    tickets.channel_key,
    tickets.platform,
    tickets.marketplace_account_key
from verdicts
inner join {{ ref('int_cycles') }} as cycles on verdicts.measure_no = 1000000000 + cycles.cycle_id
inner join {{ ref('int_tickets_visible') }} as tickets on cycles.lane_no = tickets.ticket_no
left join {{ ref('int_targets') }} as targets on verdicts.target_no = targets.target_no
left join {{ ref('int_measure_owners') }} as owners
    on verdicts.measure_no = owners.measure_no
    and verdicts.layer = owners.layer
left join overruns
    on verdicts.measure_no = overruns.measure_no
    and verdicts.layer = overruns.layer
