-- The stock of undecided obligations at the end of every day, recounted from the obligations' own start and verdict.
with days as (
    select distinct
        tenant_id,
        date_day,
        last_instant_at
    from {{ ref('int_reporting_days') }}
),

unseen as (
    select ticket_key
    from {{ ref('int_kpi_unseen_tickets') }}
    where kpi_id = 'contact_volume'
),

untold as (
    select distinct tenant_id
    from {{ ref('int_kpi_gaps') }}
    where kpi_id = 'contact_volume' and clock = '*'
),

recounted as (
    {%- for layer in ['marketplace', 'internal'] %}
    select
        days.tenant_id,
        days.date_day,
        '{{ layer }}' as layer,
        count(*) as n_pending
    from days
    inner join {{ ref('fct_response_obligations') }} as obligations
        on days.tenant_id = obligations.tenant_id
        and days.last_instant_at >= obligations.started_at
    where
        (
            obligations.{{ layer }}_verdict = 'pending'
            or (
                obligations.{{ layer }}_verdict in ('met', 'breached')
                and obligations.{{ layer }}_verdict_at > days.last_instant_at
            )
        )
        -- turns of a seller, or of a source, that does not tell all messages have no numbers
        and (
            obligations.kind = 'case'
            or (
                obligations.ticket_key not in (select ticket_key from unseen)
                and obligations.tenant_id not in (select tenant_id from untold)
            )
        )
    group by
        days.tenant_id,
        days.date_day
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

counted as (
    select
        tenant_id,
        date_day,
        layer,
        sum(n_pending_end) as n_pending
    from {{ ref('agent_sla_daily') }}
    group by
        tenant_id,
        date_day,
        layer
    having sum(n_pending_end) > 0
)

select
    coalesce(recounted.tenant_id, counted.tenant_id) as tenant_id,
    coalesce(recounted.date_day, counted.date_day) as date_day,
    coalesce(recounted.layer, counted.layer) as layer,
    recounted.n_pending as expected,
    counted.n_pending as found
from recounted
full outer join counted
    on recounted.tenant_id = counted.tenant_id
    and recounted.date_day = counted.date_day
    and recounted.layer = counted.layer
where coalesce(recounted.n_pending, 0) <> coalesce(counted.n_pending, 0)
