-- Behind the share of the top five: the tickets of the window, those of a top-five reason counted. Behind the reasons needed for 80
-- percent and the change in the five: the ranked reasons.

with

ranks as (

    select
        *,
        cast(window_days as varchar) || 'd' as variant,
        max(scope_tagged_tickets) over (partition by tenant_id, month, window_days, scope_type, scope_id) as tagged_tickets
    from {{ ref('int_reason_ranks') }}
    where window_days > 0

),

vital as (

    select
        tenant_id,
        month,
        variant,
        scope_type,
        scope_id,
        min(case when cumulative_tickets * 100 >= tagged_tickets * 80 then reason_rank end) as vital_few
    from ranks
    group by tenant_id, month, variant, scope_type, scope_id

),

tickets as (

    select
        volumes.*,
        case when ranks.is_top5 then 1 else 0 end as is_top5
    from {{ ref('int_kpi_reason_volumes_rows') }} as volumes
    left join ranks
        on
        volumes.tenant_id = ranks.tenant_id
        and volumes.month = ranks.month
        and volumes.variant = ranks.variant
        and volumes.scope_type = ranks.scope_type
        and volumes.scope_id = ranks.scope_id
        and volumes.detail = ranks.reason_name
    where
        volumes.kpi_id = 'tag_share'
        and volumes.scope_type <> 'reason'

),

reasons as (

    select
        ranks.*,
        vital.vital_few
    from ranks
    inner join vital
        on
        ranks.tenant_id = vital.tenant_id
        and ranks.month = vital.month
        and ranks.variant = vital.variant
        and ranks.scope_type = vital.scope_type
        and ranks.scope_id = vital.scope_id

)

{% set ticket_columns = {
    'variant': 'variant', 'scope_type': 'scope_type', 'scope_id': 'scope_id', 'platform': 'platform',
    'marketplace_account_key': 'marketplace_account_key', 'channel_key': 'channel_key', 'team_key': 'team_key', 'subject_type': "'reason'",
    'subject_id': 'detail', 'fact_key': 'ticket_key', 'ticket_key': 'ticket_key', 'happened_at': 'happened_at', 'detail': 'detail',
    'numerator': 'is_top5', 'denominator': '1', 'n': '1',
} -%}
{% set reason_columns = {
    'variant': 'variant', 'scope_type': 'scope_type', 'scope_id': 'scope_id', 'subject_type': "'reason'", 'subject_id': 'reason_name',
    'fact_key': "scope_type || '|' || scope_id || '|' || reason_name",
    'detail': "reason_name || coalesce(', place ' || cast(reason_rank as varchar), ', no place')"
    ~ " || coalesce(', before ' || cast(previous_rank as varchar), '')",
} -%}
{{ kpi_rows('tickets', 'top5_share', ticket_columns) }}
union all
{{ kpi_rows('tickets', 'top5_share', dict(ticket_columns, variant="'share_of_tagged'"), "variant = '30d' and numerator = 1") }}
union all
{{ kpi_rows('reasons', 'pareto_vital_few', dict(reason_columns, numerator='1', n='1'), 'reason_rank <= vital_few') }}
union all
{{ kpi_rows(
    'reasons', 'pareto_vital_few',
    dict(
        reason_columns, variant="'share_of_active_reasons'", numerator='case when reason_rank <= vital_few then 1 else 0 end', denominator='1',
        n='1'
    ),
    "variant = '30d' and reason_rank is not null and vital_few is not null"
) }}
union all
{{ kpi_rows(
    'reasons', 'top5_churn',
    dict(reason_columns, numerator='case when is_top5 <> was_top5 then 1 else 0 end', n='case when is_top5 <> was_top5 then 1 else 0 end'),
    'has_comparable_window and (is_top5 or was_top5)'
) }}
union all
{{ kpi_rows(
    'reasons', 'top5_churn',
    dict(
        reason_columns, variant="'real_moves'", numerator='case when is_real_move then 1 else 0 end', n='case when is_real_move then 1 else 0 end'
    ),
    "variant = '30d' and has_comparable_window and (is_top5 or was_top5)"
) }}
