with

closes as (

    select * from {{ ref('int_ledger_closes') }}

),

final as (

    select
        close_id,
        tenant_id,
        month,
        closed_at,
        closed_by,
        data_as_of,
        row_count,
        snapshot_hash,
        gate_results,
        waived_gates,
        operator as closed_by_operator
    from closes

)

select * from final
