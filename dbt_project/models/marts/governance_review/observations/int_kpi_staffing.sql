{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized='view') }}

-- Hours of people on duty (handling or ready) beside the hours the locked forecast asked for, half hour by half hour over
-- all its channels. The area under the number of people on duty is summed once and read at both ends of each half hour.

with

forecasts as (

    select * from {{ ref('int_kpi_forecasts') }}

),

pieces as (

    select * from {{ ref('int_agent_time') }}

),

slots as (

    select
        tenant_id,
        month,
        interval_start,
        interval_end,
        min(forecast_key) as forecast_key,
        sum(required_fte) as required_fte
    from forecasts
    where
        grain = '30min'
        and required_fte is not null
    group by tenant_id, month, interval_start, interval_end

),

changes as (

    select
        tenant_id,
        {{ epoch_us('staffed_from_at') }} as at_us,
        1 as people
    from pieces
    where staffed_from_at is not null

    union all

    select
        tenant_id,
        {{ epoch_us('staffed_to_at') }} as at_us,
        -1 as people
    from pieces
    where staffed_from_at is not null

),

steps as (

    select
        tenant_id,
        at_us,
        sum(sum(people)) over (partition by tenant_id order by at_us) as people,
        lead(at_us) over (partition by tenant_id order by at_us) as next_us
    from changes
    group by tenant_id, at_us

),

areas as (

    select
        tenant_id,
        at_us,
        people,
        sum(people * (coalesce(next_us, at_us) - at_us)) over (partition by tenant_id order by at_us)
        - people * (coalesce(next_us, at_us) - at_us) as area_us
    from steps

),

edges as (

    select
        *,
        {{ epoch_us('interval_start') }} as start_us,
        {{ epoch_us('interval_end') }} as end_us
    from slots

),

begun as (

    select
        edges.*,
        coalesce(areas.area_us + areas.people * (edges.start_us - areas.at_us), 0) as area_before_us
    from edges
    {{ asof_left_join('areas', 'areas', [['edges.tenant_id', 'tenant_id']], 'edges.start_us', 'at_us') }}

),

ended as (

    select
        begun.*,
        coalesce(areas.area_us + areas.people * (begun.end_us - areas.at_us), 0) - begun.area_before_us as staffed_us
    from begun
    {{ asof_left_join('areas', 'areas', [['begun.tenant_id', 'tenant_id']], 'begun.end_us', 'at_us') }}

),

staffed as (

    select
        tenant_id,
        month,
        forecast_key as fact_key,
        cast(null as varchar) as ticket_key,
        interval_start as happened_at,
        'people on duty ' || cast(round({{ as_double('staffed_us') }} / 1800000000, 2) as varchar) || ', required '
        || cast(round(required_fte, 2) as varchar) as detail,
        round({{ as_double('staffed_us') }} / 3600000000, 6) as staffed_h,
        round(required_fte / 2, 6) as required_h,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from ended

),

measured as (

    {{ kpi_counts('staffed', [
        {'kpi_id': 'staffing_to_forecast', 'stat': 'ratio', 'numerator': 'staffed_h', 'denominator': 'required_h', 'n': '1'},
        {'kpi_id': 'staffing_to_forecast', 'stat': 'ratio', 'variant': 'interval_coverage', 'numerator': 'least(staffed_h, required_h)', 'denominator': 'required_h', 'n': '1'},
    ]) }}

)

select * from measured
