{%- set cells = ['touched_before', 'touched_after', 'control_before', 'control_after'] %}

-- What a fix did to contacts of its reason per 100 orders: the change from the 8 weeks before it went live to the 8 weeks after, minus
-- the same change where nothing was fixed. A customer writes several times about one order, so the spread comes from tickets, not
-- from single contacts: the variance of a sum of contacts is the sum of the squared contacts per ticket.
with sides as (
    select * from {{ ref('int_fix_sides') }}
),

tenants as (
    select * from {{ ref('dim_tenants') }}
),

orders as (
    select
        tenant_id,
        platform,
        placed_on as placed_day,
        count(*) as orders
    from {{ ref('core__orders') }}
    where placed_at <= {{ as_of_at() }}
    group by
        tenant_id,
        platform,
        placed_on
),

spans as (
    select distinct
        tenant_id,
        fix_id,
        live_on,
        platform,
        side,
        cast({{ dbt.dateadd('day', -56, 'live_on') }} as date) as before_from,
        cast({{ dbt.dateadd('day', 56, 'live_on') }} as date) as after_until
    from sides
),

ends as (
    select distinct
        spans.tenant_id,
        spans.fix_id,
        {{ local_to_utc('cast(spans.after_until as timestamp)', 'tenants.reporting_tz') }} <= {{ as_of_at() }} as is_complete
    from spans
    inner join tenants
        on spans.tenant_id = tenants.tenant_id
),

ordered as (
    select
        spans.tenant_id,
        spans.fix_id,
        spans.side || case when orders.placed_day < spans.live_on then '_before' else '_after' end as cell,
        sum(orders.orders) as orders
    from spans
    inner join orders
        on spans.tenant_id = orders.tenant_id
        and spans.platform = orders.platform
        and orders.placed_day >= spans.before_from
        and orders.placed_day < spans.after_until
    group by
        spans.tenant_id,
        spans.fix_id,
        spans.side || case when orders.placed_day < spans.live_on then '_before' else '_after' end
),

written as (
    select
        sides.tenant_id,
        sides.fix_id,
        sides.side || case when contacts.started_day < sides.live_on then '_before' else '_after' end as cell,
        contacts.ticket_key,
        count(*) as contacts
    from sides
    inner join {{ ref('int_kpi_reason_contacts') }} as contacts
        on sides.tenant_id = contacts.tenant_id
        and sides.platform = contacts.platform
        and sides.reason_name = contacts.reason_name
        and contacts.started_day >= cast({{ dbt.dateadd('day', -56, 'sides.live_on') }} as date)
        and contacts.started_day < cast({{ dbt.dateadd('day', 56, 'sides.live_on') }} as date)
    group by
        sides.tenant_id,
        sides.fix_id,
        sides.side || case when contacts.started_day < sides.live_on then '_before' else '_after' end,
        contacts.ticket_key
),

summed as (
    select
        tenant_id,
        fix_id,
        cell,
        sum(contacts) as contacts,
        sum(contacts * contacts) as squares
    from written
    group by
        tenant_id,
        fix_id,
        cell
),

pivoted as (
    select
        ordered.tenant_id,
        ordered.fix_id,
    {% for cell in cells %}
    cast(sum(case when ordered.cell = '{{ cell }}' then ordered.orders else 0 end) as bigint) as {{ cell }}_orders,
    cast(coalesce(sum(case when ordered.cell = '{{ cell }}' then summed.contacts end), 0) as bigint) as {{ cell }}_contacts,
    coalesce(sum(case when ordered.cell = '{{ cell }}' then summed.squares end), 0) as {{ cell }}_squares{{ ',' if not loop.last }}
    {% endfor %}
    from ordered
    left join summed
        on ordered.tenant_id = summed.tenant_id
        and ordered.fix_id = summed.fix_id
        and ordered.cell = summed.cell
    group by
        ordered.tenant_id,
        ordered.fix_id
),

rated as (
    select
        *,
        control_before_orders = 0 or control_after_orders = 0 as is_weak,
    {% for cell in cells %}
    100 * {{ as_double(cell ~ '_contacts') }} / nullif({{ as_double(cell ~ '_orders') }}, 0) as {{ cell }}_rate,
    10000 * {{ as_double(cell ~ '_squares') }}
    / nullif({{ as_double(cell ~ '_orders') }} * {{ as_double(cell ~ '_orders') }}, 0) as {{ cell }}_variance{{ ',' if not loop.last }}
    {% endfor %}
    from pivoted
),

measured as (
    select
        *,
        round(
            touched_after_rate - touched_before_rate
            - case when is_weak then 0 else control_after_rate - control_before_rate end,
            9
        ) as effect,
        round(
            1.959963984540054 * sqrt(
                touched_before_variance + touched_after_variance
                + case when is_weak then 0 else control_before_variance + control_after_variance end
            ),
            9
        ) as margin
    from rated
)

select
    measured.*,
    ends.is_complete,
    effect - margin as effect_low,
    effect + margin as effect_high,
    case
        when effect + margin < 0 then 'effective'
        when effect - margin > 0 then 'worse than before'
        else 'not proven'
    end || case when is_weak then ', weak: nothing comparable was left untouched' else '' end as verdict
from measured
inner join ends
    on measured.tenant_id = ends.tenant_id
    and measured.fix_id = ends.fix_id
where effect is not null
