{#- Hash of the SQL of the observation model named by a column: the part of a KPI's definition that is code.
    How it is built and what is said about it are no part of it: neither config, comments nor blanks count. -#}
{% macro kpi_sql_hash(model_column) -%}
    case {{ model_column }}
        {%- if execute %}
        {%- for node in graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | sort(attribute='name') if node.name.startswith('int_kpi_') %}
        {%- set sql = modules.re.sub('(?s)[{][{]\\s*config[(].*?[)]\\s*[}][}]|[{]#.*?#[}]|--[^\\n]*', '', node.raw_code) %}
        when '{{ node.name }}' then '{{ local_md5(sql.split() | join(' ')) }}'
        {%- endfor %}
        {%- endif %}
        else 'none'
    end
{%- endmacro %}
