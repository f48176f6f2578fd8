{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- Judged obligations of each person by period, layer and stratum beside what everybody together reached there (catalogue
-- §11.2). A stratum below 50 is pooled upwards (arrival, then priority, then reason group); who holds more than 30 % of it is
-- measured against the others alone, and who has no company in it goes one level up.
{% set base = 'tenant_id, period_type, period_start, layer' %}
{% set levels = [
    ', channel_class, platform, reason_group, priority, arrival',
    ', channel_class, platform, reason_group, priority',
    ', channel_class, platform, reason_group',
    ', channel_class, platform',
    '',
] %}
with cells as (
    select
        {{ base }}{{ levels[0] }},
        agent_key,
        sum(counts) as n,
        sum(counts * met) as n_met,
        sum(1 - counts) as n_left_out
    from {{ ref('int_scorecard_ratings') }}
    group by {{ base }}{{ levels[0] }}, agent_key
),

pooled as (
    select
        {%- for level in levels %}
        sum(n) over (partition by {{ base }}{{ level }}) as n_{{ loop.index0 }},
        sum(n_met) over (partition by {{ base }}{{ level }}) as met_{{ loop.index0 }},
        sum(n) over (partition by {{ base }}{{ level }}, agent_key) as own_n_{{ loop.index0 }},
        sum(n_met) over (partition by {{ base }}{{ level }}, agent_key) as own_met_{{ loop.index0 }},
        {%- endfor %}
        cells.*
    from cells
),

chosen as (
    select
        *,
        case
            {%- for level in range(4) %}
            when n_{{ level }} >= {{ 50 if level < 3 else 1 }} and n_{{ level }} > own_n_{{ level }} then {{ level }}
            {%- endfor %}
            else 4
        end as pool_level
    from pooled
),

final as (
    select
        {{ base }}{{ levels[0] }},
        agent_key,
        n,
        n_met,
        n_left_out,
        pool_level,
        case pool_level
            {%- for level in range(5) %}
            when {{ level }}
                then
                    case
                        when own_n_{{ level }} * 10 > n_{{ level }} * 3 and n_{{ level }} > own_n_{{ level }}
                            then {{ as_double('met_' ~ level ~ ' - own_met_' ~ level) }} / (n_{{ level }} - own_n_{{ level }})
                        else {{ as_double('met_' ~ level) }} / nullif(n_{{ level }}, 0)
                    end
            {%- endfor %}
        end as pooled_rate
    from chosen
)

select * from final
