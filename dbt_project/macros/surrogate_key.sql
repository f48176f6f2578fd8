{#- Surrogate key: md5 over the parts joined by "|". Null when the last part (the natural id) is null. -#}
{% macro surrogate_key(parts) -%}
    case when {{ parts[-1] }} is not null then {{ hash_text(parts | join(" || '|' || ")) }} end
{%- endmacro %}
