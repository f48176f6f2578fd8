{#-
    Key of a person of the house: HMAC with md5 of tenant, source and natural id under the key of `canonical__person_keys`,
    so that nobody without it computes a key from an id. Null when the id is null; a missing key is an error.
-#}
{% macro person_key(tenant, source, id) -%}
    case
        when {{ id }} is not null
            then {{ keyed_hash(tenant ~ " || '|' || " ~ source ~ " || '|' || " ~ id, person_secret('inner_key'), person_secret('outer_key')) }}
    end
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
