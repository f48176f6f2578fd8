with

requests as (

    select
        tenant_id,
        'inr_case' as defect_type,
        inquiry_id as request_id,
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
    from {{ ref('stg_ebay__inquiries') }}
    union all
    select
        tenant_id,
        'snad_case' as defect_type,
        return_id as request_id,
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
    from {{ ref('stg_ebay__returns') }}
    -- a change of mind is a return, not a defect
    where reason_type = 'snad'
    union all
    select
        tenant_id,
        'case_closed_without_resolution' as defect_type,
        case_id as request_id,
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
    from {{ ref('stg_ebay__cases') }}
    where status like 'closed%' or status like 'cs_closed%'

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
