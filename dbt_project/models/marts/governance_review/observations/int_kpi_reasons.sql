-- Top five reasons, the reasons needed for 80 percent, and what entered or left the five since the window before, per scope
-- and rolling window. Untagged tickets and `other` are never ranked; `other` still counts as tagged.

with

ranks as (

    select * from {{ ref('int_reason_ranks') }}
    where window_days > 0

),

summed as (

    select
        tenant_id,
        month,
        cast(window_days as varchar) || 'd' as variant,
        scope_type,
        scope_id,
        max(scope_tickets) as all_tickets,
        max(scope_tagged_tickets) as tagged_tickets,
        cast(sum(case when is_top5 then tickets else 0 end) as bigint) as top5_tickets,
        min(case when cumulative_tickets * 100 >= scope_tagged_tickets * 80 then reason_rank end) as vital_few,
        max(reason_rank) as active_reasons,
        cast(sum(case when has_comparable_window and is_top5 <> was_top5 then 1 else 0 end) as bigint) as changed,
        cast(sum(case when has_comparable_window and is_real_move and (is_top5 or was_top5) then 1 else 0 end) as bigint)
            as real_moves,
        cast(sum(case when is_top5 or was_top5 then 1 else 0 end) as bigint) as reasons_in_five,
        {{ dbt.listagg(
            "case when is_top5 and not was_top5 then reason_name || case when is_real_move then '*' else '' end end", "', '", "order by reason_name"
        ) }} as entered,
        {{ dbt.listagg(
            "case when was_top5 and not is_top5 then reason_name || case when is_real_move then '*' else '' end end", "', '", "order by reason_name"
        ) }} as gone,
        max(case when has_comparable_window then 1 else 0 end) = 1 as is_comparable
    from ranks
    group by tenant_id, month, window_days, scope_type, scope_id

),

final as (

    {% for kpi in [
        {'id': 'top5_share', 'stat': 'ratio', 'numerator': 'top5_tickets', 'denominator': 'all_tickets', 'where': 'all_tickets > 0'},
        {'id': 'top5_share', 'stat': 'ratio', 'numerator': 'top5_tickets', 'denominator': 'tagged_tickets', 'where': 'tagged_tickets > 0', 'variant': 'share_of_tagged'},
        {'id': 'pareto_vital_few', 'stat': 'count', 'numerator': 'vital_few', 'where': 'tagged_tickets > 0'},
        {'id': 'pareto_vital_few', 'stat': 'ratio', 'numerator': 'vital_few', 'denominator': 'active_reasons', 'where': 'vital_few is not null', 'variant': 'share_of_active_reasons'},
        {'id': 'top5_churn', 'stat': 'count', 'numerator': 'changed', 'where': 'is_comparable', 'text': true},
        {'id': 'top5_churn', 'stat': 'count', 'numerator': 'real_moves', 'where': 'is_comparable', 'variant': 'real_moves'},
    ] %}
    {%- set is_ratio = kpi.stat == 'ratio' %}
    select
        tenant_id,
        month,
        '{{ kpi.id }}' as kpi_id,
        '{{ kpi.stat }}' as stat,
        'none' as clock,
        'none' as layer,
        {{ "'" ~ kpi.variant ~ "'" if kpi.variant else 'variant' }} as variant,
        scope_type,
        scope_id,
        {{ as_double(kpi.numerator) }}{% if is_ratio %} / nullif({{ as_double(kpi.denominator) }}, 0){% endif %} as value,
        {% if kpi.text -%}
        case
            when changed > 0
                then
                    'entered: ' || coalesce(nullif(entered, ''), 'none') || '; left: ' || coalesce(nullif(gone, ''), 'none')
                    || ' (* more than chance)'
            else 'the same five'
        end
        {%- else -%}
        cast(null as varchar)
        {%- endif %} as value_text,
        {{ kpi.numerator }} as numerator,
        {{ kpi.denominator if is_ratio else 'cast(null as bigint)' }} as denominator,
        {{ kpi.denominator if is_ratio else kpi.numerator }} as n,
        {{ wilson_bound(kpi.numerator, kpi.denominator, 'low') if is_ratio else 'null' }} as ci_low,
        {{ wilson_bound(kpi.numerator, kpi.denominator, 'high') if is_ratio else 'null' }} as ci_high
    from summed
    where {{ kpi.where }}{{ " and variant = '30d'" if kpi.variant }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
