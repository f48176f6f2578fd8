{#- The only clock of the project: the instant everything is judged at, as a UTC timestamp literal. -#}
{% macro as_of_at() -%}
    cast('{{ as_of_text() }}' as timestamp)
{%- endmacro %}

{#- The same instant as text `YYYY-MM-DD HH:MM:SS.ffffff` (UTC). The runner passes it without zone; seconds suffice. -#}
{% macro as_of_text() -%}
    {#- Looked at only when SQL is made: dbt reads every file anew in which a variable of the environment changed since it parsed. -#}
    {%- set given = var('as_of') or (env_var('DESKHOUSE_AS_OF', '') if execute else '') -%}
    {%- if given -%}
        {%- set parsed = modules.datetime.datetime.fromisoformat(given | replace('Z', '+00:00')) -%}
        {%- if parsed.tzinfo -%}
            {%- set parsed = parsed.astimezone(modules.pytz.utc) -%}
        {%- endif -%}
        {{- parsed.strftime('%Y-%m-%d %H:%M:%S.%f') -}}
    {%- else -%}
        {{- run_started_at.astimezone(modules.pytz.utc).strftime('%Y-%m-%d %H:%M:%S.%f') -}}
    {%- endif -%}
{%- endmacro %}

{#- Start of this dbt run by the wall clock: monotonic, so it marks which build wrote a row. Never used in a rule. -#}
{% macro run_started_literal() -%}
    cast('{{ run_started_at.astimezone(modules.pytz.utc).strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}
