-- Our number minus the published one: rates in the rates' own unit, added up over accounts from their parts where both
-- sides have them; tickets created and first reply time relative to the helpdesk's number. The text holds the cause codes.

with

pairs as (

    select
        pairs.*,
        accounts.marketplace_account_id
    from {{ ref('int_kpi_reconciliation_rows') }} as pairs
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on pairs.marketplace_account_key = accounts.marketplace_account_key

),

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
        count(*) as pairs,
        sum(our_numerator) as our_numerator,
        sum(our_denominator) as our_denominator,
        sum(their_numerator) as their_numerator,
        sum(their_denominator) as their_denominator,
        count(their_numerator) as parts,
        max(our_value) as our_value,
        max(their_value) as their_value
    from pairs
    {% if scope_type != 'company' -%}
    where {{ scope_id }} is not null
    {% endif -%}
    group by tenant_id, month, variant{{ ', ' ~ scope_id if scope_type != 'company' }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

compared as (

    -- one pair as published; several only from their parts
    select
        *,
        case
            when pairs = 1 then our_value
            else {{ as_double('our_numerator') }} / nullif({{ as_double('our_denominator') }}, 0)
        end as ours,
        case
            when pairs = 1 then their_value
            when parts = pairs then {{ as_double('their_numerator') }} / nullif({{ as_double('their_denominator') }}, 0)
        end as theirs
    from scoped

),

final as (

    select
        tenant_id,
        month,
        'reconciliation_delta' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        variant,
        scope_type,
        scope_id,
        case
            when variant in ('late_response_rate', 'odr') then round(ours - theirs, 9)
            else round((ours - theirs) / nullif(theirs, 0), 9)
        end as value,
        case
            when ours = theirs then 'none'
            when variant in ('late_response_rate', 'odr') and abs(ours - theirs) <= 0.00005 then 'rounding'
            when variant = 'late_response_rate' then 'last_day_not_judged|no_response_marks|outside_replies'
            when variant = 'odr' and ours < theirs then 'claims_not_delivered'
            when variant = 'odr' then 'defects_removed_by_platform'
            when variant = 'tickets_created' and ours < theirs then 'not_loaded'
            when variant = 'tickets_created' then 'not_measured_by_tool'
            else 'per_ticket_vs_per_turn|outside_replies|rounding'
        end as value_text,
        cast(ours as decimal(28, 6)) as numerator,
        cast(theirs as decimal(28, 6)) as denominator,
        cast(coalesce(our_denominator, our_numerator) as bigint) as n,
        {{ as_double('null') }} as ci_low,
        {{ as_double('null') }} as ci_high
    from compared
    where
        ours is not null
        and theirs is not null

)

select * from final
