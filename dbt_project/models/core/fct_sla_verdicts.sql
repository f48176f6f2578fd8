{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Verdicts of targets that are not about replies, per layer: resolution, waiting and working of a cycle, updates, holds of a team.

with

verdicts as (

    select * from {{ ref('int_measure_verdicts') }} where mode = 'cycle'

),

overruns as (

    select * from {{ ref('int_clock_seconds') }} where purpose = 'overrun'

),

facts as (

    select
        1000000000 + cycle_id as measure_no,
        tenant_id,
        source_system,
        ticket_key,
        lane_no,
        'resolution' as metric,
        cycle_no,
        cast(null as integer) as span_no,
        start_us,
        end_us,
        reopened_us,
        cast(null as {{ dbt.type_string() }}) as team_key
    from {{ ref('int_cycles') }}
    union all
    select
        measure_no,
        tenant_id,
        source_system,
        ticket_key,
        lane_no,
        metric,
        cycle_no,
        span_no,
        start_us,
        end_us,
        cast(null as bigint) as reopened_us,
        team_key
    from {{ ref('int_work_measures') }}

)

select
    {{ hash_text("facts.ticket_key || '|' || facts.metric || '|' || cast(coalesce(facts.cycle_no, facts.span_no) as " ~ dbt.type_string() ~ ") || '|' || verdicts.layer") }} as sla_verdict_key,
    facts.tenant_id,
    facts.source_system,
    facts.ticket_key,
    facts.cycle_no,
    facts.span_no,
    facts.metric,
    verdicts.layer,
    targets.policy_id,
    targets.target_version_id,
    cast(targets.target_seconds as bigint) as target_seconds,
    targets.clock as target_clock,
    {{ us_to_at('facts.start_us') }} as started_at,
    {{ us_to_at('facts.end_us') }} as satisfied_at,
    {{ us_to_at('verdicts.due_us') }} as due_at,
    verdicts.verdict,
    {{ us_to_at('verdicts.verdict_us') }} as verdict_at,
    {{ local_month(us_to_at('verdicts.verdict_us')) }} as verdict_month,
    case
        when verdicts.verdict <> 'breached' then null
        when targets.clock = 'business' or targets.can_pause then coalesce({{ whole_seconds('overruns.open_us') }}, 0)
        else {{ whole_seconds('greatest(verdicts.until_us - verdicts.due_us, 0)') }}
    end as overrun_s,
    -- a team's promise is nobody's in particular
    case when facts.metric = 'group_ownership' and owners.agent_key is not null then 'unowned' else owners.agent_key end as sla_owner_agent_key,
    case when owners.agent_key is not null then coalesce(facts.team_key, owners.team_key) end as sla_owner_team_key,
    case
        when facts.metric = 'group_ownership' and owners.owner_rule <> 'incident' then 'holder'
        else owners.owner_rule
    end as owner_rule,
    coalesce(verdicts.verdict = 'met' and facts.reopened_us is not null, false) as is_reopened_after_met,
    tickets.channel_key,
    tickets.platform,
    tickets.marketplace_account_key
from verdicts
inner join facts on verdicts.measure_no = facts.measure_no
left join {{ ref('canonical__tenants') }} as tenants on facts.tenant_id = tenants.tenant_id
inner join {{ ref('int_tickets_visible') }} as tickets on facts.lane_no = tickets.ticket_no
left join {{ ref('int_targets') }} as targets on verdicts.target_no = targets.target_no
left join {{ ref('int_measure_owners') }} as owners
    on verdicts.measure_no = owners.measure_no
    and verdicts.layer = owners.layer
left join overruns
    on verdicts.measure_no = overruns.measure_no
    and verdicts.layer = overruns.layer
order by started_at
