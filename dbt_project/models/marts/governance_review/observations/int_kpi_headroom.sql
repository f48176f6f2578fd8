-- The nearest limit: fewest defects left over all limits of an account, a platform, the company, and by metric. Beside it
-- the same at the projected denominator. n = limits looked at; the text names the nearest.

with

scoped as (

    {% for scope_type, scope_id in [
        ('company', "'company'"),
        ('platform', 'platform'),
        ('marketplace_account', 'marketplace_account_id'),
    ] %}
    select
        tenant_id,
        month,
        variant,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        defects_left,
        detail,
        row_number() over (
            partition by tenant_id, month, variant, {{ scope_id }} order by defects_left, detail, fact_key
        ) as place
    from {{ ref('int_kpi_headroom_limits') }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        tenant_id,
        month,
        'health_headroom' as kpi_id,
        'count' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        {{ as_double('min(defects_left)') }} as value,
        max(case when place = 1 then detail end) as value_text,
        cast(min(defects_left) as decimal(28, 6)) as numerator,
        cast(null as decimal(28, 6)) as denominator,
        count(*) as n,
        {{ as_double('null') }} as ci_low,
        {{ as_double('null') }} as ci_high
    from scoped
    group by tenant_id, month, variant, scope_type, scope_id

)

select * from final
