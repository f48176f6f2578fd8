{{ config(materialized='incremental', incremental_strategy='append', pre_hook='{{ forget_touched() }}') }}
-- depends_on: {{ ref('int_touched_tickets') }}
-- Current tags of root tickets as canonical tags; a pair of ticket and tag once.

with

tickets as (

    select
        tickets.ticket_key,
        tickets.tenant_id,
        tickets.source_system,
        sources.tag_ids
    from {{ ref('int_tickets_visible') }} as tickets
    inner join {{ ref('canonical__tickets') }} as sources on tickets.ticket_key = sources.ticket_key
    where tickets.ticket_key = tickets.root_key and sources.tag_ids is not null and sources.tag_ids <> '[]'

),

listed as (

    {{ json_list_rows('tickets', ['ticket_key', 'tenant_id', 'source_system'], 'tag_ids', 'tag_id') }}

),

keyed as (

    select
        ticket_key,
        tenant_id,
        source_system,
        {{ surrogate_key(['tenant_id', 'source_system', 'tag_id']) }} as tag_key
    from listed

)

select distinct
    keyed.tenant_id,
    keyed.source_system,
    keyed.ticket_key,
    coalesce(canonical_tags.tag_key, keyed.tag_key) as tag_key
from keyed
left join {{ ref('canonical__tags') }} as tags on keyed.tag_key = tags.tag_key
left join {{ ref('canonical__tags') }} as canonical_tags on tags.canonical_tag_key = canonical_tags.tag_key
