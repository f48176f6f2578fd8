{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Who held an obligation from when to when; the seconds of its segments add up to those of the obligation.

with

clocks as (

    select
        segments.measure_no,
        segments.from_us,
        segments.to_us,
        segments.holder_class,
        segments.agent_key,
        max(case when segments.layer = 'marketplace' then segments.clock_us end) as marketplace_us,
        max(case when segments.layer = 'internal' then segments.clock_us end) as internal_us
    from {{ ref('int_segment_clocks') }} as segments
    where segments.measure_no < 1000000000
    group by
        segments.measure_no,
        segments.from_us,
        segments.to_us,
        segments.holder_class,
        segments.agent_key

),

running as (

    -- seconds are cut on the running sum, not piece by piece, so that nothing is lost between segments
    select
        clocks.*,
        obligations.obligation_key,
        obligations.tenant_id,
        obligations.source_system,
        obligations.ticket_key,
        obligations.start_us,
        obligations.lane_no,
        row_number() over (partition by clocks.measure_no order by clocks.from_us) as segment_no,
        sum(clocks.marketplace_us) over (
            partition by clocks.measure_no
            order by clocks.from_us
            rows between unbounded preceding and current row
        ) as marketplace_until_us,
        sum(clocks.internal_us) over (
            partition by clocks.measure_no
            order by clocks.from_us
            rows between unbounded preceding and current row
        ) as internal_until_us
    from clocks
    inner join {{ ref('int_obligations') }} as obligations on clocks.measure_no = obligations.obligation_no
    inner join {{ ref('int_measure_verdicts') }} as marketplace
        on clocks.measure_no = marketplace.measure_no
        and marketplace.layer = 'marketplace'
    where
        obligations.mode <> 'case'
        or obligations.published_due_us is not null
        or marketplace.last_target_no is not null

)

select
    {{ hash_text("running.obligation_key || '|' || cast(running.segment_no as " ~ dbt.type_string() ~ ")") }} as segment_key,
    running.obligation_key,
    running.tenant_id,
    running.source_system,
    running.ticket_key,
    cast(running.segment_no as integer) as segment_no,
    running.holder_class,
    coalesce(running.agent_key, 'unowned') as agent_key,
    teams.value as team_key,
    {{ us_to_at('running.from_us') }} as from_at,
    {{ us_to_at('running.to_us') }} as to_at,
    {{ whole_seconds('running.to_us - running.start_us') }} - {{ whole_seconds('running.from_us - running.start_us') }} as cal_s,
    cast(
        {{ whole_seconds('running.marketplace_until_us') }}
        - {{ whole_seconds('running.marketplace_until_us - running.marketplace_us') }} as bigint
    ) as marketplace_target_s,
    cast(
        {{ whole_seconds('running.internal_until_us') }}
        - {{ whole_seconds('running.internal_until_us - running.internal_us') }} as bigint
    ) as internal_target_s
from running
left join {{ ref('int_lane_states') }} as teams
    on running.lane_no = teams.lane_no
    and teams.attribute = 'team'
    and running.from_us >= teams.from_us
    and running.from_us < teams.to_us
order by from_at
