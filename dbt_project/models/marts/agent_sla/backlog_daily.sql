-- A ticket enters and leaves a cell (team, channel, age band, status) a few times in its life. Summing those entries and
-- exits per day and running the sum over the days gives every day's stock; rows grow with cells and days, never with
-- tickets times days.
with spans as (
    select * from {{ ref('int_backlog_spans') }}
),

calendar_days as (
    select distinct
        tenant_id,
        day_no,
        date_day
    from {{ ref('int_reporting_days') }}
),

age_bands as (
    {% for band, from_days, to_days in [
        ('0', 0, 1), ('1-2', 1, 3), ('3-6', 3, 7), ('7-13', 7, 14), ('14-29', 14, 30), ('30+', 30, 2000000000),
    ] %}
    select
        '{{ band }}' as age_band,
        {{ from_days }} as from_days,
        {{ to_days }} as to_days
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

aged as (
    select
        spans.tenant_id,
        spans.source_system,
        coalesce(spans.team_key, '') as team_key,
        spans.channel_key,
        age_bands.age_band,
        spans.status,
        greatest(spans.from_day_no, spans.opened_day_no + age_bands.from_days) as from_day_no,
        least(spans.to_day_no, spans.opened_day_no + age_bands.to_days) as to_day_no
    from spans
    inner join age_bands
        on spans.from_day_no < spans.opened_day_no + age_bands.to_days
        and spans.to_day_no > spans.opened_day_no + age_bands.from_days
),

moves as (
    select
        tenant_id,
        source_system,
        team_key,
        channel_key,
        age_band,
        status,
        from_day_no as day_no,
        1 as change
    from aged

    union all

    select
        tenant_id,
        source_system,
        team_key,
        channel_key,
        age_band,
        status,
        to_day_no as day_no,
        -1 as change
    from aged
),

changes as (
    select
        tenant_id,
        source_system,
        team_key,
        channel_key,
        age_band,
        {% for status in ['new', 'open', 'pending', 'on_hold'] %}
        sum(case when status = '{{ status }}' then change else 0 end) as change_{{ status }},
        {% endfor %}
        day_no
    from moves
    group by
        tenant_id,
        source_system,
        team_key,
        channel_key,
        age_band,
        day_no
),

cells as (
    select
        tenant_id,
        source_system,
        team_key,
        channel_key,
        age_band,
        min(day_no) as first_day_no
    from changes
    group by
        tenant_id,
        source_system,
        team_key,
        channel_key,
        age_band
),

stocks as (
    select
        cells.tenant_id,
        cells.source_system,
        calendar_days.date_day,
        cells.team_key,
        cells.channel_key,
        {% for status in ['new', 'open', 'pending', 'on_hold'] %}
        cast(
            sum(coalesce(changes.change_{{ status }}, 0)) over (
                partition by cells.tenant_id, cells.source_system, cells.team_key, cells.channel_key, cells.age_band
                order by calendar_days.day_no
                rows between unbounded preceding and current row
            ) as bigint
        ) as n_{{ status }},
        {% endfor %}
        cells.age_band
    from cells
    inner join calendar_days
        on cells.tenant_id = calendar_days.tenant_id
        and cells.first_day_no <= calendar_days.day_no
    left join changes
        on cells.tenant_id = changes.tenant_id
        and cells.source_system = changes.source_system
        and cells.team_key = changes.team_key
        and cells.channel_key = changes.channel_key
        and cells.age_band = changes.age_band
        and calendar_days.day_no = changes.day_no
),

unseen as (
    {{ kpi_gap_columns_of_sources(['backlog']) }}
),

final as (
    select
        {{ surrogate_key([
            'stocks.tenant_id', 'stocks.source_system', 'cast(stocks.date_day as varchar)', 'stocks.team_key', 'stocks.channel_key',
            'stocks.age_band',
        ]) }} as backlog_daily_key,
        stocks.tenant_id,
        stocks.source_system,
        stocks.date_day,
        nullif(stocks.team_key, '') as team_key,
        stocks.channel_key,
        stocks.age_band,
        {%- for column, sum in [
            ('n_new', 'stocks.n_new'), ('n_open', 'stocks.n_open'), ('n_pending', 'stocks.n_pending'), ('n_on_hold', 'stocks.n_on_hold'),
            ('n_actionable', 'stocks.n_new + stocks.n_open'),
            ('n_tickets', 'stocks.n_new + stocks.n_open + stocks.n_pending + stocks.n_on_hold'),
        ] %}
        case when unseen.no_backlog is null then {{ sum }} end as {{ column }},
        {%- endfor %}
        unseen.no_backlog as not_measurable_reason
    from stocks
    left join unseen
        on stocks.tenant_id = unseen.tenant_id
        and stocks.source_system = unseen.source_system
        and {{ month_start('stocks.date_day') }} = unseen.month
    where stocks.n_new <> 0 or stocks.n_open <> 0 or stocks.n_pending <> 0 or stocks.n_on_hold <> 0
)

select * from final
