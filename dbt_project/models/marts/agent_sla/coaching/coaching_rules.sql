-- Every coaching flag and whether it can be raised at all: without it "nobody to coach" would say the same of a good week and of a
-- source that does not tell. Judged by the running month, in the layer of the house, where the numbers behind the flag are.
with rules as (
    {% for rule in coaching_rules() %}
    select
        '{{ rule.rule_id }}' as rule_id,
        '{{ rule.kpi_id }}' as kpi_id,
        {{ rule.is_coaching }} as is_coaching
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

months as (
    select
        tenant_id,
        max(month) as month
    from {{ ref('int_kpi_months') }}
    group by tenant_id
),

measures as (
    {{ coaching_measures() }}
),

missing as (
    select
        gaps.tenant_id,
        gaps.month,
        measures.rule_id,
        {{ min_by('gaps.reason', "measures.place * 2 + case when gaps.layer = '*' then 0 else 1 end") }} as reason
    from {{ ref('int_kpi_gaps') }} as gaps
    inner join measures on gaps.kpi_id = measures.measured_as
    where
        gaps.variant = '*'
        and gaps.clock = '*'
        and gaps.layer in ('*', 'internal')
    group by gaps.tenant_id, gaps.month, measures.rule_id
),

final as (
    select
        {{ surrogate_key(['months.tenant_id', 'rules.rule_id']) }} as coaching_rule_key,
        months.tenant_id,
        rules.rule_id,
        rules.kpi_id,
        rules.is_coaching,
        missing.reason is null as is_measurable,
        missing.reason as not_measurable_reason,
        {{ as_of_at() }} as as_of_at
    from months
    cross join rules
    left join missing
        on
        months.tenant_id = missing.tenant_id
        and months.month = missing.month
        and rules.rule_id = missing.rule_id
)

select * from final
