-- Every alert rule and whether it can fire at all: without it "no open alerts" would say the same of a calm day and of a source that
-- does not tell. Judged by the running month, where the KPI of the rule is (int_kpi_gaps).
with rules as (
    {% for rule in alert_rules() %}
    select
        '{{ rule.rule_id }}' as rule_id,
        '{{ rule.severity }}' as severity,
        '{{ rule.kpi_id }}' as kpi_id,
        '{{ rule.recipients }}' as recipients,
        '{{ rule.rule_id if rule.inputs is defined else rule.kpi_id }}' as measured_as
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

gaps as (
    select * from {{ ref('int_kpi_gaps') }}
    where variant = '*' and clock = '*'
),

definitions as (
    select
        kpi_id,
        max(case when coalesce(layers, 'none') = 'none' then 1 else 2 end) as layer_count
    from {{ ref('seed_kpi_definitions') }}
    group by kpi_id
),

-- a promise of one layer is enough
missing as (
    select
        gaps.tenant_id,
        gaps.month,
        gaps.kpi_id,
        min(gaps.reason) as reason
    from gaps
    left join definitions
        on gaps.kpi_id = definitions.kpi_id
    group by gaps.tenant_id, gaps.month, gaps.kpi_id
    having
        max(case when gaps.layer = '*' then 1 else 0 end) = 1
        or count(distinct gaps.layer) = max(coalesce(definitions.layer_count, 1))
),

final as (
    select
        {{ surrogate_key(['months.tenant_id', 'rules.rule_id']) }} as alert_rule_key,
        months.tenant_id,
        rules.rule_id,
        rules.severity,
        rules.kpi_id,
        rules.recipients,
        missing.reason is null as is_measurable,
        missing.reason as not_measurable_reason,
        {{ as_of_at() }} as as_of_at
    from months
    cross join rules
    left join missing
        on
        months.tenant_id = missing.tenant_id
        and months.month = missing.month
        and rules.measured_as = missing.kpi_id
)

select * from final
