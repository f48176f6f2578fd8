{{ config(schema='intermediate', materialized=step(), access='private') }}

-- Lines of the sheet agent_identities that do not hold, or name somebody whom no source knows; grain: line and column. Lines of files are
-- judged when all of them are in, so the line is named by its agent's key, not by a number.

with

lines as (

    select * from {{ ref('canonical__agent_identities') }}

),

known as (

    select tenant_id || '|' || source_system || '|' || agent_id as identity_text
    from {{ ref('canonical__agents') }}

),

faults as (

    select
        lines.*,
        'same_as_agent_id' as column_name,
        lines.refusal_reason as reason
    from lines
    where lines.refusal_reason is not null

    union all

    select
        lines.*,
        'agent_id' as column_name,
        'no source knows this agent, so the line joins nobody; correct the id or the source_system' as reason
    from lines
    left join known on lines.identity_text = known.identity_text
    where known.identity_text is null

    union all

    select
        lines.*,
        'same_as_agent_id' as column_name,
        'no source knows the agent it names as the same person; correct the id, same_as_system or same_as_tenant_id' as reason
    from lines
    left join known on lines.person_as = known.identity_text
    where known.identity_text is null and lines.refusal_reason is null

)

select
    'agent_identities|' || agent_id || '|' || column_name as record_id,
    tenant_id,
    source_system,
    'agent_identities' as table_name,
    'agent_identities' as file_name,
    cast(null as bigint) as line_no,
    column_name,
    reason,
    row_hash,
    ingested_at
from faults
