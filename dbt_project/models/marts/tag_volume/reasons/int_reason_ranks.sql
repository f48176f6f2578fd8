-- Reasons of a window ranked inside their scope, now and in the window before, and whether the move is real: a test of the two
-- shares, corrected by Benjamini and Hochberg for testing every ranked reason of scope and window. `untagged` and `other` are
-- bars of their own and never take a place.
with reason_windows as (
    select * from {{ ref('int_reason_windows') }}
),

ages as (
    select
        tenant_id,
        lower(name) as reason_name,
        min(valid_from) as oldest_at
    from {{ ref('dim_tags') }}
    where kind = 'reason'
    group by
        tenant_id,
        lower(name)
),

totals as (
    select
        reason_windows.*,
        ages.oldest_at,
        reason_windows.reason_name is not null as is_tagged,
        coalesce(reason_windows.reason_name <> 'other', false) as is_rankable,
        cast(sum(tickets) over scope_rows as bigint) as scope_tickets,
        cast(sum(case when reason_windows.reason_name is not null then tickets else 0 end) over scope_rows as bigint)
            as scope_tagged_tickets,
        cast(sum(previous_tickets) over scope_rows as bigint) as previous_scope_tickets
    from reason_windows
    left join ages
        on reason_windows.tenant_id = ages.tenant_id
        and reason_windows.reason_name = ages.reason_name
    window scope_rows as (
        partition by
            reason_windows.tenant_id, reason_windows.month, reason_windows.window_days, reason_windows.scope_type,
            reason_windows.scope_id
    )
),

ranked as (
    select
        *,
        case when is_rankable and tickets > 0 then row_number() over (
            partition by tenant_id, month, window_days, scope_type, scope_id, is_rankable
            order by tickets desc, oldest_at asc nulls last, reason_name asc nulls last
        ) end as reason_rank,
        case when is_rankable and previous_tickets > 0 then row_number() over (
            partition by tenant_id, month, window_days, scope_type, scope_id, is_rankable
            order by previous_tickets desc, oldest_at asc nulls last, reason_name asc nulls last
        ) end as previous_rank,
        case
            when is_rankable and has_comparable_window and (tickets > 0 or previous_tickets > 0)
                then coalesce(
                    {{ two_proportion_z('tickets', 'scope_tickets', 'previous_tickets', 'previous_scope_tickets') }}, 0
                )
        end as z_score
    from totals
),

tested as (
    select
        *,
        {{ two_sided_p('z_score') }} as p_value
    from ranked
),

-- The adjusted p is the least p * tests / place among this and all larger p.
placed as (
    select
        *,
        row_number() over tests as p_place,
        count(p_value) over (partition by tenant_id, month, window_days, scope_type, scope_id) as p_count
    from tested
    window tests as (
        partition by tenant_id, month, window_days, scope_type, scope_id
        order by p_value asc nulls last, reason_name asc nulls last
    )
),

adjusted as (
    select
        *,
        case
            when p_value is not null
                then least(1, min(p_value * p_count / {{ as_double('p_place') }}) over (
                    partition by tenant_id, month, window_days, scope_type, scope_id
                    order by p_place asc
                    rows between current row and unbounded following
                ))
        end as adjusted_p_value,
        case when reason_rank is not null then cast(sum(case when reason_rank is not null then tickets else 0 end) over (
            partition by tenant_id, month, window_days, scope_type, scope_id
            order by reason_rank asc nulls last, reason_name asc nulls last
            rows between unbounded preceding and current row
        ) as bigint) end as cumulative_tickets
    from placed
)

select
    *,
    coalesce(reason_rank <= 5, false) as is_top5,
    coalesce(previous_rank <= 5, false) as was_top5,
    coalesce(adjusted_p_value <= 0.05, false) as is_real_move
from adjusted
