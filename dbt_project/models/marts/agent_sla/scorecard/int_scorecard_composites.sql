{{ config(schema='intermediate', access='private', materialized=step(), contract={'enforced': false}) }}

-- The optional composite of each person and layer: every part is its position between floor and goal, 0 to 100; a missing part
-- gives its weight to the others; without compliance or without a quality part (QA, satisfaction) there is none (§11.6).
with persons as (
    select tenant_id, period_type, period_start, last_day, layer, agent_key, eligibility_reason, basis_adjusted_rate
    from {{ ref('int_scorecard_standing') }}
    where platform = 'all'

    union all

    select tenant_id, period_type, period_start, last_day, layer, agent_key, eligibility_reason, null as basis_adjusted_rate
    from {{ ref('int_scorecard_idle') }}
),

measured as (
    select
        standing.tenant_id,
        standing.period_type,
        standing.period_start,
        standing.last_day,
        standing.layer,
        standing.agent_key,
        case when standing.eligibility_reason is null then standing.basis_adjusted_rate end as sla,
        {{ as_double('conduct.qa_points') }} / nullif({{ as_double('conduct.qa_possible') }}, 0) as qa,
        {{ as_double('conduct.satisfied') }} / nullif({{ as_double('conduct.answers') }}, 0) as csat,
        productivity.productivity
    from persons as standing
    left join {{ ref('int_scorecard_conduct') }} as conduct
        on
        standing.tenant_id = conduct.tenant_id
        and standing.period_type = conduct.period_type
        and standing.period_start = conduct.period_start
        and standing.agent_key = conduct.agent_key
    left join {{ ref('int_scorecard_productivity') }} as productivity
        on
        standing.tenant_id = productivity.tenant_id
        and standing.period_type = productivity.period_type
        and standing.period_start = productivity.period_start
        and standing.agent_key = productivity.agent_key
),

parts as (
    {% for part in ['sla', 'qa', 'csat', 'productivity'] %}
    select
        tenant_id,
        period_type,
        period_start,
        last_day,
        layer,
        agent_key,
        '{{ part }}' as part,
        {{ part }} as value
    from measured
    where {{ part }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

scored as (
    select
        parts.*,
        {{ as_double('rules.weight') }} as weight,
        round(
            100 * least(greatest(
                (parts.value - {{ as_double('rules.floor') }}) / nullif({{ as_double('rules.goal - rules.floor') }}, 0), 0
            ), 1),
            6
        ) as points,
        row_number() over (
            partition by parts.tenant_id, parts.period_type, parts.period_start, parts.layer, parts.agent_key, parts.part
            order by case when rules.tenant_id = parts.tenant_id then 0 else 1 end, rules.valid_from desc
        ) as choice
    from parts
    inner join {{ ref('seed_scorecard_parts') }} as rules
        on
        rules.tenant_id in (parts.tenant_id, '*')
        and parts.part = rules.part
        and parts.last_day >= rules.valid_from
        and (parts.last_day < rules.valid_to or rules.valid_to is null)
),

final as (
    select
        tenant_id,
        period_type,
        period_start,
        layer,
        agent_key,
        {%- for part in ['sla', 'qa', 'csat', 'productivity'] %}
        max(case when part = '{{ part }}' then points end) as {{ part }}_points,
        {%- endfor %}
        case
            when count(case when part = 'sla' then 1 end) > 0 and count(case when part in ('qa', 'csat') then 1 end) > 0
                then round(sum(weight * points) / nullif(sum(weight), 0), 4)
        end as composite
    from scored
    where choice = 1
    group by tenant_id, period_type, period_start, layer, agent_key
)

select * from final
