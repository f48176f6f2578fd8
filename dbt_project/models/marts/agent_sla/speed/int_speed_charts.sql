{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- Individuals charts of each series (§12): centre and limits from up to 40 points before, at least 12; event days are judged but are
-- no baseline. Signals: outside, eight on one side, two of three beyond two thirds.
{% set charts = ['speed', 'load', 'turns', 'staff'] %}
with plotted as (
    select
        {%- for chart in charts %}
        case when not is_event_day then {{ chart }}_x end as {{ chart }}_base,
        case
            when not is_event_day and not lag(is_event_day) over series
                then abs({{ chart }}_x - lag({{ chart }}_x) over series)
        end as {{ chart }}_range,
        {%- endfor %}
        points.*
    from {{ ref('int_speed_values') }} as points
    window series as (partition by series_key order by period_start)
),

centred as (
    select
        {%- for chart in charts %}
        count({{ chart }}_base) over baseline as {{ chart }}_points,
        round(avg({{ chart }}_base) over baseline, 9) as {{ chart }}_centre,
        round(avg({{ chart }}_range) over ranges, 9) as {{ chart }}_mean_range,
        {%- endfor %}
        sum(case when not is_event_day then ends end) over baseline as base_ends,
        sum(case when not is_event_day then silent_ends end) over baseline as base_silent_ends,
        plotted.*
    from plotted
    window
        baseline as {{ xmr_window('series_key', 'period_start') }},
        ranges as {{ xmr_window('series_key', 'period_start', 39) }}
),

positioned as (
    select
        {%- for chart in charts %}
        {{ xmr_position(chart ~ '_x', chart ~ '_centre', xmr_reach(chart ~ '_mean_range'), chart ~ '_points') }} as {{ chart }}_position,
        case when {{ chart }}_points >= 12 then round({{ chart }}_centre - {{ xmr_reach(chart ~ '_mean_range') }}, 9) end as {{ chart }}_low,
        case when {{ chart }}_points >= 12 then round({{ chart }}_centre + {{ xmr_reach(chart ~ '_mean_range') }}, 9) end as {{ chart }}_high,
        {%- endfor %}
        {{ as_double('base_silent_ends') }} / nullif(base_ends, 0) as base_silent_share,
        centred.*
    from centred
),

final as (
    select
        {%- for chart in charts %}
        {{ xmr_signal(chart ~ '_position', 1, 'series_key', 'period_start') }} as is_{{ chart }}_up,
        {{ xmr_signal(chart ~ '_position', -1, 'series_key', 'period_start') }} as is_{{ chart }}_down,
        {%- endfor %}
        coalesce(
            speed_points >= 12
            and silent_ends >= 5
            and {{ as_double('silent_ends') }} / ends - base_silent_share > 3 * sqrt(base_silent_share * (1 - base_silent_share) / ends),
            false
        ) as is_silent_up,
        positioned.*
    from positioned
)

select * from final
