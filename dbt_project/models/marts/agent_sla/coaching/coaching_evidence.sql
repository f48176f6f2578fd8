-- The rows behind every flag: what was counted, and for which ticket.
with flags as (
    select * from {{ ref('coaching_flags') }}
),

counted as (
    select
        findings.tenant_id,
        findings.flag_id,
        findings.agent_key as subject_key,
        findings.subject,
        facts.fact_key,
        facts.ticket_key,
        facts.happened_at,
        facts.numerator,
        facts.denominator
    from {{ ref('int_coaching_findings') }} as findings
    inner join {{ ref('int_coaching_facts') }} as facts
        on
        findings.tenant_id = facts.tenant_id
        and findings.flag_id = facts.flag_id
        and findings.agent_key = facts.agent_key
        and findings.subject = facts.subject
        and findings.source_system = facts.source_system
        and findings.start_at <= facts.happened_at
        and findings.end_at > facts.happened_at

    union all

    select
        tenant_id,
        flag_id,
        coalesce(agent_key, team_key) as subject_key,
        'all' as subject,
        fact_key,
        ticket_key,
        happened_at,
        numerator,
        denominator
    from {{ ref('int_coaching_signal_facts') }}
)

select
    {{ surrogate_key(['flags.coaching_flag_id', 'counted.fact_key']) }} as coaching_evidence_key,
    flags.coaching_flag_id,
    flags.tenant_id,
    flags.flag_id,
    flags.agent_key,
    counted.fact_key,
    counted.ticket_key,
    counted.happened_at,
    cast(counted.numerator as decimal(18, 3)) as numerator,
    cast(counted.denominator as decimal(18, 3)) as denominator
from flags
inner join counted
    on
    flags.tenant_id = counted.tenant_id
    and flags.flag_id = counted.flag_id
    and coalesce(flags.agent_key, flags.team_key) = counted.subject_key
    and coalesce(flags.subject, 'all') = counted.subject
