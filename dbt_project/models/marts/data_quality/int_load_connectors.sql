{{ config(materialized=step(), schema='intermediate', access='private', contract={'enforced': false}) }}

-- Which connector made which load: a system's rows may come from its interface, from files, or from both.
{% set found = [] %}
{% for connector in ['landing', 'zendesk', 'amazon', 'ebay', 'edesk'] %}
{% set relation = adapter.get_relation(target.database, 'raw_' ~ connector, '_dlt_loads') if execute else none %}
{% do found.append((connector, relation)) if relation is not none %}
{% endfor %}
{% for connector, relation in found %}
select
    load_id,
    '{{ connector }}' as connector
from {{ relation }}
{{ 'union all' if not loop.last }}
{% else %}
select
    cast(null as varchar) as load_id,
    cast(null as varchar) as connector
where 1 = 0
{% endfor %}
