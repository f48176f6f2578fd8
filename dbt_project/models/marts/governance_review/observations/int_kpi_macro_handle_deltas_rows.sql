-- The tickets whose handle times `macro_aht_delta` compares: with a macro and without any, of reasons that have both in the scope.
-- A macro is compared with the company's tickets without one.

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
        tickets.*,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        tickets.macro_id is not null as is_with
    from tickets
    left join {{ ref('dim_marketplace_accounts') }} as accounts
        on tickets.marketplace_account_key = accounts.marketplace_account_key
    left join {{ ref('dim_channels') }} as channels on tickets.channel_key = channels.channel_key
    where tickets.is_ticket
    union all
    {% endfor %}
    select
        tickets.*,
        'macro' as scope_type,
        tickets.macro_id as scope_id,
        true as is_with
    from tickets
    where tickets.macro_id is not null

),

used as (

    select distinct
        tenant_id,
        month,
        macro_id,
        reason_name
    from tickets
    where macro_id is not null

),

sides as (

    select * from scoped
    where scope_id is not null
    union all
    select
        plain.*,
        'macro' as scope_type,
        used.macro_id as scope_id,
        false as is_with
    from tickets as plain
    inner join used
        on
        plain.tenant_id = used.tenant_id
        and plain.month = used.month
        and plain.reason_name = used.reason_name
    where
        plain.macro_id is null
        and plain.is_ticket

),

compared as (

    select
        *,
        max(case when is_with then 1 else 0 end) over scope_reasons as has_with,
        max(case when is_with then 0 else 1 end) over scope_reasons as has_without
    from sides
    window scope_reasons as (partition by tenant_id, month, scope_type, scope_id, reason_name)

)

select * from compared
where has_with = 1 and has_without = 1
