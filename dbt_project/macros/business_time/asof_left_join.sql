{#- Joins each row of the left side to the one row of `relation` with equal keys whose `at` column is nearest to `left_at`:
    the last one with left_at >= at by default; operator '>' leaves equality out, '<=' takes the next one.

    keys   list of [left expression, column of the relation]
    Linear on every engine that can sort or index; one row per (keys, at) is expected in the relation. -#}
{% macro asof_left_join(relation, alias, keys, left_at, at, operator='>=') -%}
    {{ return(adapter.dispatch('asof_left_join', 'deskhouse')(relation, alias, keys, left_at, at, operator)) }}
{%- endmacro %}

{% macro duckdb__asof_left_join(relation, alias, keys, left_at, at, operator) -%}
    asof left join {{ relation }} as {{ alias }}
        on {% for key in keys %}{{ key[0] }} = {{ alias }}.{{ key[1] }} and {% endfor -%}
        {{ left_at }} {{ operator }} {{ alias }}.{{ at }}
{%- endmacro %}

{% macro default__asof_left_join(relation, alias, keys, left_at, at, operator) -%}
    left join lateral (
        select candidate.*
        from {{ relation }} as candidate
        where
            {% for key in keys %}{{ key[0] }} = candidate.{{ key[1] }} and {% endfor -%}
            {{ left_at }} {{ operator }} candidate.{{ at }}
        order by candidate.{{ at }} {{ 'asc' if operator in ('<', '<=') else 'desc' }}
        limit 1
    ) as {{ alias }} on true
{%- endmacro %}
