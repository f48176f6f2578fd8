-- The rows behind the flags about reasons, reopenings, changed reasons and quality: what was counted, and for which ticket. The
-- other flags are explained by their rows of `agent_scorecards`, `fct_assignment_spans` and `agent_actions`.
with flags as (
    select * from {{ ref('coaching_flags') }}
),

findings as (
    select * from {{ ref('int_coaching_findings') }}
),

facts as (
    select * from {{ ref('int_coaching_facts') }}
)

select
    {{ surrogate_key(['flags.coaching_flag_id', 'facts.fact_key']) }} as coaching_evidence_key,
    flags.coaching_flag_id,
    flags.tenant_id,
    flags.flag_id,
    flags.agent_key,
    facts.fact_key,
    facts.ticket_key,
    facts.happened_at,
    cast(facts.numerator as decimal(18, 3)) as numerator,
    cast(facts.denominator as decimal(18, 3)) as denominator
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
