-- Median handle time of tickets with a macro minus that of tickets without any, within a reason and month, weighted over the
-- reasons by their tickets. A macro is compared with the company's tickets of the reason without any macro. Whoever uses
-- macros picks the tickets: an association, no effect.

with

compared as (

    select
        tenant_id,
        month,
        scope_type,
        scope_id,
        reason_name,
        count(*) as tickets,
        percentile_cont(0.5) within group (order by case when is_with then handle_s end)
        - percentile_cont(0.5) within group (order by case when not is_with then handle_s end) as delta_s
    from {{ ref('int_kpi_macro_handle_deltas_rows') }}
    group by tenant_id, month, scope_type, scope_id, reason_name

),

final as (

    select
        tenant_id,
        month,
        'macro_aht_delta' as kpi_id,
        'ratio' as stat,
        'none' as clock,
        'none' as layer,
        'none' as variant,
        scope_type,
        scope_id,
        sum(tickets * delta_s) / {{ as_double('sum(tickets)') }} as value,
        cast(null as varchar) as value_text,
        sum(tickets * delta_s) as numerator,
        sum(tickets) as denominator,
        sum(tickets) as n,
        null as ci_low,
        null as ci_high
    from compared
    group by tenant_id, month, scope_type, scope_id

)

select * from final
