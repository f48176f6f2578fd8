"""Reasons of a window counted from the tickets themselves, for places that the mart of windows does not know.

Tickets, shares, ranks and those of the window before are counted as the mart counts them; what needs more than the
tickets (whether a move is more than chance, orders, handling times) is null.
"""

from __future__ import annotations

import pandas as pd

from orchestration.dashboard.queries.places import narrowed
from orchestration.dashboard.selection import PLACES, Filters
from orchestration.presenting.publication import Publication

_COUNTED = """
    with windows as (
        select any_value(window_from_date) as first_day, any_value(window_to_date) as last_day
        from tag_volume.tag_volume_windows where tenant_id = $tenant and window_days = $days
    ),
    instants as (
        select min(day_start_at) filter (where date_day > last_day - 2 * $days) as before_at,
            min(day_start_at) filter (where date_day = first_day) as from_at,
            max(day_end_at) filter (where date_day = last_day) as to_at
        from core.dim_dates, windows where tenant_id = $tenant and date_day between last_day - 2 * $days and last_day
    ),
    ages as (
        select lower(name) as reason, min(valid_from) as oldest_at, min_by(name, tag_key) as reason_name
        from core.dim_tags where tenant_id = $tenant and kind = 'reason' group by 1
    ),
    counted as (
        select lower(tags.name) as reason,
            count(*) filter (where created_at >= from_at) as tickets,
            count(*) filter (where created_at < from_at) as previous_tickets
        from (select * from core.dim_tickets as tickets where {condition} and is_counted) as tickets
        cross join instants
        left join core.dim_tags as tags on tickets.resolution_reason_tag_key = tags.tag_key
        where created_at >= before_at and created_at < to_at
        group by 1
    ),
    ranked as (
        select counted.*, ages.reason_name as display_name, reason is null as is_untagged,
            coalesce(reason <> 'other', false) as is_rankable,
            sum(tickets) over () as scope_tickets,
            sum(tickets) filter (where reason is not null) over () as scope_tagged_tickets,
            case when coalesce(reason <> 'other', false) and tickets > 0 then row_number() over (
                partition by coalesce(reason <> 'other', false)
                order by tickets desc, oldest_at nulls last, reason
            ) end as rank,
            case when coalesce(reason <> 'other', false) and previous_tickets > 0 then row_number() over (
                partition by coalesce(reason <> 'other', false)
                order by previous_tickets desc, oldest_at nulls last, reason
            ) end as previous_rank
        from counted left join ages using (reason)
    ),
    summed as (
        select *, case when rank is not null then sum(case when rank is not null then tickets end) over (
            order by rank nulls last rows between unbounded preceding and current row
        ) end as cumulative_tickets
        from ranked
    )
    select
        windows.first_day as window_from_date, windows.last_day as window_to_date,
        coalesce(display_name, 'untagged') as reason_name, is_untagged, is_rankable,
        cast(tickets as bigint) as tickets, cast(scope_tickets as bigint) as scope_tickets,
        tickets / nullif(scope_tickets, 0) as share_all,
        case when not is_untagged then tickets / nullif(scope_tagged_tickets, 0) end as share_tagged,
        cumulative_tickets / nullif(scope_tagged_tickets, 0) as cumulative_share,
        rank, previous_rank, previous_rank - rank as rank_change,
        coalesce(rank <= 5, false) as is_top5, coalesce(previous_rank <= 5, false) as was_top5,
        coalesce(rank is not null and (cumulative_tickets - tickets) * 100 < scope_tagged_tickets * 80, false)
            as is_vital_few,
        null as is_real_move, null as share_change_adjusted_p_value, null as contacts_per_100_orders
    from summed, windows where tickets > 0 or previous_tickets > 0
    order by is_untagged, rank nulls last, tickets desc, reason_name
"""


def windows(publication: Publication, filters: Filters) -> pd.DataFrame:
    """Reasons of the window under every place chosen, by rank, the untagged last; rows without tickets are none."""
    condition, values = narrowed(filters, *(name for name in PLACES if name != "agent"))
    named = {f"place_{place}": value for place, value in enumerate(values)}
    for name in named:
        condition = condition.replace("?", f"${name}", 1)
    return publication.frame(
        _COUNTED.format(condition=condition),
        named | {"tenant": filters.tenant, "days": int(filters.days or 30)},
    )
