{{ config(materialized=step()) }}

-- Agents of several systems who are one person, as a sheet says. A line names the agent who is the same person; that agent must not
-- stand on a line of its own, so there are neither chains nor circles. What a line decides follows from the sheet alone: a key must
-- not change because somebody was hired. Within a tenant a person has one `agent_key`; tenants judge, close and show apart, so across
-- them persons meet in `person_key` alone. Grain: line.

with

landed as (

    select
        *,
        tenant_id || '|' || source_system || '|' || agent_id as identity_text,
        coalesce(same_as_tenant_id, tenant_id) as main_tenant_id,
        coalesce(same_as_tenant_id, tenant_id) || '|' || same_as_system || '|' || same_as_agent_id as main_text
    from ({{ landed_rows('agent_identities') }}) as sheet
    where not coalesce(is_deleted_in_source, false)

),

judged as (

    select
        landed.*,
        case
            when landed.main_text = landed.identity_text
                then 'the line says that an agent is the same person as itself; name the other agent'
            when mains.identity_text is not null
                then
                    'the agent it names as the same person is on a line of their own; let all lines of a person name the same agent, '
                    || 'who has none'
        end as refusal_reason
    from landed
    left join landed as mains on landed.main_text = mains.identity_text

),

-- whose main agent works in another tenant has the key of one of their own agents in this one
keyed as (

    select
        *,
        case
            when refusal_reason is not null then identity_text
            when main_tenant_id = tenant_id then main_text
            else min(case when refusal_reason is null then identity_text end) over (partition by tenant_id, main_text)
        end as keyed_as,
        case when refusal_reason is null then main_text else identity_text end as person_as
    from judged

)

select
    tenant_id,
    source_system,
    source_id,
    agent_id,
    same_as_agent_id,
    same_as_system,
    same_as_tenant_id,
    identity_text,
    keyed_as,
    person_as,
    refusal_reason,
    occurred_at,
    ingested_at,
    source_updated_at,
    is_deleted_in_source,
    row_hash,
    load_id,
    unmapped_values,
    'landing' as origin
from keyed
