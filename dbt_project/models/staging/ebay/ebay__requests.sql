with

requests as (

    -- a change of mind is a return, not a defect
    {% for defect_type, request_id, relation, where in [
        ('inr_case', 'inquiry_id', 'stg_ebay__inquiries', 'true'),
        ('snad_case', 'return_id', 'stg_ebay__returns', "reason_type = 'snad'"),
        (
            'case_closed_without_resolution', 'case_id', 'stg_ebay__cases',
            "status like 'closed%' or status like 'cs_closed%'"
        ),
    ] -%}
    select
        tenant_id,
        '{{ defect_type }}' as defect_type,
        {{ request_id }} as request_id,
        status,
        item_id,
        transaction_id,
        created_at,
        respond_by,
        responded_at,
        closed_at,
        close_reason,
        source_updated_at,
        row_hash,
        ingested_at,
        load_id
    from {{ ref(relation) }}
    where {{ where }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

lines as (

    select * from {{ ref('stg_ebay__order_line_items') }}

),

judged as (

    select
        *,
        coalesce(close_reason, '') || ' ' || coalesce(status, '') as ending
    from requests

),

final as (

    select
        judged.tenant_id,
        judged.defect_type,
        judged.request_id,
        -- the request names a line of an order; should the order be older than what was loaded, the line stands for it
        coalesce(lines.order_id, 'line|' || coalesce(judged.transaction_id, judged.item_id, judged.request_id)) as order_id,
        judged.created_at,
        judged.respond_by,
        judged.responded_at,
        judged.closed_at,
        case
            when judged.closed_at is null then 'pending'
            when judged.ending like '%withdraw%' then 'withdrawn'
            when judged.ending like '%buyer_fav%' then 'granted'
            when judged.ending like '%seller_fav%' then 'denied'
            when judged.ending like '%escalat%' then 'pending'
            when judged.ending like '%seller_resolved%' or judged.ending like '%refund%' then 'seller_resolved'
        end as outcome,
        judged.status,
        judged.source_updated_at,
        judged.row_hash,
        judged.ingested_at,
        greatest(judged.load_id, coalesce(lines.load_id, judged.load_id)) as load_id
    from judged
    left join lines
        on judged.tenant_id = lines.tenant_id and judged.transaction_id = lines.line_item_id

)

select * from final
