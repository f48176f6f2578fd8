-- R7: per layer every obligation has one verdict; judged ones (met, breached) have exactly one owner, by a rule, at an instant, all
-- others have none; what was met belongs to the
-- responder (to nobody during an incident), what was breached to somebody for another reason; what is excluded says why.
{%- set layers = ['marketplace', 'internal'] %}
with judged as (
    {%- for layer in layers %}
    select
        obligation_key as judged_key,
        '{{ layer }}' as layer,
        {{ layer }}_verdict as verdict,
        {{ layer }}_verdict_at as verdict_at,
        {{ layer }}_overrun_s as overrun_s,
        {{ layer }}_sla_owner_agent_key as owner_agent_key,
        {{ layer }}_owner_rule as owner_rule,
        exclusion_reason,
        state = 'excluded' or {{ layer }}_verdict = 'excluded' as is_excluded
    from {{ ref('fct_response_obligations') }}
    union all
    {%- endfor %}
    select
        sla_verdict_key,
        layer,
        verdict,
        verdict_at,
        overrun_s,
        sla_owner_agent_key,
        owner_rule,
        null,
        false
    from {{ ref('fct_sla_verdicts') }}
    where metric = 'resolution'
),

checked as (
    select
        *,
        coalesce(verdict in ('met', 'breached'), false) as is_judged,
        owner_agent_key is not null and owner_rule is not null and verdict_at is not null as is_owned,
        owner_agent_key is not null or owner_rule is not null or verdict_at is not null as is_owned_in_part
    from judged
)

select * from checked
where
    verdict is null
    or (is_judged and not is_owned)
    or (not is_judged and is_owned_in_part)
    or (verdict = 'met' and owner_rule not in ('responder', 'incident'))
    or (verdict = 'breached' and owner_rule = 'responder')
    or (owner_rule = 'incident' and owner_agent_key <> 'unowned')
    or (overrun_s is not null) <> (verdict = 'breached')
    or (is_excluded and exclusion_reason is null)
