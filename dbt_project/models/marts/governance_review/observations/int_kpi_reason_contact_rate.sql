-- Contacts of a reason per 100 orders placed in the month: reason rows over all orders of the company, with `untagged` among
-- them, so that they add up to the company row; platforms and accounts with all reasons together.

with

counted as (

    select
        parts.tenant_id,
        parts.month,
        parts.platform,
        accounts.marketplace_account_id,
        parts.subject_id as reason_name,
        case when parts.numerator = 1 then 1 else 0 end as contacts,
        case when parts.denominator = 1 then 1 else 0 end as orders
    from {{ ref('int_kpi_reason_contact_rate_rows') }} as parts
    left join {{ ref('dim_marketplace_accounts') }} as accounts on parts.marketplace_account_key = accounts.marketplace_account_key

),

scoped as (

    {% for scope_type, scope_id in [
        ('company', "'company'"),
        ('platform', 'platform'),
        ('marketplace_account', 'marketplace_account_id'),
        ('reason', 'reason_name'),
    ] %}
    select
        tenant_id,
        month,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        sum(contacts) as contacts,
        sum(orders) as orders
    from counted
    where {{ scope_id }} is not null
    group by tenant_id, month, {{ scope_id }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        scoped.tenant_id,
        scoped.month,
        'reason_contact_rate' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        scoped.scope_type,
        scoped.scope_id,
        100 * {{ as_double('scoped.contacts') }}
        / nullif({{ as_double("case when scoped.scope_type = 'reason' then company.orders else scoped.orders end") }}, 0) as value,
        cast(null as varchar) as value_text,
        scoped.contacts as numerator,
        case when scoped.scope_type = 'reason' then company.orders else scoped.orders end as denominator,
        case when scoped.scope_type = 'reason' then company.orders else scoped.orders end as n,
        null as ci_low,
        null as ci_high
    from scoped
    left join scoped as company
        on
        scoped.tenant_id = company.tenant_id
        and scoped.month = company.month
        and company.scope_type = 'company'

)

select * from final
