{{ config(materialized=step()) }}

-- Numbers of closed months that moved beyond tolerance since they were last recorded: current knowledge against the ledger.
-- A number nobody counted at the close (a scope that had no rows) appears, one without rows any more vanishes. The rate of
-- restatements itself is left out: restating it would move it again. So are persons in months whose agent rows are aggregated:
-- leaving the table is no restatement, and nothing new about them is written down.

with

closes as (

    select * from {{ ref('int_ledger_closes') }}

),

recorded as (

    select * from {{ ref('int_kpi_presented') }}

),

recorded_kinds as (

    select distinct
        tenant_id,
        month,
        kpi_id,
        kpi_version,
        stat,
        clock,
        layer,
        variant
    from recorded

),

latest as (

    select
        {{ surrogate_key(['history.series_key', 'cast(history.month as varchar)']) }} as kpi_monthly_key,
        {% for column in ledger_series() if column != 'kpi_monthly_key' -%}
        history.{{ column }},
        {% endfor -%}
        history.unit,
        history.value,
        history.value_text,
        history.status,
        history.definition_hash,
        history.target_version_id,
        closes.data_as_of
    from {{ ref('int_kpi_history') }} as history
    inner join closes
        on
        history.tenant_id = closes.tenant_id
        and history.month = closes.month
    inner join recorded_kinds
        on
        {% for column in ['tenant_id', 'month', 'kpi_id', 'kpi_version', 'stat', 'clock', 'layer', 'variant'] -%}
        {{ 'and ' if not loop.first }}history.{{ column }} = recorded_kinds.{{ column }}
        {% endfor %}
),

moved as (

    select
        {% for column in ledger_series() -%}
        coalesce(recorded.{{ column }}, latest.{{ column }}) as {{ column }},
        {% endfor -%}
        recorded.value as old_value,
        latest.value as new_value,
        recorded.value_text as old_value_text,
        latest.value_text as new_value_text,
        recorded.status as old_status,
        latest.status as new_status,
        latest.value - recorded.value as delta,
        recorded.definition_hash as old_definition_hash,
        latest.definition_hash,
        recorded.target_version_id as old_target_version_id,
        latest.target_version_id,
        coalesce(recorded.recorded_at, latest.data_as_of) as recorded_at
    from recorded
    full outer join latest on recorded.kpi_monthly_key = latest.kpi_monthly_key
    where {{ is_restated('recorded', 'latest') }}

)

select moved.*
from moved
inner join {{ ref('dim_tenants') }} as tenants on moved.tenant_id = tenants.tenant_id
where
    -- what a build at an earlier instant does not know yet is no news about what was recorded later
    moved.recorded_at <= {{ as_of_at() }}
    and moved.kpi_id <> 'restatement_rate'
    and (moved.scope_type <> 'agent' or moved.month >= {{ agent_rows_from() }})
