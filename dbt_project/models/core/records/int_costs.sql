{{ config(materialized=step()) }}
-- Booked costs in the tenant's currency, at the rate of their month. Grain: booking.

with

costs as (

    select * from {{ ref('core__costs') }}

),

converted as (

    select
        tenant_id,
        cost_key,
        cost_id,
        {{ month_start('month') }} as month,
        cost_type,
        scope_type,
        scope_id,
        allocation_key,
        is_final,
        {{ as_double('amount') }} * {{ as_double('fx_rate_to_report') }} as amount
    from costs
    where not is_deleted_in_source

)

select * from converted
