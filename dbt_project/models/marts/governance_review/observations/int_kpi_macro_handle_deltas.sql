-- Median handle time of tickets with a macro minus that of tickets without any, within a reason and month, weighted over the
-- reasons by their tickets. A macro is compared with the company's tickets of the reason without any macro. Whoever uses
-- macros picks the tickets: an association, no effect.

with

tickets as (

    select * from {{ ref('int_kpi_macro_handle_times') }}

),

scoped as (

    {% for scope_type, scope_id in [
        ('company', "'company'"),
        ('platform', 'tickets.platform'),
        ('marketplace_account', 'accounts.marketplace_account_id'),
        ('channel', "coalesce(channels.channel_id, 'no_channel')"),
    ] %}
    select
        tickets.tenant_id,
        tickets.month,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        tickets.reason_name,
        tickets.macro_id is not null as is_with,
        tickets.handle_s
    from tickets
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on tickets.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on tickets.channel_key = channels.channel_key
    where tickets.is_ticket
    union all
    {% endfor %}
    select
        tenant_id,
        month,
        'macro' as scope_type,
        macro_id as scope_id,
        reason_name,
        true as is_with,
        handle_s
    from tickets
    where macro_id is not null

),

medians as (

    select
        tenant_id,
        month,
        scope_type,
        scope_id,
        reason_name,
        is_with,
        count(*) as tickets,
        percentile_cont(0.5) within group (order by handle_s) as median_s
    from scoped
    where scope_id is not null
    group by tenant_id, month, scope_type, scope_id, reason_name, is_with

),

compared as (

    select
        used.tenant_id,
        used.month,
        used.scope_type,
        used.scope_id,
        used.tickets + plain.tickets as tickets,
        used.median_s - plain.median_s as delta_s
    from medians as used
    inner join medians as plain
        on
        used.tenant_id = plain.tenant_id
        and used.month = plain.month
        and used.reason_name = plain.reason_name
        and plain.scope_type = case when used.scope_type = 'macro' then 'company' else used.scope_type end
        and plain.scope_id = case when used.scope_type = 'macro' then 'company' else used.scope_id end
    where
        used.is_with
        and not plain.is_with

),

final as (

    select
        tenant_id,
        month,
        'macro_aht_delta' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        scope_type,
        scope_id,
        sum(tickets * delta_s) / {{ as_double('sum(tickets)') }} as value,
        cast(null as varchar) as value_text,
        sum(tickets * delta_s) as numerator,
        sum(tickets) as denominator,
        sum(tickets) as n,
        null as ci_low,
        null as ci_high
    from compared
    group by tenant_id, month, scope_type, scope_id

)

select * from final
