with reason_windows as (
    select * from {{ ref('int_reason_windows') }}
),

tags as (
    select * from {{ ref('dim_tags') }}
),

-- `untagged` and `other` are bars of their own and never take a place among the reasons.
named as (
    select
        reason_windows.*,
        case
            when reason_windows.reason_tag_key is null then 'untagged'
            else coalesce(tags.name, 'unknown')
        end as reason_name,
        tags.valid_from,
        reason_windows.reason_tag_key is not null
        and coalesce(lower(tags.name), '') <> 'other'
        and coalesce(lower(tags.tag_id), '') <> 'other' as is_rankable
    from reason_windows
    left join tags
        on reason_windows.reason_tag_key = tags.tag_key
),

ranked as (
    select
        named.*,
        case when is_rankable and tickets > 0 then row_number() over (
            partition by tenant_id, window_days, scope_type, scope_id, is_rankable
            order by tickets desc, valid_from asc nulls last, reason_name asc, reason_tag_key asc
        ) end as reason_rank,
        case when is_rankable and previous_tickets > 0 then row_number() over (
            partition by tenant_id, window_days, scope_type, scope_id, is_rankable
            order by previous_tickets desc, valid_from asc nulls last, reason_name asc, reason_tag_key asc
        ) end as previous_rank,
        cast(sum(tickets) over scope_rows as bigint) as scope_tickets,
        cast(sum(case when reason_tag_key is not null then tickets else 0 end) over scope_rows as bigint)
            as scope_tagged_tickets,
        cast(sum(previous_tickets) over scope_rows as bigint) as previous_scope_tickets
    from named
    window scope_rows as (partition by tenant_id, window_days, scope_type, scope_id)
),

accumulated as (
    select
        ranked.*,
        case when reason_rank is not null then cast(sum(case when reason_rank is not null then tickets else 0 end) over (
            partition by tenant_id, window_days, scope_type, scope_id
            order by reason_rank asc nulls last, reason_name asc
            rows between unbounded preceding and current row
        ) as bigint) end as cumulative_tickets
    from ranked
),

final as (
    select
        {{ surrogate_key([
            'tenant_id', 'cast(window_days as varchar)', 'scope_type', 'scope_id', "coalesce(reason_tag_key, '')",
        ]) }} as tag_volume_window_key,
        tenant_id,
        window_days,
        window_from as window_from_date,
        window_to as window_to_date,
        scope_type,
        scope_id,
        platform,
        reason_tag_key,
        reason_name,
        reason_tag_key is null as is_untagged,
        is_rankable,
        tickets,
        tickets_with_descendants,
        tickets_any_tag,
        scope_tickets,
        scope_tagged_tickets,
        cast(1.0 * tickets / nullif(scope_tickets, 0) as decimal(18, 6)) as share_all,
        case
            when reason_tag_key is not null then cast(1.0 * tickets / nullif(scope_tagged_tickets, 0) as decimal(18, 6))
        end as share_tagged,
        cast(1.0 * tickets_any_tag / nullif(scope_tickets, 0) as decimal(18, 6)) as share_any_tag,
        reason_rank as rank,
        cumulative_tickets,
        cast(1.0 * cumulative_tickets / nullif(scope_tagged_tickets, 0) as decimal(18, 6)) as cumulative_share,
        coalesce(reason_rank <= 5, false) as is_top5,
        coalesce(cumulative_tickets - tickets < 0.8 * scope_tagged_tickets, false) as is_vital_few,
        previous_tickets,
        cast(1.0 * previous_tickets / nullif(previous_scope_tickets, 0) as decimal(18, 6)) as previous_share_all,
        previous_rank,
        previous_rank - reason_rank as rank_change,
        coalesce(previous_rank <= 5, false) as was_top5
    from accumulated
)

select * from final
