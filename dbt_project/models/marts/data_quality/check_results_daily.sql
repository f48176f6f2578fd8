{{ config(materialized='view') }}

-- A view, because the gate judges this very build and writes after it: who reads the published copy sees today's gate.
{%- set gate = source('raw_checks', 'results') -%}
{%- set gate_relation = adapter.get_relation(gate.database, gate.schema, gate.identifier) if execute else gate %}
with warehouse_checks as (
    select * from {{ ref('int_warehouse_checks') }}
),

gate_results as (
    {%- if gate_relation is not none %}
    select
        *,
        row_number() over (
            partition by cast(as_of as date), checkpoint, suite, check_name, schema_name, table_name
            order by checked_at desc, run_id desc
        ) as recency
    from {{ gate }}
    {%- else %}
    -- No gate has run against this warehouse yet.
    select
        {%- for column in [
            'run_id', 'checkpoint', 'suite', 'check_name', 'schema_name', 'table_name', 'severity', 'observed_value',
            'expected_value', 'owner', 'why', 'action',
        ] %}
        cast(null as varchar) as {{ column }},
        {%- endfor %}
        cast(null as timestamp) as checked_at,
        cast(null as timestamp) as as_of,
        cast(null as boolean) as passed,
        cast(null as bigint) as failed_rows,
        1 as recency
    where 1 = 0
    {%- endif %}
),

results as (
    select
        tenant_id,
        source_system,
        date_day,
        'warehouse' as checkpoint,
        'daily_rates' as suite,
        check_name,
        case when table_name like 'fct_%' then 'core' else 'canonical' end as schema_name,
        table_name,
        'warning' as severity,
        status,
        check_value as value,
        numerator,
        denominator,
        limit_value,
        limit_condition,
        cast(check_value as varchar) as observed_value,
        limit_condition || ' ' || cast(limit_value as varchar) as expected_value,
        cast(null as bigint) as failed_rows,
        'support-analytics@deskhouse.example' as owner,
        why,
        action,
        cast(null as varchar) as run_id,
        cast(null as timestamp) as checked_at
    from warehouse_checks

    union all

    select
        '*',
        '*',
        cast(as_of as date),
        checkpoint,
        suite,
        check_name,
        schema_name,
        table_name,
        severity,
        case when passed then 'passed' else 'failed' end,
        null,
        null,
        null,
        null,
        null,
        observed_value,
        expected_value,
        failed_rows,
        owner,
        why,
        action,
        run_id,
        checked_at
    from gate_results
    where recency = 1
),

final as (
    select
        {{ surrogate_key([
            'tenant_id', 'source_system', 'cast(date_day as varchar)', 'checkpoint', 'suite', "coalesce(schema_name, '')",
            "coalesce(table_name, '')", 'check_name',
        ]) }} as check_result_key,
        results.*
    from results
)

select * from final
