-- Behind every coaching flag stand as many rows as the card, the holds or the facts that raised it count.
with told as (
    select
        flags.coaching_flag_id,
        case
            when flags.flag_id = 'slow_first_reply' then cards.n_reactions
            else cards.n
        end as n
    from {{ ref('int_coaching_signals') }} as signals
    inner join {{ ref('coaching_flags') }} as flags
        on
        signals.tenant_id = flags.tenant_id
        and signals.flag_id = flags.flag_id
        and signals.agent_key = flags.agent_key
    inner join {{ ref('agent_scorecards') }} as cards
        on
        signals.tenant_id = cards.tenant_id
        and signals.agent_key = cards.agent_key
        and signals.period_type = cards.period_type
        and signals.platform = cards.platform
        and cards.layer = 'internal'
        and cards.period_start between signals.first_period_start and signals.last_period_start
    where signals.rule_id in ('slow_first_reply', 'slow_on_platform', 'recognition')

    union all

    select
        flags.coaching_flag_id,
        findings.n
    from {{ ref('int_coaching_findings') }} as findings
    inner join {{ ref('coaching_flags') }} as flags
        on
        findings.tenant_id = flags.tenant_id
        and findings.flag_id = flags.flag_id
        and findings.agent_key = flags.agent_key
        and findings.subject = coalesce(flags.subject, 'all')
),

wanted as (
    select
        coaching_flag_id,
        sum(n) as n
    from told
    group by coaching_flag_id
),

found as (
    select
        coaching_flag_id,
        count(*) as n
    from {{ ref('coaching_evidence') }}
    group by coaching_flag_id
)

select
    flags.coaching_flag_id,
    wanted.n as wanted_rows,
    found.n as found_rows
from {{ ref('coaching_flags') }} as flags
left join wanted on flags.coaching_flag_id = wanted.coaching_flag_id
left join found on flags.coaching_flag_id = found.coaching_flag_id
-- holds and days are counted by the flag itself; they must at least have rows
where coalesce(found.n, 0) <> coalesce(wanted.n, greatest(found.n, 1))
