{%- set kpis = ['reason_contact_rate', 'tag_aht', 'tag_fcr', 'macro_usage_rate', 'tag_cost'] -%}
-- The windows that end with as_of. `int_reason_ranks` ranks them like the windows of every month, so this table and the
-- monthly KPIs of the top five cannot differ.
with ranks as (
    select * from {{ ref('int_reason_ranks') }}
    where window_days > 0
),

-- The month of as_of, also where its windows hold no ticket: then there are none, and not those of an earlier month.
last_months as (
    select
        tenant_id,
        max(month) as month
    from {{ ref('int_kpi_months') }}
    group by tenant_id
),

measures as (
    select * from {{ ref('int_reason_window_measures') }}
    where not is_all_reasons
),

bases as (
    select * from {{ ref('int_reason_window_measures') }}
    where is_all_reasons
),

-- Causes and fixes of the scope's platform; the company sees all of them.
platforms as (
    select distinct
        tenant_id,
        platform
    from ranks
),

causes as (
    select
        platforms.tenant_id,
        platforms.platform,
        lower(found.reason_name) as reason_name,
        {{ dbt.listagg("found.root_cause", "' | '", "order by found.map_id") }} as root_causes,
        {{ dbt.listagg(
            "coalesce(found.fix_id || ': ' || found.fix_status || coalesce(', ' || found.effect_verdict, ''), found.planned_fix)",
            "' | '",
            "order by found.map_id"
        ) }} as fixes
    from platforms
    inner join {{ ref('reason_root_causes') }} as found
        on platforms.tenant_id = found.tenant_id
        and (platforms.platform is null or found.platform is null or platforms.platform = found.platform)
    group by
        platforms.tenant_id,
        platforms.platform,
        lower(found.reason_name)
),

names as (
    select
        tenant_id,
        lower(name) as reason_name,
        {{ min_by('name', 'tag_key') }} as display_name
    from {{ ref('dim_tags') }}
    where kind = 'reason'
    group by
        tenant_id,
        lower(name)
),

unseen as (
    {{ kpi_gap_columns_of_tenants(kpis) }}
),

final as (
    select
        {{ surrogate_key([
            'ranks.tenant_id', 'cast(ranks.window_days as varchar)', 'ranks.scope_type', 'ranks.scope_id',
            "coalesce(ranks.reason_name, '')",
        ]) }} as tag_volume_window_key,
        ranks.tenant_id,
        ranks.window_days,
        ranks.window_from as window_from_date,
        ranks.window_to as window_to_date,
        ranks.scope_type,
        ranks.scope_id,
        ranks.platform,
        coalesce(names.display_name, 'untagged') as reason_name,
        not ranks.is_tagged as is_untagged,
        ranks.is_rankable,
        ranks.tickets,
        ranks.tickets_with_descendants,
        ranks.tickets_any_tag,
        ranks.scope_tickets,
        ranks.scope_tagged_tickets,
        cast(1.0 * ranks.tickets / nullif(ranks.scope_tickets, 0) as decimal(18, 6)) as share_all,
        case
            when ranks.is_tagged then cast(1.0 * ranks.tickets / nullif(ranks.scope_tagged_tickets, 0) as decimal(18, 6))
        end as share_tagged,
        cast(1.0 * ranks.tickets_any_tag / nullif(ranks.scope_tickets, 0) as decimal(18, 6)) as share_any_tag,
        ranks.reason_rank as rank,
        ranks.cumulative_tickets,
        cast(1.0 * ranks.cumulative_tickets / nullif(ranks.scope_tagged_tickets, 0) as decimal(18, 6)) as cumulative_share,
        ranks.is_top5,
        coalesce(
            ranks.reason_rank is not null
            and (ranks.cumulative_tickets - ranks.tickets) * 100 < ranks.scope_tagged_tickets * 80,
            false
        ) as is_vital_few,
        ranks.previous_tickets,
        cast(1.0 * ranks.previous_tickets / nullif(ranks.previous_scope_tickets, 0) as decimal(18, 6)) as previous_share_all,
        ranks.previous_rank,
        ranks.previous_rank - ranks.reason_rank as rank_change,
        ranks.was_top5,
        cast(ranks.p_value as decimal(18, 6)) as share_change_p_value,
        cast(ranks.adjusted_p_value as decimal(18, 6)) as share_change_adjusted_p_value,
        ranks.is_real_move,
        case when ranks.scope_type <> 'channel' then cast(coalesce(bases.orders, 0) as bigint) end as orders,
        case
            when ranks.scope_type <> 'channel' and unseen.no_reason_contact_rate is null
                then cast(coalesce(measures.contacts, 0) as bigint)
        end as contacts,
        case
            when ranks.scope_type <> 'channel' and unseen.no_reason_contact_rate is null
                then cast(100.0 * coalesce(measures.contacts, 0) / nullif(bases.orders, 0) as decimal(18, 6))
        end as contacts_per_100_orders,
        case when unseen.no_tag_aht is null then coalesce(measures.tickets_timed, 0) end as tickets_timed,
        case when unseen.no_tag_aht is null then cast(measures.handle_s / nullif(measures.tickets_timed, 0) as decimal(18, 1)) end as handle_mean_s,
        case when unseen.no_tag_aht is null then cast(measures.handle_median_s as decimal(18, 1)) end as handle_median_s,
        coalesce(
            ranks.is_top5 and unseen.no_tag_aht is null and measures.handle_median_s > 1.5 * bases.handle_median_s, false
        ) as is_slow_top_reason,
        case when unseen.no_tag_fcr is null then coalesce(measures.issues, 0) end as issues,
        case when unseen.no_tag_fcr is null then cast(1.0 * measures.issues_first_contact / nullif(measures.issues, 0) as decimal(18, 6)) end
            as first_contact_resolution,
        case when unseen.no_tag_cost is null then cast(measures.labour_cost as decimal(18, 2)) end as labour_cost,
        case when unseen.no_macro_usage_rate is null then coalesce(measures.replies, 0) end as replies,
        case when unseen.no_macro_usage_rate is null then cast(1.0 * measures.macro_replies / nullif(measures.replies, 0) as decimal(18, 6)) end
            as macro_usage,
        {{ kpi_gap_text('unseen', kpis) }} as not_measurable_reason,
        causes.root_causes,
        causes.fixes
    from ranks
    inner join last_months
        on ranks.tenant_id = last_months.tenant_id
        and ranks.month = last_months.month
    left join unseen
        on ranks.tenant_id = unseen.tenant_id
    left join names
        on ranks.tenant_id = names.tenant_id
        and ranks.reason_name = names.reason_name
    left join measures
        on ranks.tenant_id = measures.tenant_id
        and ranks.window_days = measures.window_days
        and ranks.scope_type = measures.scope_type
        and ranks.scope_id = measures.scope_id
        and coalesce(ranks.reason_name, '') = coalesce(measures.reason_name, '')
    left join bases
        on ranks.tenant_id = bases.tenant_id
        and ranks.window_days = bases.window_days
        and ranks.scope_type = bases.scope_type
        and ranks.scope_id = bases.scope_id
    left join causes
        on ranks.tenant_id = causes.tenant_id
        and ranks.reason_name = causes.reason_name
        and coalesce(ranks.platform, '') = coalesce(causes.platform, '')
    where ranks.scope_type <> 'team'
)

select * from final
