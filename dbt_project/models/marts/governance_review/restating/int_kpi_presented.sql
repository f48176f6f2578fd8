-- Every number of a closed month as the forum saw it (`_presented`) and as it was last recorded: the presented value, or
-- the new value of its newest restatement. A number that appeared after the close was never presented.

with

closes as (

    select * from {{ ref('int_ledger_closes') }}

),

presented as (

    select
        snapshots.*,
        closes.data_as_of
    from {{ ref('int_ledger_snapshots') }} as snapshots
    inner join closes on snapshots.close_id = closes.close_id

),

ranked as (

    -- a bridge to a new version tells of two series and has no key
    select
        *,
        row_number() over (partition by kpi_monthly_key order by ledger_seq desc, restatement_id desc) as recency
    from {{ ref('int_restatements_reviewed') }}
    where kpi_monthly_key is not null

),

restated as (

    select * from ranked
    where recency = 1

),

final as (

    select
        {% for column in ledger_series() -%}
        coalesce(presented.{{ column }}, restated.{{ column }}) as {{ column }},
        {% endfor -%}
        presented.is_governed,
        presented.unit,
        presented.kpi_monthly_key is not null as is_presented,
        presented.value as value_presented,
        presented.n as n_presented,
        presented.status as status_presented,
        presented.data_as_of as presented_as_of,
        {% for column, restated_column in [('value', 'new_value'), ('value_text', 'new_value_text'), ('status', 'new_status')] -%}
        case when restated.kpi_monthly_key is null then presented.{{ column }} else restated.{{ restated_column }} end as {{ column }},
        {% endfor -%}
        coalesce(restated.definition_hash, presented.definition_hash) as definition_hash,
        coalesce(restated.target_version_id, presented.target_version_id) as target_version_id,
        coalesce(restated.detected_at, presented.data_as_of) as recorded_at,
        restated.detected_at as restated_at,
        restated.reason_code as restatement_reason
    from presented
    full outer join restated on presented.kpi_monthly_key = restated.kpi_monthly_key

)

select * from final
