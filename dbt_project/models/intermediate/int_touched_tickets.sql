-- Tickets whose facts this build computes anew; grain: ticket. All of them in a first or full build, when a reference row changed,
-- when as_of went back, or after a build that did not finish. Otherwise: what was loaded since, what came due between the two
-- as_of, everything still open, pending or immature, all tickets of a source that was silent and is no more (or the other way
-- round), and whoever shares an order or a merge group with those.
{%- set last = last_finished_build() %}
{%- if last is not none and execute %}
    {%- set now = run_query('select reference_hash_then from ' ~ ref('int_reference_fingerprint')).rows[0][0] %}
    {%- if now != last.reference_hash %}{% set last = none %}{% endif %}
{%- endif %}

-- depends_on: {{ ref('int_reference_fingerprint') }}
-- depends_on: {{ ref('canonical__messages') }}
-- depends_on: {{ ref('int_silent_sources') }}
-- depends_on: {{ ref('canonical__ticket_events') }}
-- depends_on: {{ ref('canonical__satisfaction_responses') }}
-- depends_on: {{ ref('canonical__order_defects') }}
-- depends_on: {{ ref('canonical__orders') }}
-- depends_on: {{ ref('canonical__customers') }}
{% if last is none %}
select
    ticket_key,
    {{ run_started_literal() }} as run_started_at
from {{ ref('canonical__tickets') }}
{% else %}
{%- set core = api.Relation.create(database=target.database, schema='core', identifier='fct_response_obligations') %}
with recursive

loaded as (

    select cast('{{ last.run_started_at }}' as timestamp) as last_started_at

),

orders_touched as (

    select order_key
    from {{ ref('canonical__order_defects') }}
    where
        _loaded_at > (select last_started_at from loaded)
        or {{ came_due('opened_at', last.as_of) }}
        or {{ came_due('responded_at', last.as_of) }}
        or {{ came_due('closed_at', last.as_of) }}
    union
    select order_key
    from {{ ref('canonical__orders') }}
    where _loaded_at > (select last_started_at from loaded)

),

speaking_before as (

    -- as int_silent_sources has it, of the messages that the facts still show
    select distinct
        tenant_id,
        source_system
    from {{ api.Relation.create(database=target.database, schema='core', identifier='fct_messages') }}
    where (visibility = 'public' and author_role = 'customer') or is_live_contact

),

sources_changed as (

    select
        sources.tenant_id,
        sources.source_system
    from (select distinct tenant_id, source_system from {{ ref('canonical__tickets') }}) as sources
    left join {{ ref('int_silent_sources') }} as silent
        on sources.tenant_id = silent.tenant_id
        and sources.source_system = silent.source_system
    left join speaking_before
        on sources.tenant_id = speaking_before.tenant_id
        and sources.source_system = speaking_before.source_system
    where (silent.tenant_id is null) <> (speaking_before.tenant_id is not null)

),

changed as (

    select tickets.ticket_key
    from {{ ref('canonical__tickets') }} as tickets
    inner join sources_changed
        on tickets.tenant_id = sources_changed.tenant_id
        and tickets.source_system = sources_changed.source_system
    union
    select ticket_key
    from {{ ref('canonical__tickets') }}
    where
        _loaded_at > (select last_started_at from loaded)
        or {{ came_due('created_at', last.as_of) }}
        or {{ came_due('source_updated_at', last.as_of) }}
        or order_key in (select order_key from orders_touched)
    union
    select ticket_key
    from {{ ref('canonical__messages') }}
    where
        _loaded_at > (select last_started_at from loaded)
        or {{ came_due('sent_at', last.as_of) }}
        or {{ came_due('deleted_at', last.as_of) }}
        or {{ came_due('call_answered_at', last.as_of) }}
        or {{ came_due('call_ended_at', last.as_of) }}
        or {{ came_due('abandoned_at', last.as_of) }}
    union
    select ticket_key
    from {{ ref('canonical__ticket_events') }}
    where
        _loaded_at > (select last_started_at from loaded)
        or {{ came_due('occurred_at', last.as_of) }}
    union
    select ticket_key
    from {{ ref('canonical__satisfaction_responses') }}
    where
        _loaded_at > (select last_started_at from loaded)
        or {{ came_due('responded_at', last.as_of) }}
    union
    select facts.ticket_key
    from {{ api.Relation.create(database=target.database, schema='core', identifier='dim_tickets') }} as facts
    left join {{ ref('canonical__customers') }} as customers on facts.customer_key = customers.customer_key
    where
        facts.customer_type is distinct from customers.customer_type
        or facts.region is distinct from customers.region

),

running as (

    select coalesce(original_ticket_key, ticket_key) as ticket_key
    from {{ core }}
    where
        state in ('open', 'closed_unanswered', 'missed')
        or marketplace_verdict = 'pending'
        or internal_verdict = 'pending'
    union
    select ticket_key
    from {{ api.Relation.create(database=target.database, schema='core', identifier='fct_resolution_cycles') }}
    where ended_at is null or matured_at > cast('{{ last.as_of }}' as timestamp)
    union
    select ticket_key
    from {{ api.Relation.create(database=target.database, schema='core', identifier='fct_sla_verdicts') }}
    where satisfied_at is null and verdict in ('pending', 'breached')
    union
    -- whatever the state: a turn whose segments ran up to that as_of runs on
    select ticket_key
    from {{ api.Relation.create(database=target.database, schema='core', identifier='fct_obligation_segments') }}
    where to_at >= cast('{{ last.as_of }}' as timestamp)

),

started as (

    select ticket_key from changed
    union
    select ticket_key from running where ticket_key is not null

),

about_orders as (

    select ticket_key from started
    union
    select partners.ticket_key
    from started
    inner join {{ ref('canonical__tickets') }} as tickets on started.ticket_key = tickets.ticket_key
    inner join {{ ref('canonical__tickets') }} as partners on tickets.order_key = partners.order_key

),

hops as (

    select
        ticket_key,
        merged_into_ticket_key as into_key
    from {{ ref('canonical__tickets') }}
    where merged_into_ticket_key is not null and merged_into_ticket_key <> ticket_key

),

links as (

    -- both directions of today's merges and of those the facts still show
    select ticket_key, into_key from hops
    union
    select into_key as ticket_key, ticket_key as into_key from hops
    union
    select ticket_key, effective_ticket_key as into_key
    from {{ api.Relation.create(database=target.database, schema='core', identifier='dim_tickets') }}
    where is_merged
    union
    select effective_ticket_key as ticket_key, ticket_key as into_key
    from {{ api.Relation.create(database=target.database, schema='core', identifier='dim_tickets') }}
    where is_merged

),

grouped as (

    select ticket_key from about_orders
    union
    select links.into_key as ticket_key
    from grouped
    inner join links on grouped.ticket_key = links.ticket_key

)

select
    ticket_key,
    {{ run_started_literal() }} as run_started_at
from grouped
{% endif %}
