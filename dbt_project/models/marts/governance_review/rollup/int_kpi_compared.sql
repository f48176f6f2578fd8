{{ config(materialized=step()) }}

-- Every monthly number against the month before and the same month a year ago, both at current knowledge; where one of the two is not
-- known wholly there is no difference but the reason (§10.2).
-- Grain: series and month.

with

numbers as (

    select * from {{ ref('int_kpi_history') }}

),

kept as (

    -- persons are not told apart for longer than they may be, neither are their numbers compared
    select numbers.*
    from numbers
    inner join {{ ref('dim_tenants') }} as tenants on numbers.tenant_id = tenants.tenant_id
    where numbers.scope_type <> 'agent' or numbers.month >= {{ agent_rows_from() }}

),

{% for name, months in {'a_month_ago': 1, 'a_year_ago': 12}.items() -%}
{{ name }} as (

    select
        series_key,
        cast({{ dbt.dateadd('month', months, 'month') }} as date) as month,
        value,
        window_reason
    from kept

),

{% endfor -%}
coverage as (

    select * from {{ ref('int_kpi_coverage') }}

),

flows as (

    -- what is counted over a month; a stock or a window is as whole in the running one as in any other
    select distinct kpi_id
    from {{ ref('kpi_definitions') }}
    where stat = 'count' and period not in ('PN', 'PW')

),

compared as (

    select
        numbers.series_key,
        numbers.month,
        numbers.value,
        {%- for name, earlier, covered in [('mom', 'a_month_ago', 'before'), ('yoy', 'a_year_ago', 'year_before')] %}
        case
            when numbers.value is null then null
            when {{ earlier }}.value is null then 'no number then'
            when flows.kpi_id is not null then 'this month still runs'
            when here.reason is not null then 'this month is ' || here.reason
            when {{ covered }}.reason is not null then 'that month is ' || {{ covered }}.reason
            when numbers.window_reason is not null or {{ earlier }}.window_reason is not null then 'the window was not full yet'
        end as {{ name }}_reason,
        {{ earlier }}.value as {{ name }}_value,
        {%- endfor %}
        here.reason as coverage_reason,
        here.reason is not null or flows.kpi_id is not null or before.reason is not null or two_before.reason is not null
            as has_part_in_trend
    from numbers
    left join flows
        on
        numbers.kpi_id = flows.kpi_id
        and numbers.stat = 'count'
        and not numbers.is_finished
    {%- for name, months in {'here': 0, 'before': 1, 'two_before': 2, 'year_before': 12}.items() %}
    left join coverage as {{ name }}
        on
        numbers.stat <> 'published'
        and numbers.tenant_id = {{ name }}.tenant_id
        and numbers.kpi_id = {{ name }}.kpi_id
        and numbers.month = {{ dbt.dateadd('month', months, name ~ '.month') }}
    {%- endfor %}
    {%- for name in ['a_month_ago', 'a_year_ago'] %}
    left join {{ name }}
        on
        numbers.series_key = {{ name }}.series_key
        and numbers.month = {{ name }}.month
    {%- endfor %}

),

final as (

    select
        series_key,
        month,
        {%- for name in ['mom', 'yoy'] %}
        case when {{ name }}_reason is null then {{ kpi_number('value - ' ~ name ~ '_value') }} end as {{ name }}_delta,
        case when {{ name }}_reason is null then {{ kpi_relative_change('value', name ~ '_value') }} end as {{ name }}_rel,
        {{ name }}_reason,
        {%- endfor %}
        coverage_reason,
        has_part_in_trend
    from compared

)

select * from final
