-- Locked forecasts beside what came, in the month the interval began. Contacts: one row per finished interval and channel; grains are
-- variants and never mixed; an interval without contacts keeps its error. People: hours on duty (handling or ready) beside the hours the forecast
-- asked for, interval by interval over all its channels, in the finest grain that covers the most channels of the month: people know no
-- channel, so a forecast of one channel alone says nothing of them. The area under the number of people on duty is summed once and
-- read at both ends.

with

forecasts as (

    select * from {{ ref('int_kpi_forecasts') }}

),

judged as (

    select
        tenant_id,
        month,
        forecast_key as fact_key,
        cast(null as varchar) as ticket_key,
        interval_start as happened_at,
        grain || ' of ' || channel_id || ': forecast ' || cast(round(forecast_contacts, 1) as varchar) || ', came '
        || cast(actual_contacts as varchar) as detail,
        grain,
        forecast_contacts - actual_contacts as error,
        actual_contacts,
        platform,
        cast(null as varchar) as marketplace_account_key,
        channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from forecasts

),

pieces as (

    select * from {{ ref('int_agent_time') }}

),

required as (

    -- in half hours the people needed at once; in longer grains full days of eight hours
    select
        *,
        required_fte * case
            when grain = '30min' then 0.5
            else 8 * round({{ seconds_between('interval_start', 'interval_end') }} / 86400.0)
        end as required_h
    from forecasts
    where required_fte is not null

),

grains as (

    select
        tenant_id,
        month,
        grain,
        row_number() over (
            partition by tenant_id, month
            order by count(distinct channel_id) desc, case grain when '30min' then 1 when 'day' then 2 when 'week' then 3 else 4 end
        ) as place
    from required
    group by tenant_id, month, grain

),

slots as (

    select
        required.tenant_id,
        required.month,
        required.grain,
        required.interval_start,
        required.interval_end,
        min(required.forecast_key) as forecast_key,
        round(sum(required.required_h), 6) as required_h
    from required
    inner join grains
        on
        required.tenant_id = grains.tenant_id
        and required.month = grains.month
        and required.grain = grains.grain
    where grains.place = 1
    group by required.tenant_id, required.month, required.grain, required.interval_start, required.interval_end

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
        grain || ': on duty ' || cast(round({{ as_double('staffed_us') }} / 3600000000, 2) as varchar) || ' h, required '
        || cast(round(required_h, 2) as varchar) || ' h' as detail,
        round({{ as_double('staffed_us') }} / 3600000000, 6) as staffed_h,
        required_h,
        cast(null as varchar) as platform,
        cast(null as varchar) as marketplace_account_key,
        cast(null as varchar) as channel_key,
        cast(null as varchar) as team_key,
        cast(null as varchar) as agent_key
    from ended

),

measured as (

    {{ kpi_counts('judged', [
        {'kpi_id': 'forecast_wape', 'stat': 'ratio', 'variant': 'column:grain', 'numerator': 'abs(error)', 'denominator': 'actual_contacts', 'n': '1'},
        {'kpi_id': 'forecast_bias', 'stat': 'ratio', 'variant': 'column:grain', 'numerator': 'error', 'denominator': 'actual_contacts', 'n': '1'},
    ]) }}
    union all
    {{ kpi_counts('staffed', [
        {'kpi_id': 'staffing_to_forecast', 'stat': 'ratio', 'numerator': 'staffed_h', 'denominator': 'required_h', 'n': '1'},
        {'kpi_id': 'staffing_to_forecast', 'stat': 'ratio', 'variant': 'interval_coverage', 'numerator': 'least(staffed_h, required_h)', 'denominator': 'required_h', 'n': '1'},
    ]) }}

)

select * from measured
