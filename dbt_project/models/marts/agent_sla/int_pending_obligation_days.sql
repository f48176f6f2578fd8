{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Which obligations were still undecided when a local day ended, and who held them then. An obligation is undecided
-- for no longer than its target runs, so the rows grow with the number of obligations and not with history.
with layers as (
    select * from {{ ref('int_obligation_layers') }}
),

days as (
    select * from {{ ref('int_reporting_days') }}
),

calendar_days as (
    select
        tenant_id,
        day_no,
        min(last_instant_at) as last_instant_at,
        max(day_no) over (partition by tenant_id) as last_day_no
    from days
    group by tenant_id, day_no
),

day_offsets as (
    select distinct day_no - 1 as day_offset from calendar_days
),

spans as (
    select
        layers.obligation_key,
        layers.layer,
        layers.tenant_id,
        layers.original_ticket_key,
        layers.holder_agent_key,
        layers.closer_agent_key,
        start_days.day_no as from_day_no,
        end_days.day_no as decided_day_no
    from layers
    inner join days as start_days
        on layers.tenant_id = start_days.tenant_id
        and cast(layers.started_at as date) = start_days.utc_date
        and layers.started_at >= start_days.day_start_at
        and layers.started_at < start_days.day_end_at
    left join days as end_days
        on layers.tenant_id = end_days.tenant_id
        and cast(layers.verdict_at as date) = end_days.utc_date
        and layers.verdict_at >= end_days.day_start_at
        and layers.verdict_at < end_days.day_end_at
    where
        layers.verdict = 'pending'
        or (layers.verdict in ('met', 'breached') and end_days.day_no > start_days.day_no)
),

undecided as (
    select
        spans.obligation_key,
        spans.layer,
        spans.original_ticket_key,
        spans.holder_agent_key,
        spans.closer_agent_key,
        calendar_days.last_instant_at,
        calendar_days.day_no = calendar_days.last_day_no as is_last_day
    from spans
    inner join day_offsets
        on day_offsets.day_offset < coalesce(spans.decided_day_no - spans.from_day_no, 2147483647)
    inner join calendar_days
        on spans.tenant_id = calendar_days.tenant_id
        and spans.from_day_no + day_offsets.day_offset = calendar_days.day_no
),

-- The running day has no segment that goes on: of an open turn the present holder is known, of one that stands closed the
-- segment up to now tells who closed it; closed in the instant in which it began, it has no segment yet.
held as (
    select
        undecided.obligation_key,
        undecided.layer,
        undecided.original_ticket_key,
        undecided.last_instant_at as counted_at,
        coalesce(
            case when undecided.is_last_day then undecided.holder_agent_key end,
            segments.agent_key,
            case when undecided.is_last_day then undecided.closer_agent_key end
        ) as agent_key
    from undecided
    left join {{ ref('fct_obligation_segments') }} as segments
        on undecided.obligation_key = segments.obligation_key
        and undecided.last_instant_at >= segments.from_at
        and (
            undecided.last_instant_at < segments.to_at
            or segments.to_at is null
            or (undecided.is_last_day and undecided.last_instant_at = segments.to_at)
        )
),

-- Team as for every row of a person (catalogue §4): the home team then; with nobody, also after a missed call, the ticket's then.
final as (
    select
        held.obligation_key,
        held.layer,
        held.counted_at,
        held.agent_key,
        coalesce(home_teams.team_key, ticket_teams.team_key) as team_key
    from held
    left join {{ ref('core__home_teams') }} as home_teams
        on held.agent_key = home_teams.agent_key
        and held.counted_at >= home_teams.valid_from
        and (held.counted_at < home_teams.valid_to or home_teams.valid_to is null)
    left join {{ ref('int_kpi_ticket_teams') }} as ticket_teams
        on held.original_ticket_key = ticket_teams.ticket_key
        and held.counted_at >= ticket_teams.from_at
        and (held.counted_at < ticket_teams.to_at or ticket_teams.to_at is null)
)

select * from final
