{#- Seeds and canonical models carry a prefix, because dbt wants one name per node; their relations do not:
    `seed_sla_policies` is seeds.sla_policies, `canonical__tickets` is canonical.tickets. -#}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
    {%- if custom_alias_name -%}
        {{ custom_alias_name | trim }}
    {%- elif node.name.startswith('canonical__') -%}
        {{ node.name[11:] }}
    {%- elif node.resource_type == 'seed' and node.name.startswith('seed_') -%}
        {{ node.name[5:] }}
    {%- else -%}
        {{ node.name }}
    {%- endif -%}
{%- endmacro %}
