{{ config(materialized=step()) }}

-- Who answers for each KPI by default, spelled out from the patterns of the seed: a KPI has the duties its registry line names, at every
-- scope its card allows, read in its forum. Lines that name a KPI go before those of its pattern for their scopes.
-- Grain: KPI, scope type, role and first day.

{% set scope_types = ['company', 'platform', 'marketplace_account', 'channel', 'team', 'agent', 'reason', 'macro', 'fix'] %}

with

duties as (

    select * from {{ ref('seed_kpi_duties') }}

),

definitions as (

    -- the newest version says who answers for the KPI
    select
        *,
        row_number() over (partition by kpi_id order by kpi_version desc) as from_newest
    from {{ ref('seed_kpi_definitions') }}

),

scopes as (

    {% for scope_type in scope_types %}
    select
        kpi_id,
        duties,
        forum_id,
        '{{ scope_type }}' as scope_type
    from definitions
    where
        from_newest = 1
        and '|' || allowed_scopes || '|' like '%|{{ scope_type }}|%'
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

matched as (

    select
        duties.tenant_id,
        scopes.kpi_id,
        scopes.scope_type,
        duties.role,
        duties.kind,
        scopes.forum_id,
        duties.valid_from,
        duties.valid_to,
        duties.kpi_id is not null as is_exception,
        max(case when duties.kpi_id is not null then 1 else 0 end) over (
            partition by duties.tenant_id, scopes.kpi_id, scopes.scope_type
        ) as has_exception
    from scopes
    inner join duties
        on
        '|' || duties.scope_types || '|' like '%|' || scopes.scope_type || '|%'
        and (duties.kpi_id = scopes.kpi_id or (duties.kpi_id is null and duties.duties = scopes.duties))

)

select
    tenant_id,
    kpi_id,
    scope_type,
    role,
    kind,
    forum_id,
    valid_from,
    valid_to
from matched
where is_exception or has_exception = 0
