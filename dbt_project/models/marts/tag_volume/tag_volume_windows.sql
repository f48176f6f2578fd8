-- The windows that end with as_of. `int_reason_ranks` ranks them like the windows of every month, so this table and the
-- monthly KPIs of the top five cannot differ.
with ranks as (
    select * from {{ ref('int_reason_ranks') }}
    where window_days > 0
),

last_months as (
    select
        tenant_id,
        max(month) as month
    from ranks
    group by tenant_id
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
        ranks.is_real_move
    from ranks
    inner join last_months
        on ranks.tenant_id = last_months.tenant_id
        and ranks.month = last_months.month
    left join names
        on ranks.tenant_id = names.tenant_id
        and ranks.reason_name = names.reason_name
    where ranks.scope_type <> 'team'
)

select * from final
