-- The rows behind every flag: what was counted, and for which ticket.
with flags as (
    select * from {{ ref('coaching_flags') }}
),

findings as (
    select * from {{ ref('int_coaching_findings') }}
),

facts as (
    select * from {{ ref('int_coaching_facts') }}
),

stood as (
    select
        flags.coaching_flag_id,
        flags.tenant_id,
        flags.flag_id,
        flags.agent_key,
        facts.fact_key,
        facts.ticket_key,
        facts.happened_at,
        facts.numerator,
        facts.denominator
    from flags
    inner join findings
        on
        flags.tenant_id = findings.tenant_id
        and flags.flag_id = findings.flag_id
        and flags.agent_key = findings.agent_key
        and coalesce(flags.subject, 'all') = findings.subject
    inner join facts
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
        flags.coaching_flag_id,
        flags.tenant_id,
        flags.flag_id,
        flags.agent_key,
        facts.fact_key,
        facts.ticket_key,
        facts.happened_at,
        facts.numerator,
        facts.denominator
    from flags
    inner join {{ ref('int_coaching_signal_facts') }} as facts
        on
        flags.tenant_id = facts.tenant_id
        and flags.flag_id = facts.flag_id
        and coalesce(flags.agent_key, flags.team_key) = coalesce(facts.agent_key, facts.team_key)
)

select
    {{ surrogate_key(['coaching_flag_id', 'fact_key']) }} as coaching_evidence_key,
    coaching_flag_id,
    tenant_id,
    flag_id,
    agent_key,
    fact_key,
    ticket_key,
    happened_at,
    cast(numerator as decimal(18, 3)) as numerator,
    cast(denominator as decimal(18, 3)) as denominator
from stood
