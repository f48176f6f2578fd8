{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- How fast a person reacts compared with what such turns take (catalogue §11.5): the geometric mean of reaction over the median of
-- its stratum, with its t-interval. Strata are pooled upwards as for compliance.
{% set base = 'tenant_id, period_type, period_start' %}
{% set keys = ['tenant_id', 'period_type', 'period_start'] %}
{% set levels = [
    ['channel_class', 'platform', 'reason_group', 'priority', 'arrival'],
    ['channel_class', 'platform', 'reason_group', 'priority'],
    ['channel_class', 'platform', 'reason_group'],
    ['channel_class', 'platform'],
] %}
with reactions as (
    select * from {{ ref('int_scorecard_reactions') }}
),

medians as (
    select
        {{ base }},
        channel_class,
        platform,
        reason_group,
        priority,
        arrival,
        grouping(reason_group) + grouping(priority) + grouping(arrival) as pool_level,
        count(*) as n,
        percentile_cont(0.5) within group (order by reaction_s) as median_s
    from reactions
    group by {{ scope_sets(keys, levels) }}
),

strata as (
    select
        cells.*,
        case
            {%- for level in range(3) %}
            when level_{{ level }}.n >= 50 then level_{{ level }}.median_s
            {%- endfor %}
            else level_3.median_s
        end as stratum_median_s
    from medians as cells
    inner join medians as level_0
        on level_0.pool_level = 0 and {{ same_columns('cells', 'level_0', keys + levels[0]) }}
    inner join medians as level_1
        on level_1.pool_level = 1 and {{ same_columns('cells', 'level_1', keys + levels[1]) }}
    inner join medians as level_2
        on level_2.pool_level = 2 and {{ same_columns('cells', 'level_2', keys + levels[2]) }}
    inner join medians as level_3
        on level_3.pool_level = 3 and {{ same_columns('cells', 'level_3', keys + levels[3]) }}
    where cells.pool_level = 0
),

compared as (
    select
        reactions.*,
        cast(round(ln({{ as_double('reactions.reaction_s') }} / strata.stratum_median_s), 9) as decimal(28, 9)) as log_ratio
    from reactions
    inner join strata
        on
        {%- for column in ['tenant_id', 'period_type', 'period_start'] + levels[0] %}
        {{ 'and ' if not loop.first }}reactions.{{ column }} = strata.{{ column }}
        {%- endfor %}
),

added as (
    select
        {{ base }},
        agent_key,
        case when grouping(platform) = 0 then platform else 'all' end as platform,
        count(*) as n_reactions,
        {{ as_double('sum(log_ratio)') }} / count(*) as log_mean,
        {{ as_double('sum(log_ratio * log_ratio)') }} as log_squares
    from compared
    group by grouping sets (({{ base }}, agent_key), ({{ base }}, agent_key, platform))
),

spread as (
    select
        *,
        sqrt(greatest(log_squares - n_reactions * log_mean * log_mean, 0) / nullif(n_reactions - 1, 0) / n_reactions) as log_error
    from added
),

final as (
    select
        {{ base }},
        agent_key,
        platform,
        n_reactions,
        round(exp(log_mean), 6) as duration_ratio,
        -- below ten reactions the interval says nothing
        case when n_reactions >= 10 then round(exp(log_mean - {{ student_t_975('(n_reactions - 1)') }} * log_error), 6) end as duration_ratio_low,
        case when n_reactions >= 10 then round(exp(log_mean + {{ student_t_975('(n_reactions - 1)') }} * log_error), 6) end as duration_ratio_high
    from spread
)

select * from final
