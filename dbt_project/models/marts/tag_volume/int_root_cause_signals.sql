{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- What stands beside a root cause: contacts of its reason and orders of its platform in the last 30 days, and how many accounts are
-- off target in the published metric that the map names as its risk.
with maps as (
    select * from {{ ref('core__root_cause_map') }}
),

names as (
    select
        tenant_id,
        tag_id,
        {{ min_by('name', 'source_system') }} as reason_name
    from {{ ref('dim_tags') }}
    where kind = 'reason'
    group by
        tenant_id,
        tag_id
),

-- Each risk of the map as the published metric that shows it; the platform of the map decides where there are two.
risk_metrics as (
    {%- for risk, platform, metric in [
        ('ODR', 'amazon', 'amz_odr'),
        ('LSR', 'amazon', 'amz_lsr'),
        ('VTR', 'amazon', 'amz_vtr'),
        ('CSDR', 'amazon', 'amz_csdr'),
        ('LSR', 'ebay', 'ebay_late_shipment'),
        ('VTR', 'ebay', 'ebay_tracking'),
        ('INR', 'ebay', 'ebay_inr'),
        ('SNAD', 'ebay', 'ebay_snad'),
    ] %}
    select '{{ risk }}' as risk_metric, '{{ platform }}' as platform, '{{ metric }}' as kpi_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

health as (
    select
        *,
        max(date_day) over (partition by tenant_id) as last_day
    from {{ ref('account_health_daily') }}
),

risks as (
    select
        maps.tenant_id,
        maps.map_id,
        min(risk_metrics.kpi_id) as risk_kpi_id,
        count(distinct case when health.is_on_target is not null then health.marketplace_account_key end) as accounts,
        count(distinct case when not health.is_on_target then health.marketplace_account_key end) as accounts_off_target
    from maps
    inner join risk_metrics
        on maps.risk_metric = risk_metrics.risk_metric
        and coalesce(maps.marketplace_platform, risk_metrics.platform) = risk_metrics.platform
    left join health
        on maps.tenant_id = health.tenant_id
        and risk_metrics.kpi_id = health.metric
        and health.date_day = health.last_day
    group by
        maps.tenant_id,
        maps.map_id
),

contacts as (
    select
        maps.tenant_id,
        maps.map_id,
        count(*) as contacts
    from maps
    inner join names
        on maps.tenant_id = names.tenant_id
        and maps.reason_tag_id = names.tag_id
    inner join {{ ref('int_kpi_reason_contacts') }} as contacts
        on maps.tenant_id = contacts.tenant_id
        and lower(names.reason_name) = contacts.reason_name
        and coalesce(maps.marketplace_platform, contacts.platform) = contacts.platform
    where contacts.started_at > {{ add_seconds(as_of_at(), '-2592000') }}
    group by
        maps.tenant_id,
        maps.map_id
),

orders as (
    select
        maps.tenant_id,
        maps.map_id,
        count(*) as orders
    from maps
    inner join {{ ref('core__orders') }} as orders
        on maps.tenant_id = orders.tenant_id
        and coalesce(maps.marketplace_platform, orders.platform) = orders.platform
    where orders.placed_at > {{ add_seconds(as_of_at(), '-2592000') }} and orders.placed_at <= {{ as_of_at() }}
    group by
        maps.tenant_id,
        maps.map_id
),

final as (
    select
        maps.tenant_id,
        maps.map_id,
        coalesce(names.reason_name, maps.reason_tag_id) as reason_name,
        coalesce(contacts.contacts, 0) as contacts,
        coalesce(orders.orders, 0) as orders,
        risks.risk_kpi_id,
        coalesce(risks.accounts, 0) as accounts,
        coalesce(risks.accounts_off_target, 0) as accounts_off_target
    from maps
    left join names
        on maps.tenant_id = names.tenant_id
        and maps.reason_tag_id = names.tag_id
    left join risks
        on maps.tenant_id = risks.tenant_id
        and maps.map_id = risks.map_id
    left join contacts
        on maps.tenant_id = contacts.tenant_id
        and maps.map_id = contacts.map_id
    left join orders
        on maps.tenant_id = orders.tenant_id
        and maps.map_id = orders.map_id
)

select * from final
