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

{#- Whether a monthly number moved enough to be restated (catalogue §10.4): by more than 0.5 % of the old value and, for
    percentages, more than 0.1 percentage points; or it appeared, vanished, or got another status or class. A row that never
    held a number may come and go: it says why there is none, and a reason is not what was presented. -#}
{% macro is_restated(old, new) -%}
    (
        abs({{ new }}.value - {{ old }}.value) > greatest(
            case when coalesce({{ new }}.unit, {{ old }}.unit) in ('%', 'ratio') then 0.001 else 0 end, abs({{ old }}.value) * 0.005
        )
        or ({{ new }}.value is null) <> ({{ old }}.value is null)
        or coalesce({{ new }}.value_text, '') <> coalesce({{ old }}.value_text, '')
        or {{ new }}.status <> {{ old }}.status
    )
{%- endmacro %}

{#- Numbers of the ledger by the key that their person has today: `scope_id`, and the key of the number that is made from it.
    The ledger itself is never rewritten. -#}
{% macro ledger_numbers(table, columns) -%}
    with recorded as (
        {{ ledger_rows(table, columns) }}
    ),

    former as (
        select * from {{ ref('core__former_person_keys') }}
    ),

    series as (
        select
            recorded.*,
            former.agent_key,
            {{ surrogate_key([
                'recorded.tenant_id', 'recorded.kpi_id', 'cast(recorded.kpi_version as varchar)', 'recorded.stat', 'recorded.clock',
                'recorded.layer', 'recorded.variant', 'recorded.scope_type', 'former.agent_key',
            ]) }} as agent_series_key
        from recorded
        left join former
            on
            recorded.scope_type = 'agent'
            and recorded.scope_id = former.former_key
    )

    select
        {%- for name in columns %}
        {% if name == 'scope_id' -%}
        coalesce(agent_key, scope_id) as scope_id
        {%- elif name == 'kpi_monthly_key' -%}
        case
            when agent_key is null or kpi_monthly_key is null then kpi_monthly_key
            else {{ surrogate_key(['agent_series_key', 'cast(month as varchar)']) }}
        end as kpi_monthly_key
        {%- else -%}
        {{ name }}
        {%- endif -%}
        {{ ',' if not loop.last }}
        {%- endfor %}
    from series
{%- endmacro %}

{#- A scope as people or the ledger wrote it down, by the key that its person has today; needs the former keys joined as `former`. -#}
{% macro scope_of_today(rows) -%}
    coalesce(former.agent_key, {{ rows }}.scope_id)
{%- endmacro %}
{% macro is_former_scope(rows) -%}
    {{ rows }}.scope_type = 'agent'
    and {{ rows }}.scope_id = former.former_key
{%- endmacro %}
