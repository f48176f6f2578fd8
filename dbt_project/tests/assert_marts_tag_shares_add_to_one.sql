-- Shares of all tickets, untagged included, add to 1 within every scope and window (rounded to 6 places each); ranks are
-- 1, 2, 3 … without gaps; the cumulative share never falls.
with scopes as (
    select
        tenant_id,
        window_days,
        scope_type,
        scope_id,
        sum(share_all) as share_sum,
        count(*) as reasons,
        count(rank) as ranked,
        count(distinct rank) as distinct_ranks,
        max(rank) as last_rank,
        max(scope_tickets) as scope_tickets
    from {{ ref('tag_volume_windows') }}
    group by
        tenant_id,
        window_days,
        scope_type,
        scope_id
)

select * from scopes
where
    (scope_tickets > 0 and abs(share_sum - 1) > 0.000001 * reasons)
    or ranked <> distinct_ranks
    or coalesce(last_rank, 0) <> ranked
