{#- One fingerprint per subject and month of rows shaped like int_ledger_fact_rows. -#}
{% macro fact_fingerprints(relation, keys) -%}
    select
        {{ keys | join(', ') }},
        count(*) as row_count,
        {{ hash_text('cast(' ~ sorted_list('row_hash') ~ ' as ' ~ dbt.type_string() ~ ')') }} as content_hash,
        max(state) as state
    from {{ relation }}
    group by {{ keys | join(', ') }}
{%- endmacro %}
