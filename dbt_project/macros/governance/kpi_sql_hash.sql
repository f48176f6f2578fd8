{#- Hash of the SQL of the observation model named by a column: the part of a KPI's definition that is code. -#}
{% macro kpi_sql_hash(model_column) -%}
    case {{ model_column }}
        {%- if execute %}
        {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='name') if node.name.startswith('int_kpi_') %}
        when '{{ node.name }}' then '{{ local_md5(node.raw_code) }}'
        {%- endfor %}
        {%- endif %}
        else 'none'
    end
{%- endmacro %}
