{#-
    Key of a person of the house: HMAC with md5 of tenant, source and natural id under the key of `canonical__person_keys`,
    so that nobody without it computes a key from an id. Who is the same person as another agent of the tenant
    (`canonical__agent_identities`) has that one's key. Null when the id is null; a missing key is an error.
-#}
{% macro person_key(tenant, source, id) -%}
    case
        when {{ id }} is not null
            then {{ keyed_hash(identity_text(tenant, source, id), person_secret('inner_key'), person_secret('outer_key')) }}
    end
{%- endmacro %}

{#- Key that an agent has alone, whoever they are the same person as. -#}
{% macro own_person_key(tenant, source, id) -%}
    case
        when {{ id }} is not null
            then {{ keyed_hash(tenant ~ " || '|' || " ~ source ~ " || '|' || " ~ id, person_secret('inner_key'), person_secret('outer_key')) }}
    end
{%- endmacro %}

{#- What the key of a person is made of. The columns within have names that no caller has, so that `tenant` and `id` are the caller's. -#}
{% macro identity_text(tenant, source, id) -%}
    coalesce(
        (
            select max(known.keyed_as)
            from (select identity_text, keyed_as from {{ ref('canonical__agent_identities') }}) as known
            where known.identity_text = {{ tenant }} || '|' || {{ source }} || '|' || {{ id }}
        ),
        {{ tenant }} || '|' || {{ source }} || '|' || {{ id }}
    )
{%- endmacro %}

{#- Both halves are as long as a block of the hash, which makes this HMAC without its padding. -#}
{% macro keyed_hash(expression, inner_key, outer_key) -%}
    {{ hash_text(outer_key ~ ' || ' ~ hash_text(inner_key ~ ' || ' ~ expression)) }}
{%- endmacro %}

{% macro person_secret(half) -%}
    (
        select case when count(*) = 1 then max({{ half }}) else {{ fail_with("'no key of persons'", 'count(*)') }} end
        from {{ ref('canonical__person_keys') }}
        where is_current and length({{ half }}) = 64
    )
{%- endmacro %}
