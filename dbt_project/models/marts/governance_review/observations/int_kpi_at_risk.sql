-- Turns open at each month's snapshot, not breached, with at most a quarter of the target or an hour left on the target's
-- clock, whichever is more; by whoever held them then.

with

months as (

    select * from {{ ref('int_kpi_months') }}

),

segments as (

    select * from {{ ref('fct_obligation_segments') }}

),

targets as (

    select * from {{ ref('core__sla_targets') }}

),

waiting as (

    {% for layer in ['marketplace', 'internal'] %}
    select
        months.month,
        months.snapshot_at,
        '{{ layer }}' as layer,
        obligations.tenant_id,
        obligations.obligation_key,
        obligations.ticket_key,
        obligations.original_ticket_key,
        obligations.platform,
        obligations.marketplace_account_key,
        obligations.channel_key,
        obligations.started_at,
        obligations.closer_agent_key,
        obligations.{{ layer }}_due_at as due_at,
        obligations.{{ layer }}_target_seconds as target_seconds,
        obligations.{{ layer }}_target_clock as target_clock,
        obligations.{{ layer }}_policy_id as policy_id,
        obligations.{{ layer }}_target_version_id as target_version_id
    from {{ ref('fct_response_obligations') }} as obligations
    inner join months
        on
        obligations.tenant_id = months.tenant_id
        and obligations.started_at <= months.snapshot_at
        and {{ add_seconds('obligations.' ~ layer ~ '_due_at', 1) }} > months.snapshot_at
        and (obligations.{{ layer }}_verdict_at > months.snapshot_at or obligations.{{ layer }}_verdict = 'pending')
        and (
            coalesce(obligations.satisfied_at, obligations.waived_at, obligations.missed_at) > months.snapshot_at
            or coalesce(obligations.satisfied_at, obligations.waived_at, obligations.missed_at) is null
        )
    where
        obligations.{{ layer }}_verdict in ('met', 'breached', 'pending')
        and obligations.state not in ('excluded', 'answered_by_bot')
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

held as (

    select
        waiting.obligation_key,
        waiting.layer,
        waiting.month,
        {{ max_by('segments.holder_class', 'segments.segment_no') }} as holder_class,
        {{ max_by("coalesce(segments.agent_key, 'unowned')", 'segments.segment_no') }} as agent_key
    from waiting
    inner join segments
        on
        waiting.obligation_key = segments.obligation_key
        and waiting.snapshot_at >= segments.from_at
    group by waiting.obligation_key, waiting.layer, waiting.month

),

located as (

    select
        waiting.*,
        case when held.holder_class = 'agent' then held.agent_key else 'unowned' end as agent_key,
        -- asked and closed by an agent in the instant of the snapshot: no time has passed in which somebody held it
        coalesce(held.holder_class, case when waiting.closer_agent_key <> 'unowned' then 'closed' else 'queue' end) as holder_class,
        coalesce(home_teams.team_key, ticket_teams.team_key) as team_key,
        coalesce(targets.calendar_id, calendars.calendar_id, {{ any_team_open() }}) as calendar_id
    from waiting
    left join held
        on
        waiting.obligation_key = held.obligation_key
        and waiting.layer = held.layer
        and waiting.month = held.month
    left join targets
        on
        waiting.tenant_id = targets.tenant_id
        and waiting.policy_id = targets.policy_id
        and waiting.target_version_id = targets.target_version_id
    left join {{ ref('int_kpi_ticket_teams') }} as ticket_teams
        on
        waiting.original_ticket_key = ticket_teams.ticket_key
        and waiting.snapshot_at >= ticket_teams.from_at
        and (waiting.snapshot_at < ticket_teams.to_at or ticket_teams.to_at is null)
    left join {{ ref('core__team_calendars') }} as calendars on ticket_teams.team_key = calendars.team_key
    left join {{ ref('core__home_teams') }} as home_teams
        on
        held.holder_class = 'agent'
        and held.agent_key = home_teams.agent_key
        and waiting.snapshot_at >= home_teams.valid_from
        and (waiting.snapshot_at < home_teams.valid_to or home_teams.valid_to is null)

),

windows as (

    select * from {{ ref('core__calendar_windows') }}

),

begun as (

    select
        located.*,
        {{ open_us_at('windows', epoch_us('located.snapshot_at')) }} as open_from_us
    from located
    {{ asof_left_join('windows', 'windows', [['located.tenant_id', 'tenant_id'], ['located.calendar_id', 'calendar_id']], epoch_us('located.snapshot_at'), 'opens_us') }}

),

measured_left as (

    select
        begun.*,
        case
            when begun.target_clock = 'business'
                then {{ whole_seconds(open_us_at('windows', epoch_us('begun.due_at')) ~ ' - begun.open_from_us') }}
            else {{ seconds_between('begun.snapshot_at', 'begun.due_at') }}
        end as left_s,
        -- a target in business days, or a deadline of the platform alone, is as long as the wait it allows
        coalesce(begun.target_seconds, {{ seconds_between('begun.started_at', 'begun.due_at') }}) / 4.0 as quarter_s
    from begun
    {{ asof_left_join('windows', 'windows', [['begun.tenant_id', 'tenant_id'], ['begun.calendar_id', 'calendar_id']], epoch_us('begun.due_at'), 'opens_us') }}

),

at_risk as (

    select
        tenant_id,
        month,
        obligation_key as fact_key,
        ticket_key,
        due_at as happened_at,
        case when agent_key = 'unowned' then 'unassigned, ' else 'assigned, ' end
        || cast(case when left_s < 0 then 0 else left_s end as varchar) || ' s left' as detail,
        layer,
        platform,
        marketplace_account_key,
        channel_key,
        team_key,
        agent_key
    from measured_left
    where
        holder_class <> 'closed'
        and (left_s <= quarter_s or left_s <= 3600)

),

measured as (

    {{ kpi_counts('at_risk', [
        {'kpi_id': 'sla_at_risk', 'stat': 'count', 'layer': 'column:layer'},
    ]) }}

)

select * from measured
