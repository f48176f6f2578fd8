with

delivered as (

    {{ canonical_reference(
        'agents',
        keys={
            'agent_key': person_key('tenant_id', 'source_system', 'agent_id'),
        },
        vendors=['edesk', 'zendesk'],
    ) }}

),

mentioned as (

    select tenant_id, source_system, author_id as agent_id
    from {{ ref('canonical__messages') }}
    where author_role = 'agent'

    union

    select tenant_id, source_system, assignee_id as agent_id
    from {{ ref('canonical__tickets') }}

    union

    select tenant_id, source_system, to_value as agent_id
    from {{ ref('canonical__ticket_events') }}
    where event_type = 'assignee_change'

    union

    select tenant_id, source_system, actor_id as agent_id
    from {{ ref('canonical__ticket_events') }}
    where actor_role = 'agent'

),

-- Who wrote, held or acted and was not delivered is a person of whom only the id is known: the work counts, the person is not judged.
named as (

    select mentioned.*
    from mentioned
    left join delivered
        on
        mentioned.tenant_id = delivered.tenant_id
        and mentioned.source_system = delivered.source_system
        and mentioned.agent_id = delivered.agent_id
    where mentioned.agent_id is not null and delivered.agent_id is null

),

final as (

    select * from delivered

    union all

    select
        {{ person_key('tenant_id', 'source_system', 'agent_id') }} as agent_key,
        tenant_id,
        source_system,
        agent_id as source_id,
        agent_id,
        agent_id as display_name,
        false as is_bot,
        null as home_tz,
        null as hired_on,
        null as left_on,
        'default' as legal_entity,
        false as agent_analytics_allowed,
        {{ inferred_envelope() }}
    from named

)

select * from final
