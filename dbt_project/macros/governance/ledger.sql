{#- Rows of a table of the ledger (schema raw_ledger, filled before every build), or none while there is no ledger at all.
    `columns` maps names to types. -#}
{% macro ledger_rows(table, columns) -%}
    {{ rows_if_present(source('raw_ledger', table), columns) }}
{%- endmacro %}

{#- Columns of a source table, or no rows when a warehouse that an earlier version built does not have it yet. -#}
{% macro rows_if_present(rows, columns) -%}
    {%- set relation = adapter.get_relation(rows.database, rows.schema, rows.identifier) if execute else rows -%}
    select
        {%- for name, type in columns.items() %}
        {% if relation is not none %}{{ name }}{% else %}cast(null as {{ type }}) as {{ name }}{% endif -%}
        {{ ',' if not loop.last }}
        {%- endfor %}
    {%- if relation is not none %}
    from {{ rows }}
    {%- else %}
    where 1 = 0
    {%- endif %}
{%- endmacro %}

{#- Columns that name one monthly number. -#}
{% macro ledger_series() -%}
    {{ return({
        'kpi_monthly_key': 'varchar', 'tenant_id': 'varchar', 'month': 'date', 'kpi_id': 'varchar', 'kpi_version': 'integer',
        'stat': 'varchar', 'clock': 'varchar', 'layer': 'varchar', 'variant': 'varchar', 'scope_type': 'varchar',
        'scope_id': 'varchar',
    }) }}
{%- endmacro %}

{#- Whether a monthly number moved enough to be restated (kpi-catalogue §10.4): by more than 0.5 % of the old value and, for
    percentages, more than 0.1 percentage points; or it appeared, vanished, or got another status or class. -#}
{% macro is_restated(old, new) -%}
    (
        abs({{ new }}.value - {{ old }}.value) > greatest(
            case when coalesce({{ new }}.unit, {{ old }}.unit) in ('%', 'ratio') then 0.001 else 0 end, abs({{ old }}.value) * 0.005
        )
        or ({{ new }}.value is null) <> ({{ old }}.value is null)
        or coalesce({{ new }}.value_text, '') <> coalesce({{ old }}.value_text, '')
        or coalesce({{ new }}.status, '') <> coalesce({{ old }}.status, '')
    )
{%- endmacro %}
