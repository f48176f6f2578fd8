{{ config(access='protected', materialized=step()) }}

-- Needs that one source of a tenant does not meet while another does. Only what is told ticket by ticket: messages, changes, and the
-- capabilities about them. Grain: source with tickets and need.
{% set inputs = ['messages', 'first_replies', 'any_messages', 'reply_obligations', 'ticket_events'] %}
{% set capabilities = ['event_log', 'assignment_log', 'tag_log', 'delete_log', 'macro_id', 'ticket_team'] %}

with

sources as (

    select distinct
        tenant_id,
        source_system
    from {{ ref('dim_tickets') }}

),

met as (

    select distinct
        tenant_id,
        source_system,
        capability as need
    from {{ ref('core__source_capabilities') }}
    where level in ('full', 'partial')
    union
    -- where all teams keep the same hours it does not matter whose they are
    select distinct
        sources.tenant_id,
        sources.source_system,
        'ticket_team' as need
    from sources
    inner join {{ ref('int_kpi_single_hours') }} as single on sources.tenant_id = single.tenant_id
    {% for input in kpi_inputs() if input.input in inputs and input.relation in ['fct_messages', 'fct_ticket_events'] %}
    union
    select distinct
        tenant_id,
        source_system,
        '{{ input.input }}' as need
    from {{ ref(input.relation) }} as {{ input.relation }}
    where
        {{ input.condition | default('true') }}
        and {{ input_is_told(input) }}
    {% endfor %}

),

needs as (

    {% for need in inputs + capabilities %}
    select '{{ need }}' as need
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    sources.tenant_id,
    sources.source_system,
    needs.need
from sources
cross join needs
left join met
    on
    sources.tenant_id = met.tenant_id
    and sources.source_system = met.source_system
    and needs.need = met.need
-- what no source of the tenant meets is a gap of the tenant
where
    met.need is null
    and exists (
        select 1
        from met as elsewhere
        where
            elsewhere.tenant_id = sources.tenant_id
            and elsewhere.need = needs.need
    )
