-- Channel policy over time without overlaps: where two are valid at once, the one that began later. Grain: channel and start.

select
    tenant_id,
    channel_id,
    missed_policy,
    short_abandon_s,
    obligation_mode,
    {{ epoch_us('valid_from') }} as from_us,
    least(
        coalesce({{ epoch_us('valid_to') }}, {{ far_us() }}),
        coalesce({{ epoch_us('lead(valid_from) over (partition by tenant_id, channel_id order by valid_from)') }}, {{ far_us() }})
    ) as to_us
from {{ ref('canonical__channel_policy') }}
