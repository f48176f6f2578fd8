-- Keys that persons of the house had before: under version 0, a hash without a key, and under the versions before the last
-- rotation. Whoever is not known any more keeps the old key. Grain: former key.
{%- set people = [
    ('canonical__agents', 'source_system', 'agent_id'),
    ('canonical__team_membership', 'source_system', 'agent_id'),
    ('canonical__qa_reviews', 'coalesce(subject_system, source_system)', 'agent_id'),
    ('canonical__qa_reviews', 'coalesce(subject_system, source_system)', 'reviewer_id'),
    ('canonical__satisfaction_responses', 'coalesce(subject_system, source_system)', 'agent_id'),
    ('canonical__agent_time', 'coalesce(subject_system, source_system)', 'agent_id'),
    ('canonical__handle_sessions', 'coalesce(subject_system, source_system)', 'agent_id'),
] %}

with

people as (

    {% for model, system, id in people -%}
    select
        tenant_id,
        {{ system }} as person_system,
        {{ id }} as person_id
    from {{ ref(model) }}
    where {{ id }} is not null
    {% if not loop.last %}
    union
    {% endif -%}
    {% endfor %}
),

keyed as (

    select
        *,
        {{ own_person_key('tenant_id', 'person_system', 'person_id') }} as agent_key
    from people

),

former as (

    select
        tenant_id,
        0 as key_version,
        {{ surrogate_key(['tenant_id', 'person_system', 'person_id']) }} as former_key,
        agent_key
    from keyed

    union all

    select
        keyed.tenant_id,
        versions.key_version,
        {{ keyed_hash("keyed.tenant_id || '|' || keyed.person_system || '|' || keyed.person_id", 'versions.inner_key', 'versions.outer_key') }}
            as former_key,
        keyed.agent_key
    from keyed
    cross join {{ ref('canonical__person_keys') }} as versions
    where not versions.is_current

)

select * from former
