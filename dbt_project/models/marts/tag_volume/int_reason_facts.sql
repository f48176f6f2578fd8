{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- What happened about reasons in the last 90 reporting days, one row per fact with its local day and scope ids: a contact about an
-- order, an order, a resolved ticket with its handle time and labour cost, a resolved issue, a public reply; without tickets whose
-- source does not tell what the KPI of the fact needs.
with tenants as (
    select * from {{ ref('dim_tenants') }}
),

tags as (
    select
        tag_key,
        lower(name) as reason_name
    from {{ ref('dim_tags') }}
    where kind = 'reason'
),

costs as (
    select
        tenant_id,
        month,
        round(sum(amount), 6) as labour_cost
    from {{ ref('int_costs') }}
    where cost_type = 'labour'
    group by
        tenant_id,
        month
),

rates as (
    select
        tickets.tenant_id,
        tickets.month,
        min(costs.labour_cost) / nullif({{ as_double('sum(tickets.handle_s)') }}, 0) as cost_per_second
    from {{ ref('int_ticket_handle_times') }} as tickets
    inner join costs
        on tickets.tenant_id = costs.tenant_id
        and tickets.month = costs.month
    group by
        tickets.tenant_id,
        tickets.month
),

{%- set measures = ['is_contact', 'is_order', 'handle_s', 'labour_cost', 'is_issue', 'is_fcr', 'is_reply', 'is_macro_reply'] %}

facts as (
    {%- for relation, at, values, joins, condition, kpi_id in [
        ('int_kpi_reason_contacts', 'started_at', {'is_contact': '1'}, 'name', 'true', ''),
        ('core__orders', 'placed_at', {'is_order': '1'}, 'none', 'facts.placed_at <= ' ~ as_of_at(), ''),
        ('int_ticket_handle_times', 'resolved_at', {'handle_s': 'facts.handle_s', 'labour_cost': 'facts.handle_s * rates.cost_per_second'}, 'rates', 'facts.has_session', 'tag_aht'),
        ('int_resolved_issues', 'resolved_at', {'is_issue': '1', 'is_fcr': 'case when facts.is_fcr then 1 else 0 end'}, 'tags', 'facts.is_in_fcr', 'tag_fcr'),
        ('fct_messages', 'sent_at', {'is_reply': '1', 'is_macro_reply': 'case when facts.macro_key is null then 0 else 1 end'}, 'tickets', 'facts.is_human_public_reply and not facts.is_ticket_excluded', 'macro_usage_rate'),
    ] %}
    select
        facts.tenant_id,
        {%- for measure in measures %}
        cast({{ values.get(measure, 'null') }} as double precision) as {{ measure }},
        {%- endfor %}
        cast({{ utc_to_local('facts.' ~ at, 'tenants.reporting_tz') }} as date) as date_day,
        {{ {
            'name': "nullif(facts.reason_name, 'untagged')", 'none': 'cast(null as varchar)', 'rates': 'facts.reason_name',
            'tags': 'tags.reason_name', 'tickets': 'tags.reason_name',
        }[joins] }} as reason_name,
        facts.platform,
        facts.marketplace_account_key,
        {{ 'cast(null as varchar)' if joins in ['name', 'none'] else 'facts.channel_key' }} as channel_key
    from {{ ref(relation) }} as facts
    inner join tenants
        on facts.tenant_id = tenants.tenant_id
    {%- if joins == 'rates' %}
    left join rates
        on facts.tenant_id = rates.tenant_id
        and facts.month = rates.month
    {%- elif joins == 'tags' %}
    left join tags
        on facts.reason_tag_key = tags.tag_key
    {%- elif joins == 'tickets' %}
    inner join {{ ref('dim_tickets') }} as tickets
        on facts.ticket_key = tickets.ticket_key
    left join tags
        on tickets.resolution_reason_tag_key = tags.tag_key
    {%- endif %}
    where
        facts.{{ at }} > {{ add_seconds(as_of_at(), '-7948800') }}
        and {{ condition }}
        {%- if kpi_id %}
        and {{ kpi_is_seen('facts.ticket_key', kpi_id) }}
        {%- endif %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    facts.*,
    accounts.marketplace_account_id,
    channels.channel_id
from facts
left join {{ ref('dim_marketplace_accounts') }} as accounts
    on facts.marketplace_account_key = accounts.marketplace_account_key
left join {{ ref('dim_channels') }} as channels
    on facts.channel_key = channels.channel_key
