{{ config(schema='intermediate', access='private', contract={'enforced': false}, materialized=step()) }}

-- What the reasons of the windows that end with as_of cost and how they went: facts of the window per scope and reason (null =
-- untagged) and for all reasons together, with the orders of the scope. Orders and contacts have no channel, so channels have no contact rate.
with windows as (
    select distinct
        tenant_id,
        month,
        window_days,
        window_from,
        window_to,
        max(month) over (partition by tenant_id) as last_month
    from {{ ref('int_reason_ranks') }}
    where window_days > 0
),

facts as (
    select * from {{ ref('int_reason_facts') }}
),

scoped as (
    {%- for scope_type, scope_id in [
        ('company', "'company'"),
        ('platform', 'facts.platform'),
        ('marketplace_account', 'facts.marketplace_account_id'),
        ('channel', 'facts.channel_id'),
    ] %}
    select
        facts.tenant_id,
        windows.window_days,
        '{{ scope_type }}' as scope_type,
        {{ scope_id }} as scope_id,
        facts.reason_name,
        facts.is_contact,
        facts.is_order,
        facts.handle_s,
        facts.labour_cost,
        facts.is_issue,
        facts.is_fcr,
        facts.is_reply,
        facts.is_macro_reply
    from facts
    inner join windows
        on facts.tenant_id = windows.tenant_id
        and windows.month = windows.last_month
        and facts.date_day >= windows.window_from
        and facts.date_day <= windows.window_to
    where {{ scope_id }} is not null
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    -- every reason, and all together: the base that single reasons are compared with
    select
        tenant_id,
        window_days,
        scope_type,
        scope_id,
        reason_name,
        grouping(reason_name) = 1 as is_all_reasons,
        count(is_contact) as contacts,
        count(is_order) as orders,
        count(handle_s) as tickets_timed,
        sum(handle_s) as handle_s,
        percentile_cont(0.5) within group (order by handle_s) as handle_median_s,
        round(sum(labour_cost), 2) as labour_cost,
        count(is_issue) as issues,
        sum(is_fcr) as issues_first_contact,
        count(is_reply) as replies,
        sum(is_macro_reply) as macro_replies
    from scoped
    group by grouping sets (
        (tenant_id, window_days, scope_type, scope_id, reason_name),
        (tenant_id, window_days, scope_type, scope_id)
    )
)

select * from final
