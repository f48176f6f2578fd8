-- Labour cost of a month split over the tickets resolved in it by their handle seconds: per reason, with `untagged` a row of its
-- own so that reasons add up to the cost, and per platform, account and channel. Said only where handle time was measured for at
-- least 70 % of the month's resolved tickets.

with

tickets as (

    select * from {{ ref('int_kpi_reason_costs_rows') }}

),

coverage as (

    select
        tenant_id,
        month,
        {{ as_double('sum(numerator)') }} / nullif({{ as_double('sum(denominator)') }}, 0) as share_measured
    from {{ ref('int_kpi_handle_times') }}
    where
        kpi_id = 'handle_time_coverage'
        and variant = 'none'
    group by tenant_id, month

),

totals as (

    select
        tenant_id,
        month,
        sum(handle_s) as all_seconds,
        min(labour_cost) as labour_cost
    from tickets
    group by tenant_id, month

),

scoped as (

    {% for scope_type, scope_id in [
        ('company', "'company'"),
        ('platform', 'tickets.platform'),
        ('marketplace_account', 'accounts.marketplace_account_id'),
        ('channel', "coalesce(channels.channel_id, 'no_channel')"),
        ('reason', "coalesce(tickets.reason_name, 'untagged')"),
    ] %}
    select
        tickets.tenant_id,
        tickets.month,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        count(*) as tickets,
        sum(tickets.handle_s) as seconds
    from tickets
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on tickets.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on tickets.channel_key = channels.channel_key
    group by tickets.tenant_id, tickets.month, {{ 'scope_type' if scope_type == 'company' else scope_id }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        scoped.tenant_id,
        scoped.month,
        'tag_cost' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        scoped.scope_type,
        scoped.scope_id,
        case
            when coverage.share_measured >= 0.7
                then totals.labour_cost * {{ as_double('scoped.seconds') }} / nullif({{ as_double('totals.all_seconds') }}, 0)
        end as value,
        case
            when coalesce(coverage.share_measured, 0) < 0.7
                then
                    'handle time was measured for '
                    || cast(cast(round(100 * coalesce(coverage.share_measured, 0)) as integer) as varchar)
                    || ' % of the resolved tickets, at least 70 % needed'
        end as value_text,
        round(totals.labour_cost * {{ as_double('scoped.seconds') }}, 3) as numerator,
        totals.all_seconds as denominator,
        scoped.tickets as n,
        null as ci_low,
        null as ci_high
    from scoped
    inner join totals
        on
        scoped.tenant_id = totals.tenant_id
        and scoped.month = totals.month
    left join coverage
        on
        scoped.tenant_id = coverage.tenant_id
        and scoped.month = coverage.month
    where scoped.scope_id is not null

)

select * from final
